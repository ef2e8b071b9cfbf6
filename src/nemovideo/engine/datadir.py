"""The engine's folder: held by one engine at a time, swept of half-done things at the start."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import IO

from nemovideo.errors import EngineError

if sys.platform != "win32":
    import fcntl

__all__ = ["hold", "operator_key", "sweep"]


def hold(data_dir: Path) -> IO[str]:
    """Make the folder if need be and hold it until the file given back is closed, or the process ends. Blocks.

    Raises:
        EngineError: another engine holds it, or it cannot be made or written.
    """
    try:
        for folder in (data_dir, data_dir / "uploads", data_dir / "renders", data_dir / "work"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("a+", encoding="ascii")
    except OSError as error:
        raise EngineError(
            f"{data_dir} cannot be used as the engine's data folder: {error.strerror}.",
            hint="Name a folder that you may write.",
        ) from error
    try:
        _take(lock, data_dir)
    except BaseException:
        lock.close()
        raise
    return lock


def _take(lock: IO[str], data_dir: Path) -> None:
    if sys.platform != "win32":  # there, two engines on one folder are the user's to avoid
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read().strip()
            who = "this process" if owner == str(os.getpid()) else f"process {owner or 'unknown'}"
            raise EngineError(
                f"{data_dir} is in use by {who}.", hint="Stop that engine, or name another data folder."
            ) from None
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()


def sweep(data_dir: Path, kept: frozenset[str]) -> None:
    """Remove what a dead engine left half-done, and files that the store (`kept`, their paths) knows nothing of."""
    shutil.rmtree(data_dir / "work", ignore_errors=True)
    (data_dir / "work").mkdir(mode=0o700, exist_ok=True)
    for folder in ("uploads", "renders"):
        for path in (data_dir / folder).iterdir():
            if str(path) not in kept:
                path.unlink(missing_ok=True)


def operator_key(data_dir: Path) -> str:
    """The operator's key, kept in `data_dir/key` with mode 0600 and made at the first start."""
    path = data_dir / "key"
    try:
        if key := path.read_text("ascii").strip():
            return key
    except FileNotFoundError:
        pass
    key = f"nmv_key_{secrets.token_urlsafe(32)}"
    fresh = path.with_name("key.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key + "\n")
    fresh.replace(path)
    return key
