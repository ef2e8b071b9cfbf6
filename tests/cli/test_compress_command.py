"""`nemovideo compress` as a person and as a program use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import World


def test_lines_in_a_pipe(world: World, clip: Path) -> None:
    done = world.run("compress", clip, "--max-bytes", 90_000)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    result = world.work / "talk.compressed.mp4"
    assert lines[:2] == ["Backend: local (FFmpeg on this machine)", "Starting"]
    assert any(line.startswith("Compressing") for line in lines)
    for control in ("\x1b", "\r"):
        assert control not in done.stdout
    outcome = lines[lines.index("Checking") + 1]
    assert outcome.startswith(f"{result}: ")
    assert "→" in outcome
    assert 0 < result.stat().st_size <= 90_000
    assert world.left_behind() == []


def test_json(world: World, clip: Path) -> None:
    done = world.run("compress", clip, "-o", "small.mkv", "--max-mb", 0.09, "--effort", "fast", "--json")
    told = json.loads(done.stdout)
    assert done.stderr == ""
    assert Path(told["path"]) == Path("small.mkv")
    assert told["size"] == (world.work / "small.mkv").stat().st_size <= told["limit"] == 90_000
    assert told["original_size"] == clip.stat().st_size
    assert told["backend"] == "local"
    assert told["codec"] == "h264"


def test_quiet(world: World, clip: Path) -> None:
    done = world.run("compress", clip, "--max-bytes", 90_000, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (world.work / "talk.compressed.mp4").is_file()


def test_fits_already(world: World, clip: Path) -> None:
    done = world.run("compress", clip, "--preset", "discord")
    assert done.returncode == 0, done.stderr
    assert "fits already" in done.stdout
    assert [path.name for path in world.work.iterdir()] == ["talk.mp4"]


def test_overwrite(world: World, clip: Path) -> None:
    target = world.work / "out.mp4"
    target.write_bytes(b"old")
    done = world.run("compress", clip, "-o", target, "-y", "--max-bytes", 90_000, "--quiet")
    assert done.returncode == 0, done.stderr
    assert target.stat().st_size > 1000


def test_names_that_look_like_something_else(world: World, clip: Path) -> None:
    for name in ("-dash.mp4", "späße ▶ 100%.mp4", "a'b\"c.mp4", "concat:x.mp4"):
        source = world.work / name
        source.write_bytes(clip.read_bytes())
        done = world.run("compress", "--max-bytes", 90_000, "--json", "--effort", "fast", "--", name)
        assert done.returncode == 0, done.stdout
        assert Path(json.loads(done.stdout)["path"]).name == f"{source.stem}.compressed.mp4"


def test_through_an_engine_elsewhere(world: World, clip: Path, engine: str) -> None:
    done = world.run("compress", clip, "--max-bytes", 90_000, "--backend", engine)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [f"Backend: {engine}", "Connecting"]
    assert (world.work / "talk.compressed.mp4").stat().st_size <= 90_000


def test_the_variable_names_the_backend(world: World, clip: Path, engine: str) -> None:
    done = world.run("compress", clip, "--max-bytes", 90_000, NEMO_BACKEND="cloud", NEMO_API_URL=engine)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"Backend: cloud ({engine})"


def test_a_reader_who_leaves_does_not_stop_the_work(world: World, clip: Path) -> None:
    process = world.start("compress", clip, "--max-bytes", 90_000)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Backend")
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert (world.work / "talk.compressed.mp4").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_bar_in_a_terminal(world: World, clip: Path) -> None:
    leader, follower = os.openpty()
    process = subprocess.Popen(
        world.command("compress", clip, "--max-bytes", 90_000),
        cwd=world.work,
        env=world.environment | {"TERM": "xterm-256color"},
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65_536)
        except OSError:  # the other end has closed
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    assert process.wait(timeout=60) == 0, shown.decode()
    text = shown.decode()
    assert "\x1b[" in text  # it was drawn
    assert "talk.compressed.mp4: " in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # the cursor is back


def test_no_log_without_verbose_and_one_with(world: World, clip: Path) -> None:
    done = world.run("compress", "gone.mp4", "--max-mb", 1, "--verbose")
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: ")
