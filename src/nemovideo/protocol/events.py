"""One server-sent event's data into typed chat events: every dialect of the wire (spec, section 5).

Three shapes are met: empty or a bare word (a heartbeat), flat `{"type": …}` objects, and the events of the Agent
Development Kit, whose keys are camelCase (a proxy may have made them snake_case). What is not known comes out as
`Unknown`, whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from nemovideo.protocol.json import JSON, mapping, parse, sequence, text
from nemovideo.protocol.sse import Comment, ServerSentEvent

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


def decode(event: ServerSentEvent | Comment) -> list[ChatEvent]:
    """Turn one server-sent event into the chat events it carries: none, one or several."""
    if isinstance(event, Comment):
        return [Heartbeat()]
    data = event.data.strip()
    if not data or data == "heartbeat" or event.event == "heartbeat":
        return [Heartbeat()]
    if data == "[DONE]":
        return []
    try:
        value = parse(data)
    except ValueError:
        return [_unparsed(data)]
    fields = mapping(value)
    if not fields:
        return [Unknown("event", value)]
    if "error" in fields and "type" not in fields and "author" not in fields:
        return [_crash(fields)]
    if isinstance(fields.get("type"), str) and "actions" not in fields and "invocationId" not in fields:
        return [_flat(fields)]
    return list(_adk(fields))


def _unparsed(data: str) -> ChatEvent:
    # ADK up to 1.20 writes a crash without escaping it: `{"error": "boom "quoted"…`, possibly cut at a line's end.
    if data.startswith('{"error"'):
        message = data.removeprefix('{"error"').lstrip(": ").removesuffix("}").strip().strip('"')
        return ServerError(message or "the run crashed", crashed=True)
    return Unknown("event", data)


def _crash(value: Mapping[str, JSON]) -> ServerError:
    details = mapping(value.get("error_details", value.get("errorDetails")))
    error = value["error"]
    message = text(error) or text(mapping(error).get("message")) or "the run crashed"
    return ServerError(message, text(details.get("error_type")), crashed=True, details=details)


def _flat(value: Mapping[str, JSON]) -> ChatEvent:
    match value["type"]:
        case "text":
            return Text(text(value.get("content")) or "", partial=value.get("partial") is True)
        case "tool_call":
            return ToolCall(text(value.get("name")) or "", mapping(value.get("args")), text(value.get("id")))
        case "tool_result":
            return ToolResult(text(value.get("name")) or "", value.get("result"), text(value.get("id")))
        case "heartbeat":
            return Heartbeat()
        case "error":
            message = text(value.get("content")) or text(value.get("message")) or text(value.get("error"))
            return ServerError(message or "the agent reported an error", text(value.get("code")))
        case kind:
            return Unknown(str(kind), value)


def _adk(value: Mapping[str, JSON]) -> Iterator[ChatEvent]:
    said = False
    author, partial = text(value.get("author")), value.get("partial") is True
    for part in sequence(mapping(value.get("content")).get("parts")):
        said = True
        yield _part(mapping(part), author, partial=partial)
    actions = mapping(value.get("actions"))
    if delta := mapping(actions.get("stateDelta", actions.get("state_delta"))):
        said = True
        yield StateDelta(delta)
    code = text(value.get("errorCode", value.get("error_code")))
    message = text(value.get("errorMessage", value.get("error_message")))
    if code or message:
        said = True
        yield ServerError(message or code or "", code)
    if not said:
        yield Unknown("event", value)


def _part(part: Mapping[str, JSON], author: str | None, *, partial: bool) -> ChatEvent:
    if part.get("thought") is True:
        return Unknown("thought", part)
    if isinstance(words := part.get("text"), str):
        return Text(words, partial, author)
    if call := mapping(part.get("functionCall", part.get("function_call"))):
        return ToolCall(text(call.get("name")) or "", mapping(call.get("args")), text(call.get("id")))
    if answer := mapping(part.get("functionResponse", part.get("function_response"))):
        return ToolResult(text(answer.get("name")) or "", answer.get("response"), text(answer.get("id")))
    return Unknown("part", part)
