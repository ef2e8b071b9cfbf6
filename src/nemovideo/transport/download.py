"""A result onto the disk: a `.part` file, taken up again where it broke off, renamed only when whole."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import urljoin

import aiofiles

from nemovideo.cancellation import kept
from nemovideo.errors import DiskFull, NemoError, OutputExists, OutputNotWritable, ProtocolError, TransportError
from nemovideo.protocol.envelope import Call, decode_answer
from nemovideo.protocol.json import integer
from nemovideo.settings import origin
from nemovideo.transport.caller import Caller
from nemovideo.transport.http import Incoming
from nemovideo.transport.retry import backoff

__all__ = ["Download", "place"]

_ATTEMPTS = 5  # failures in a row without a new byte (as huggingface_hub and s3transfer have it)
_REDIRECTS = 5
_BUFFER = 1024 * 1024  # bytes gathered before a write, so that a write is worth its hop to a thread
_STALL = 60.0  # seconds without a byte (spec, section 10)

OnReceived = Callable[[int, int | None], Awaitable[None]]
"""Told the bytes on disk, and the whole where it is known."""


class Download:
    """One download of `url` into the file `part`.

    The bearer token and the attribution headers go to the backend's own origin and to no other, redirects included.
    """

    def __init__(
        self, caller: Caller, url: str, part: Path, *, call: Call, expected: int | None, on_received: OnReceived
    ) -> None:
        self._caller = caller
        self._part = part
        self._call = call
        self._url = self._joined(caller.base_url + "/", url)
        self._expected = expected
        self._on_received = on_received
        self._offset = 0
        self._validator: str | None = None

    async def run(self) -> int:
        """Fetch the whole; returns its size in bytes.

        Raises:
            TransportError: it broke off again and again. DiskFull: no room. ProtocolError: the size is not as told.
        """
        failures = 0
        while True:
            before = self._offset
            try:
                await self._attempt()
            except TransportError as error:
                failures = 1 if self._offset > before else failures + 1
                if not error.retryable or failures >= _ATTEMPTS:
                    raise
                await self._caller.clock.sleep(backoff(failures, 1.0))
            else:
                return self._offset

    async def _attempt(self) -> None:
        url = self._url
        for _ in range(_REDIRECTS + 1):
            async with self._caller.transport.stream(
                self._call, url, await self._headers(url), read_timeout=_STALL
            ) as incoming:
                location = incoming.headers.get("location")
                if incoming.status in {301, 302, 303, 307, 308} and location:
                    url = self._joined(url, location)
                    continue
                await self._receive(incoming)
                return
        raise ProtocolError(f"{self._call}: more than {_REDIRECTS} redirects.", phase="download")

    def _joined(self, base: str, url: str) -> str:
        try:
            return urljoin(base, url)
        except ValueError:
            raise ProtocolError(
                f"{self._call}: the server names no valid URL: {url!r:.200}.", phase="download"
            ) from None

    async def _headers(self, url: str) -> Mapping[str, str]:
        headers = {"Accept-Encoding": "identity"}  # ranges and sizes are those of the file itself
        if origin(url) == origin(self._caller.base_url):
            headers |= await self._caller.headers()
        headers["Accept"] = "*/*"
        if self._offset and self._validator:
            headers |= {"Range": f"bytes={self._offset}-", "If-Range": self._validator}
        return headers

    async def _receive(self, incoming: Incoming) -> None:
        resumed = incoming.status == 206 and self._resumes(incoming)
        if incoming.status == 416 or (incoming.status == 206 and not resumed):
            self._offset, self._validator = 0, None
            raise TransportError(f"{self._call}: the server lost its place; starting again.", retryable=True)
        if incoming.status not in {200, 206}:
            body = self._caller.redacted(await incoming.read())
            decode_answer(self._call, max(400, incoming.status), incoming.headers, body)
        if not resumed:
            self._offset = 0
        self._validator = _strong_validator(incoming.headers)
        length = integer(incoming.headers.get("content-length"))
        total = self._offset + length if length is not None else self._expected
        try:
            await self._write(incoming, total)
        except OSError as problem:
            raise _disk_error(problem, self._part) from problem
        if total is not None and self._offset != total:
            raise TransportError(
                f"{self._call}: {self._offset} of {total} bytes came.", retryable=True, phase="download"
            )
        if self._expected is not None and self._offset != self._expected:
            raise ProtocolError(
                f"{self._call}: the file has {self._offset} bytes where the render promised {self._expected}.",
                phase="download",
            )

    def _resumes(self, incoming: Incoming) -> bool:
        return incoming.headers.get("content-range", "").startswith(f"bytes {self._offset}-")

    async def _write(self, incoming: Incoming, total: int | None) -> None:
        if total is not None:
            free = (await asyncio.to_thread(shutil.disk_usage, self._part.parent)).free
            if free < total - self._offset:
                raise OSError(errno.ENOSPC, "no room")
        async with kept(aiofiles.open(self._part, "r+b" if self._offset else "wb")) as file:
            await file.seek(self._offset)
            buffer = bytearray()
            try:
                async for chunk in incoming.chunks():
                    buffer += chunk
                    if len(buffer) >= _BUFFER:
                        await self._flush(file.write, buffer, total)
            finally:
                await self._flush(file.write, buffer, total)
            await file.truncate()
            await file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())

    async def _flush(self, write: Callable[[bytes], Awaitable[int]], buffer: bytearray, total: int | None) -> None:
        if buffer:
            await write(bytes(buffer))
            self._offset += len(buffer)
            buffer.clear()
            await self._on_received(self._offset, total)


def place(part: Path, output: Path, *, overwrite: bool) -> None:
    """Give a whole, verified file its final name, atomically; blocks, so run it in a thread.

    Raises:
        OutputExists: someone made `output` meanwhile and it may not be overwritten.
    """
    try:
        if overwrite:
            part.replace(output)
        else:
            _rename_new(part, output)
        if sys.platform != "win32":
            _sync_folder(output.parent)
    except FileExistsError:
        raise OutputExists(f"{output}: exists already.", phase="verify") from None
    except OSError as problem:
        raise _disk_error(problem, output) from problem


def _sync_folder(folder: Path) -> None:
    """Make the new name itself outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename_new(part: Path, output: Path) -> None:
    try:
        os.link(part, output)  # unlike rename, it never replaces
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if output.exists():
            raise FileExistsError(output) from None
        part.replace(output)
    else:
        part.unlink()


def _disk_error(problem: OSError, path: Path) -> NemoError:
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(f"{path.parent}: no room for the result.", phase="download")
    return OutputNotWritable(f"{path}: cannot be written: {problem.strerror}.", phase="download")


def _strong_validator(headers: Mapping[str, str]) -> str | None:
    etag = headers.get("etag", "")
    return etag if etag.startswith('"') else headers.get("last-modified")
