"""One answer, (status, headers, body), into its value or a typed error: every rule in one place.

Answers come as `{code, message?, data}`, `{success, data?, error?}` or bare (spec, section 2); errors as a code in the
envelope, as an HTTP status, or as the chat server's `detail` (spec, section 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from nemovideo.errors import (
    AuthenticationError,
    DamagedFile,
    DiskFull,
    ErrorContext,
    FileTooLarge,
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
from nemovideo.protocol.json import JSON, integer, mapping, parse, sequence, text

__all__ = ["FORMATS", "Call", "decode_answer", "path_segment", "retry_after_seconds"]

FORMATS = ("mp4", "mov", "avi", "webm", "mkv", "jpg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac")
"""The 13 formats that the cloud takes (spec, section 3)."""

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
_PASSING = frozenset({408, 425, 500, 502, 503, 504})  # statuses after which the same read may succeed


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, for the errors: verb, path, the phase of the work, and the ids to come back with."""

    method: str
    path: str
    phase: str | None = None
    session_id: str | None = None
    render_id: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def path_segment(identifier: str) -> str:
    """An id as one segment of a path, whatever it holds: it may come from a user, or from a server.

    Raises:
        UsageError: it is empty, or nothing but dots.
    """
    if not identifier.strip("."):
        raise UsageError(f"{identifier!r} is no id of a session or render.", hint="Give the one that the backend gave.")
    return quote(identifier, safe="")


def decode_answer(
    call: Call, status: int, headers: Mapping[str, str], body: bytes, *, now: float = 0.0, register_url: str = ""
) -> JSON:
    """Return the value that an answer carries, or raise what it says.

    Args:
        call: what was asked.
        status: the HTTP status.
        headers: the answer's headers, names in any case.
        body: the answer's bytes.
        now: seconds since the epoch, which a `Retry-After` date is measured from.
        register_url: where an anonymous account is registered, for the hint of `OutOfCredits`; empty if unknown.

    Raises:
        NemoError: the most specific one, with status, code, request id and the call's ids.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        value = parse(body) if body.strip() else None
    except ValueError:
        if status < 400:
            raise _not_json(call, status, lowered, body) from None
        value = None  # a proxy's page: the status and the headers say it all
    fields = mapping(value)
    code = integer(fields.get("code"))
    if status < 400 and not code and fields.get("success") is not False:
        return fields["data"] if "data" in fields and ("code" in fields or "success" in fields) else value
    raise _error(call, status, lowered, fields, code, now=now, register_url=register_url)


def _error(
    call: Call,
    status: int,
    headers: Mapping[str, str],
    fields: Mapping[str, JSON],
    code: int | None,
    *,
    now: float,
    register_url: str,
) -> NemoError:
    said = _said(fields) or f"HTTP {status}"
    context = _context(call, status, headers, code)
    kind = _BY_CODE.get(code or 0) or _BY_STATUS.get(status)
    if kind is None and status == 404 and call.session_id and not call.render_id:
        kind = SessionNotFound
    if kind is RateLimited:
        wait = retry_after_seconds(headers, now=now)
        context["retryable"] = True
        return RateLimited(f"The backend asks to slow down: {said} ({call}).", retry_after=wait, **context)
    if kind is OutOfCredits:
        hint = f"Register at {register_url}, or work locally, which costs nothing." if register_url else None
        context["hint"] = hint
        return OutOfCredits(f"No credits are left: {said} ({call}).", **context)
    if kind is UnsupportedFile:
        return _refused_file(said, mapping(fields.get("data")), context)
    if kind is not None:
        return kind(f"{_sentence(said)} ({call})", **context)
    if status in _PASSING:
        context["retryable"] = True
        return TransportError(f"The server could not answer: {said} ({call}).", **context)
    if status < 500:
        context["hint"] = "Check the arguments; if they are right, report this with the request id."
    return ProtocolError(f"The server refused: {said} ({call}).", **context)


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
        or (error if isinstance(error, str) and error else None)
        or (detail if isinstance(detail, str) and detail else None)
        or listed
        or None
    )


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


def _not_json(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> NemoError:
    start = body[:60].decode("utf-8", "replace").strip()
    context = _context(call, status, headers, None)
    return ProtocolError(f"The answer to {call} is no JSON (HTTP {status}): {start!r}.", **context)


def retry_after_seconds(headers: Mapping[str, str], *, now: float) -> float | None:
    """The wait that a server asks for: `retry-after-ms`, seconds, or an HTTP date; None if it says nothing usable."""
    lowered = {name.lower(): value for name, value in headers.items()}
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(lowered[name]) / scale
        except (KeyError, ValueError):
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        return max(0.0, parsedate_to_datetime(lowered["retry-after"]).timestamp() - now)
    except (KeyError, ValueError, OverflowError):
        return None
