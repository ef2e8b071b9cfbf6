"""The engine's folder: held by one engine at a time, swept of half-done things at the start."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from pathlib import Path
from typing import IO
from urllib.parse import unquote_to_bytes
from urllib.request import url2pathname

from nemovideo.errors import EngineError

if sys.platform != "win32":
    import fcntl

__all__ = ["hold", "locate", "named", "operator_key", "sweep"]

_FOLDERS = ("uploads", "renders", "work")
_BEGUN = frozenset({"lock", "key", "key.new", *_FOLDERS})  # what is there before the database is
_MADE = re.compile(r"\.?[0-9a-f]{32}(\.[A-Za-z0-9.]{1,64})?")  # names of files and work folders that are the engine's


def hold(data_dir: Path) -> IO[str]:
    """Make the folder if need be and hold it until the file given back is closed, or the process ends. Blocks.

    Raises:
        EngineError: another engine holds it, it holds files that are no engine's, or it cannot be made or written.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(data_dir):
            raise EngineError(
                f"{data_dir} holds files that are no engine's; nothing was touched.",
                hint="Name another folder, or an empty one.",
            )
        lock = (data_dir / "lock").open("a+", encoding="ascii")  # first of all: by it, what is begun is known as ours
    except OSError as error:
        raise _unusable(data_dir, error) from error
    try:
        _take(lock, data_dir)
        for name in _FOLDERS:
            (data_dir / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        lock.close()
        raise _unusable(data_dir, error) from error
    except BaseException:
        lock.close()
        raise
    return lock


def _is_ours(data_dir: Path) -> bool:
    """Whether the folder is empty, an engine's, or what an engine that died at its first start left."""
    found = {path.name for path in data_dir.iterdir()}
    if not found or "engine.sqlite3" in found:
        return True
    begun = "lock" in found and found <= _BEGUN
    return begun and not any(next((data_dir / name).iterdir(), None) for name in _FOLDERS if name in found)


def _unusable(data_dir: Path, error: OSError) -> EngineError:
    return EngineError(
        f"{data_dir} cannot be used as the engine's data folder: {error.strerror}.",
        hint="Name a folder that you may write.",
    )


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
    """Remove what a dead engine left half-done, and files whose names the store (`kept`) knows nothing of.

    Only what bears a name of the engine's own making goes: whatever else somebody put there is theirs.
    """
    for path in _made(data_dir / "work"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for name in ("uploads", "renders"):
        for path in _made(data_dir / name):
            if path.name not in kept and path.is_file():
                path.unlink(missing_ok=True)


def _made(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if _MADE.fullmatch(path.name)]


def locate(data_dir: Path, kept: str) -> Path:
    """The file that the store keeps as `kept`: relative to the data folder, or a user's by its `file:` address."""
    return named(kept.removeprefix("file://")) if kept.startswith("file:") else data_dir / kept


def named(url_path: str) -> Path:
    """The file that the path of a `file:` address names, byte by byte: names need not be UTF-8."""
    if sys.platform == "win32":
        return Path(url2pathname(url_path))
    return Path(os.fsdecode(unquote_to_bytes(url_path)))


def operator_key(data_dir: Path) -> str:
    """The operator's key, kept in `data_dir/key` with mode 0600 and made at the first start."""
    path = data_dir / "key"
    try:
        if key := path.read_text("ascii").strip():
            return key
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(
            f"The engine's key cannot be read from {path}.", hint="Remove it; the next start makes a new one."
        ) from error
    key = f"nmv_key_{secrets.token_urlsafe(32)}"
    fresh = path.with_name("key.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key + "\n")
    fresh.replace(path)
    return key
