"""One server-sent event's data into typed chat events: every dialect of the wire (spec, section 5).

Three shapes are met: empty or a bare word (a heartbeat), flat `{"type": …}` objects, and the events of the Agent
Development Kit, whose keys are camelCase (a proxy may have made them snake_case). What is not known comes out as
`Unknown`, whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic_core import from_json

from nemovideo.protocol.json import JSON, mapping, mended, parse, sequence, text
from nemovideo.protocol.sse import Comment, ServerSentEvent
from nemovideo.protocol.textevents import read_text_event

__all__ = [
    "ChatEvent",
    "Heartbeat",
    "ServerError",
    "StateDelta",
    "StillWorking",
    "Text",
    "ToolCall",
    "ToolResult",
    "Unknown",
    "decode",
]


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the agent. `partial` ones are deltas; a later whole one repeats them (`author` says whose)."""

    text: str
    partial: bool = False
    author: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the agent runs; `args` keep their keys' case, their nulls and their big integers."""

    name: str
    args: Mapping[str, JSON]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered."""

    name: str
    result: JSON
    id: str | None = None


@dataclass(frozen=True, slots=True)
class StateDelta:
    """Keys of the session's state that changed."""

    changes: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The server is alive and has nothing to say yet."""


@dataclass(frozen=True, slots=True)
class StillWorking:
    """Made here, not by the server: `seconds` have passed since the message was sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ServerError:
    """The run reported an error; `crashed` when it ended with it, otherwise more events may follow."""

    message: str
    code: str | None = None
    crashed: bool = False
    details: Mapping[str, JSON] = field(default_factory=dict[str, JSON])


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything else, as it came: `kind` is its `type`, "thought", or "event"."""

    kind: str
    raw: JSON


ChatEvent: TypeAlias = Text | ToolCall | ToolResult | StateDelta | Heartbeat | StillWorking | ServerError | Unknown


_ALIVE = Heartbeat()
_SIGNS_OF_LIFE = ("heartbeat", "ping")  # as data, as an event's name, as a `type`


def decode(event: ServerSentEvent | Comment) -> list[ChatEvent]:
    """Turn one server-sent event into the chat events it carries: none, one or several. It never raises."""
    if isinstance(event, Comment) or event.event in _SIGNS_OF_LIFE:
        return [_ALIVE]
    if (plain := read_text_event(event.data)) and (parts := plain.content.parts):
        author, partial = plain.author or None, plain.partial
        if len(parts) == 1:  # a delta, one of thousands
            return [Text(parts[0].text, partial, author)]
        return [Text(part.text, partial, author) for part in parts]
    try:
        value = from_json(event.data, cache_strings="keys")  # values, ids above all, do not come twice
    except (ValueError, TypeError):  # TypeError: a lone surrogate, which came over no wire
        try:
            value = parse(event.data)
        except (ValueError, TypeError):
            return _words(event)
    fields: Mapping[str, JSON] = value
    if not isinstance(value, dict):
        return [_ALIVE if value in _SIGNS_OF_LIFE else Unknown("event", value)]
    if not fields:
        return [_ALIVE]
    if ("type" in fields or "error" in fields) and (found := _flat(fields) or _crash(fields)):
        return [found]
    return _adk(fields) or [Unknown("event", value)]


def _words(event: ServerSentEvent) -> list[ChatEvent]:
    """Data that is no JSON."""
    data = event.data.strip()
    if not data or data in _SIGNS_OF_LIFE:
        return [_ALIVE]
    if data == "[DONE]":
        return []
    if data != event.data:
        return decode(event._replace(data=data))
    # ADK up to 1.20 writes a crash without escaping it: `{"error": "boom "quoted"…`, possibly cut at a line's end.
    if data.startswith('{"error"'):
        message = data.removeprefix('{"error"').lstrip(": ").removesuffix("}").strip().strip('"')
        return [ServerError(message or "the run crashed", crashed=True)]
    return [Unknown("event", data)]


def _crash(fields: Mapping[str, JSON]) -> ServerError | None:
    """What ended a run (spec, section 5), whatever else the line tells; an agent's event has content or actions."""
    if "error" not in fields or "content" in fields or "actions" in fields:
        return None
    if fields["error"] is None and len(fields) > 1:
        return None
    details = mapping(fields.get("error_details", fields.get("errorDetails")))
    error = fields["error"]
    message = text(error) or text(mapping(error).get("message")) or "the run crashed"
    return ServerError(mended(message), text(details.get("error_type")), crashed=True, details=details)


def _flat(fields: Mapping[str, JSON]) -> ChatEvent | None:
    if "actions" in fields or "invocationId" in fields:
        return None
    match fields.get("type"):
        case "text":
            return Text(text(fields.get("content")) or "", partial=fields.get("partial") is True)
        case "tool_call":
            return ToolCall(text(fields.get("name")) or "", mapping(fields.get("args")), text(fields.get("id")))
        case "tool_result":
            return ToolResult(text(fields.get("name")) or "", fields.get("result"), text(fields.get("id")))
        case "heartbeat" | "ping":
            return _ALIVE
        case "error":
            message = text(fields.get("content")) or text(fields.get("message")) or text(fields.get("error"))
            return ServerError(mended(message or "the agent reported an error"), text(fields.get("code")))
        case str(kind):
            return _crash(fields) or Unknown(kind, fields)
        case _:
            return None


def _adk(fields: Mapping[str, JSON]) -> list[ChatEvent]:
    author, partial = text(fields.get("author")), fields.get("partial") is True
    events = [_part(part, author, partial) for part in sequence(mapping(fields.get("content")).get("parts"))]
    actions = mapping(fields.get("actions"))
    if delta := mapping(actions.get("stateDelta", actions.get("state_delta"))):
        events.append(StateDelta(delta))
    code = text(fields.get("errorCode", fields.get("error_code")))
    message = text(fields.get("errorMessage", fields.get("error_message")))
    if code or message:
        events.append(ServerError(mended(message or code or ""), code))
    return events


def _part(part: JSON, author: str | None, partial: bool) -> ChatEvent:  # noqa: FBT001
    fields = mapping(part)
    if fields.get("thought") is True:
        return Unknown("thought", part)
    words = fields.get("text")
    if isinstance(words, str):
        return Text(words, partial, author)
    if call := mapping(fields.get("functionCall", fields.get("function_call"))):
        return ToolCall(text(call.get("name")) or "", mapping(call.get("args")), text(call.get("id")))
    if answer := mapping(fields.get("functionResponse", fields.get("function_response"))):
        return ToolResult(text(answer.get("name")) or "", answer.get("response"), text(answer.get("id")))
    return Unknown("part", part)
