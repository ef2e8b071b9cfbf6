"""Ctrl-C, SIGTERM, a killed FFmpeg and SIGKILL in the middle of the work: the exit code, one line, and nothing left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from .conftest import World

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("ps") is None, reason="signals and ps are POSIX"
)


def interrupted(world: World, source: Path, signum: signal.Signals, *options: str) -> tuple[int, str, str]:
    """Start a compress, send the signal once it renders, and wait."""
    process = world.start("compress", source, "--max-bytes", 200_000, "--effort", "best", *options)
    assert process.stdout is not None
    said = ""
    if "--json" in options:
        wait_for_ffmpeg(world)
    else:
        while "Compressing" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
    process.send_signal(signum)
    out, err = process.communicate(timeout=30)
    return process.returncode, said + out, err


def wait_for_ffmpeg(world: World) -> list[int]:
    """The numbers of the FFmpeg processes, once there are any."""
    for _ in range(300):
        if found := running(world):
            return found
        time.sleep(0.1)
    pytest.fail("no FFmpeg was started")


def running(world: World) -> list[int]:
    """Processes of FFmpeg that work on this test's clip."""
    listed = subprocess.run(["ps", "-eo", "pid,args", "-ww"], capture_output=True, text=True, check=True).stdout
    return [
        int(line.split()[0])
        for line in listed.splitlines()
        if str(world.folder) in line and "ffmpeg" in line and "-m nemovideo" not in line
    ]


@pytest.fixture
def long_clip(world: World, ffmpeg: Callable[..., Path]) -> Path:
    source = "testsrc2=size=1280x720:rate=30:duration=60"
    return ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", world.work / "long.mp4")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cleans_up(world: World, long_clip: Path, signum: signal.Signals) -> None:
    code, _, err = interrupted(world, long_clip, signum)
    assert code == 128 + signum
    by = "" if signum == signal.SIGINT else " by SIGTERM"
    assert err.splitlines() == [f"error: Stopped{by}; nothing unfinished was kept."]
    assert [path.name for path in world.work.iterdir()] == ["long.mp4"]
    assert world.left_behind() == []
    assert running(world) == []


def test_a_signal_with_json(world: World, long_clip: Path) -> None:
    code, out, err = interrupted(world, long_clip, signal.SIGINT, "--json")
    assert code == 130
    assert '"type": "Interrupted"' in out
    assert err == ""
    assert running(world) == []


def test_a_killed_ffmpeg_is_told_and_leaves_nothing(world: World, long_clip: Path) -> None:
    process = world.start("compress", long_clip, "--max-bytes", 200_000, "--effort", "best")
    try:
        # A render that fails is tried once more, so its FFmpeg is killed for as long as there is one.
        while process.poll() is None:
            for number in running(world):
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            time.sleep(0.05)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode in {1, 3, 5}
    (line,) = err.splitlines()
    assert line.startswith("error: ")
    assert [path.name for path in world.work.iterdir()] == ["long.mp4"]
    assert world.left_behind() == []


def test_a_killed_parent_takes_its_ffmpeg_along_and_the_next_start_sweeps(
    world: World, long_clip: Path, clip: Path
) -> None:
    process = world.start("compress", long_clip, "--max-bytes", 200_000, "--effort", "best")
    wait_for_ffmpeg(world)
    process.kill()
    process.communicate(timeout=30)
    for _ in range(50):
        if not running(world):
            break
        time.sleep(0.1)
    assert running(world) == []
    assert world.run("compress", clip, "--max-bytes", 90_000, "--quiet").returncode == 0
    assert sorted(path.name for path in world.work.iterdir()) == ["long.mp4", "talk.compressed.mp4", "talk.mp4"]
    assert world.left_behind() == []
