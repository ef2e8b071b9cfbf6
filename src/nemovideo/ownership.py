"""Unfinished files and temporary folders, written down while they exist, so that a killed run leaves nothing for long.

Each path has a small locked file in the user's state folder. The lock goes with the process, even on SIGKILL; whoever
starts next finds the lock free and removes what lies under the path. All functions block and run in a thread.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sys
import time
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from nemovideo.settings import state_dir

if sys.platform != "win32":
    import fcntl

__all__ = ["Claim", "PART_SUFFIX", "TEMPORARY_PREFIX", "claim", "sweep"]

logger = logging.getLogger(__name__)

PART_SUFFIX = ".part"
TEMPORARY_PREFIX = "nemovideo-"

_CLAIMED, _BEGUN = "own-", "new-"
_BEGUN_FOR_LONG = 3600.0  # seconds after which a claim that was never finished is litter


@dataclass(slots=True)
class Claim:
    """A path that is ours until `release`; `release` says that it is gone or finished."""

    path: Path
    _record: Path | None
    _handle: int

    def release(self) -> None:
        """Strike the path off the list. May be called twice."""
        if self._record is not None:
            with contextlib.suppress(OSError):
                self._record.unlink(missing_ok=True)
            os.close(self._handle)
            self._record = None


def claim(path: Path) -> Claim:
    """Write down that `path` is ours, before it is made. Where that cannot be done the work goes on without."""
    if sys.platform == "win32":
        return Claim(path, None, -1)
    folder, name = _folder(), uuid.uuid4().hex
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        begun = folder / (_BEGUN + name)
        handle = os.open(begun, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, os.fsencode(path.absolute()))
        return Claim(path, begun.rename(folder / (_CLAIMED + name)), handle)
    except OSError as problem:
        logger.debug("cannot write down that %s is ours: %s", path, problem)
        return Claim(path, None, -1)


def sweep() -> list[Path]:
    """Remove what processes that are gone have left; returns what was removed."""
    if sys.platform == "win32":
        return []
    removed: list[Path] = []
    with contextlib.suppress(OSError):
        for record in _folder().iterdir():
            with contextlib.suppress(OSError), _abandoned(record) as path:
                if path is not None and _remove(path):
                    removed.append(path)
    return removed


@contextlib.contextmanager
def _abandoned(record: Path) -> Generator[Path | None]:
    """The path in a record whose owner is gone, or None; the record goes with it."""
    if record.name.startswith(_BEGUN):
        if time.time() - record.stat().st_mtime > _BEGUN_FOR_LONG:
            record.unlink(missing_ok=True)
        yield None
        return
    handle = os.open(record, os.O_RDWR | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield Path(os.fsdecode(os.read(handle, 65536)))
        record.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _remove(path: Path) -> bool:
    """Remove a leftover, if it looks like one of ours: a record that was tampered with removes nothing else."""
    if path.name.endswith(PART_SUFFIX) and path.is_file() and not path.is_symlink():
        path.unlink()
        return True
    if path.name.startswith(TEMPORARY_PREFIX) and path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return True
    return False


def _folder() -> Path:
    return state_dir() / "unfinished"
