"""`nemovideo state`: the timeline, the uploads, the session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import World


def test_lines(world: World, clip: Path) -> None:
    world.run("upload", clip)
    done = world.run("state")
    assert done.returncode == 0
    summary, upload, session = done.stdout.splitlines()
    assert summary == "Timeline (1 track): 1. Video: talk.mp4 (0-2s)"
    assert upload.startswith("Upload 1: talk.mp4: video, 320×240, 2.0 s, 25 fps, ")
    assert session.startswith("Session ses_")


@pytest.mark.parametrize("backend", ["local", "served"])
def test_json(world: World, clip: Path, engine: str, backend: str) -> None:
    where = ("--backend", engine) if backend == "served" else ()
    uploaded = json.loads(world.run("upload", clip, "--json", *where).stdout)
    done = world.run("state", "--json", *where)
    told = json.loads(done.stdout)
    assert done.stderr == ""
    assert set(told) >= {"backend", "session_id", "summary", "duration", "exportable", "tracks", "uploads"}
    assert told["session_id"] == uploaded["session_id"]
    assert told["tracks"] == [
        {
            "kind": "video",
            "name": "Video",
            "segments": [{"label": "talk.mp4", "start": 0.0, "duration": 2.0, "volume": 1.0}],
        }
    ]
    (file,) = uploaded["files"]
    assert told["uploads"] == [{name: value for name, value in file.items() if name != "source"}]


def test_before_anything_was_uploaded(world: World) -> None:
    done = world.run("state")
    assert done.returncode == 2
    assert done.stderr == (
        "error: There is no session yet with this backend (local). "
        "Begin with: nemovideo upload VIDEO, or name one with --session ID.\n"
    )
    assert world.run("state", "--session", "new").returncode == 2
    assert world.run("state", "--session", " ").returncode == 2


def test_a_session_that_is_gone(world: World, engine: str) -> None:
    done = world.run("state", "--session", "ses_gone", "--backend", engine)
    assert done.returncode == 5
    assert done.stderr.splitlines()[-1] == (
        f"error: The session ses_gone is not known to this backend ({engine}). "
        f"Begin anew: nemovideo upload --backend {engine} --session new VIDEO"
    )
