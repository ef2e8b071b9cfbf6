"""What a server refuses, as the error that says what to do: by its code, its status, or its own words (spec, 8)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from nemovideo.errors import (
    AuthenticationError,
    ConnectionFailed,
    DamagedFile,
    DiskFull,
    ErrorContext,
    FFmpegMissing,
    FileTooLarge,
    MissingExtra,
    NemoError,
    OutOfCredits,
    PlanError,
    ProtocolError,
    RateLimited,
    SessionNotFound,
    TransportError,
    UnsupportedFile,
    UsageError,
)
from nemovideo.protocol.account import Account
from nemovideo.protocol.endpoints import FORMATS, Call
from nemovideo.protocol.json import JSON, mapping, sequence, text
from nemovideo.protocol.retryafter import retry_after_seconds

__all__ = ["is_page", "not_json", "refusal", "sent_elsewhere"]

_BY_CODE: dict[int, type[NemoError]] = {
    1001: AuthenticationError,
    1002: SessionNotFound,
    2001: OutOfCredits,
    4001: UnsupportedFile,
    4002: FileTooLarge,
    402: PlanError,
    429: RateLimited,
}
_BY_STATUS: dict[int, type[NemoError]] = {
    401: AuthenticationError,
    402: PlanError,
    413: FileTooLarge,
    415: UnsupportedFile,
    429: RateLimited,
    507: DiskFull,
}
_MISSING: dict[str, type[NemoError]] = {"missing_extra": MissingExtra, "ffmpeg_missing": FFmpegMissing}
"""What an engine of ours says, with 501, where it is installed without what it works with."""
_PRIVATE = (
    "Give the file itself; or allow it: AsyncNemoClient.local(allow_private_urls=True), "
    "or nemovideo serve --allow-private-urls where the engine runs."
)
_PASSING = frozenset({408, 425, 500, 502, 503, 504})  # statuses after which the same read may succeed


def sent_elsewhere(call: Call, status: int, headers: Mapping[str, str]) -> NemoError:
    """A redirect, which no call but a download follows: the token belongs to the base URL's origin."""
    place = headers.get("location", "")
    context = _context(call, status, headers, None)
    context["hint"] = "Check the base URL; where the backend has moved, give its new one."
    return ProtocolError(f"The server sends {call} elsewhere (HTTP {status}): {place!r:.200}.", **context)


def refusal(
    call: Call,
    status: int,
    headers: Mapping[str, str],
    fields: Mapping[str, JSON],
    code: int | None,
    *,
    now: float,
    account: Account,
) -> NemoError:
    """The most specific error for an answer that says no; `fields` is its body, `code` what was found in it."""
    said = _said(fields) or f"HTTP {status}"
    context = _context(call, status, headers, code)
    kind = _BY_CODE.get(code or 0) or _BY_STATUS.get(status)
    if kind is None and status == 404 and call.session_id and not call.render_id:
        kind = SessionNotFound
    wait = retry_after_seconds(headers, now=now)
    if kind is RateLimited:
        context["retryable"] = True
        return RateLimited(_told(f"The backend asks to slow down: {said}", call), retry_after=wait, **context)
    if kind is OutOfCredits:
        context["hint"] = account.credits_hint
        return OutOfCredits(_told(f"No credits are left: {said}", call), **context)
    if kind is PlanError:
        context["hint"] = account.plan_hint
    if kind is UnsupportedFile:
        return _refused_file(said, mapping(fields.get("data")), context)
    if kind is not None:
        return kind(_told(said, call), **context)
    if status == 407:
        context["hint"] = "Give its name and password: proxy=http://name:password@host:port, or the same in HTTP_PROXY."
        return ConnectionFailed(f"The proxy wants to know who asks ({call}).", **context)
    if status in _PASSING:
        context["retryable"] = True
        return TransportError(_told(f"The server could not answer: {said}", call), retry_after=wait, **context)
    return _unforeseen(call, status, said, fields, context)


def _unforeseen(call: Call, status: int, said: str, fields: Mapping[str, JSON], context: ErrorContext) -> NemoError:
    """A refusal that has no kind of its own."""
    reason = text(mapping(fields.get("data")).get("reason"))
    if status == 400 and reason == "private_url":
        context["hint"] = _PRIVATE
        return UsageError(_sentence(said.removeprefix("urls: ")), **context)
    if status == 501 and reason in _MISSING:
        context["hint"] = 'Install it where the engine runs: python -m pip install "nemovideo[engine]".'
        return _MISSING[reason](_told(said, call), **context)
    if status == 404 and fields and call.render_id and f"/{quote(call.render_id, safe='')}" in call.path:
        context["hint"] = "Check the id, and that this is the backend with which it was begun."
        return ProtocolError(f"The backend knows no render {call.render_id} ({call}).", **context)
    if status < 500:
        context["hint"] = "Check the arguments; if they are right, report this."
    return ProtocolError(_told(f"The server refused: {said}", call), **context)


def _refused_file(said: str, data: Mapping[str, JSON], context: ErrorContext) -> NemoError:
    if data.get("reason") == "damaged":
        return DamagedFile(_sentence(said), **context)
    context["hint"] = "" if data.get("reason") else f"It takes {', '.join(FORMATS)}."
    return UnsupportedFile(_sentence(said), **context)


def _said(fields: Mapping[str, JSON]) -> str | None:
    """The server's own words, wherever it put them."""
    error = fields.get("error")
    detail = fields.get("detail")
    listed = "; ".join(text(mapping(item).get("msg")) or "" for item in sequence(detail))
    return (
        text(fields.get("message"))
        or text(mapping(error).get("message"))
        or text(mapping(detail).get("message"))
        or (error if isinstance(error, str) and error else None)
        or (detail if isinstance(detail, str) and detail else None)
        or listed
        or None
    )


def _told(what: str, call: Call) -> str:
    """A sentence with the call behind it, and one full stop."""
    return f"{what.strip().rstrip('.。')} ({call})."


def _sentence(said: str) -> str:
    return said if said.endswith((".", "!", "?", "。")) else said + "."


def _context(call: Call, status: int, headers: Mapping[str, str], code: int | None) -> ErrorContext:
    return {
        "status": status,
        "code": code,
        "request_id": headers.get("x-request-id") or headers.get("x-amzn-requestid") or headers.get("cf-ray"),
        "phase": call.phase,
        "session_id": call.session_id,
        "render_id": call.render_id,
        "retryable": False,
    }


def not_json(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> NemoError:
    """An answer that cannot be read at all."""
    start = body[:60].decode("utf-8", "replace").strip()
    context = _context(call, status, headers, None)
    if is_page(headers, body):
        context["hint"] = "Check the base URL."
        return ProtocolError(f"This is no NemoVideo backend: it answered with a web page ({call}).", **context)
    return ProtocolError(f"The answer is no JSON ({call}, HTTP {status}): {start!r}.", **context)


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether somebody's web page came in place of an answer."""
    start = body[:200].lstrip().lower()
    return "html" in headers.get("content-type", "").lower() or start.startswith((b"<!doctype html", b"<html"))
