"""What the engine remembers: one SQLite file, touched by one thread of its own.

Every unit of work is a function of the connection that runs whole inside a transaction: whatever is cut off, by a
cancellation or by a power failure, has happened entirely or not at all.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from nemovideo.engine.schema import SCHEMA_VERSION, STEPS
from nemovideo.errors import DiskFull, EngineError

__all__ = ["SCHEMA_VERSION", "Store"]

T = TypeVar("T")


class Store:
    """The database and its thread.

    Example:
        >>> names = await store.run(lambda db: db.execute("SELECT name FROM sessions").fetchall())  # doctest: +SKIP
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nemovideo-store")
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open or create the file.

        Raises:
            EngineError: the file is of a newer nemovideo, or no database.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    async def close(self) -> None:
        """Let the work under way end, then close. Safe to call twice."""
        if self._connection is not None:
            self._thread.submit(self._close)
        await asyncio.to_thread(self._thread.shutdown)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the store's thread inside one transaction and give what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    def _open(self) -> None:
        try:
            db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=True)
            db.row_factory = sqlite3.Row
            # NORMAL: a power cut may lose the last transactions, never the file's integrity.
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
                db.execute(f"PRAGMA {pragma}")
            found = int(db.execute("PRAGMA user_version").fetchone()[0])
            if found == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                db.close()
                raise EngineError(f"{self._path} is no engine's database.", hint="Name another data folder.")
            if found > SCHEMA_VERSION:
                db.close()
                raise EngineError(
                    f"{self._path} was written by a newer nemovideo (schema {found}, not {SCHEMA_VERSION}).",
                    hint="Use that version, or another data folder.",
                )
            for version, step in enumerate(STEPS[found:], found + 1):
                db.executescript(f"BEGIN; {step} PRAGMA user_version={version}; COMMIT;")
        except sqlite3.Error as error:
            if _is_full(error):
                raise _no_room(self._path) from error
            raise EngineError(
                f"{self._path} cannot be opened as the engine's database: {error}.", hint="Name another data folder."
            ) from error
        self._connection = db

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        db = self._connection
        if db is None:
            raise EngineError("The engine's database is closed.")
        try:
            db.execute("BEGIN IMMEDIATE")
            value = work(db)
            db.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):  # none is open when SQLite has rolled back by itself, as on a full disk
                db.execute("ROLLBACK")
            if _is_full(error):
                raise _no_room(self._path) from error
            raise
        return value


def _is_full(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}


def _no_room(path: Path) -> DiskFull:
    return DiskFull(f"There is no room left in {path.parent}.")
