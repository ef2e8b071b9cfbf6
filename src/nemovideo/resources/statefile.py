"""A small file in the user's state folder: mode 0600, there whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

from nemovideo.protocol.json import JSON

__all__ = ["BEGUN", "remove", "write_whole"]

BEGUN = ".new-"
"""How the name of a file begins that is still being written."""


def write_whole(target: Path, entry: dict[str, JSON]) -> None:
    """Write `entry` as JSON; blocks on the disk.

    Raises:
        OSError: the folder cannot be made or written.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=BEGUN)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(entry, file)
        Path(name).replace(target)
    finally:
        remove(Path(name))


def remove(file: Path) -> None:
    """Remove a file that may be gone already, or may not be removed."""
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
