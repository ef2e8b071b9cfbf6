"""What aiohttp raises, made one of our errors.

What it really raises was measured (spec, section 9): a garbage status line, for one, comes as a `ClientResponseError`
with an invented status 400, so that number is never believed. What we raise is told what happened and not with what:
aiohttp's own exceptions hold the request's headers and the proxy's password, which are taken out of them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator
from urllib.parse import urlsplit

import aiohttp
from aiohttp import http_exceptions, streams
from multidict import CIMultiDict, CIMultiDictProxy

from nemovideo.errors import ConnectionFailed, ErrorContext, TransportError
from nemovideo.protocol.endpoints import Call

__all__ = ["Unfinished", "after_the_end", "context_of", "mapped"]

_PROXY_HINT = "Check the proxy: proxy=, HTTP_PROXY, HTTPS_PROXY; trust_env=False ignores the environment's."
_WHO_HINT = "Give its name and password: proxy=http://name:password@host:port, or the same in HTTPS_PROXY."
_CERTIFICATE_HINT = (
    "Check the server's name and this machine's clock. An authority of your own is trusted by ca_bundle=, the system's "
    "are found by SSL_CERT_FILE or SSL_CERT_DIR."
)
_PINNED_HINT = "Check the server's name, and the fingerprint that your connector expects."
_URL_HINT = "Check the base URL: NEMO_API_URL, base_url=."

_NEVER_ARRIVED: tuple[tuple[type[Exception], str, bool, str | None], ...] = (
    (aiohttp.ClientProxyConnectionError, "The proxy {place} cannot be reached", True, _PROXY_HINT),
    (aiohttp.ClientConnectorCertificateError, "The certificate of {place} is not trusted", False, _CERTIFICATE_HINT),
    (aiohttp.ServerFingerprintMismatch, "The certificate of {place} is not the one expected", False, _PINNED_HINT),
    (aiohttp.ClientSSLError, "TLS could not be set up with {place}", False, _CERTIFICATE_HINT),
    (aiohttp.ClientConnectorDNSError, "The name of {place} cannot be resolved", False, None),
    (aiohttp.ConnectionTimeoutError, "Nothing answered in time at {place}", True, None),
    (aiohttp.ClientConnectorError, "Nothing answers at {place}", True, None),
    (aiohttp.InvalidURL, "The URL is not valid", False, _URL_HINT),
    (aiohttp.NonHttpUrlClientError, "The URL is no http or https one", False, _URL_HINT),
    (UnicodeError, "The URL has a host name that cannot be", False, _URL_HINT),
)
"""Failures before a request was sent, from the most specific to the least: (type, what happened, may pass, hint)."""

_AT_THE_PROXY: tuple[tuple[type[Exception], str, bool], ...] = (
    (aiohttp.ClientConnectorDNSError, "The proxy {place} cannot be resolved", False),
    (aiohttp.ConnectionTimeoutError, "The proxy {place} does not answer in time", True),
)
"""Where there is a proxy, it alone is looked up and connected to: these are its failures, whatever aiohttp says."""


class Unfinished(TimeoutError):
    """Bytes came and came, but not the end of them."""


_BROKE_OFF: tuple[tuple[type[Exception], str], ...] = (
    (Unfinished, "The answer did not come whole in time"),
    (aiohttp.ServerTimeoutError, "The server sent nothing for too long"),
    (TimeoutError, "The server sent nothing for too long"),
    (aiohttp.ServerDisconnectedError, "The connection was lost"),
    (aiohttp.ClientOSError, "The connection was lost"),
    (OSError, "The connection was lost"),
    (aiohttp.ClientPayloadError, "The answer was cut off"),
    (asyncio.IncompleteReadError, "The answer was cut off"),
    (streams.EofStream, "The answer was cut off"),
    (aiohttp.TooManyRedirects, "The server redirects in a circle"),
    (aiohttp.ClientResponseError, "The answer is no proper HTTP"),
    (http_exceptions.HttpProcessingError, "The answer is no proper HTTP"),
    (aiohttp.ClientError, "The request failed"),
)
"""Failures after which nobody knows whether the server saw the request."""

_CAUGHT = (
    aiohttp.ClientError,
    http_exceptions.HttpProcessingError,
    streams.EofStream,
    asyncio.IncompleteReadError,
    TimeoutError,
    OSError,
    UnicodeError,  # of a host name, on its way into the resolver
)


@contextlib.contextmanager
def mapped(
    call: Call, session: aiohttp.ClientSession | None = None, *, url: str = "", proxy: str | None = None
) -> Generator[None]:
    """Turn what aiohttp raises into our own errors; what is no fault of the connection passes as it is.

    Args:
        call: what is asked.
        session: over which connections.
        url: where to; no more than its scheme, host and port is told.
        proxy: through which proxy, likewise.
    """
    try:
        yield
    except _CAUGHT as problem:
        raise _ours(call, problem, url, proxy or "") from problem
    except RuntimeError as problem:
        if "closed" not in str(problem).lower():
            raise
        if session is not None and not session.closed:  # it was the connection that was closed under its reader
            raise _ours(call, aiohttp.ClientPayloadError(), url, proxy or "") from problem
        raise after_the_end(call) from problem
    except AssertionError as problem:
        # aiohttp asserts that a session is open when it repeats a GET; here it may have been closed meanwhile.
        if session is None or not session.closed:
            raise
        raise after_the_end(call) from problem


def after_the_end(call: Call) -> TransportError:
    """The error of a call on a client that has been closed, or is closed meanwhile."""
    return TransportError(
        f"The client has been closed ({call}).", **context_of(call, hint="Use it within its `async with`.")
    )


def context_of(call: Call, *, hint: str | None = None, retryable: bool = False) -> ErrorContext:
    """What an error tells of the call it belongs to."""
    return {
        "phase": call.phase,
        "session_id": call.session_id,
        "render_id": call.render_id,
        "hint": hint,
        "retryable": retryable,
    }


def _ours(call: Call, problem: Exception, url: str, proxy: str) -> TransportError:
    _forget_secrets(problem)
    if isinstance(problem, aiohttp.ClientHttpProxyError):
        return _refused_by_the_proxy(call, problem)
    for kind, what, may_pass in _AT_THE_PROXY if proxy else ():
        if isinstance(problem, kind):
            context = context_of(call, hint=_PROXY_HINT, retryable=may_pass)
            place = _place(problem, proxy, scheme=False)
            return ConnectionFailed(f"{what.format(place=place)} ({call}).", **context)
    for kind, what, may_pass, hint in _NEVER_ARRIVED:
        if isinstance(problem, kind):
            is_proxy = isinstance(problem, aiohttp.ClientProxyConnectionError)
            place = _place(problem, proxy if is_proxy else url, scheme=not is_proxy)
            context = context_of(call, hint=hint, retryable=may_pass)
            return ConnectionFailed(f"{what.format(place=place)} ({call}).", **context)
    what = next((what for kind, what in _BROKE_OFF if isinstance(problem, kind)), "The request failed")
    return TransportError(f"{what} ({call}).", **context_of(call, retryable=True))


def _place(problem: Exception, url: str, *, scheme: bool) -> str:
    """`http://host:port`, or `host:port`: never a name and password, which a proxy's URL may hold."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = None, None, None
    host, port = host or getattr(problem, "host", None), port or getattr(problem, "port", None)
    if not host:
        return "the server"
    shown = f"[{host}]" if ":" in host else host
    shown = f"{shown}:{port}" if port else shown
    return f"{parts.scheme}://{shown}" if scheme and parts is not None and parts.scheme else shown


