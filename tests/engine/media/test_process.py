from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nemovideo.engine.media import jail as jail_module
from nemovideo.engine.media.ffmpeg import features, head
from nemovideo.engine.media.process import Limits, run
from nemovideo.errors import DiskFull, EngineError, FFmpegMissing

PYTHON = sys.executable
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def alive(mark: str) -> list[int]:
    """Processes that run with `mark` among their arguments."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if mark.encode() in words and state != "Z":
                found.append(int(entry.name))
    return found


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return true()


def endless(mark: str) -> list[str]:
    return [*head(), "-re", "-f", "lavfi", "-i", "testsrc", "-metadata", f"comment={mark}", "-f", "null", "-"]


@pytest.mark.parametrize("tie", ["auto", "pipe"])
def test_output_code_and_tail_come_back(run: Any, tie: str):
    program = "import sys; print('out'); sys.stderr.write('x' * 200_000 + 'the end'); sys.exit(3)"
    outcome = run(_run([PYTHON, "-c", program], tie=tie))
    assert (outcome.code, outcome.stdout) == (3, b"out\n")
    assert outcome.tail.endswith("the end")
    assert len(outcome.tail) <= 16_384


@pytest.mark.parametrize("tie", ["auto", "pipe"])
def test_limits_reach_the_program(run: Any, tie: str):
    program = (
        "import os, resource as r; print(r.getrlimit(r.RLIMIT_NOFILE)[0], r.getrlimit(r.RLIMIT_AS)[0], "
        "r.getrlimit(r.RLIMIT_CORE)[0], r.getrlimit(r.RLIMIT_CPU)[0], "
        "os.getpgid(0) != int(os.environ.get('X', 0)), sorted(os.environ))"
    )
    words = run(
        _run([PYTHON, "-c", program], limits=Limits(wall=20, memory=3 << 30, open_files=32), tie=tie)
    ).stdout.split()
    assert words[0] == b"32"
    if sys.platform.startswith("linux"):
        assert words[1] == str(3 << 30).encode()
    assert words[2:4] == [b"0", b"90"]


@linux
def test_memory_beyond_the_limit_is_not_given(run: Any):
    outcome = run(_run([PYTHON, "-c", "bytearray(2 << 30)"], limits=Limits(memory=1 << 30)))
    assert outcome.code == 1
    assert outcome.why() == "MemoryError"


def test_secrets_of_the_environment_stay_here(run: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NEMO_TOKEN", "nmv_secret")
    assert b"nmv_secret" not in run(_run([PYTHON, "-c", "import os; print(os.environ)"])).stdout


def test_missing_program_is_a_code(run: Any):
    assert run(_run(["/nowhere/ffmpeg"])).code == 127


def test_wall_limit_ends_it(run: Any):
    with pytest.raises(EngineError, match="did not end within"):
        run(_run([PYTHON, "-c", "import time; time.sleep(60)"], limits=Limits(wall=0.3)))


def test_file_limit_is_an_error_not_a_signal(run: Any, tmp_path: Path):
    command = [
        *head(),
        "-f",
        "lavfi",
        "-i",
        "testsrc=d=20",
        "-c:v",
        "rawvideo",
        "-f",
        "avi",
        f"file:{tmp_path / 'a.avi'}",
    ]
    with pytest.raises(EngineError, match="more than it may"):
        run(_run(command, limits=Limits(file_bytes=100_000)))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_is_named(run: Any):
    command = [*head(), "-f", "lavfi", "-i", "testsrc=d=1", "-c:v", "rawvideo", "-f", "rawvideo", "file:/dev/full"]
    with pytest.raises(DiskFull):
        run(_run(command))


@linux
def test_who_is_killed_may_try_again(run: Any):
    with pytest.raises(EngineError, match=r"was killed \(signal 9\)") as raised:
        run(_run([PYTHON, "-c", "import os; os.kill(os.getpid(), 9)"]))
    assert raised.value.retryable


def test_what_was_said_names_no_folder(run: Any, tmp_path: Path):
    program = "import sys; sys.exit(f'Error opening {sys.argv[1]}')"
    outcome = run(_run([PYTHON, "-c", program, f"file:{tmp_path / 'film.mp4'}"], cwd=tmp_path))
    assert outcome.why() == "Error opening film.mp4"


def test_full_disk_is_found_out_when_nothing_says_so(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nemovideo.engine.media.process._ROOM", 1 << 62)
    with pytest.raises(DiskFull) as raised:
        run(_run(["false"], cwd=tmp_path))
    assert str(tmp_path) not in str(raised.value)
    assert run(_run(["true"], cwd=tmp_path)).code == 0


def test_an_error_in_the_callback_ends_the_program(run: Any):
    def fail(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(_run(endless("callback"), on_step=fail))


@linux
@pytest.mark.parametrize("tie", ["auto", "pipe"])
def test_cancelling_kills_and_reaps(run: Any, tmp_path: Path, tie: str):
    mark = f"cancel-{os.getpid()}-{tie}"

    async def flow() -> None:
        started = asyncio.Event()
        task = asyncio.create_task(_run(endless(mark), on_step=lambda _: started.set(), tie=tie))
        await started.wait()
        assert await asyncio.to_thread(alive, mark)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(flow())
    assert wait_until(lambda: not alive(mark), 1.0)


@linux
@pytest.mark.parametrize("tie", ["auto", "pipe"])
def test_a_killed_parent_takes_ffmpeg_along(tie: str):
    mark = f"orphan-{os.getpid()}-{tie}"
    program = (
        "import asyncio, sys\n"
        "from nemovideo.engine.media.process import run\n"
        "asyncio.run(run(sys.argv[2:], on_step=lambda _: print('.', flush=True), tie=sys.argv[1]))\n"
    )
    with subprocess.Popen([PYTHON, "-c", program, tie, *endless(mark)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        assert len(alive(mark)) > 1
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert wait_until(lambda: not alive(mark)), "FFmpeg runs on"


@linux
def test_a_parent_that_died_first_is_noticed():
    """The race: dead before the signal was asked for, so the launcher must look who its parent is."""
    jail = jail_module.__file__
    assert subprocess.run([PYTHON, "-I", "-S", jail, "1", "--", "true"], check=False).returncode == 65


def test_launcher_needs_its_words():
    jail = jail_module.__file__
    assert subprocess.run([PYTHON, "-I", "-S", jail, "true"], check=False).returncode == 64


def test_features_name_encoders_and_filters(run: Any):
    found = run(features())
    assert {"libx264", "aac"} <= found.encoders
    assert {"scale", "fps", "aevalsrc"} <= found.filters
    assert found.version


def test_a_named_ffmpeg_that_is_none(monkeypatch: pytest.MonkeyPatch):
    from nemovideo.engine.media.ffmpeg import find_ffmpeg

    monkeypatch.setenv("NEMO_FFMPEG", "/nowhere/ffmpeg")
    with pytest.raises(FFmpegMissing, match="NEMO_FFMPEG names /nowhere/ffmpeg"):
        find_ffmpeg.__wrapped__()


async def _run(command: list[str], **options: Any) -> Any:
    return await run(command, **options)


def test_own_limits_are_untouched(run: Any):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    run(_run(["true"], limits=Limits(open_files=16)))
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
