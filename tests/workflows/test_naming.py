"""Where an export goes that nobody named: a name that is safe, telling and free."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.resources.state import State
from nemovideo.workflows.naming import destination


def state(title: object = None, label: object = None, upload: object = None) -> State:
    draft = {"m": {"title": title}, "t": [{"tt": 0, "sg": [{"d": 1000, "m": {"title": label}}]}]}
    return State({"state": {"draft": draft, "video_infos": [{"filename": upload}]}})


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (state("Holiday 2024", "a.mp4"), "Holiday 2024.mp4"),
        (state("project", "beach.day.mov"), "beach.day.mp4"),
        (state("project", None, "up.webm"), "up.mp4"),
        (state("project"), "project.mp4"),
        (state(), "video.mp4"),
        (state("../../etc/passwd"), "etc passwd.mp4"),
        (state(".hidden"), "hidden.mp4"),
        (state("a\x00b\nc\u202ed"), "a b c d.mp4"),
        (state("旅行/海边"), "旅行 海边.mp4"),
        (state("x" * 300), "x" * 60 + ".mp4"),
        (State(None), "video.mp4"),
    ],
)
def test_a_name_from_what_is_there(found: State, name: str, tmp_path: Path) -> None:
    assert destination(tmp_path, None, found) == tmp_path / name


def test_the_name_is_free(tmp_path: Path) -> None:
    (tmp_path / "trip.mp4").touch()
    (tmp_path / "trip-2.mp4").symlink_to(tmp_path / "nowhere")
    assert destination(tmp_path, None, state("trip")) == tmp_path / "trip-3.mp4"


def test_names_that_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    assert destination(tmp_path / "a.mov", "b.mp4", state("x")) == tmp_path / "a.mov"
    assert destination(None, "b.mov", state("x")) == tmp_path / "b.mov"
    assert destination(None, "out", state("x")) == tmp_path / "out" / "x.mp4"
    assert destination(tmp_path / "out", "c", state("x")) == tmp_path / "out" / "c.mp4"


@given(st.text())
def test_any_title_is_a_file_in_the_folder(title: str) -> None:
    path = destination(Path("/"), None, state(title))
    assert path.parent == Path("/")
    assert path.suffix == ".mp4"
    assert not path.name.startswith(".")
    assert len(path.name.encode()) < 255
