"""The one aiohttp client: a request, a stream. No aiohttp type or exception leaves this package."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from nemovideo.errors import ProtocolError
from nemovideo.limits import Limits
from nemovideo.network import Network
from nemovideo.protocol.endpoints import Call
from nemovideo.protocol.json import JSON
from nemovideo.transport.connections import STREAM_CHUNK, Connections
from nemovideo.transport.failures import context_of, mapped
from nemovideo.transport.outgoing import Body, Outgoing
from nemovideo.transport.watch import Opening, Watch

__all__ = ["Answer", "Body", "Incoming", "Transport"]

_LARGEST_ANSWER = 64 * 1024 * 1024  # bytes of a JSON answer; a draft is some MB at most
_NONE_OF_ITS_OWN = aiohttp.ClientTimeout(total=None)
_AT_ONCE = 1  # bytes that aiohttp may hold back: anything that came stops the reading until it is taken


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers with lower-case names, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Incoming(Protocol):
    """An answer whose body is still to be read."""

    status: int
    headers: Mapping[str, str]

    def chunks(self) -> AsyncIterator[bytes]:
        """The body, in pieces as they come; a broken connection raises TransportError."""
        ...

    async def read(self) -> bytes:
        """The whole body, where it is of a sane size and comes within the limit `silence`."""
        ...


class Transport:
    """Connections to one or more servers; opened on first use, closed by `close`."""

    def __init__(self, network: Network | None = None, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._connections = Connections(network or Network())

    async def request(
        self,
        call: Call,
        url: str,
        headers: Mapping[str, str],
        *,
        json: JSON = None,
        body: Body | None = None,
        read_timeout: float | None = None,
        stall: float | None = None,
    ) -> Answer:
        """Send one request and read its answer whole.

        Args:
            call: what is asked, for the errors.
            url: where to.
            headers: what goes with it.
            json: a body as JSON.
            body: a body of bytes.
            read_timeout: seconds without a byte of the answer; None for the limit `silence`.
            stall: seconds in which the server takes nothing of `body`; None waits for ever.
        """
        silence = self._limits.silence if read_timeout is None else read_timeout
        async with self.stream(call, url, headers, json=json, body=body, read_timeout=silence, stall=stall) as incoming:
            return Answer(incoming.status, incoming.headers, await incoming.read())

    @contextlib.asynccontextmanager
    async def stream(
        self,
        call: Call,
        url: str,
        headers: Mapping[str, str],
        *,
        json: JSON = None,
        body: Body | None = None,
        read_timeout: float | None,
        stall: float | None = None,
        lossless: bool = False,
    ) -> AsyncGenerator[Incoming]:
        """Send one request; the body of the answer is read within the block, and the connection given up after it.

        Args:
            call: what is asked, for the errors.
            url: where to.
            headers: what goes with it.
            json: a body as JSON.
            body: a body of bytes.
            stall: seconds in which the server takes nothing of `body`; None waits for ever.
            read_timeout: seconds without a byte of the answer; None waits for ever.
            lossless: give every byte that came before the connection broke, and only then the error. aiohttp throws
                away what nobody has read yet, up to 512 KiB: a download would not get on, cut after cut, and a chat
                would lose its last words.
        """
        session = await self._connections.opened(call)
        route = await self._connections.route(url)
        opening = Opening(connect=self._limits.connect, silence=read_timeout, sends=body is not None)
        async with contextlib.AsyncExitStack() as stack:
            sent, data = dict(headers), None
            if body is not None:
                sent |= {"Content-Type": body.content_type, "Content-Length": str(body.length)}
                data = await stack.enter_async_context(Outgoing(call, body, stall=stall, on_sent=opening.sent))
            answered = await stack.enter_async_context(contextlib.AsyncExitStack())
            request = session.request(
                call.method,
                url,
                headers=sent,
                json=json,
                data=data,
                timeout=_NONE_OF_ITS_OWN,
                trace_request_ctx=opening,
                proxy=route.proxy,
                ssl=route.ssl,
                read_bufsize=_AT_ONCE if lossless else STREAM_CHUNK,
                allow_redirects=False,  # a bearer token follows no redirect; downloads follow theirs by hand
            )
            with mapped(call, session, url=url, proxy=route.proxy):
                async with opening:
                    response = await answered.enter_async_context(request)
            if lossless and "Content-Encoding" in response.headers:
                _unpack_in_larger_steps(response)
            watch = Watch(read_timeout, response.content.set_exception)
            stack.callback(watch.close)
            incoming = _Incoming(call, session, response, watch, self._limits.silence)
            stack.callback(incoming.let_go)
            yield incoming  # what is raised in the block is the block's own, a full disk for one
            with mapped(call, session):
                await answered.aclose()

    async def open(self) -> None:
        """Find out early whether the proxy, the certificates and the connector can be used.

        Raises:
            UsageError: they cannot.
        """
        await self._connections.opened(Call("open", "the client", phase="connect"))

    async def close(self) -> None:
        """Close every connection, for good; calls under way end with an error. Idempotent."""
        await self._connections.close()


def _unpack_in_larger_steps(response: aiohttp.ClientResponse) -> None:
    """Since 3.14 aiohttp unpacks no more at once than it may hold back, which would be byte by byte."""
    raise_to = getattr(response.content, "set_read_chunk_size", None)
    if raise_to is not None:
        raise_to(STREAM_CHUNK)


class _Incoming:
    def __init__(
        self, call: Call, session: aiohttp.ClientSession, response: aiohttp.ClientResponse, watch: Watch, whole: float
    ) -> None:
        self._call = call
        self._session = session
        self._content = response.content
        self._waits = self._lost = False
        protocol = response.connection.protocol if response.connection is not None else None
        self._closed = protocol.closed if protocol is not None else None
        if self._closed is not None:
            self._closed.remove_done_callback(_heard)  # the connection may have been used before
            self._closed.add_done_callback(_heard)
            self._closed.add_done_callback(self._connection_lost)
        self._watch = watch
        self._whole = whole
        self.status = response.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}

    async def chunks(self) -> AsyncIterator[bytes]:
        while chunk := await self._next():
            yield chunk

    async def _next(self) -> bytes:
        self._watch.waits()
        self._waits = True
        try:
            with mapped(self._call, self._session):
                if not self._lost:
                    return await self._content.readany()
                if not (rest := self._content.read_nowait()) and not self._content.at_eof():
                    raise aiohttp.ClientPayloadError
                return rest
        finally:
            self._waits = False
            self._watch.came()

    def let_go(self) -> None:
        """The answer has been read, or given up; its connection may serve another."""
        if self._closed is not None:
            self._closed.remove_done_callback(self._connection_lost)

    def _connection_lost(self, _: asyncio.Future[None]) -> None:
        """After a bad chunk aiohttp closes the connection and leaves who waits for the rest waiting (3.14)."""
        self._lost = True
        if self._waits and not self._content.is_eof() and self._content.exception() is None:
            self._content.set_exception(aiohttp.ClientPayloadError())

    async def read(self) -> bytes:
        self._watch.within(self._whole)
        pieces: list[bytes] = []
        size = 0
        async for chunk in self.chunks():
            pieces.append(chunk)
            size += len(chunk)
            if size > _LARGEST_ANSWER:
                raise ProtocolError(
                    f"The answer to {self._call} is larger than {_LARGEST_ANSWER} bytes.", **context_of(self._call)
                )
        return b"".join(pieces)


def _heard(closed: asyncio.Future[None]) -> None:
    """How a connection ended is told to whoever reads from it; the loop need not log it as unheard."""
    if not closed.cancelled():
        closed.exception()
