"""What the caller gave to upload or compress, looked at once: a path, bytes, an open file or a URL."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import stat
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias
from urllib.parse import unquote, urlsplit

import aiofiles

from nemovideo.cancellation import kept
from nemovideo.errors import SourceNotFound, UnsupportedFile, UsageError

__all__ = ["Source", "SourceLike", "open_source"]

SourceLike: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""A path, an http(s) URL, the bytes themselves, or a file opened for reading in binary mode."""

CHUNK = 1024 * 1024  # bytes read at once, in a thread: 500 MB are 500 hops, and memory stays flat


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `size` in bytes; None for a URL, which only the backend can measure."""

    name: str
    size: int | None
    path: Path | None = None
    url: str | None = None
    _data: bytes | None = field(default=None, repr=False)
    _file: BinaryIO | None = field(default=None, repr=False)
    _start: int = 0

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The bytes from the start, each time it is called; read off the loop."""
        if self._data is not None:
            for start in range(0, len(self._data), CHUNK):
                yield self._data[start : start + CHUNK]
        elif self.path is not None:
            async with kept(aiofiles.open(self.path, "rb")) as file:
                while chunk := await file.read(CHUNK):
                    yield chunk
        elif self._file is not None:
            await asyncio.to_thread(self._file.seek, self._start)
            while chunk := await asyncio.to_thread(self._file.read, CHUNK):
                yield chunk

    async def head(self, length: int) -> bytes:
        """The first `length` bytes."""
        found = b""
        async with contextlib.aclosing(self.chunks()) as chunks:
            async for chunk in chunks:
                found += chunk[: length - len(found)]
                if len(found) >= length:
                    break
        return found


async def open_source(given: SourceLike, *, name: str | None = None) -> Source:
    """Look at what was given; nothing is opened for writing, ever.

    Args:
        given: a path, URL, bytes or open binary file.
        name: a file name for bytes, which have none of their own; its suffix says what they are.

    Raises:
        SourceNotFound: no such file, no regular file, or no permission.
        UnsupportedFile: the file is empty.
        UsageError: something else was given.
    """
    if isinstance(given, bytes | bytearray | memoryview):
        data = bytes(given)
        return _not_empty(Source(name or "video.mp4", len(data), _data=data))
    if isinstance(given, str) and given.lower().startswith(("http://", "https://")):
        return Source(name or _name_in(given), None, url=given)
    if isinstance(given, str | os.PathLike):
        return _not_empty(await asyncio.to_thread(_at_path, Path(given)))
    if hasattr(given, "encoding"):
        raise UsageError("The file is open in text mode.", hint='Open it with mode "rb".')
    if callable(getattr(given, "read", None)) and callable(getattr(given, "seek", None)):
        return _not_empty(await asyncio.to_thread(_of_file, given, name))
    raise UsageError(
        f"The source is a {type(given).__name__}.", hint="Give a path, a URL, bytes, or a file opened in binary mode."
    )


def _at_path(given: Path) -> Source:
    path = given.expanduser()
    if not path.name:
        raise SourceNotFound("The source's name is empty.", hint="Name one video file.")
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise SourceNotFound(f"{path}: is a folder.", hint="Name one video file.")
        if not stat.S_ISREG(found.st_mode):
            raise SourceNotFound(f"{path}: is no regular file.", hint="Copy the data into a file first.")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise SourceNotFound(f"{path}: no such file.", hint="Check the path.") from None
    except NotADirectoryError:
        raise SourceNotFound(f"{path}: a part of the path is no folder.", hint="Check the path.") from None
    except PermissionError:
        raise SourceNotFound(f"{path}: may not be read.", hint="Check its permissions.") from None
    except (OSError, ValueError) as problem:
        raise SourceNotFound(f"{path!s:.200}: cannot be read: {problem}.", hint="Check the path.") from problem
    return Source(path.name, found.st_size, path=path)


def _of_file(file: BinaryIO, name: str | None) -> Source:
    try:
        start = file.tell()
        size = file.seek(0, os.SEEK_END) - start
        file.seek(start)
        if not getattr(file, "readable", lambda: True)():
            raise OSError("it is open for writing only")
    except (OSError, ValueError) as problem:
        raise UsageError(
            f"The open file cannot be read: {problem}.", hint="Open it for reading, seekable."
        ) from problem
    own = getattr(file, "name", None)
    return Source(name or (Path(own).name if isinstance(own, str) else "video.mp4"), size, _file=file, _start=start)


def _not_empty(source: Source) -> Source:
    if source.size == 0:
        raise UnsupportedFile(f"{source.path or source.name}: is empty.", hint="Give a video file.")
    return source


def _name_in(url: str) -> str:
    return re.split(r"[/\\]", unquote(urlsplit(url).path))[-1] or "video.mp4"
