"""What accounts keep here: sessions with their drafts, uploads, renders. Functions of the store's connection.

Every look-up names the account: another account's thing is not found, exactly as one that never was.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

from nemovideo.engine import history
from nemovideo.engine.config import TOKEN_LIFE
from nemovideo.engine.ledger import digest
from nemovideo.engine.wire import JsonObject

__all__ = [
    "Connection",
    "FINAL",
    "RenderRow",
    "SessionRow",
    "UploadRow",
    "add_render",
    "add_upload",
    "claim",
    "create_session",
    "file_names",
    "find_upload",
    "finish_render",
    "render",
    "renders_of",
    "save_draft",
    "session",
    "unfinished",
    "upload_of_hash",
    "uploads_of",
]

Connection = sqlite3.Connection

FINAL = frozenset({"completed", "failed"})
"""States of a render that never change again."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session; `draft` is None until there is something on the timeline.

    `latest` is the id of the last upload that was there when the timeline was last written: later ones are news.
    """

    id: str
    account: str
    task: str
    name: str
    language: str
    draft: JsonObject | None
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One uploaded file: `filename` is the client's label.

    `path` is relative to the data folder, which may move; a file handed over by name has its `file:` address instead.
    `size`, `mtime_ns` and `inode` are what the file was when it was looked at; `duration` is in seconds.
    """

    id: str
    session: str
    account: str
    filename: str
    kind: str
    path: str
    hash: str
    size: int
    mtime_ns: int
    inode: int
    duration: float | None
    width: int | None
    height: int | None
    fps: float | None
    codec: str | None = None
    audio_codec: str | None = None


@dataclass(frozen=True, slots=True)
class RenderRow:
    """One render: `id` is the client's name for it, unique within the account, `uid` the engine's; `path` as above."""

    uid: str
    account: str
    id: str
    session: str
    draft: JsonObject
    output: JsonObject
    status: str
    path: str | None
    result: JsonObject | None
    error: JsonObject | None
    created: float
    completed: float | None


def create_session(db: sqlite3.Connection, *, account: str, name: str, language: str) -> SessionRow:
    """Open a session with a task of its own."""
    row = SessionRow(f"ses_{secrets.token_hex(12)}", account, f"task_{secrets.token_hex(12)}", name, language, None)
    db.execute(
        "INSERT INTO sessions(id, account, task, name, language) VALUES (?, ?, ?, ?, ?)",
        (row.id, row.account, row.task, row.name, row.language),
    )
    return row


def session(db: sqlite3.Connection, session_id: str, account: str) -> SessionRow | None:
    """The session, if it is this account's."""
    row = db.execute("SELECT * FROM sessions WHERE id = ? AND account = ?", (session_id, account)).fetchone()
    if row is None:
        return None
    draft = _load(row["draft"])
    return SessionRow(row["id"], row["account"], row["task"], row["name"], row["language"], draft, row["latest"])


def save_draft(db: sqlite3.Connection, session_id: str, draft: JsonObject) -> None:
    """Replace a session's timeline; the one before can be had back (see `history`)."""
    kept = _dump(draft)
    history.remember(db, session_id, kept)
    db.execute(
        "UPDATE sessions SET draft = ?, latest = (SELECT id FROM uploads WHERE session = sessions.id ORDER BY seq DESC)"
        " WHERE id = ?",
        (kept, session_id),
    )


def claim(db: sqlite3.Connection, session_id: str, *, now: float) -> str:
    """A token by which a person may take the session over in a browser."""
    token = f"clm_{secrets.token_urlsafe(24)}"
    db.execute(
        "INSERT INTO claims(digest, session, expires) VALUES (?, ?, ?)", (digest(token), session_id, now + TOKEN_LIFE)
    )
    return token


def add_upload(db: sqlite3.Connection, row: UploadRow) -> None:
    """Remember an upload."""
    values = asdict(row)
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO uploads({names}) VALUES ({marks})", values)  # noqa: S608 -- names of our own fields


