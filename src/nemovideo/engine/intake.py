"""Bytes coming in: written and hashed off the loop, bounded while they are read."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from nemovideo.engine.wire import Refusal

__all__ = ["Received", "label", "receive", "suffix_of", "too_large"]

_PIECE = 1 << 20  # bytes handed to the writing thread at a time; one piece is written while the next is read
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived whole: its size in bytes and its SHA-256."""

    path: Path
    size: int
    hash: str


def label(name: str) -> str:
    """A client's file name as a label: no folders, no control characters, never used as a path."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in last if letter.isprintable()).strip()
    return clean[-_LONGEST_LABEL:] or "upload"


def suffix_of(name: str, formats: tuple[str, ...]) -> str:
    """The name's suffix, when it is one of the formats.

    Raises:
        Refusal: 4001, naming the formats.
    """
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix not in formats:
        raise Refusal(
            4001,
            f"{name}: this type is not supported. Supported: {', '.join(formats)}.",
            data={"formats": list(formats)},
        )
    return suffix


def too_large(name: str, limit: int) -> Refusal:
    """The refusal of a file over the limit."""
    return Refusal(
        4002,
        f"{name} is over this backend's {limit / 1e6:g} MB. Compress or trim it first.",
        data={"max_upload_bytes": limit},
    )


class _Sink:
    """A file being written in threads, one call at a time; discarding waits for a write under way."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock, self._digest = path, threading.Lock(), hashlib.sha256()
        self._file = path.open("xb")

    def write(self, chunks: list[bytes]) -> None:
        with self._lock:
            if not self._file.closed:
                for chunk in chunks:
                    self._digest.update(chunk)
                    self._file.write(chunk)

    def finish(self) -> str:
        with self._lock:
            self._file.close()
        return self._digest.hexdigest()

    def discard(self) -> None:
        with self._lock:
            self._file.close()
            self._path.unlink(missing_ok=True)


async def receive(chunks: AsyncIterator[bytes], path: Path, *, name: str, limit: int | None) -> Received:
    """Write what comes to a new file; whatever goes wrong, the file is gone again.

    Raises:
        Refusal: 4002 as soon as `limit` bytes are passed, 507 when the disk is full.
    """
    sink = await asyncio.to_thread(_Sink, path)
    try:
        size, digest = await _pump(chunks, sink, name, limit)
    except (OSError, Refusal) as error:
        await asyncio.to_thread(sink.discard)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise Refusal(507, "The engine's disk is full.") from None
        raise
    except BaseException:
        # Not awaited: a second cancellation must not leave the file; the pool's end waits for its threads.
        asyncio.get_running_loop().run_in_executor(None, sink.discard)
        raise
    return Received(path, size, digest)


async def _pump(chunks: AsyncIterator[bytes], sink: _Sink, name: str, limit: int | None) -> tuple[int, str]:
    size, held, pending = 0, list[bytes](), None
    kept = 0
    async for chunk in chunks:
        size += len(chunk)
        if limit is not None and size > limit:
            raise too_large(name, limit)
        held.append(chunk)
        kept += len(chunk)
        if kept >= _PIECE:
            if pending is not None:
                await pending
            pending = asyncio.ensure_future(asyncio.to_thread(sink.write, held))
            held, kept = [], 0
    if pending is not None:
        await pending
    await asyncio.to_thread(sink.write, held)
    return size, await asyncio.to_thread(sink.finish)
