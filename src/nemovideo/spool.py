"""What can be read once only, kept on disk as it comes, so that it has a length and can be read again."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import tempfile
import threading
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from typing import IO, BinaryIO

from nemovideo.cancellation import done_or_undone, finished
from nemovideo.errors import DiskFull, NemoError, SourceNotFound, UsageError

__all__ = ["CHUNK", "Spool", "pipe"]

CHUNK = 2 * 1024 * 1024  # bytes read at once, in a thread: 500 MB are 250 hops, and memory stays flat
_PATIENCE = 1.0  # seconds after which less than a whole chunk is handed on, where the source is slow


class Spool:
    """The bytes of an async iterator, in a temporary file without a name: it goes with us, whatever becomes of us.

    The iterator is followed in one task of its own, from the first reading on, no faster than the disk writes.

    Args:
        stream: the iterator.
        name: what errors call it.
    """

    def __init__(self, stream: AsyncIterable[bytes], name: str) -> None:
        self.size = 0
        self.check: Callable[[int], None] = lambda size: None
        self._stream = stream
        self._name = name
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._moved = asyncio.Condition()
        self._ended = False
        self._failure: Exception | None = None
        self._pump: asyncio.Task[None] | None = None

    async def fill(self) -> int:
        """Wait until the iterator has ended; gives the number of bytes.

        Raises:
            DiskFull: the temporary folder has no room. And whatever the iterator or `check` raises.
        """
        async with contextlib.aclosing(self._following(len_only=True)) as chunks:
            async for _ in chunks:
                pass
        return self.size

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The bytes from the start, each time it is called: those on disk, then those that still come."""
        return self._following(len_only=False)

    async def _following(self, *, len_only: bool) -> AsyncGenerator[bytes, None]:
        if self._pump is None:
            self._pump = asyncio.create_task(self._fetch(), name="nemovideo spool")
        position = 0
        while True:
            async with self._moved:
                while self.size <= position and not self._ended:
                    await self._moved.wait()
            if position < self.size and not len_only:
                chunk = await asyncio.to_thread(self._read, position)
                position += len(chunk)
                yield chunk
                continue
            position = self.size
            if self._ended:
                if self._failure is not None:
                    raise self._failure
                return

    async def _fetch(self) -> None:
        try:
            await self._open()
            await self._follow()
        except Exception as problem:  # noqa: BLE001 — the iterator's own, for whoever reads
            self._failure = problem
        finally:
            await self._let_go()
            async with self._moved:
                self._ended = True
                self._moved.notify_all()

    async def _open(self) -> None:
        try:
            self._file = await done_or_undone(_nameless, lambda file: file.close())
        except OSError as problem:
            raise await asyncio.to_thread(self._disk_error, problem) from problem

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        held, written = bytearray(), loop.time()
        async for chunk in self._stream:
            held += self._bytes(chunk)
            self.check(self.size + len(held))
            if len(held) >= CHUNK or loop.time() - written > _PATIENCE:
                await self._keep(bytes(held))
                held.clear()
                written = loop.time()
        await self._keep(bytes(held))

    def _bytes(self, chunk: object) -> bytes | bytearray | memoryview:
        if isinstance(chunk, bytes | bytearray):
            return chunk
        if isinstance(chunk, memoryview):
            return chunk.cast("B")
        raise UsageError(
            f"{self._name}: the iterator gave a {type(chunk).__name__}.", hint="Give an iterator of bytes."
        )

    async def _keep(self, data: bytes) -> None:
        try:
            await done_or_undone(lambda: self._write(data), lambda _: None)
        except OSError as problem:
            raise await asyncio.to_thread(self._disk_error, problem) from problem
        async with self._moved:
            self.size += len(data)
            self._moved.notify_all()

    async def _let_go(self) -> None:
        """Close an iterator that was not read to its end, in the task that read it."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            with contextlib.suppress(Exception):
                await close()

    def _disk_error(self, problem: OSError) -> NemoError:
        folder = _folder()
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            return DiskFull(f"{folder}: no room to keep {self._name} until it is sent.", phase="upload")
        return UsageError(
            f"{folder}: {self._name} cannot be kept there until it is sent: {problem.strerror}.",
            hint="Set TMPDIR to a folder that may be written.",
            phase="upload",
        )

    def _write(self, data: bytes) -> None:
        with self._lock:
            if self._file is None:
                return
            self._file.seek(self.size)
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]

    def _read(self, position: int) -> bytes:
        with self._lock:
            if self._file is None:
                raise SourceNotFound(f"{self._name}: is no longer kept.", hint="Send it again.", phase="upload")
            self._file.seek(position)
            return self._file.read(CHUNK)

    async def aclose(self) -> None:
        """Stop the iterator and give the disk space back. Idempotent; a cancellation waits for it, then goes on."""
        if self._pump is not None and not self._pump.done():
            self._pump.cancel()
        await finished(self._close())

    async def _close(self) -> None:
        if self._pump is not None:
            await asyncio.wait([self._pump])
        await asyncio.to_thread(self._drop)

    def _drop(self) -> None:
        with self._lock:
            file, self._file = self._file, None
            if file is not None:
                file.close()


def _folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "The temporary folder"


def _nameless() -> IO[bytes]:
    return tempfile.TemporaryFile(buffering=0)


async def pipe(file: BinaryIO, name: str) -> AsyncIterator[bytes]:
    """What comes out of a pipe, or of anything else that cannot be wound back.

    Raises:
        SourceNotFound: it cannot be read.
    """
    while True:
        try:
            chunk: bytes | None = await _abandonable(lambda: file.read(CHUNK))
        except (OSError, ValueError) as problem:
            raise SourceNotFound(f"{name}: cannot be read: {problem}.", hint="Check what writes into it.") from problem
        if not chunk:
            return
        yield chunk


async def _abandonable(read: Callable[[], bytes | None]) -> bytes | None:
    """Run `read` in a thread that nobody waits for: a pipe that stays silent would hold up the end of the loop."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bytes | None] = loop.create_future()

    def settle(chunk: bytes | None, problem: BaseException | None) -> None:
        if not done.done():
            if problem is None:
                done.set_result(chunk)
            else:
                done.set_exception(problem)

    def work() -> None:
        chunk: bytes | None = None
        failure: BaseException | None = None
        try:
            chunk = read()
        except BaseException as problem:  # noqa: BLE001 — handed over whole
            failure = problem
        with contextlib.suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(settle, chunk, failure)

    threading.Thread(target=work, name="nemovideo pipe", daemon=True).start()
    return await done