def uploads_of(db: sqlite3.Connection, session_id: str) -> list[UploadRow]:
    """A session's uploads, oldest first."""
    rows = db.execute("SELECT * FROM uploads WHERE session = ? ORDER BY seq", (session_id,))
    return [_upload(row) for row in rows]


def find_upload(db: sqlite3.Connection, upload_id: str, account: str) -> UploadRow | None:
    """The upload, if it is this account's."""
    row = db.execute("SELECT * FROM uploads WHERE id = ? AND account = ?", (upload_id, account)).fetchone()
    return None if row is None else _upload(row)


def upload_of_hash(db: sqlite3.Connection, hash_: str, *, account: str, session_id: str) -> UploadRow | None:
    """What a draft's `src` means: the account's latest upload of that hash, this session's before others'."""
    row = db.execute(
        "SELECT * FROM uploads WHERE hash = ? AND account = ? ORDER BY session = ? DESC, seq DESC LIMIT 1",
        (hash_, account, session_id),
    ).fetchone()
    return None if row is None else _upload(row)


def add_render(db: sqlite3.Connection, row: RenderRow) -> RenderRow:
    """Remember a render that was asked for; an id that the account has used before gives that render instead."""
    if (known := render(db, row.id, row.account)) is not None:
        return known
    db.execute(
        "INSERT INTO renders(uid, account, id, session, draft, output, status, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (row.uid, row.account, row.id, row.session, _dump(row.draft), _dump(row.output), row.status, row.created),
    )
    return row


def render(db: sqlite3.Connection, render_id: str, account: str) -> RenderRow | None:
    """The render, if it is this account's."""
    row = db.execute("SELECT * FROM renders WHERE id = ? AND account = ?", (render_id, account)).fetchone()
    return None if row is None else _render(row)


def renders_of(db: sqlite3.Connection, session_id: str) -> list[RenderRow]:
    """A session's completed renders, oldest first."""
    rows = db.execute("SELECT * FROM renders WHERE session = ? AND status = 'completed' ORDER BY seq", (session_id,))
    return [_render(row) for row in rows]


def unfinished(db: sqlite3.Connection) -> list[RenderRow]:
    """Renders that the last run of the engine left behind, in their order."""
    rows = db.execute("SELECT * FROM renders WHERE status NOT IN ('completed', 'failed') ORDER BY seq")
    return [_render(row) for row in rows]


def finish_render(
    db: sqlite3.Connection,
    uid: str,
    *,
    now: float,
    path: str | None = None,
    result: JsonObject | None = None,
    error: JsonObject | None = None,
) -> None:
    """Write a render's end: completed with a result, or failed with an error."""
    db.execute(
        "UPDATE renders SET status = ?, path = ?, result = ?, error = ?, completed = ?"
        " WHERE uid = ? AND status NOT IN ('completed', 'failed')",
        ("failed" if error else "completed", path, _dump(result), _dump(error), now, uid),
    )


def _dump(value: JsonObject | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _load(text: str | None) -> JsonObject | None:
    return None if text is None else json.loads(text)


def _upload(row: sqlite3.Row) -> UploadRow:
    return UploadRow(**{name: row[name] for name in UploadRow.__slots__})


def _render(row: sqlite3.Row) -> RenderRow:
    values: dict[str, Any] = {name: row[name] for name in RenderRow.__slots__}
    for name in ("draft", "output", "result", "error"):
        values[name] = _load(values[name])
    return RenderRow(**values)


def file_names(db: sqlite3.Connection) -> frozenset[str]:
    """Every file that the store knows of, by the last part of its path: folders have many spellings."""
    rows = db.execute("SELECT path FROM uploads UNION SELECT path FROM renders WHERE path IS NOT NULL")
    return frozenset(PurePath(row["path"]).name for row in rows)
