"""What every test stands on: a world of its own, a loop that may not be blocked, clips made on the spot."""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from blockbuster import blockbuster_ctx
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir
from tests.clock import TurnableClock

# A client's constructor loads these, which takes its time: done here, where the detector of blocking calls is off.
import nemovideo.workflows.compress
import nemovideo.workflows.conversation  # noqa: F401
from nemovideo.engine.media.ffmpeg import find_ffmpeg

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]

settings.register_profile("nemovideo", deadline=None, derandomize=True, database=None, print_blob=False)
settings.load_profile("nemovideo")

SHARED = Path(__file__).parents[2] / "shared"
_FOREIGN = ("NEMO_", "SKILL_", "XDG_", "HTTP_", "HTTPS_", "ALL_", "NO_", "WS_", "WSS_")
_worlds = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def _hypothesis_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    set_hypothesis_home_dir(tmp_path_factory.mktemp("hypothesis"))


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Home, state, caches and temporary files of one test; not its `tmp_path`, which stays empty for it."""
    folder = tmp_path_factory.getbasetemp() / f"w{next(_worlds)}"  # short: paths end up in sockets and messages
    (folder / "t").mkdir(parents=True)
    for name in list(os.environ):
        if name.upper().startswith(_FOREIGN) and name not in {"NO_COLOR", "NEMO_FFMPEG"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setenv("TMPDIR", str(folder / "t"))
    monkeypatch.setattr(tempfile, "tempdir", None)  # which remembers the folder it was first asked for
    return folder


@pytest.fixture
def world(isolated: Path) -> Path:
    """The folder of the test's home, state and caches."""
    return isolated


@pytest.fixture
def temporary(isolated: Path) -> Path:
    """The test's temporary folder: what lies in it at the end was left behind."""
    return isolated / "t"


@pytest.fixture
def run() -> Run[Any]:
    """Run a coroutine on a loop of its own, in debug mode.

    The test fails when nemovideo blocks a loop, this one or one in another thread (the detector wraps the blocking
    functions for the whole process and looks for a running loop in the calling thread), and when a task is left.
    """

    def runner(work: Coroutine[Any, Any, T]) -> T:
        async def watched() -> T:
            try:
                return await work
            finally:
                left = await _left_over()
                assert not left, f"left running: {left}"

        with blockbuster_ctx("nemovideo"), asyncio.Runner(debug=True) as loop:
            # Debug mode looks up the source of every coroutine; it must not also fill the log with slow steps.
            loop.get_loop().slow_callback_duration = 60.0
            return loop.run(watched())

    return runner


async def _left_over() -> set[asyncio.Task[Any]]:
    for _ in range(10):  # a task that is ending takes a few turns of the loop
        if not asyncio.all_tasks() - {asyncio.current_task()}:
            break
        await asyncio.sleep(0)
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


@pytest.fixture(autouse=True)
def _nothing_unclosed() -> Any:
    """What was left open says so in the test that left it, as an unraisable ResourceWarning, and not in a later one."""
    yield
    if "asyncio" in sys.modules:
        gc.collect(0)


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of cases and clips beside the project."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: cases and clips of the workshop, not of a plain checkout")
    return SHARED


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def make_clip(path: Path, *arguments: object) -> Path:
    """Run FFmpeg for a small file; the arguments are between its own and the output."""
    command = [str(word) for word in (find_ffmpeg(), "-nostdin", "-v", "error", "-y", *arguments, path)]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return path


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def talk(clips: Path) -> Path:
    """Two seconds of 320x180 with sound, some 300 kB."""
    picture = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2")
    sound = ("-f", "lavfi", "-i", "sine=frequency=440:duration=2")
    return make_clip(clips / "talk.mp4", *picture, *sound, *X264, "-b:v", "1M", "-c:a", "aac", "-b:a", "64k")


@pytest.fixture(scope="session")
def small(clips: Path, talk: Path) -> Path:
    """What a backend might make of `talk`: the same two seconds in some 40 kB."""
    encoded = (*X264, "-crf", "45", "-c:a", "aac", "-b:a", "32k", "-movflags", "+faststart")
    return make_clip(clips / "small.mp4", "-i", talk, *encoded)


@pytest.fixture(scope="session")
def one_frame(clips: Path) -> Path:
    return make_clip(clips / "frame.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-frames:v", "1", *X264)


@pytest.fixture(scope="session")
def portrait(clips: Path, talk: Path) -> Path:
    """`talk` with a rotation of 90 degrees in its header: 180x320 as it is shown."""
    return make_clip(clips / "portrait.mp4", "-display_rotation", "90", "-i", talk, "-c", "copy")


@pytest.fixture(scope="session")
def sound_only(clips: Path) -> Path:
    sound = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
    return make_clip(clips / "sound.mp4", *sound, "-c:a", "aac", "-b:a", "64k")
