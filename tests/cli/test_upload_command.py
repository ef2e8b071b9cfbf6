"""`nemovideo upload`: what is understood of files, and the session that they go into."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from .conftest import World


def remembered(world: World, backend: str = "local") -> Path:
    return world.folder / "home/.local/state/nemovideo/sessions" / f"{quote(backend, safe='')}.json"


def session_in(path: Path) -> str:
    return str(json.loads(path.read_text())["session_id"])


def test_a_first_file_makes_the_session_and_a_second_joins_it(world: World, clip: Path) -> None:
    first = world.run("upload", clip)
    assert (first.returncode, first.stderr) == (0, "")
    line, session = first.stdout.splitlines()
    assert line.startswith("talk.mp4: video, 320×240, 2.0 s, 25 fps, ")
    assert session == f"Session {session_in(remembered(world))} (new)"
    second = world.run("upload", clip, clip)
    assert second.stdout.splitlines()[2] == session.removesuffix(" (new)")
    assert world.left_behind() == []


def test_json(world: World, clip: Path) -> None:
    done = world.run("upload", "talk.mp4", "--json")
    told = json.loads(done.stdout)
    assert done.stderr == ""
    assert set(told) == {"backend", "session_id", "new_session", "files"}
    assert (told["backend"], told["new_session"]) == ("local", True)
    (file,) = told["files"]
    assert set(file) == {"source", "filename", "kind", "duration", "width", "height", "fps", "size", "hash"}
    assert (file["source"], file["kind"], file["width"]) == ("talk.mp4", "video", 320)
    assert file["size"] == clip.stat().st_size


def test_the_memory_is_the_users_alone_and_whole(world: World, clip: Path) -> None:
    world.run("upload", clip)
    path = remembered(world)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["local.json"]
    path.write_bytes(b'{"session_id": 12')  # as a full disk might leave it
    assert "(new)" in world.run("upload", clip).stdout


def test_session_new_starts_over_and_a_named_one_is_remembered(world: World, clip: Path) -> None:
    world.run("upload", clip)
    first = session_in(remembered(world))
    world.run("upload", clip, "--session", "new")
    second = session_in(remembered(world))
    assert second != first
    world.run("upload", clip, "--session", first)
    assert session_in(remembered(world)) == first


def test_each_backend_has_a_session_of_its_own(world: World, clip: Path, engine: str) -> None:
    assert world.run("upload", clip).returncode == 0
    done = world.run("upload", clip, "--backend", engine)
    assert (done.returncode, done.stderr) == (0, "")
    assert "(new)" in done.stdout
    assert session_in(remembered(world)) != session_in(remembered(world, engine))
    by_cloud = world.run("upload", clip, "--backend", "cloud", "--json", NEMO_API_URL=engine + "/")
    assert json.loads(by_cloud.stdout)["session_id"] == session_in(remembered(world, engine))  # the same origin


@pytest.mark.parametrize("backend", ["local", "served"])
def test_a_forgotten_session_is_replaced_with_a_word(world: World, clip: Path, engine: str, backend: str) -> None:
    where = ("--backend", engine) if backend == "served" else ()
    path = remembered(world, engine if backend == "served" else "local")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"session_id": "ses_gone"}))
    done = world.run("upload", clip, *where)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "The session ses_gone is not known any more; a new one is made."
    assert session_in(path) != "ses_gone"


def test_a_named_session_that_is_not_known_is_an_error_and_not_remembered(world: World, clip: Path) -> None:
    done = world.run("upload", clip, "--session", "ses_gone", "--json")
    error = json.loads(done.stdout)["error"]
    assert done.returncode == error["exit_code"] == 5
    assert error["type"] == "SessionNotFound"
    assert error["message"] == "The session ses_gone is not known to this backend (local)."
    assert "--session new" in error["hint"]
    assert not remembered(world).exists()


@pytest.mark.parametrize(
    ("sources", "code", "says"),
    [
        (["gone.mp4"], 3, "gone.mp4: no such file"),
        (["talk.mp4", "gone.mp4"], 3, "gone.mp4: no such file"),
        (["films"], 3, "films: is a folder"),
        (["text.mp4"], 3, "text.mp4"),
        ([], 2, "Missing argument"),
    ],
)
def test_what_cannot_be_uploaded(world: World, clip: Path, sources: list[str], code: int, says: str) -> None:
    (world.work / "films").mkdir()
    (world.work / "text.mp4").write_text("no video at all")
    done = world.run("upload", *sources)
    assert done.returncode == code, done.stderr
    assert says in done.stderr.splitlines()[-1]
    assert done.stdout == ""
    assert world.left_behind() == []


def test_a_missing_file_makes_no_session(world: World, clip: Path) -> None:
    world.run("upload", "gone.mp4")
    assert not remembered(world).exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nobody is kept from writing")
def test_a_folder_that_may_not_be_written(world: World, clip: Path) -> None:
    folder = world.folder / "home/.local/state"
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    done = world.run("upload", clip)
    assert done.returncode == 0
    assert "--session ses_" in done.stderr


def test_a_state_folder_that_is_a_file(world: World, clip: Path) -> None:
    folder = world.folder / "home/.local"
    folder.mkdir(parents=True)
    (folder / "state").write_text("")
    done = world.run("upload", clip)
    assert done.returncode == 0, done.stderr
    assert "cannot be remembered here; come back to it with --session ses_" in done.stderr


def test_streams_that_are_closed_and_readers_who_leave(world: World, clip: Path) -> None:
    command = " ".join(f"'{word}'" for word in world.command("upload", clip))
    for ends in ("<&-", "2>&-", ">&-", "| head -0"):
        done = world.run_command(["bash", "-o", "pipefail", "-c", f"{command} {ends}"])
        assert done.returncode == 0, (ends, done.stderr)
        assert "Traceback" not in done.stderr


def test_names_in_any_letters_in_any_locale(world: World, clip: Path) -> None:
    (world.work / "演讲 ▶.mp4").write_bytes(clip.read_bytes())
    for environment in ({"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = subprocess.run(
            world.command("upload", "演讲 ▶.mp4"),
            cwd=world.work,
            env=world.environment | environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.decode().startswith("演讲 ▶.mp4: video, 320×240")


def test_a_remembered_session_of_an_engine_is_checked_as_the_engine_said(world: World, engine: str, clip: Path) -> None:
    """And not by the cloud's 500 MB: what the engine told is remembered beside the session."""
    backends = world.folder / "home/.local/state/nemovideo/backends"
    assert world.run("upload", clip, "--backend", engine).returncode == 0
    (kept,) = backends.iterdir()
    told = json.loads(kept.read_text())
    assert told["backend"]["name"] == "nemovideo-engine"
    told["backend"]["formats"] = ["mov"]
    kept.write_text(json.dumps(told))
    refused = world.run("upload", clip, "--backend", engine)
    assert refused.returncode != 0
    assert "It takes mov." in refused.stderr