def _refused_by_the_proxy(call: Call, problem: aiohttp.ClientHttpProxyError) -> ConnectionFailed:
    """A proxy that would not open a tunnel: the server has seen nothing."""
    if problem.status == 407:
        context = context_of(call, hint=_WHO_HINT)
        return ConnectionFailed(f"The proxy wants to know who asks ({call}).", **context)
    context = context_of(call, hint=_PROXY_HINT, retryable=problem.status >= 500)
    return ConnectionFailed(f"The proxy refused with HTTP {problem.status} ({call}).", **context)


def _forget_secrets(problem: BaseException) -> None:
    """Take out of an exception of aiohttp, and of those behind it, what it would show.

    That is the request's bearer token, the proxy's password, and the bytes of an answer that is no HTTP, in which a
    server may have said either.
    """
    chain: list[BaseException | None] = [problem]
    seen: set[int] = set()
    while chain:
        one = chain.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        chain += [one.__cause__, one.__context__]
        if isinstance(one, aiohttp.ClientResponseError):
            empty = CIMultiDictProxy(CIMultiDict[str]())
            # The real URL of a CONNECT is the proxy's, password and all.
            one.request_info = one.request_info._replace(headers=empty, real_url=one.request_info.url)
            one.history, one.headers, one.message, one.args = (), None, "", ()
        elif isinstance(one, http_exceptions.HttpProcessingError):
            one.headers, one.message, one.args = None, "", ()
            vars(one).pop("line", None)
        _forget_the_proxy(one)


def _forget_the_proxy(problem: BaseException) -> None:
    for name, value in vars(problem).items():
        if "proxy_auth" in getattr(value, "_fields", ()):  # the key of a connection, which names its proxy
            setattr(problem, name, value._replace(proxy=None, proxy_auth=None, proxy_headers_hash=None))
            problem.args = ()
