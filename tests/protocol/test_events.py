"""Every dialect of the stream into typed events: the recordings, the flat form, the broken ones, and any JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.jsonvalues import ANYTHING, shaped

from nemovideo.protocol.events import (
    ChatEvent,
    Heartbeat,
    ServerError,
    StateDelta,
    Text,
    ToolCall,
    ToolResult,
    Unknown,
    decode,
)
from nemovideo.protocol.sse import Comment, ServerSentEvent, SSEDecoder

TITLE = ToolCall("add_title", {"text": "Paradise Found", "start_ms": 0, "x": None}, "call-1")
TITLED = ToolResult("add_title", {"status": "ok", "track": 3}, "call-1")
DRAFTED = StateDelta({"draft": {"t": [{"tt": 7, "sg": [{"d": 3000}]}]}})
COUNTED = StateDelta({"credits": 95, "user:lang": "zh", "snake_key": {"inner_key": 1}})
QUOTA = ServerError("quota exceeded", "RESOURCE_EXHAUSTED")
DELTAS = [Text(piece, partial=True, author="nemo_agent") for piece in ("Hel", "lo ", "wor", "ld")]
NOTHING = "nothing known"  # stands for an Unknown, whose raw event is not repeated here


def said(text: str) -> Text:
    return Text(text, author="nemo_agent")


RECORDED: dict[str, list[ChatEvent | str]] = {
    "artifact": [said("see file"), NOTHING],
    "crash_midstream": [
        said("Hello from the agent."),
        ServerError(
            'ValueError: boom: line1\nline2 "quoted" \u2028 end',
            "ValueError",
            crashed=True,
            details={
                "error_type": "ValueError",
                "error_message": 'boom: line1\nline2 "quoted" \u2028 end',
                "timestamp": 1795160081.7137077,
            },
        ),
    ],
    "empty_event": [NOTHING],
    "error_event": [said("Hello from the agent."), QUOTA],
    "partial_only": [*DELTAS, said("Hello world")],
    "state": [COUNTED],
    "tool_only_silent": [TITLE, TITLED, DRAFTED],
    "zero_events": [],
    "mix_streaming": [
        said("streaming_mode=StreamingMode.SSE"),
        *DELTAS,
        said("Hello world"),
        TITLE,
        TITLED,
        DRAFTED,
        COUNTED,
        NOTHING,
        QUOTA,
    ],
    "parts_thought_longrun": [
        said("one"),
        ToolCall("f", {"a": [1, 2.5, True]}),
        said("two"),
        "thought",
        said("answer"),
        ToolCall("render", {}, "call-9"),
        said("half"),
        said("u"),
        "part",
        "part",
    ],
}
RECORDED["mix_nostreaming"] = [said("streaming_mode=StreamingMode.NONE"), *RECORDED["mix_streaming"][1:]]


def chat_events(body: bytes) -> list[ChatEvent]:
    return [event for sent in SSEDecoder().feed(body) for event in decode(sent)]


def one(data: str, *, name: str = "message") -> ChatEvent:
    (event,) = decode(ServerSentEvent(name, data, ""))
    return event


def test_every_recording_has_its_expectation(shared: Path) -> None:
    assert {path.stem for path in (shared / "cases" / "adk").glob("*.sse")} == set(RECORDED)


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_recording(name: str, shared: Path) -> None:
    found = chat_events((shared / "cases" / "adk" / f"{name}.sse").read_bytes())
    named = {"event": NOTHING, "thought": "thought", "part": "part"}
    assert [named[event.kind] if isinstance(event, Unknown) else event for event in found] == RECORDED[name]


@pytest.mark.parametrize("data", ["", "   ", "heartbeat", '{"type":"heartbeat"}', ' {"type": "heartbeat", "ts": 1} '])
def test_a_heartbeat_in_every_dress(data: str) -> None:
    assert one(data) == Heartbeat()


def test_a_heartbeat_by_name_or_as_a_comment() -> None:
    assert one("{}", name="heartbeat") == Heartbeat()
    assert decode(Comment("ping")) == [Heartbeat()]


def test_done_is_no_event() -> None:
    assert decode(ServerSentEvent("message", "[DONE]", "")) == []


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ('{"type":"text","content":"hi"}', Text("hi")),
        ('{"type":"text","content":"hi","partial":true}', Text("hi", partial=True)),
        ('{"type":"text"}', Text("")),
        ('{"type":"tool_call","name":"cut","args":{"a_b":null}}', ToolCall("cut", {"a_b": None})),
        ('{"type":"tool_result","name":"cut","result":[1]}', ToolResult("cut", [1])),
        ('{"type":"error","content":"no","code":2001}', ServerError("no", "2001")),
        ('{"type":"error","error":"no"}', ServerError("no")),
        ('{"type":"mood","x":1}', Unknown("mood", {"type": "mood", "x": 1})),
    ],
)
def test_the_flat_form(data: str, event: ChatEvent) -> None:
    assert one(data) == event


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('{"error": "boom"}', "boom"),
        ('{"error": {"message": "boom", "code": 13}}', "boom"),
        ('{"error": null}', "the run crashed"),
        ('{"error": "boom: line1', "boom: line1"),
        ('{"error": "he said "no""}', 'he said "no'),
        ('{"error', None),
    ],
)
def test_a_crash_line_is_never_skipped(data: str, message: str | None) -> None:
    event = one(data)
    if message is None:
        assert isinstance(event, Unknown)
    else:
        assert isinstance(event, ServerError)
        assert event.crashed
        assert event.message.startswith(message)


def test_an_unescaped_crash_over_lines_is_seen() -> None:
    body = b'data: {"error": "boom: line1\nline2 "quoted" \xe2\x80\xa8 end"}\n\n'
    (event,) = chat_events(body)
    assert isinstance(event, ServerError)
    assert event.crashed
    assert "boom: line1" in event.message


def test_snake_case_is_read_too() -> None:
    data = {
        "invocation_id": "e",
        "author": "a",
        "content": {"parts": [{"function_call": {"name": "f", "args": {}}}, {"function_response": {"name": "f"}}]},
        "actions": {"state_delta": {"k": 1}},
        "error_code": "X",
    }
    assert decode(ServerSentEvent("message", json.dumps(data), "")) == [
        ToolCall("f", {}),
        ToolResult("f", None),
        StateDelta({"k": 1}),
        ServerError("X", "X"),
    ]


def test_big_integers_and_keys_of_tools_stay_as_they_are() -> None:
    args = {"camelKey": 18446744073709551617, "snake_key": None, "deep": {"Ünïcode": [1e300]}}
    event = one(json.dumps({"author": "a", "content": {"parts": [{"functionCall": {"name": "f", "args": args}}]}}))
    assert isinstance(event, ToolCall)
    assert event.args == args


@pytest.mark.parametrize("data", ["[1]", "3", '"words"', "null", "<html>"])
def test_what_is_not_known_comes_out_whole(data: str) -> None:
    assert isinstance(one(data), Unknown)


KEYS = (
    "type", "content", "parts", "text", "partial", "thought", "author", "actions", "stateDelta", "functionCall",
    "functionResponse", "name", "args", "id", "errorCode", "errorMessage", "error", "error_details", "result", "code",
)  # fmt: skip


@given(ANYTHING | shaped(*KEYS), st.sampled_from(["message", "heartbeat", "error"]))
def test_no_json_makes_it_raise(value: object, name: str) -> None:
    for event in decode(ServerSentEvent(name, json.dumps(value), "")):
        assert isinstance(event, ChatEvent)


@given(st.text(max_size=40))
def test_no_text_makes_it_raise(data: str) -> None:
    decode(ServerSentEvent("message", data, ""))


@pytest.mark.parametrize(
    "data", ["[" * 100_000, '{"type":' * 50_000, "9" * 10_000, '{"type":"error","code":' + "9" * 5000 + "}"]
)
def test_nothing_absurd_makes_it_raise(data: str) -> None:
    assert decode(ServerSentEvent("message", data, ""))
