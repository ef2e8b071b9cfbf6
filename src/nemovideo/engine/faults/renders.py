"""A render as a rule has it told: failed, stuck, in the other documented form."""

from __future__ import annotations

from aiohttp import web

from nemovideo.engine.faults.rules import FaultRule
from nemovideo.engine.faults.wire import Answer
from nemovideo.engine.wire import JsonObject, table

__all__ = ["retold", "without_waiting"]

_WAITING = frozenset({"prefer", "if-none-match"})
_TOLD = ("ETag", "Preference-Applied")
_V_FIELDS = ("id", "status", "progress", "createdAt", "completedAt", "error")


def without_waiting(request: web.Request, rule: FaultRule) -> web.Request:
    """The request as a server reads it that holds no answer back."""
    if not (rule.plain or rule.stuck or rule.fail):
        return request
    return request.clone(headers=[pair for pair in request.headers.items() if pair[0].lower() not in _WAITING])


def retold(answer: Answer, body: JsonObject, rule: FaultRule) -> JsonObject:
    """The body of a render's answer; `answer` loses the headers that a plain server does not send."""
    if rule.plain or rule.stuck or rule.fail:
        for name in _TOLD:
            answer.headers.pop(name, None)
    told = table(body.get("data")) or dict(body)
    if rule.stuck:
        told |= {"status": "processing", "progress": 40, "output": None}
    if rule.fail:
        told |= {"status": "failed", "output": None}
        if rule.fail != "silent":
            permanent = rule.fail == "permanent"
            told["error"] = {"code": "engine", "message": "The encoder gave up.", "permanent": permanent}
    if rule.form is None:
        return body | {"data": told} if "data" in body else told
    return told if rule.form == "S" else {"success": True, "data": _v_form(told)}


def _v_form(told: JsonObject) -> JsonObject:
    kept = {name: told[name] for name in _V_FIELDS if name in told}
    url = table(told.get("output")).get("url")
    return kept | ({"outputUrl": url} if url else {})
