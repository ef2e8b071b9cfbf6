"""What an engine's folder keeps from one short run to the next, and for how long: it must not grow for ever.

For engines that live as long as one command. A served engine's folder is its operator's.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from nemovideo.engine.config import DAY
from nemovideo.engine.store import SCHEMA_VERSION

__all__ = ["KEPT_FOR", "KEPT_SESSIONS", "retire"]

KEPT_FOR = 7 * DAY
"""Seconds that results nobody fetched, and copies of uploads by URL, are kept: as long as the cloud's tokens live."""
KEPT_SESSIONS = 100
"""Sessions that are kept, the latest; those before them are forgotten with everything in them."""
_KEPT_UPLOADS = 1000  # rows; a file handed over by name costs nothing but its row

_FORGET = """
CREATE TEMP TABLE old AS SELECT id FROM sessions ORDER BY rowid DESC LIMIT -1 OFFSET :sessions;
DELETE FROM renders WHERE session IN old OR completed < :before;
DELETE FROM uploads WHERE session IN old
    OR path NOT LIKE 'file:%' AND mtime_ns < :before * 1000000000
    OR seq <= (SELECT max(seq) FROM uploads) - :uploads;
DELETE FROM claims WHERE session IN old;
DELETE FROM history WHERE session IN old;
DELETE FROM sessions WHERE id IN old;
DROP TABLE old
"""
_ABANDONED = {
    "code": "cancelled",
    "message": "The program that waited for this render was stopped.",
    "least_bytes": None,
    "permanent": True,
}


def retire(data_dir: Path, *, now: float, abandon: bool = False) -> None:
    """Forget what is old; the engine's next start removes the files. Nobody may use the folder meanwhile. Blocks.

    Args:
        data_dir: the engine's folder, which may not be there yet.
        now: seconds since the epoch.
        abandon: also end renders that a killed run left unfinished, which the next start would otherwise take up.

    A folder that is no engine's, or another version's, is left alone: the engine itself says so.
    """
    path = data_dir / "engine.sqlite3"
    if not path.is_file():
        return
    values = {"sessions": KEPT_SESSIONS, "before": now - KEPT_FOR, "uploads": _KEPT_UPLOADS}
    try:
        with closing(sqlite3.connect(path)) as db, db:
            if db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
                return
            for statement in _FORGET.split(";"):
                db.execute(statement, values)
            if abandon:
                db.execute(
                    "UPDATE renders SET status = 'failed', error = ?, completed = ?"
                    " WHERE status NOT IN ('completed', 'failed')",
                    (json.dumps(_ABANDONED), now),
                )
    except sqlite3.Error:  # no database, or a full disk: for the engine to tell
        return
