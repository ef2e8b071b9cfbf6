"""The one aiohttp client: a request, a stream, and every aiohttp error made one of ours.

No aiohttp type leaves this package. What aiohttp really raises was measured (spec, section 9): a garbage status line,
for one, comes as a `ClientResponseError` with an invented status 400, so that number is never believed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from aiohttp import http_exceptions
from multidict import CIMultiDict, CIMultiDictProxy

from nemovideo.errors import ConnectionFailed, ErrorContext, ProtocolError, TransportError
from nemovideo.protocol.envelope import Call
from nemovideo.protocol.json import JSON

__all__ = ["Answer", "Body", "Transport", "mapped"]

CONNECT_TIMEOUT = 30.0  # seconds (spec, section 10)
READ_TIMEOUT = 330.0  # seconds without a byte: a generation of 300 s sends nothing meanwhile (spec, section 10)
STREAM_CHUNK = 256 * 1024  # bytes read at once
_LARGEST_ANSWER = 64 * 1024 * 1024  # bytes of a JSON answer; a draft is some MB at most


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers with lower-case names, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Body(Protocol):
    """A request body that is made anew for each attempt, of known length in bytes."""

    content_type: str
    length: int

    def chunks(self) -> AsyncIterator[bytes]:
        """The bytes, from the start."""
        ...


class Incoming(Protocol):
    """An answer whose body is still to be read."""

    status: int
    headers: Mapping[str, str]

    def chunks(self) -> AsyncIterator[bytes]:
        """The body, in pieces as they come; a broken connection raises TransportError."""
        ...

    async def read(self) -> bytes:
        """The whole body, where it is of a sane size."""
        ...


class Transport:
    """Connections to one or more servers; opened on first use, closed by `close`."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def request(
        self,
        call: Call,
        url: str,
        headers: Mapping[str, str],
        *,
        json: JSON = None,
        body: Body | None = None,
        read_timeout: float = READ_TIMEOUT,
    ) -> Answer:
        """Send one request and read its answer whole."""
        async with self.stream(call, url, headers, json=json, body=body, read_timeout=read_timeout) as incoming:
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
        read_timeout: float | None = READ_TIMEOUT,
    ) -> AsyncGenerator[Incoming]:
        """Send one request; the body of the answer is read within the block, and the connection given up after it."""
        sent = dict(headers)
        if body is not None:
            sent |= {"Content-Type": body.content_type, "Content-Length": str(body.length)}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT, sock_read=read_timeout)
        session = self._opened(call)
        with mapped(call), _closing(call, session):
            async with session.request(
                call.method,
                url,
                headers=sent,
                json=json,
                data=None if body is None else body.chunks(),
                timeout=timeout,
                allow_redirects=False,  # a bearer token follows no redirect; downloads follow theirs by hand
            ) as response:
                yield _Incoming(call, response)

    def _opened(self, call: Call) -> aiohttp.ClientSession:
        if self._closed:
            raise _after_the_end(call)
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60),
                auto_decompress=True,
                trust_env=True,
                read_bufsize=STREAM_CHUNK,
            )
            self._loop = loop
        return self._session

    async def close(self) -> None:
        """Close every connection, for good; calls under way end with an error."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None and self._loop is asyncio.get_running_loop():
            await session.close()


class _Incoming:
    def __init__(self, call: Call, response: aiohttp.ClientResponse) -> None:
        self._call = call
        self._response = response
        self.status = response.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}

    async def chunks(self) -> AsyncIterator[bytes]:
        with mapped(self._call):
            async for chunk in self._response.content.iter_any():
                yield chunk

    async def read(self) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for chunk in self.chunks():
            pieces.append(chunk)
            size += len(chunk)
            if size > _LARGEST_ANSWER:
                raise ProtocolError(f"The answer to {self._call} is larger than {_LARGEST_ANSWER} bytes.")
        return b"".join(pieces)


_NEVER_ARRIVED: tuple[tuple[type[Exception], str, bool], ...] = (
    (aiohttp.ClientConnectorCertificateError, "its certificate is not trusted", False),
    (aiohttp.ClientConnectorSSLError, "TLS could not be set up", False),
    (aiohttp.ClientConnectorDNSError, "its name cannot be resolved", False),
    (aiohttp.ConnectionTimeoutError, "it cannot be reached in time", True),
    (aiohttp.ClientConnectorError, "it cannot be reached", True),
    (aiohttp.InvalidURL, "the URL is not valid", False),
    (aiohttp.NonHttpUrlClientError, "the URL is no http or https one", False),
    (UnicodeError, "the URL has a host name that cannot be", False),
)
"""Failures before a request was sent, from the most specific to the least: (type, reason, may pass)."""

_BROKE_OFF: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ServerTimeoutError, "the server sent nothing for too long"),
    (TimeoutError, "the server sent nothing for too long"),
    (aiohttp.ServerDisconnectedError, "the connection was lost"),
    (aiohttp.ClientOSError, "the connection was lost"),
    (ConnectionError, "the connection was lost"),
    (aiohttp.ClientPayloadError, "the answer was cut off"),
    (aiohttp.ClientResponseError, "the answer is no proper HTTP"),
    (http_exceptions.HttpProcessingError, "the answer is no proper HTTP"),
    (aiohttp.ClientError, "the request failed"),
)
"""Failures after which nobody knows whether the server saw the request."""


@contextlib.contextmanager
def mapped(call: Call) -> Generator[None]:
    """Turn what aiohttp raises into our own errors."""
    try:
        yield
    except (
        aiohttp.ClientError,
        http_exceptions.HttpProcessingError,
        TimeoutError,
        ConnectionError,
        UnicodeError,  # of a host name, on its way into the resolver
    ) as problem:
        raise _ours(call, problem) from problem
    except RuntimeError as problem:
        if "closed" not in str(problem).lower():
            raise
        raise _after_the_end(call) from problem


@contextlib.contextmanager
def _closing(call: Call, session: aiohttp.ClientSession) -> Generator[None]:
    """Aiohttp asserts that a session is open when it repeats a GET; here it may have been closed meanwhile."""
    try:
        yield
    except AssertionError as problem:
        if not session.closed:
            raise
        raise _after_the_end(call) from problem


def _after_the_end(call: Call) -> TransportError:
    return TransportError(f"{call}: the client has been closed.", hint="Use it within its `async with`.")


def _ours(call: Call, problem: Exception) -> TransportError:
    if isinstance(problem, aiohttp.ClientResponseError):
        # It holds the request's headers, the bearer token among them, and would show them in its repr.
        problem.request_info = problem.request_info._replace(headers=CIMultiDictProxy(CIMultiDict[str]()))
        problem.args = ()
    context = ErrorContext(phase=call.phase, session_id=call.session_id, render_id=call.render_id)
    for kind, reason, may_pass in _NEVER_ARRIVED:
        if isinstance(problem, kind):
            host, port = getattr(problem, "host", None), getattr(problem, "port", None)
            context["retryable"] = may_pass
            server = f"The server {host}:{port}" if host else "The server"
            return ConnectionFailed(f"{server} did not take {call}: {reason}.", **context)
    reason = next((reason for kind, reason in _BROKE_OFF if isinstance(problem, kind)), "the request failed")
    context["retryable"] = True
    return TransportError(f"{call}: {reason}.", **context)
