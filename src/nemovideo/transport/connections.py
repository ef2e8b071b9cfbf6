"""The connections of one client: one aiohttp session for the event loop it runs on, and the way out through it."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import urllib.request
import weakref
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from nemovideo.errors import UsageError
from nemovideo.network import Network
from nemovideo.protocol.endpoints import Call
from nemovideo.transport.failures import after_the_end, context_of
from nemovideo.transport.watch import tracing

__all__ = ["Connections", "Route", "STREAM_CHUNK"]

STREAM_CHUNK = 256 * 1024  # bytes read at once

_KEEPALIVE = (("TCP_KEEPIDLE", 45), ("TCP_KEEPALIVE", 45), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 9))
"""Seconds until the first probe, between two, and how many unanswered ones end a connection. A chat may be silent for
five minutes, and home routers forget a silent connection after one (ecosystem study, 5.11). TCP_KEEPALIVE is what
macOS calls TCP_KEEPIDLE."""

_ends: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, set[AsyncGenerator[None, None]]] = (
    weakref.WeakKeyDictionary()
)
"""What is run when a loop is shut down. Held here, and not by the client, so that no collector ever runs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How one request leaves, as aiohttp wants it told."""

    proxy: str | None
    ssl: ssl.SSLContext | bool


class Connections:
    """Opened on first use, on the loop that runs then; closed by `close`, or with that loop."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._process = os.getpid()
        self._closed = False
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: AsyncGenerator[None, None] | None = None
        self._trust: ssl.SSLContext | bool = True
        self._ready = network.ca_bundle is None
        self._proxies: dict[tuple[str, str], str | None] = {}

    async def opened(self, call: Call) -> aiohttp.ClientSession:
        """The session of the running loop.

        Raises:
            TransportError: the client has been closed. UsageError: it belongs to another process or another running
            loop, or its certificates or connector cannot be used.
        """
        self._check(call)
        if not self._ready:
            self._trust, self._ready = await asyncio.to_thread(_trusting, Path(self._network.ca_bundle or "")), True
            self._check(call)
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            session = self._made()
            self._session, self._loop = session, loop
            self._end = _end_of(weakref.ref(session))
            _ends.setdefault(loop, set()).add(self._end)
            await anext(self._end)
            return session
        return self._session

    def _check(self, call: Call) -> None:
        if self._closed:
            raise after_the_end(call)
        if os.getpid() != self._process:
            raise UsageError(
                f"{call}: this client was made in process {self._process}, before a fork.",
                **context_of(call, hint="Make a client in each process; connections and locks are not shared."),
            )
        loop = self._loop
        if loop is None or loop is asyncio.get_running_loop() or self._session is None:
            return
        if loop.is_closed():
            self._session.detach()  # its connections went with its loop: there is nothing left to close
            self._session = self._end = None
        elif not self._session.closed:
            raise UsageError(
                f"{call}: this client is in use on another event loop.",
                **context_of(call, hint="Make one client for each event loop, or use NemoClient, which has its own."),
            )

    def _made(self) -> aiohttp.ClientSession:
        connector: aiohttp.BaseConnector
        if self._network.connector is not None:
            connector = _checked(self._network.connector())
        else:
            connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=60, socket_factory=_kept_alive)
        # The environment's proxies are looked up here: aiohttp's own look-up reads `.netrc` too, and a password for the
        # backend's host in there would meet our bearer token, which it takes for a programmer's error.
        return aiohttp.ClientSession(
            connector=connector, trust_env=False, read_bufsize=STREAM_CHUNK, trace_configs=[tracing()]
        )

    async def route(self, url: str) -> Route:
        """Through which proxy a URL is asked for, and whom it trusts."""
        proxy = self._network.proxy
        if proxy is None and self._network.trust_env:
            try:
                parts = urlsplit(url)
                key = (parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower())
            except ValueError:  # aiohttp will say what is wrong with it
                return Route(proxy=None, ssl=self._trust)
            if key not in self._proxies:
                self._proxies[key] = await asyncio.to_thread(_proxy_of_the_environment, *key)
            proxy = self._proxies[key]
        return Route(proxy=proxy, ssl=self._trust)

    async def close(self) -> None:
        """Close every connection, for good; calls under way end with an error. Idempotent."""
        self._closed = True
        session, loop, end = self._session, self._loop, self._end
        self._session = self._end = None
        if session is None or loop is None or end is None or os.getpid() != self._process:
            return
        _ends.get(loop, set()).discard(end)
        if loop is asyncio.get_running_loop():
            await end.aclose()
        elif loop.is_closed():
            session.detach()
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(end.aclose(), loop))


async def _end_of(session: weakref.ref[aiohttp.ClientSession]) -> AsyncGenerator[None, None]:
    """Closes a session when it is closed itself, which a loop does with every generator when it is shut down."""
    try:
        yield
    finally:
        found = session()
        if found is not None:
            await found.close()


def _kept_alive(address: tuple[Any, ...]) -> socket.socket:
    """A socket that tells a dead connection from a silent one, and that no router forgets."""
    family, kind, protocol = address[:3]
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        option: int | None = getattr(socket, name, None)
        if option is not None:
            made.setsockopt(socket.IPPROTO_TCP, option, value)
    return made


def _checked(made: object) -> aiohttp.BaseConnector:
    if not isinstance(made, aiohttp.BaseConnector):
        raise UsageError(
            f"connector made {type(made).__name__}, no aiohttp connector.",
            hint="Give a function that makes one, such as lambda: aiohttp.TCPConnector(...).",
        )
    if made.closed:
        raise UsageError(
            "connector gave a connector that has been closed.", hint="Make a new one at each call of `connector`."
        )
    if getattr(made, "_loop", None) is not asyncio.get_running_loop():  # aiohttp would wait for that one
        raise UsageError(
            "The connector belongs to another event loop.", hint="Make a new one at each call of `connector`."
        )
    return made


def _trusting(path: Path) -> ssl.SSLContext:
    hint = "Give a PEM file with the certificates (-----BEGIN CERTIFICATE-----) of the authorities to trust."
    try:
        context = ssl.create_default_context(cafile=str(path.expanduser()))
    except ssl.SSLError as problem:
        raise UsageError(f"ca_bundle: {path} holds no certificates.", hint=hint) from problem
    except OSError as problem:
        raise UsageError(f"ca_bundle: {path} cannot be read: {problem.strerror}.", hint=hint) from problem
    context.set_alpn_protocols(["http/1.1"])
    return context


def _proxy_of_the_environment(scheme: str, host: str) -> str | None:
    """What HTTP_PROXY and its like say; on macOS and Windows, what the system's settings do."""
    if urllib.request.proxy_bypass(host):
        return None
    found = urllib.request.getproxies()
    proxy = found.get(scheme) or found.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
