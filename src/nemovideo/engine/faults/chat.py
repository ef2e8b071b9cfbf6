"""What a rule does to an answer of the agent: events rewritten, doubled, silenced; signs of life before them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from nemovideo.engine.faults.rules import FaultRule
from nemovideo.engine.wire import JsonObject, entries, table

__all__ = ["Recorder", "rewritten"]

_BEATS = {
    "empty": b"data:\n\n",
    "flat": b'data: {"type":"heartbeat"}\n\n',
    "word": b"data: heartbeat\n\n",
    "event": b"event: heartbeat\ndata: {}\n\n",
    "comment": b": heartbeat\n\n",
}
"""Every shape of a heartbeat (spec, section 5)."""

NOISE = "I encountered a temporary issue. Please try again."
_CRASH = 'boom: the tool "trim" failed'
_UNESCAPED = b'data: {"error": "boom: the tool "trim" failed\nline 2 of its trace"}\n\n'  # as ADK up to 1.20 writes it


class Recorder(web.StreamResponse):
    """Takes down the agent's answer in place of a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self._begun = False

    @property
    def prepared(self) -> bool:
        """Whether it has begun."""
        return self._begun

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Begin."""
        self._begun = True
        return None

    async def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Take a piece down."""
        self.pieces.append(bytes(data))

    async def write_eof(self, data: bytes = b"") -> None:
        """The answer is whole."""


def rewritten(pieces: Sequence[bytes], rule: FaultRule) -> list[bytes | float]:
    """The answer's pieces as the rule wants them; a number is a wait in seconds."""
    events = [json.loads(piece[6:]) for piece in pieces if piece.startswith(b"data: {")]
    for change in (_silenced, _said, _thinking, _in_deltas, _troubled, _crashed):
        events = list(change(events, rule))
    told = [piece for event in events for piece in _told(event, rule)]
    if rule.crash == "unescaped":
        told.append(_UNESCAPED)
    if rule.twice:
        told = [piece for piece in told for _ in range(2)]
    if rule.garbage == "json":
        told.insert(0, b'data: {"content": {"parts": [{"te\n\n')
    return [*_beats(rule), *told]


def _beats(rule: FaultRule) -> Iterator[bytes | float]:
    if rule.heartbeats is None:
        if rule.wait:
            yield rule.wait
        return
    shapes = cycle(_BEATS.values() if rule.heartbeats == "all" else (_BEATS[rule.heartbeats],))
    if rule.interval is None:
        yield from (next(shapes) for _ in _BEATS)
        yield rule.wait
        return
    for _ in range(max(1, int(rule.wait / rule.interval))):
        yield next(shapes)
        yield rule.interval


def _texts(event: JsonObject) -> list[JsonObject]:
    """The parts of an event that are the agent's words."""
    parts = (table(part) for part in entries(table(event.get("content")).get("parts")))
    return [part for part in parts if isinstance(part.get("text"), str)]


def _silenced(events: Sequence[JsonObject], rule: FaultRule) -> Iterator[JsonObject]:
    return (event for event in events if not (rule.silent and _texts(event)))


def _said(events: Sequence[JsonObject], rule: FaultRule) -> Iterator[JsonObject]:
    for event in events:
        if rule.says is not None:
            for part in _texts(event):
                part["text"] = rule.says
        yield event


def _thinking(events: Sequence[JsonObject], rule: FaultRule) -> Iterator[JsonObject]:
    for event in events:
        if rule.thought and _texts(event):
            yield _like(event, "The person wants it smaller, so I lower the rate.", thought=True)
        yield event


def _in_deltas(events: Sequence[JsonObject], rule: FaultRule) -> Iterator[JsonObject]:
    for event in events:
        words = _texts(event)
        if rule.partial and words and words[0].get("thought") is not True:
            for delta in re.findall(r"\S+\s*", str(words[0]["text"])):
                yield _like(event, delta) | {"partial": True}
            event = event | {"partial": False}  # noqa: PLW2901 -- the whole follows its pieces
        yield event


def _troubled(events: Sequence[JsonObject], rule: FaultRule) -> Iterator[JsonObject]:
    """An error event with more behind it, and the sentence that means nothing."""
    for number, event in enumerate(events):
        if rule.agent_error is not None and number == len(events) - 1:
            blank = {key: value for key, value in event.items() if key != "content"}
            yield blank | {"errorCode": rule.agent_error, "errorMessage": f"The run met {rule.agent_error}."}
        yield event
    if rule.noise and events:
        yield _like(events[-1], NOISE)


def _crashed(events: Sequence[JsonObject], rule: FaultRule) -> Iterator[JsonObject]:
    yield from (event for event in events if rule.crash is None or not _texts(event))
    if rule.crash == "escaped":
        details = {"error_type": "ValueError", "error_message": _CRASH, "timestamp": 1.5}
        yield {"error": f"ValueError: {_CRASH}", "error_details": details}


def _like(event: JsonObject, text: str, **part: object) -> JsonObject:
    """An event of the same run with other words."""
    made = copy.deepcopy(event)
    made["content"] = {"parts": [{"text": text, **part}], "role": "model"}
    made["actions"] = {"stateDelta": {}, "artifactDelta": {}, "requestedAuthConfigs": {}}
    return made


def _told(event: JsonObject, rule: FaultRule) -> Iterator[bytes]:
    if rule.dialect == "flat" and "error" not in event:
        yield from map(_line, _flat(event))
    elif rule.dialect == "snake":
        yield _line(table(_snake(event)))
    else:
        yield _line(event)


def _flat(event: JsonObject) -> Iterator[JsonObject]:
    for part in map(table, entries(table(event.get("content")).get("parts"))):
        call, response = table(part.get("functionCall")), table(part.get("functionResponse"))
        if isinstance(part.get("text"), str) and part.get("thought") is not True:
            yield {"type": "text", "content": part["text"], **({"partial": True} if event.get("partial") else {})}
        elif call:
            yield {"type": "tool_call", "name": call.get("name"), "args": call.get("args")}
        elif response:
            yield {"type": "tool_result", "name": response.get("name"), "result": response.get("response")}
    if event.get("errorCode"):
        yield {"type": "error", "code": event["errorCode"], "message": event.get("errorMessage")}


_OWN_CASE = frozenset({"args", "response", "stateDelta"})
"""Keys whose insides keep their case (spec, section 5)."""


def _snake(value: object) -> object:
    listed, fields = entries(value), table(value)
    if listed:
        return [_snake(entry) for entry in listed]
    if not fields:
        return value
    return {
        re.sub(r"(?<=[a-z])[A-Z]", lambda found: f"_{found[0].lower()}", key): (
            inside if key in _OWN_CASE else _snake(inside)
        )
        for key, inside in fields.items()
    }


def _line(value: JsonObject) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
