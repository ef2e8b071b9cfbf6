"""A session's earlier drafts: what an undo brings back, and a redo after it. Functions of the store's connection."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from nemovideo.engine.wire import JsonObject

__all__ = ["History", "KEPT", "back", "forth", "of_session", "remember"]

KEPT = 50
"""Earlier drafts a session keeps, the latest; a draft takes a few kilobytes."""


@dataclass(frozen=True, slots=True)
class History:
    """What is kept of a session: `before` and `undone`, the nearest to what is on the timeline first."""

    before: tuple[JsonObject, ...] = ()
    undone: tuple[JsonObject, ...] = ()


def of_session(db: sqlite3.Connection, session_id: str) -> History:
    """The session's earlier drafts."""
    rows = db.execute("SELECT draft, undone FROM history WHERE session = ? ORDER BY seq DESC", (session_id,)).fetchall()
    return History(*(tuple(json.loads(row["draft"]) for row in rows if row["undone"] == undone) for undone in (0, 1)))


def remember(db: sqlite3.Connection, session_id: str, new: str | None) -> None:
    """Keep the draft that `new` is about to replace; what was undone before is gone for good."""
    kept = db.execute(
        "INSERT INTO history(session, draft, undone)"
        " SELECT id, draft, 0 FROM sessions WHERE id = ? AND draft IS NOT NULL AND draft IS NOT ?",
        (session_id, new),
    )
    if kept.rowcount:
        db.execute("DELETE FROM history WHERE session = ? AND undone", (session_id,))
        db.execute(
            "DELETE FROM history WHERE session = ?1 AND seq NOT IN"
            " (SELECT seq FROM history WHERE session = ?1 ORDER BY seq DESC LIMIT ?2)",
            (session_id, KEPT),
        )


def back(db: sqlite3.Connection, session_id: str, steps: int) -> None:
    """Undo so many edits, or as many as are kept."""
    _move(db, session_id, steps, undone=0)


def forth(db: sqlite3.Connection, session_id: str, steps: int) -> None:
    """Redo so many of the edits that were undone, or as many as there are."""
    _move(db, session_id, steps, undone=1)


def _move(db: sqlite3.Connection, session_id: str, steps: int, *, undone: int) -> None:
    for _ in range(steps):
        row = db.execute(
            "SELECT seq, draft FROM history WHERE session = ? AND undone = ? ORDER BY seq DESC LIMIT 1",
            (session_id, undone),
        ).fetchone()
        if row is None:
            return
        db.execute(
            "INSERT INTO history(session, draft, undone) SELECT id, draft, ? FROM sessions WHERE id = ?",
            (1 - undone, session_id),
        )
        db.execute("UPDATE sessions SET draft = ? WHERE id = ?", (row["draft"], session_id))
        db.execute("DELETE FROM history WHERE seq = ?", (row["seq"],))
