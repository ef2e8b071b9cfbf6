"""Earlier drafts: kept with each edit, taken back and put forth again, bounded, and brought into an old file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nemovideo.engine import archive, history
from nemovideo.engine.history import KEPT, History
from nemovideo.engine.ledger import OPERATOR, enrol_operator
from nemovideo.engine.schema import SCHEMA_VERSION, STEPS
from nemovideo.engine.store import Store
from nemovideo.errors import EngineError

Go = Callable[[Any], Any]


def draft(number: int) -> dict[str, Any]:
    return {"d": number, "t": [], "m": {}}


def _session(db: sqlite3.Connection) -> str:
    enrol_operator(db)
    return archive.create_session(db, account=OPERATOR, name="film", language="en").id


def _shown(db: sqlite3.Connection, session: str) -> int:
    row = archive.session(db, session, OPERATOR)
    assert row is not None
    assert row.draft is not None
    return int(row.draft["d"])


def test_back_and_forth(go: Go, tmp_path: Path) -> None:
    async def flow() -> None:
        store = Store(tmp_path / "db")
        await store.open()

        def work(db: sqlite3.Connection) -> None:
            session = _session(db)
            for number in (1, 2, 2, 3, 4):  # what changes nothing is no step
                archive.save_draft(db, session, draft(number))
            assert history.of_session(db, session) == History((draft(3), draft(2), draft(1)))
            history.back(db, session, 1)
            assert _shown(db, session) == 3
            history.back(db, session, 9)
            assert _shown(db, session) == 1
            assert history.of_session(db, session) == History((), (draft(2), draft(3), draft(4)))
            history.forth(db, session, 2)
            assert _shown(db, session) == 3
            assert history.of_session(db, session) == History((draft(2), draft(1)), (draft(4),))
            archive.save_draft(db, session, draft(5))  # an edit is the end of what was undone
            assert history.of_session(db, session) == History((draft(3), draft(2), draft(1)))

        await store.run(work)
        await store.close()

    go(flow)


def test_a_bounded_number_is_kept_and_goes_with_its_session(go: Go, tmp_path: Path) -> None:
    async def flow() -> None:
        store = Store(tmp_path / "db")
        await store.open()

        def work(db: sqlite3.Connection) -> None:
            session, other = _session(db), _session(db)
            archive.save_draft(db, other, draft(1))
            archive.save_draft(db, other, draft(2))
            for number in range(KEPT + 5):
                archive.save_draft(db, session, draft(number))
            assert len(history.of_session(db, session).before) == KEPT
            db.execute("DELETE FROM sessions WHERE id = ?", (session,))
            assert history.of_session(db, session) == History()
            assert history.of_session(db, other) == History((draft(1),))

        await store.run(work)
        await store.close()

    go(flow)


def test_what_fails_keeps_no_step(go: Go, tmp_path: Path) -> None:
    async def flow() -> None:
        store = Store(tmp_path / "db")
        await store.open()
        session = await store.run(_session)
        await store.run(lambda db: archive.save_draft(db, session, draft(1)))

        def half(db: sqlite3.Connection) -> None:
            archive.save_draft(db, session, draft(2))
            raise ValueError("half-way")

        with pytest.raises(ValueError, match="half-way"):
            await store.run(half)
        assert await store.run(lambda db: (_shown(db, session), history.of_session(db, session))) == (1, History())
        await store.close()

    go(flow)


def test_a_file_of_the_first_version_is_brought_along(go: Go, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db")) as db, db:
        db.executescript(f"{STEPS[0]} PRAGMA user_version=1;")
        db.execute("INSERT INTO accounts(id, credits) VALUES ('operator', 5)")
        db.execute(
            "INSERT INTO sessions(id, account, task, name, language, draft)"
            """ VALUES ('s', 'operator', 't', 'film', 'zh', '{"d": 7}')"""
        )

    async def flow() -> None:
        store = Store(tmp_path / "db")
        await store.open()

        def work(db: sqlite3.Connection) -> None:
            assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
            assert _shown(db, "s") == 7
            archive.save_draft(db, "s", draft(8))
            assert history.of_session(db, "s") == History(({"d": 7},))

        await store.run(work)
        await store.close()
        await (again := Store(tmp_path / "db")).open()
        assert await again.run(lambda db: _shown(db, "s")) == 8
        await again.close()

    go(flow)


def test_a_newer_file_is_refused(go: Go, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db")) as db:
        db.executescript(f"{STEPS[0]} PRAGMA user_version={SCHEMA_VERSION + 1};")

    async def flow() -> None:
        store = Store(tmp_path / "db")
        with pytest.raises(EngineError, match="newer nemovideo"):
            await store.open()
        await store.close()

    go(flow)
