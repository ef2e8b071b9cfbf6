"""`nemovideo ask`: words in, an answer on stdout, and the file that was wished for."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from urllib.parse import quote

import pytest

from .conftest import World
from .test_interruption import long_clip, running, wait_for_ffmpeg
from .test_upload_command import remembered, session_in

__all__ = ["long_clip"]

WISH = "compress it to at most 90000 bytes, fast effort"


@pytest.fixture(params=["local", "served"])
def where(request: pytest.FixtureRequest, engine: str) -> tuple[str, ...]:
    """The options for one backend and the other."""
    return ("--backend", engine) if request.param == "served" else ()


def test_one_line_from_a_file_to_a_file(world: World, clip: Path, where: tuple[str, ...]) -> None:
    done = world.run("ask", WISH, "--file", clip, "-o", "small.mp4", *where)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any("talk.mp4" in line and "90 kB" in line for line in lines)
    assert lines[-1].startswith("Exported to small.mp4 (")
    assert 0 < (world.work / "small.mp4").stat().st_size <= 90_000
    assert done.stderr == ""
    assert world.left_behind() == []


def test_step_by_step_in_one_session(world: World, clip: Path, where: tuple[str, ...]) -> None:
    world.run("upload", clip, *where)
    told = json.loads(world.run("ask", WISH, "--json", *where).stdout)
    assert set(told) == {"backend", "session_id", "new_session", "text", "done", "actions", "changes", "files"}
    assert told["done"]
    assert (told["actions"], told["files"], told["new_session"]) == (["chat"], [], False)
    assert "90 kB" in told["text"]
    exported = json.loads(world.run("ask", "export", "-o", "out.mp4", "--json", *where).stdout)
    assert exported["files"] == ["out.mp4"]
    assert exported["session_id"] == told["session_id"]
    assert (world.work / "out.mp4").stat().st_size <= 90_000


def test_words_that_skip_the_chat(world: World, clip: Path, where: tuple[str, ...]) -> None:
    world.run("upload", clip, *where)
    shown = world.run("ask", "show tracks", *where)
    assert "Timeline (1 track): 1. Video: talk.mp4 (0-2s)" in shown.stdout
    told = json.loads(world.run("ask", "余额", "--json", *where).stdout)
    assert told["actions"] == ["credits"]


def test_two_languages_in_any_locale(world: World, clip: Path) -> None:
    world.run("upload", clip)
    for environment in ({"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        process = world.start("ask", "压缩到 90000 bytes 以内", **environment)
        assert process.stdout is not None
        out = process.stdout.buffer.read().decode()  # type: ignore[attr-defined]
        process.communicate(timeout=60)
        assert "已设为压缩" in out
    told = json.loads(world.run("ask", "压缩到 90000 bytes 以内", "--json", LC_ALL="C").stdout)
    assert "已设为压缩" in told["text"]


def test_a_reader_who_leaves_and_closed_streams(world: World, clip: Path) -> None:
    world.run("upload", clip)
    command = " ".join(f"'{word}'" for word in world.command("ask", WISH))
    for ends in ("| head -1", "| head -0", "<&-", "2>&-"):
        done = world.run_command(["bash", "-o", "pipefail", "-c", f"{command} {ends}"])
        assert done.returncode == 0, (ends, done.stderr)
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([""], 2, "there is nothing in it"),
        (["  "], 2, "there is nothing in it"),
        ([], 2, "Missing argument"),
        ([WISH, "--file", "gone.mp4"], 3, "gone.mp4: no such file"),
        ([WISH, "-o", "out.txt"], 2, "nd the name in .mp4"),
        ([WISH, "--session", "ses_gone"], 5, "ses_gone is not known"),
        ([WISH, "--skill", "."], 2, "SKILL.md"),
        ([WISH, "--backend", "ftp://x"], 2, "is no backend"),
    ],
)
def test_what_cannot_be(world: World, clip: Path, arguments: list[str], code: int, says: str) -> None:
    done = world.run("ask", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr.splitlines()[-1]
    assert done.stdout == ""
    assert [path.name for path in world.work.iterdir()] == ["talk.mp4"]


def test_an_output_that_is_there_is_told_before_any_work(world: World, clip: Path) -> None:
    (world.work / "out.mp4").write_bytes(b"mine")
    done = world.run("ask", WISH, "--file", clip, "-o", "out.mp4")
    assert done.returncode == 2
    assert (world.work / "out.mp4").read_bytes() == b"mine"
    done = world.run("ask", WISH, "--file", clip, "-o", "out.mp4", "-y")
    assert done.returncode == 0, done.stderr
    assert (world.work / "out.mp4").stat().st_size > 1000


def test_a_forgotten_session_is_replaced_only_where_nothing_is_lost(world: World, clip: Path) -> None:
    path = remembered(world)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"session_id": "ses_gone"}))
    lost = world.run("ask", WISH)
    assert lost.returncode == 5
    assert lost.stderr.splitlines()[-1] == (
        "error: The session ses_gone is not known to this backend (local). "
        "Begin anew: nemovideo upload --session new VIDEO"
    )
    assert session_in(path) == "ses_gone"
    done = world.run("ask", WISH, "--file", clip)
    assert done.returncode == 0, done.stderr
    assert "a new one is made" in done.stderr
    assert session_in(path) != "ses_gone"


def test_without_a_session_one_is_made(world: World) -> None:
    told = json.loads(world.run("ask", "what can you do", "--json").stdout)
    assert told["new_session"]
    assert told["text"]
    assert told["session_id"] == session_in(remembered(world))


def test_ctrl_c_in_the_middle(world: World, long_clip: Path) -> None:
    process = world.start("ask", "compress it to 200 kB, best effort", "--file", long_clip, "-o", "out.mp4")
    wait_for_ffmpeg(world)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines() == ["error: Stopped; nothing unfinished was kept."]
    assert running(world) == []
    assert [path.name for path in world.work.iterdir()] == ["long.mp4"]


def test_no_credits_is_one_line_with_the_way_out(world: World, clip: Path) -> None:
    metered = world.start("serve", "--port", "0", "--data", world.folder / "metered", "--json")
    try:
        assert metered.stdout is not None
        url = json.loads(metered.stdout.readline())["url"]
        for _ in range(2):
            assert world.run("ask", WISH, "--file", clip, "--backend", url).returncode == 0
        done = world.run("ask", WISH, "--file", clip, "--backend", url, "--json")
    finally:
        metered.terminate()
        metered.communicate(timeout=30)
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"]) == (6, 2001)
    assert "register?bind=anon_" in f"{error['message']} {error['hint']}"
    assert quote(url, safe="") in {path.stem for path in remembered(world).parent.iterdir()}


def test_what_was_done_before_an_error_is_told(world: World, clip: Path) -> None:
    wish = ("ask", "compress it to 10 bytes", "--file", clip, "-o", "out.mp4")
    done = world.run(*wish)
    assert done.returncode == 4
    assert "talk.mp4" in done.stdout
    assert "the least is" in done.stderr.splitlines()[-1]
    error = json.loads(world.run(*wish, "--json").stdout)["error"]
    assert "talk.mp4" in error["answer"]
    assert error["least_bytes"] > 10


def test_a_session_that_chinese_words_begin_answers_in_the_language_of_each_turn(world: World, clip: Path) -> None:
    world.run("ask", "压缩到 90000 bytes 以内", "--file", clip)
    assert "is set to be compressed" in world.run("ask", WISH).stdout
    assert "已设为压缩" in world.run("ask", "压缩到 80000 bytes 以内").stdout


def test_what_is_not_understood_exports_nothing(world: World, clip: Path, where: tuple[str, ...]) -> None:
    world.run("ask", WISH, "--file", clip, *where)
    done = world.run("ask", "make it wobble", "-o", "old.mp4", *where)
    assert done.returncode == 5
    assert "I did not understand" in done.stdout
    assert "Nothing was exported" in done.stderr.splitlines()[-1]
    error = json.loads(world.run("ask", "compress phone.mp4 to 1MB", "-o", "old.mp4", "--json", *where).stdout)["error"]
    assert (error["type"], error["exit_code"]) == ("AgentError", 5)
    assert error["answer"].startswith("phone.mp4 is not in this session")
    told = json.loads(world.run("ask", "make it wobble, then export", "--json", *where).stdout)
    assert (told["done"], told["files"]) == (False, [])
    assert [path.name for path in world.work.iterdir()] == ["talk.mp4"]


def test_no_video_yet_is_an_answer(world: World) -> None:
    done = world.run("ask", "compress it to 5MB", "--session", "new", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["done"] is False
    assert "a folder only says where exports go" in " ".join(world.run("ask", "--help").stdout.split())
