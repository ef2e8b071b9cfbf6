"""A file handed over by name, by the client of this very machine: referenced, never copied."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from nemovideo.engine.datadir import named
from nemovideo.engine.intake import too_large
from nemovideo.engine.wire import bad_request

__all__ = ["Seen", "is_near", "look"]


@dataclass(frozen=True, slots=True)
class Seen:
    """The file, links resolved, and a digest of which file it is (name, size, times, inode) instead of its bytes."""

    path: Path
    identity: str


def is_near(peer: str | None) -> bool:
    """Whether a connection comes from this machine."""
    try:
        return peer is not None and ip_address(peer.partition("%")[0].removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False


def look(url: str, limit: int | None) -> Seen:
    """Find what a `file:` address names. Blocks: for a thread.

    Raises:
        Refusal: it is no regular file that may be read, or over the limit.
    """
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise bad_request("urls: a file: address names a file of this machine, like file:///home/me/talk.mp4.")
    try:
        path = named(parts.path).resolve(strict=True)
        status = path.stat()
    except (OSError, ValueError, RuntimeError):
        raise bad_request("urls: the file: address names no file that can be read here.") from None
    if not stat.S_ISREG(status.st_mode) or not os.access(path, os.R_OK):
        raise bad_request(f"urls: {path.name} is no regular file that can be read here.")
    if limit is not None and status.st_size > limit:
        raise too_large(path.name, limit)
    which = f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_dev}\0{status.st_ino}"
    return Seen(path, hashlib.sha256(os.fsencode(which)).hexdigest())
