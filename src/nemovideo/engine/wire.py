"""What leaves and enters the engine: the envelope, refusals with their codes, JSON bodies read with a bound."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar, cast

from aiohttp import web
from pydantic_core import from_json

from nemovideo.errors import DamagedFile, NemoError

__all__ = [
    "JsonObject",
    "Refusal",
    "accepted",
    "bad_request",
    "entries",
    "event_stream",
    "not_media",
    "origin",
    "parsed",
    "placeless",
    "read_ahead",
    "read_json",
    "steady",
    "stream_into",
    "table",
]

T = TypeVar("T")
JsonObject = dict[str, Any]

_STATUS = {1001: 401, 1002: 404, 2001: 403, 4001: 415, 4002: 413}
_STALL = 60.0  # seconds without a byte (spec, section 10)
_PARSE_IN_THREAD = 256 * 1024  # bytes of JSON that parse within about a millisecond

# aiohttp deals with each request in a task of its own, so a context variable is the request's own.
_ahead: ContextVar[bytes | None] = ContextVar("nemovideo.ahead", default=None)
_stream: ContextVar[web.StreamResponse | None] = ContextVar("nemovideo.stream", default=None)


class Refusal(Exception):
    """A request that is answered with an error; the guard turns it into the envelope.

    Attributes:
        code: of the envelope: one of spec section 8, or the HTTP status itself.
        status: the HTTP status.
    """

    def __init__(
        self, code: int, message: str, *, data: JsonObject | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = _STATUS.get(code, code)
        self.message = message
        self.data = data
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        """The envelope on the wire."""
        body: JsonObject = {"code": self.code, "message": self.message}
        if self.data is not None:
            body["data"] = self.data
        return web.json_response(body, status=self.status, headers=self.headers)


def bad_request(message: str) -> Refusal:
    """A request that says too little or something impossible."""
    return Refusal(400, message)


def not_media(error: NemoError, filename: str) -> Refusal:
    """A file of a listed suffix that holds no media, or a broken one."""
    damaged = isinstance(error, DamagedFile)
    own = error.hint if error.hint != error.default_hint else None
    message = error.message if damaged else f"{error.message.rstrip('.')}. {own or 'Give a video file.'}"
    return Refusal(4001, message, data={"reason": "damaged" if damaged else "not_media", "filename": filename})


def placeless(message: str, data_dir: Path) -> str:
    """The message without where the engine keeps its data, which is the operator's business alone."""
    return re.sub(rf"{re.escape(str(data_dir))}(?:[/\\][\w.-]*\w)*", "the engine's data folder", message)


def accepted(data: JsonObject) -> web.Response:
    """The envelope of a success."""
    return web.json_response({"code": 0, "data": data})


def origin(request: web.Request) -> str:
    """The base URL by which this client reaches the engine; its `Host` has passed the guard."""
    return f"{request.scheme}://{request.host}"


def table(value: object) -> JsonObject:
    """The value as a JSON object; an empty one when it is none."""
    return cast("JsonObject", value) if isinstance(value, dict) else {}


def entries(value: object) -> list[object]:
    """The value as a JSON array; an empty one when it is none."""
    return cast("list[object]", value) if isinstance(value, list) else []


async def steady(reading: Awaitable[T]) -> T:
    """What is read, unless the sender stands still meanwhile.

    Raises:
        Refusal: 408.
    """
    try:
        async with asyncio.timeout(_STALL):
            return await reading
    except TimeoutError:
        raise Refusal(408, f"The upload stood still for {_STALL:g} s.") from None


async def read_json(request: web.Request, limit: int) -> JsonObject:
    """Read the body as one JSON object of `limit` bytes at most.

    Raises:
        Refusal: 413 over the limit, 408 when the sender stands still, 400 for anything that is no JSON object.
    """
    too_long = Refusal(413, f"The body of {request.method} {request.path} is over {limit} bytes.")
    if request.content_length is not None and request.content_length > limit:
        raise too_long
    if (body := _ahead.get()) is None:
        body = await _read(request, limit)
    if len(body) > limit:
        raise too_long
    try:
        value = await asyncio.to_thread(_parse, body) if len(body) > _PARSE_IN_THREAD else _parse(body)
    except ValueError as error:
        raise bad_request(f"The body of {request.method} {request.path} is no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise bad_request(f"The body of {request.method} {request.path} must be a JSON object.")
    return cast("JsonObject", value)


async def _read(request: web.Request, limit: int) -> bytes:
    """The body, or little more than `limit` bytes of it."""
    body = bytearray()
    while len(body) <= limit and (chunk := await steady(request.content.readany())):
        body += chunk
    return bytes(body)


async def read_ahead(request: web.Request, limit: int) -> bytes:
    """Read a body before its handler does; `read_json` will find it. Little more than `limit` bytes are read."""
    _ahead.set(body := await _read(request, limit))
    return body


def parsed(body: bytes) -> object:
    """The body's JSON; None where it is none."""
    try:
        return _parse(body)
    except ValueError:
        return None


def stream_into(response: web.StreamResponse) -> None:
    """Let the stream of this request's answer go there."""
    _stream.set(response)


def event_stream() -> web.StreamResponse:
    """A stream of events for this request."""
    given = _stream.get()
    if given is not None:
        return given
    return web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})


def _parse(body: bytes) -> object:
    # Keeps integers of any size; infinities and lone surrogates, which could not be written again, are refused.
    value = from_json(body, allow_inf_nan=False)
    json.dumps(value, allow_nan=False)  # 1e999 is read as an infinity all the same
    return value
