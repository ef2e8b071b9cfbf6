"""What is kept from one short run to the next, and what is not."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

from nemovideo import AsyncNemoClient
from nemovideo.engine import retention
from nemovideo.engine.config import DAY
from nemovideo.engine.retention import KEPT_FOR, retire
from nemovideo.errors import NemoError


def rows(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "engine.sqlite3")) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.fixture
def folder(tmp_path: Path, run: Run[Any], talk: Path) -> Path:
    """A local engine's folder: one session with a file by name, one by its bytes, and a result."""

    async def flow() -> None:
        async with AsyncNemoClient.local(tmp_path / "data") as client:
            session = await client.session.create()
            await client.upload.file(session, talk)
            await client.upload.file(session, talk.read_bytes(), name="bytes.mp4")
            await client.render.export(session, tmp_path / "out.mp4")

    run(flow())
    return tmp_path / "data"


def files(folder: Path, run: Run[Any]) -> list[str]:
    """What lies there once an engine has started in it."""

    async def flow() -> None:
        async with AsyncNemoClient.local(folder):
            pass

    run(flow())
    return sorted(path.parent.name for name in ("renders", "uploads") for path in (folder / name).iterdir())


def test_what_is_young_is_kept(folder: Path, run: Run[Any]) -> None:
    retire(folder, now=time.time())
    assert files(folder, run) == ["renders", "uploads"]
    assert (rows(folder, "uploads"), rows(folder, "renders"), rows(folder, "sessions")) == (2, 1, 1)


def test_after_a_week_copies_and_results_go_and_the_session_stays(folder: Path, run: Run[Any]) -> None:
    retire(folder, now=time.time() + KEPT_FOR + DAY)
    assert files(folder, run) == []
    assert (rows(folder, "uploads"), rows(folder, "renders"), rows(folder, "sessions")) == (1, 0, 1)


def test_old_sessions_go_with_all_that_is_theirs(folder: Path, run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    async def another() -> str:
        async with AsyncNemoClient.local(folder) as client:
            return (await client.session.create()).id

    session = run(another())
    monkeypatch.setattr(retention, "KEPT_SESSIONS", 1)
    retire(folder, now=time.time())
    assert files(folder, run) == []
    assert (rows(folder, "uploads"), rows(folder, "renders"), rows(folder, "sessions")) == (0, 0, 1)

    async def still_there() -> None:
        async with AsyncNemoClient.local(folder) as client:
            assert (await client.state.get(session)).draft is None

    run(still_there())


def test_uploads_by_name_are_bounded_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_KEPT_UPLOADS", 1)
    retire(folder, now=time.time())
    assert rows(folder, "uploads") == 1


def test_an_unfinished_render_is_ended_on_demand(folder: Path, run: Run[Any]) -> None:
    with closing(sqlite3.connect(folder / "engine.sqlite3")) as db, db:
        db.execute("UPDATE renders SET status = 'processing', result = NULL, completed = NULL")
        (render_id,) = db.execute("SELECT id FROM renders").fetchone()
    retire(folder, now=time.time())
    with closing(sqlite3.connect(folder / "engine.sqlite3")) as db:
        assert db.execute("SELECT status FROM renders").fetchone() == ("processing",)
    retire(folder, now=time.time(), abandon=True)

    async def ended() -> None:
        async with AsyncNemoClient.local(folder) as client:
            with pytest.raises(NemoError, match="was stopped"):
                await client.render.wait(render_id)

    run(ended())


def test_what_is_no_engines_is_left_alone(tmp_path: Path, folder: Path) -> None:
    retire(tmp_path / "nowhere", now=0.0)
    (tmp_path / "engine.sqlite3").write_bytes(b"not a database at all, whatever its name says" * 100)
    before = (tmp_path / "engine.sqlite3").read_bytes()
    retire(tmp_path, now=1e12, abandon=True)
    assert (tmp_path / "engine.sqlite3").read_bytes() == before
    with closing(sqlite3.connect(folder / "engine.sqlite3")) as db:
        db.execute("PRAGMA user_version = 99")
    retire(folder, now=1e12)
    assert rows(folder, "uploads") == 2
