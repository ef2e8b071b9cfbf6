"""The middleware by which an engine has faults: it looks at a request, finds its rule, answers as the rule wants."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Middleware

from nemovideo.engine import guard, ledger
from nemovideo.engine.config import DRAFT_LIMIT
from nemovideo.engine.faults.chat import Recorder, rewritten
from nemovideo.engine.faults.faults import Asked, Faults
from nemovideo.engine.faults.files import file_answer
from nemovideo.engine.faults.renders import retold, without_waiting
from nemovideo.engine.faults.rules import CALLS, FaultRule
from nemovideo.engine.faults.wire import Answer, RawAnswer, linger
from nemovideo.engine.services import account_of, services_of
from nemovideo.engine.wire import JsonObject, Refusal, parsed, read_ahead, stream_into, table

__all__ = ["misbehaving"]

_SAID = {
    1001: "The token is bad or has expired.",
    1002: "The session is not found.",
    2001: "No credits are left.",
    4001: "This file type is not supported.",
    4002: "The file is too large.",
    400: "The X-Client-Id header is missing.",
    402: "The plan does not export.",
    429: "Too many requests.",
}
"""What an error says unless the rule words it (spec, section 8)."""

_TORN = b'{"code": 0, "data": {"sess'
_NO_GZIP = b"\x1f\x8b\x08\x00" + b"\xff" * 40
_READ_AT_ONCE = 64 * 1024  # bytes of an upload that is to be left in the middle


def misbehaving(faults: Faults) -> Middleware:
    """The middleware for these faults; it also keeps the record of what was asked."""

    @web.middleware
    async def misbehave(request: web.Request, handler: guard.Handler) -> web.StreamResponse:
        asked = await _asked(request)
        rule = faults.meet(asked)
        if rule is not None and rule.expire:
            await _expire(request, faults)
        if (bearer := _bearer(request)) and faults.has_expired(ledger.digest(bearer)):
            return Refusal(1001, _SAID[1001]).response()
        if rule is None:
            response = await guard.answer_errors(request, handler)
            asked.status = response.status
            return response
        return await _answered(request, handler, rule, asked)

    return misbehave


async def _asked(request: web.Request) -> Asked:
    info = request.match_info
    name = info.route.name or ""
    body: JsonObject | None = None
    if request.method == "POST" and request.content_type == "application/json":
        body = table(parsed(await read_ahead(request, DRAFT_LIMIT)))
    said = body or {}
    return Asked(
        call=name if name in CALLS else "",
        method=request.method,
        path=request.path,
        headers={key.lower(): value for key, value in request.headers.items() if key.lower() != "authorization"},
        session_id=_text(info.get("session") or said.get("session_id") or said.get("sessionId")),
        render_id=_text(info.get("render") or (said.get("id") if name == "render" else None)),
        json=body,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _bearer(request: web.Request) -> str:
    return request.headers.get("Authorization", "").partition(" ")[2].strip()


async def _expire(request: web.Request, faults: Faults) -> None:
    """As if the token's seven days had passed: a new one may be asked for."""
    services, bearer = services_of(request), _bearer(request)
    faults.expire(ledger.digest(bearer))
    now = services.clock()
    await services.store.run(lambda db: ledger.expire_token(db, bearer, now=now))


async def _answered(request: web.Request, handler: guard.Handler, rule: FaultRule, asked: Asked) -> web.StreamResponse:
    closing = services_of(request).closing
    answer = Answer(200, {"Content-Type": "application/json"}, [b"{}"])
    if rule.accepts:
        answer = await _truth(request, handler, rule, asked)
    elif "request" in {rule.drop, rule.stall}:
        await _read_some(request, rule.at if rule.at is not None else (request.content_length or 0) // 2)
    elif rule.drop is not None:
        await _read_some(request, request.content_length or 0)  # unread bytes would make a reset of every end
    if rule.refuses:
        answer = _refusal(rule)
    _spoil(answer, rule)
    if rule.delay:
        await linger(request, rule.delay, closing)
    if rule.by_hand:
        return RawAnswer(answer, rule, closing)
    return await _written(request, answer, rule)


async def _read_some(request: web.Request, size: int) -> None:
    while size > 0 and (piece := await request.content.read(min(size, _READ_AT_ONCE))):
        size -= len(piece)


async def _truth(request: web.Request, handler: guard.Handler, rule: FaultRule, asked: Asked) -> Answer:
    """What the engine answers, with the rule's changes of meaning."""
    recorder = Recorder()
    stream_into(recorder)
    response = await guard.answer_errors(without_waiting(request, rule), handler)
    await guard.sign(request, response)
    asked.status = response.status
    headers = dict(response.headers)
    if response is recorder:
        return Answer(200, headers | {"Content-Type": "text/event-stream"}, rewritten(recorder.pieces, rule))
    if isinstance(response, web.FileResponse):
        job = await services_of(request).jobs.find(request.match_info["render"], account_of(request))
        if job is not None and job.row.path is not None:
            return await file_answer(request, services_of(request).file(job.row.path), headers, rule)
    answer = Answer(response.status, headers, [_body(response)])
    if asked.call in {"status", "render"} and asked.accepted and (body := table(parsed(answer.body))):
        answer.pieces = [_body(web.json_response(retold(answer, body, rule)))]
    return answer


def _body(response: web.StreamResponse) -> bytes:
    body = response.body if isinstance(response, web.Response) else b""
    return bytes(body) if isinstance(body, bytes | bytearray) else b""


def _refusal(rule: FaultRule) -> Answer:
    if rule.error is not None:
        refused = Refusal(rule.error, rule.message or _SAID[rule.error]).response()
    elif rule.redirect is not None:
        refused = web.Response(status=rule.status or 302, headers={"Location": rule.redirect})
    elif isinstance(rule.body, str):
        kind = "text/html" if rule.body.lstrip().startswith("<") else "text/plain"
        refused = web.Response(status=rule.status or 500, text=rule.body, content_type=kind)
    else:
        body = {"detail": "A fault that was asked for."} if rule.body is None else rule.body
        refused = web.json_response(body, status=rule.status or 500)
    return Answer(refused.status, dict(refused.headers), [_body(refused)])


def _spoil(answer: Answer, rule: FaultRule) -> None:
    said = {name.lower() for name in rule.headers}
    answer.headers = {name: value for name, value in answer.headers.items() if name.lower() not in said} | rule.headers
    if rule.retry_after is not None:
        answer.headers["Retry-After"] = str(rule.retry_after)
    if rule.garbage == "json" and not answer.streams:
        answer.pieces = [_TORN]
    elif rule.garbage == "gzip":
        answer.headers["Content-Encoding"] = "gzip"
        answer.pieces = [_NO_GZIP]


async def _written(request: web.Request, answer: Answer, rule: FaultRule) -> web.StreamResponse:
    """The answer by aiohttp's own hand, so that the connection goes on."""
    if not answer.streams:
        answer.headers.pop("Content-Length", None)
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    await response.prepare(request)
    for piece in answer.pieces:
        if isinstance(piece, bytes):
            await response.write(piece)
        else:
            await linger(request, piece, services_of(request).closing)
    await response.write_eof()
    return response
