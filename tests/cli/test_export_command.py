"""`nemovideo export`: the draft as a file, once, again, interrupted and when it cannot be."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import World
from .test_interruption import long_clip, running, wait_for_ffmpeg

__all__ = ["long_clip"]


@pytest.mark.parametrize("backend", ["local", "served"])
def test_the_result_and_where_it_is(world: World, clip: Path, engine: str, backend: str) -> None:
    where = ("--backend", engine) if backend == "served" else ()
    session = json.loads(world.run("upload", clip, "--json", *where).stdout)["session_id"]
    done = world.run("export", *where)
    assert done.returncode == 0, done.stderr
    path = world.work / "talk-2.mp4"  # a free name: the source lies here
    assert done.stdout.startswith(f"{path}: ")
    again = world.run("export", "-o", path, *where)
    assert again.returncode == 2
    assert "talk-2.mp4" in again.stderr
    told = json.loads(world.run("export", "-y", "--json", "-o", "out.mkv", *where).stdout)
    assert told == {
        "backend": where[1] if where else "local",
        "session_id": session,
        "path": "out.mkv",
        "size": (world.work / "out.mkv").stat().st_size,
    }
    assert path.stat().st_size > 1000
    assert world.left_behind() == []


def test_nothing_stays_in_the_folder_but_what_is_needed(world: World, clip: Path) -> None:
    world.run("upload", clip)
    assert world.run("export").returncode == 0
    folder = world.folder / "home/.local/share/nemovideo/local"
    assert sum(1 for name in ("renders", "uploads", "work") for _ in (folder / name).iterdir()) == 0


@pytest.mark.parametrize("change", ["moved", "written"])
def test_a_source_that_changed_since(world: World, clip: Path, change: str) -> None:
    world.run("upload", clip)
    if change == "moved":
        clip.rename(world.work / "elsewhere.mp4")
    else:
        clip.write_bytes(clip.read_bytes() + b"more")
    done = world.run("export", "-o", "out.mp4")
    assert done.returncode in {3, 5}
    assert done.stderr.splitlines() == [
        (
            "error: The render failed: talk.mp4 is gone or has changed since it was handed over; upload it again. "
            "See nemovideo state for what there is to render."
        )
    ]
    assert not (world.work / "out.mp4").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-o", "out.txt"], 2, "end the name in .mp4"),
        (["-o", "nowhere/out.mp4"], 2, "nowhere"),
        (["--session", "new"], 2, "A new session has nothing in it yet"),
        (["--resume", "render_gone"], 2, "-o OUTPUT"),
        (["--resume", "render_gone", "-o", "out.mp4"], 5, "There is no render render_gone"),
        (["--resume", "render_gone", "-o", "talk.mp4"], 2, "talk.mp4"),
    ],
)
def test_what_cannot_be(world: World, clip: Path, arguments: list[str], code: int, says: str) -> None:
    world.run("upload", clip)
    before = clip.read_bytes()
    done = world.run("export", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr.splitlines()[-1]
    assert clip.read_bytes() == before
    assert [path.name for path in world.work.iterdir()] == ["talk.mp4"]


def test_before_anything_was_said(world: World) -> None:
    done = world.run("export")
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no session yet" in done.stderr


def test_ctrl_c_in_the_middle_and_the_next_command(world: World, long_clip: Path) -> None:
    assert world.run("upload", long_clip).returncode == 0
    process = world.start("export", "-o", "out.mp4")
    wait_for_ffmpeg(world)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines() == ["error: Stopped; nothing unfinished was kept."]
    assert running(world) == []
    assert [path.name for path in world.work.iterdir()] == ["long.mp4"]
    assert world.run("state").returncode == 0


def test_a_killed_export_holds_nothing_up(world: World, long_clip: Path, clip_bytes: bytes) -> None:
    world.run("upload", long_clip)
    process = world.start("export", "-o", "out.mp4")
    wait_for_ffmpeg(world)
    process.kill()
    process.communicate(timeout=60)
    (world.work / "talk.mp4").write_bytes(clip_bytes)
    world.run("upload", "talk.mp4", "--session", "new")
    done = world.run("export", "-o", "out.mp4")
    assert done.returncode == 0, done.stderr
    folder = world.folder / "home/.local/share/nemovideo/local"
    with closing(sqlite3.connect(folder / "engine.sqlite3")) as db:
        ends = [status for (status,) in db.execute("SELECT status FROM renders ORDER BY seq")]
    assert ends == ["failed", "completed"]
    assert sum(1 for name in ("renders", "uploads", "work") for _ in (folder / name).iterdir()) == 0


def test_a_render_of_another_process_is_fetched(world: World, clip: Path, engine: str) -> None:
    done = world.run("compress", clip, "--max-bytes", 90_000, "--backend", engine, "--json", "--effort", "fast")
    render = json.loads(done.stdout)["render_id"]
    fetched = world.run("export", "--resume", render, "-o", "again.mp4", "--backend", engine)
    assert fetched.returncode == 0, fetched.stderr
    assert (world.work / "again.mp4").read_bytes() == (world.work / "talk.compressed.mp4").read_bytes()


def test_a_killed_export_is_shown_and_can_be_resumed(world: World, ffmpeg: Callable[..., Path]) -> None:
    picture = ("-f", "lavfi", "-i", "testsrc2=size=480x270:rate=25:duration=10")
    clip = ffmpeg(*picture, "-c:v", "libx264", "-preset", "ultrafast", world.work / "talk.mp4")
    world.run("upload", clip)
    world.run("ask", "compress it to at most 90000 bytes, best effort")
    process = world.start("export", "-o", "out.mp4")
    wait_for_ffmpeg(world)
    process.kill()
    process.communicate(timeout=60)
    (render,) = json.loads(world.run("state", "--json").stdout)["renders"]
    assert render["status"] in {"pending", "processing"}
    lines = world.run("state").stdout.splitlines()
    assert any(line.endswith(f"export --resume {render['id']} -o OUTPUT") for line in lines)
    done = world.run("export", "--resume", render["id"], "-o", "out.mp4")
    assert done.returncode == 0, done.stderr
    assert 0 < (world.work / "out.mp4").stat().st_size <= 90_000
    assert json.loads(world.run("state", "--json").stdout)["renders"] == []
