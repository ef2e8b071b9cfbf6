"""The tables of the engine's database: as the first version laid them, and each step since."""

from __future__ import annotations

__all__ = ["SCHEMA_VERSION", "STEPS"]

_FIRST = """
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,            -- anon_… or operator
    client TEXT UNIQUE,             -- digest of the client id
    credits INTEGER NOT NULL,       -- frozen ones included
    frozen INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE tokens (
    digest TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts(id),
    address TEXT NOT NULL,
    issued REAL NOT NULL,
    expires REAL NOT NULL
) STRICT;
CREATE INDEX tokens_by_address ON tokens(address, issued);
CREATE INDEX tokens_by_account ON tokens(account, issued);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts(id),
    task TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    draft TEXT
) STRICT;
CREATE TABLE claims (
    digest TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions(id),
    expires REAL NOT NULL
) STRICT;
CREATE TABLE uploads (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES sessions(id),
    account TEXT NOT NULL REFERENCES accounts(id),
    filename TEXT NOT NULL,         -- the client's label, never a path
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    duration REAL,
    width INTEGER,
    height INTEGER,
    fps REAL
) STRICT;
CREATE INDEX uploads_by_session ON uploads(session, seq);
CREATE INDEX uploads_by_hash ON uploads(account, hash);
CREATE TABLE renders (
    seq INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,       -- the engine's name for it, used in paths
    account TEXT NOT NULL REFERENCES accounts(id),
    id TEXT NOT NULL,               -- the client's name for it
    session TEXT NOT NULL REFERENCES sessions(id),
    draft TEXT NOT NULL,
    output TEXT NOT NULL,
    status TEXT NOT NULL,
    path TEXT,
    result TEXT,
    error TEXT,
    created REAL NOT NULL,
    completed REAL,
    UNIQUE (account, id)
) STRICT;
"""

# Earlier drafts of a session. Those that an undo took off the timeline are `undone`, and are what a redo puts back.
_HISTORY = """
CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    draft TEXT NOT NULL,
    undone INTEGER NOT NULL
) STRICT;
CREATE INDEX history_by_session ON history(session, undone, seq);
ALTER TABLE sessions ADD COLUMN latest TEXT;  -- the last upload that was there when the timeline was last edited
"""

_CODECS = """
ALTER TABLE uploads ADD COLUMN codec TEXT;        -- of the picture; null where it was not looked at, or there is none
ALTER TABLE uploads ADD COLUMN audio_codec TEXT;
"""

STEPS: tuple[str, ...] = (_FIRST, _HISTORY, _CODECS)
"""What leads from an empty file to schema 1, from there to 2, and so on; a step that was released never changes."""

SCHEMA_VERSION = len(STEPS)
