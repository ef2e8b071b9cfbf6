"""A result onto the disk: a `.part` file, taken up again where it broke off, for its name once it is whole."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin

import aiofiles

from nemovideo.cancellation import kept
from nemovideo.errors import ProtocolError, TransportError
from nemovideo.protocol.endpoints import Call
from nemovideo.protocol.envelope import decode_answer
from nemovideo.protocol.json import integer
from nemovideo.settings import origin
from nemovideo.transport.caller import Caller
from nemovideo.transport.failures import context_of
from nemovideo.transport.http import Incoming
from nemovideo.transport.part import disk_error
from nemovideo.transport.retry import resuming

__all__ = ["Download"]

_ATTEMPTS = 5  # failures in a row without a new byte (as huggingface_hub and s3transfer have it)
_REDIRECTS = 5
_BUFFER = 1024 * 1024  # bytes gathered before a write, so that a write is worth its hop to a thread
_PASSING = frozenset({408, 425, 500, 502, 503, 504})
_WORDS = re.compile(r"json|html", re.IGNORECASE)  # types of what is said in place of a file
_PEEK = 256  # bytes in which it shows whether they tell the truth
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")

OnReceived = Callable[[int, int | None], Awaitable[None]]
"""Told the bytes on disk, and the whole where it is known; fewer than before when it has to begin again."""


class Download:
    """One download of `url` into the file `part`.

    The bearer token and the attribution headers go to the backend's own origin and to no other, redirects included.

    Args:
        caller: the way to the backend.
        url: where the file lies; relative to the backend's own address, or anywhere.
        part: the unfinished file, which is there.
        call: what the errors tell.
        expected: bytes of the whole, where they were promised.
        on_received: told how far it is.
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
        self._offset = self._furthest = 0
        self.whole = False
        """Whether all of it is proven to have come: by its size or by chunks, not by the mere end of a connection."""
        self._own = True
        self._whole: int | None = None
        self._validator: str | None = None

    async def run(self) -> int:
        """Fetch the whole; returns its size in bytes.

        Raises:
            TransportError: it broke off again and again. DiskFull: no room. ProtocolError: the size is not as told,
                nothing came, or words in place of a file. RateLimited: twice. And what the words of the backend say.
        """
        policy = resuming(
            self._caller.clock,
            attempts=_ATTEMPTS,
            reached=lambda: self._furthest,
            limits=self._caller.limits,
            restraint=self._caller.restraint,
            ours=lambda: self._own,
        )
        await policy(self._caller.authorised, self._attempt)
        return self._offset

    async def _attempt(self, token: str) -> None:
        url = self._url
        for _ in range(_REDIRECTS + 1):
            own = self._own = origin(url) == origin(self._caller.base_url)
            async with self._caller.transport.stream(
                self._call,
                url,
                self._headers(await self._caller.headers() if own else {}),
                read_timeout=self._caller.limits.stall,
                lossless=True,
            ) as incoming:
                location = incoming.headers.get("location")
                if incoming.status not in {301, 302, 303, 307, 308} or not location:
                    await self._receive(incoming, own=own)
                    return
            target = self._joined(url, location)
            if url.lower().startswith("https:") and not target.lower().startswith("https:"):
                raise ProtocolError(
                    f"{self._call}: the server leads from https to an address without it.", **context_of(self._call)
                )
            url = target
        raise ProtocolError(f"{self._call}: more than {_REDIRECTS} redirects.", **context_of(self._call))

    def _joined(self, base: str, url: str) -> str:
        try:
            return urljoin(base, url)
        except ValueError:  # not shown: an address may hold a signature
            raise ProtocolError(f"{self._call}: the server names no valid address.", **context_of(self._call)) from None

    def _headers(self, own: Mapping[str, str]) -> Mapping[str, str]:
        # Ranges and sizes are those of the file itself, not of something packed.
        headers = {**own, "Accept": "*/*", "Accept-Encoding": "identity"}
        if self._offset and self._validator:
            headers |= {"Range": f"bytes={self._offset}-", "If-Range": self._validator}
        return headers

    async def _receive(self, incoming: Incoming, *, own: bool) -> None:
        if incoming.status not in {200, 206, 416}:
            await self._refuse(incoming, own=own)
        packed = incoming.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}
        if incoming.status == 416 or (incoming.status == 206 and (packed or not self._resumes(incoming.headers))):
            self._validator = None
            await self._restart()
            raise TransportError(
                f"{self._call}: the server lost its place; starting again.", **context_of(self._call, retryable=True)
            )
        if incoming.status == 200:
            await self._restart()
            self._whole = None if packed else integer(incoming.headers.get("content-length"))
            self._validator = None if packed else _strong_validator(incoming.headers)
        chunks = await self._media(incoming, own=own)
        total = self._expected if self._whole is None else self._whole
        if self._expected is not None and total != self._expected:
            raise self._unexpected(total)
        try:
            await self._write(chunks, total)
        except OSError as problem:
            error = disk_error(problem, self._part)
            error.render_id, error.session_id = self._call.render_id, self._call.session_id
            raise error from problem
        if total is not None and self._offset < total:
            raise TransportError(
                f"{self._call}: {self._offset} of {total} bytes came.", **context_of(self._call, retryable=True)
            )
        if total is not None and self._offset != total:
            raise self._unexpected(self._offset)
        self.whole = total is not None or "transfer-encoding" in incoming.headers
        if not self._offset:
            raise ProtocolError(f"{self._call}: the file came empty.", **context_of(self._call))

    async def _media(self, incoming: Incoming, *, own: bool) -> AsyncIterator[bytes]:
        """The body; where it is words rather than a file, raise what they say."""
        chunks = incoming.chunks()
        if not _WORDS.search(incoming.headers.get("content-type", "")):
            return chunks
        start = bytearray()
        async for chunk in chunks:
            start += chunk
            if start.strip() or len(start) >= _PEEK:
                break
        first = bytes(start.lstrip()[:1])
        if first not in {b"{", b"<"}:
            return _joined(bytes(start), chunks)
        if own and first == b"{":
            body = self._caller.redacted(bytes(start) + await incoming.read())
            headers = self._caller.redacted_headers(incoming.headers)
            decode_answer(self._call, incoming.status, headers, body, now=self._caller.clock.now())
        raise ProtocolError(
            f"{self._call}: {incoming.headers['content-type']:.40} came in place of the file.",
            **context_of(self._call),
        )

    def _unexpected(self, size: int | None) -> ProtocolError:
        promised = self._expected if self._expected is not None else self._whole
        return ProtocolError(
            f"{self._call}: the file has {size} bytes where {promised} were promised.", **context_of(self._call)
        )

    async def _refuse(self, incoming: Incoming, *, own: bool) -> None:
        """Raise what an answer without a file says."""
        if incoming.status < 300:
            raise ProtocolError(
                f"{self._call}: HTTP {incoming.status} came in place of the file.", **context_of(self._call)
            )
        body = self._caller.redacted(await incoming.read())
        status = max(400, incoming.status)
        if own or status == 429:
            decode_answer(self._call, status, incoming.headers, body, now=self._caller.clock.now())
        # Another server's words are none of the backend's: its 401 says nothing about the token, its 402 of a plan.
        said = f"{self._call}: the server that holds the result answered HTTP {incoming.status}."
        passing = incoming.status in _PASSING
        context = context_of(self._call, hint=None if passing else "Render it again.", retryable=passing)
        context["status"] = incoming.status
        raise (TransportError if passing else ProtocolError)(said, **context)

    async def _restart(self) -> None:
        if self._offset:
            self._offset = 0
            await self._on_received(0, self._expected)

    def _resumes(self, headers: Mapping[str, str]) -> bool:
        """Whether a part of the file is the one that was asked for, of the file that it was begun with."""
        found = _RANGE.fullmatch(headers.get("content-range", "").strip())
        if found is None or int(found[1]) != self._offset:
            return False
        if self._whole is not None and found[3] not in {"*", str(self._whole)}:
            return False
        told = headers.get("etag" if (self._validator or "").startswith('"') else "last-modified")
        return told is None or told == self._validator

    async def _write(self, chunks: AsyncIterator[bytes], total: int | None) -> None:
        if total is not None and await asyncio.to_thread(self._room) < total - self._offset:
            raise OSError(errno.ENOSPC, "no room")
        async with kept(aiofiles.open(self._part, "r+b" if self._offset else "wb")) as file:
            await file.seek(self._offset)
            buffer = bytearray()
            try:
                async for chunk in chunks:
                    buffer += chunk
                    if len(buffer) >= _BUFFER:
                        await self._flush(file.write, buffer, total)
            finally:
                await self._flush(file.write, buffer, total)
            await file.truncate()
            await file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())

    def _room(self) -> int:
        """Bytes on the disk for what is still to come, those counted that a new beginning gives back."""
        given_back = 0 if self._offset else self._part.stat().st_size
        return shutil.disk_usage(self._part.parent).free + given_back

    async def _flush(self, write: Callable[[bytes], Awaitable[int]], buffer: bytearray, total: int | None) -> None:
        if buffer:
            await write(bytes(buffer))
            self._offset += len(buffer)
            self._furthest = max(self._furthest, self._offset)
            buffer.clear()
            await self._on_received(self._offset, total)


async def _joined(start: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield start
    async for chunk in chunks:
        yield chunk


def _strong_validator(headers: Mapping[str, str]) -> str | None:
    """What proves that a later answer is of the same file, byte for byte (RFC 9110, 8.8): never a weak entity tag.

    A date does where it is a second older than the answer: what changes twice within one keeps its date.
    """
    etag, date = headers.get("etag", ""), headers.get("last-modified", "")
    if etag.startswith('"'):
        return etag
    try:
        age = parsedate_to_datetime(headers["date"]) - parsedate_to_datetime(date)
        return date if age.total_seconds() >= 1 else None
    except (KeyError, ValueError, TypeError):
        return None
