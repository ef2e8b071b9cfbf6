"""What the caller gave to upload or compress, looked at once: a path, bytes, an open file, an iterator or a URL."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import stat
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast
from urllib.parse import unquote, urlsplit

import aiofiles

from nemovideo.cancellation import kept
from nemovideo.errors import SourceNotFound, UnsupportedFile, UsageError
from nemovideo.spool import CHUNK, Spool, pipe

__all__ = ["Source", "SourceLike", "open_source"]

SourceLike: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | AsyncIterable[bytes]
"""A path, an http(s) URL, the bytes themselves, a file opened in binary mode, or an async iterator of bytes."""

_NAMELESS = "video.mp4"  # bytes have no name of their own, and the backend wants a suffix
_one_at_a_time = threading.Lock()  # an open file that is read twice at once must not be wound about between the two


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `size` in bytes; None for a URL, which only the backend can measure, and while nobody knows it."""

    name: str
    size: int | None
    path: Path | None = None
    url: str | None = None
    _data: bytes | None = field(default=None, repr=False)
    _file: BinaryIO | None = field(default=None, repr=False)
    _start: int = 0
    _spool: Spool | None = field(default=None, repr=False)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The bytes from the start, each time it is called; read off the loop.

        Raises:
            SourceNotFound: it can no longer be read. And whatever an iterator raises.
        """
        if self._data is not None:
            for start in range(0, len(self._data), CHUNK):
                yield self._data[start : start + CHUNK]
        elif self._spool is not None:
            async with contextlib.aclosing(self._spool.chunks()) as spooled:
                async for chunk in spooled:
                    yield chunk
        elif self.path is not None:
            try:
                async with kept(aiofiles.open(self.path, "rb")) as file:
                    while chunk := await file.read(CHUNK):
                        yield chunk
            except OSError as problem:
                raise _unreadable(str(self.path), problem) from problem
        elif self._file is not None:
            position = self._start
            while chunk := await asyncio.to_thread(_read_at, self._file, position, self.name):
                position += len(chunk)
                yield chunk

    async def measured(self, check: Callable[[int], None] | None = None) -> Source:
        """The source with its size: an iterator's bytes are first gathered on disk, where its size is not known.

        Args:
            check: told the bytes that came so far; it raises where they are too many.

        Raises:
            UnsupportedFile: nothing came. DiskFull: the temporary folder has no room. And what the iterator raises.
        """
        if self._spool is None or self.size is not None:
            return self
        if check is not None:
            self._spool.check = check
        return _not_empty(replace(self, size=await self._spool.fill()))

    async def aclose(self) -> None:
        """Leave everything as it was found: an open file stands where it stood, a spooled one is gone. Idempotent."""
        if self._spool is not None:
            await self._spool.aclose()
        if self._file is not None:
            with contextlib.suppress(OSError, ValueError):
                await asyncio.to_thread(self._file.seek, self._start)


async def open_source(given: SourceLike, *, name: str | None = None, size: int | None = None) -> Source:
    """Look at what was given; nothing is opened for writing, and nothing is read yet.

    Args:
        given: a path, URL, bytes, open binary file or async iterator of bytes.
        name: a file name, for what has none of its own; its suffix says what it is.
        size: the bytes that an async iterator will give; without it they are gathered on disk before they are sent.

    Raises:
        SourceNotFound: no such file, no regular file, or no permission.
        UnsupportedFile: the file is empty.
        UsageError: something else was given.
    """
    if hasattr(given, "__aiter__"):
        _check_size(size)
        return _streaming(given, name or _NAMELESS, size)  # type: ignore[arg-type]
    if size is not None:
        raise UsageError("size= was given for what has a size of its own.", hint="It is for async iterators only.")
    if isinstance(given, bytes | bytearray | memoryview):
        data = bytes(given)
        return _not_empty(Source(name or _NAMELESS, len(data), _data=data))
    if isinstance(given, str) and given.lower().startswith(("http://", "https://")):
        return Source(name or _name_in(given), None, url=given)
    if isinstance(given, str | os.PathLike):
        if not os.fspath(given):
            raise SourceNotFound("The source's name is empty.", hint="Name one video file.")
        return _not_empty(await asyncio.to_thread(_at_path, Path(given), name))
    return await _of_open_file(given, name)


async def _of_open_file(given: object, name: str | None) -> Source:
    if hasattr(given, "encoding"):
        raise UsageError("The file is open in text mode.", hint='Open it with mode "rb".')
    if callable(getattr(given, "read", None)) and callable(getattr(given, "seek", None)):
        return _not_empty(await asyncio.to_thread(_of_file, cast("BinaryIO", given), name))
    kind = type(given).__name__
    article = "an" if kind[:1].lower() in "aeiou" else "a"
    raise UsageError(
        f"The source is {'None' if given is None else f'{article} {kind}'}.",
        hint="Give a path, a URL, bytes, a file opened in binary mode, or an async iterator of bytes.",
    )


def _streaming(given: AsyncIterable[bytes], name: str, size: int | None) -> Source:
    return _not_empty(Source(name, size, _spool=Spool(given, name)))


def _check_size(size: object) -> None:
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 0):
        raise UsageError(f"size must be a whole number of bytes: {size!r}.", hint="Leave it out where it is unknown.")


def _at_path(given: Path, name: str | None) -> Source:
    path = given.expanduser()
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise SourceNotFound(f"{path}: is a folder.", hint="Name one video file.")
        if not stat.S_ISREG(found.st_mode):
            raise SourceNotFound(
                f"{path}: is no regular file.",
                hint="Give it opened, or copy it into a file first.",
            )
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
    return Source(name or path.name, found.st_size, path=path)


def _of_file(file: BinaryIO, name: str | None) -> Source:
    own = getattr(file, "name", None)
    name = name or (Path(own).name if isinstance(own, str) and not own.startswith("<") else _NAMELESS)
    try:
        if not getattr(file, "readable", lambda: True)():
            raise OSError("it is open for writing only")
        if not getattr(file, "seekable", lambda: True)():
            return _streaming(pipe(file, name), name, None)
        start = file.tell()
        size = file.seek(0, os.SEEK_END) - start
        file.seek(start)
    except (OSError, ValueError) as problem:
        raise UsageError(f"The open file cannot be read: {problem}.", hint="Open it for reading.") from problem
    return Source(name, size, _file=file, _start=start)


def _read_at(file: BinaryIO, position: int, name: str) -> bytes:
    try:
        with _one_at_a_time:
            file.seek(position)
            chunk = cast("object", file.read(CHUNK))
    except (OSError, ValueError) as problem:
        raise _unreadable(name, problem) from problem
    if not isinstance(chunk, bytes):
        raise UsageError(f"{name}: reading gave a {type(chunk).__name__}.", hint='Open it with mode "rb".')
    return chunk


def _unreadable(name: str, problem: Exception) -> SourceNotFound:
    return SourceNotFound(f"{name}: can no longer be read: {problem}.", hint="Check the file.", phase="upload")


def _not_empty(source: Source) -> Source:
    if source.size == 0:
        raise UnsupportedFile(f"{source.path or source.name}: is empty.", hint="Give a video file.")
    return source


def _name_in(url: str) -> str:
    return re.split(r"[/\\]", unquote(urlsplit(url).path))[-1] or _NAMELESS
