"""The engine's folder: whose it is, and what of it may be removed."""

from __future__ import annotations

import uuid

import pytest

from nemovideo.engine.datadir import hold, operator_key, sweep
from nemovideo.errors import EngineError


@pytest.mark.parametrize("names", [["film.mp4"], ["work/thesis.txt"], ["key"], ["lock", "uploads/film.mp4"], ["work/"]])
def test_a_folder_of_somebody_elses_is_left_alone(tmp_path, names):
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        if name.endswith("/"):
            path.mkdir()
        else:
            path.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(EngineError, match="holds files that are no engine's") as caught:
        hold(tmp_path)
    assert "empty" in (caught.value.hint or "")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("names", [[], ["lock"], ["lock", "key", "key.new"], ["engine.sqlite3", "notes.txt"]])
def test_an_empty_folder_a_begun_one_and_an_engines_are_taken(tmp_path, names):
    for name in names:
        (tmp_path / name).touch()
    hold(tmp_path).close()
    hold(tmp_path).close()
    assert {"lock", "uploads", "renders", "work"} <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["lock", "uploads"])
def test_a_folder_whose_parts_are_of_another_kind(tmp_path, name):
    (tmp_path / "engine.sqlite3").touch()
    (tmp_path / name).mkdir() if name == "lock" else (tmp_path / name).touch()
    with pytest.raises(EngineError, match="cannot be used"):
        hold(tmp_path)


def test_the_sweep_removes_only_what_the_engine_made(tmp_path):
    hold(tmp_path).close()
    name = uuid.uuid4().hex
    theirs = ["work/notes.txt", "work/project/a.txt", "uploads/film.mp4", f"uploads/{name}.d/a", "renders/film.mp4"]
    ours = [f"work/{name}/pass.log", f"work/{name}.mp4", f"uploads/{name}.mp4", f"renders/.{name}.mp4.1.part"]
    for path in (tmp_path / each for each in theirs + ours):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    kept = tmp_path / "renders" / f"{uuid.uuid4().hex}.mp4"
    kept.touch()
    sweep(tmp_path, frozenset({kept.name}))
    assert kept.exists()
    assert all((tmp_path / each).exists() for each in theirs)
    assert not [each for each in ours if (tmp_path / each).exists()]


def test_a_key_that_is_none(tmp_path):
    (tmp_path / "key").mkdir()
    with pytest.raises(EngineError, match="key cannot be read"):
        operator_key(tmp_path)
