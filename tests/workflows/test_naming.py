"""Where an export goes that nobody named: a name that is safe, telling and free."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.resources.state import State
from nemovideo.workflows.naming import destination, said_format


def state(title: object = None, label: object = None, upload: object = None, made: object = None) -> State:
    draft = {"m": {"title": title, "format": made}, "t": [{"tt": 0, "sg": [{"d": 1000, "m": {"title": label}}]}]}
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


@pytest.mark.parametrize(
    ("drafted", "said", "suffix"),
    [
        ("gif", None, ".gif"),
        ("mp3", None, ".mp3"),
        ("exe", None, ".mp4"),
        (None, "wav", ".wav"),
        ("gif", "webm", ".webm"),
    ],
)
def test_the_suffix_says_what_is_made(drafted: str | None, said: str | None, suffix: str, tmp_path: Path) -> None:
    found = state("trip", made=drafted)
    assert destination(tmp_path, None, found, format=said) == tmp_path / f"trip{suffix}"
    assert destination(tmp_path, "beach", found, format=said) == tmp_path / f"beach{suffix}"
    assert destination(tmp_path, "beach.mov", found, format=said) == tmp_path / "beach.mov"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("export it as mp3", "mp3"),
        ("导出为GIF", "gif"),
        ("export as a WAV file", "wav"),
        ("导出mov格式", "mov"),
        ("export", None),
        ("export it as talk.gif", None),
        ("export it to /home/me/gif/", None),
        ("export my gifts", None),
    ],
)
def test_a_format_that_was_said(words: str, found: str | None) -> None:
    assert said_format(words) == found


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
