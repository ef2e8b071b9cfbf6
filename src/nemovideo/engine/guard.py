"""The door: request ids, the error envelope, the `Host` check, the bearer.

A page in somebody's browser must not reach an engine on that person's machine: `Host` has to name this engine (so a
name rebound to a loopback address gets nothing), every call but the first needs a bearer, and no answer carries CORS.
"""

from __future__ import annotations

import errno
import hmac
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from ipaddress import ip_address

from aiohttp import web

from nemovideo.engine import ledger
from nemovideo.engine.services import admit_as, is_operator, services_of
from nemovideo.engine.wire import Refusal, placeless
from nemovideo.errors import DiskFull, FFmpegMissing, MissingExtra, NemoError
from nemovideo.protocol.endpoints import TOKEN

__all__ = ["Handler", "OPEN_PATHS", "admit", "answer_errors", "sign"]

_log = logging.getLogger("nemovideo.engine")

OPEN_PATHS = frozenset({TOKEN.path})
"""Calls that need no bearer."""

# aiohttp deals with one request at a time in a task, so a context variable is the request's own.
_request_id: ContextVar[str] = ContextVar("nemovideo.request_id", default="")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, and every failure the envelope, without stack or paths."""
    request_id = f"req_{uuid.uuid4().hex}"
    _request_id.set(request_id)
    try:
        return await handler(request)
    except Refusal as refusal:
        return refusal.response()
    except web.HTTPException as error:
        reason = f"{request.method} {request.path}: {error.reason}."
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return Refusal(error.status, reason, headers=headers).response()
    except ConnectionError:  # the client went away while it was sending: nobody reads this answer
        return Refusal(400, "The connection was lost.").response()
    except MissingExtra as error:
        _log.warning("%s %s %s: %s", request_id, request.method, request.path, error)
        reason = "ffmpeg_missing" if isinstance(error, FFmpegMissing) else "missing_extra"
        return Refusal(501, error.message, data={"reason": reason, "request_id": request_id}).response()
    except NemoError as error:
        _log.warning("%s %s %s: %s", request_id, request.method, request.path, error)
        status = 507 if isinstance(error, DiskFull) else 500
        data_dir = services_of(request).config.data_dir
        message = error.message if is_operator(request) else placeless(error.message, data_dir)
        return Refusal(status, message, data={"request_id": request_id}).response()
    except Exception as error:  # noqa: BLE001 -- the envelope is the answer to everything
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return Refusal(507, "The engine's disk is full.").response()
        _log.exception("%s %s %s failed", request_id, request.method, request.path)
        message = "The engine met an error of its own; its log has it under this request id."
        return Refusal(500, message, data={"request_id": request_id}).response()


async def sign(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the id, and what keeps a browser from guessing, on every answer."""
    response.headers["X-Request-Id"] = _request_id.get()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Server"] = "nemovideo-engine"
    response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in what names this engine and carries a bearer that is known."""
    if not _names_us(request):
        raise Refusal(421, "The Host header does not name this engine; call it by the address that it listens on.")
    admit_as("")  # a connection's next request is not its last one's
    if request.path not in OPEN_PATHS:
        admit_as(await _account(request))
    return await handler(request)


async def _account(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    services = services_of(request)
    if scheme.lower() == "bearer" and token:
        if hmac.compare_digest(token.encode("utf-8", "surrogateescape"), services.key.encode()):
            return ledger.OPERATOR
        now = services.clock()
        account = await services.store.run(lambda db: ledger.account_of(db, token, now=now))
        if account is not None:
            return account
        raise Refusal(1001, "The token is not known here or has expired.")
    raise Refusal(1001, "No token came: send Authorization: Bearer <token>.", headers={"WWW-Authenticate": "Bearer"})


def _names_us(request: web.Request) -> bool:
    name, port = _host(request.headers.get("Host", ""))
    local = request.transport.get_extra_info("sockname") if request.transport is not None else None
    if not name or not local or port != local[1]:
        return False
    address = str(local[0]).partition("%")[0].removeprefix("::ffff:")
    ours = {address, services_of(request).config.host.strip("[]").lower()}
    if ip_address(address).is_loopback:
        ours |= {"localhost", "127.0.0.1", "::1"}
    return name in ours


def _host(header: str) -> tuple[str, int]:
    """The name and the port of a Host header; an empty name when it is none."""
    bracketed, separator, rest = header.partition("]")
    name, _, port = (bracketed[1:], None, rest.removeprefix(":")) if separator else header.partition(":")
    if not port:
        return name.lower(), 80
    return (name.lower(), int(port)) if port.isascii() and port.isdigit() and len(port) <= 5 else ("", 0)
