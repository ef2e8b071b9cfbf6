"""Every dialect of the stream into typed events: the recordings, the flat form, the broken ones, and any JSON."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.jsonvalues import ANYTHING, shaped

from nemovideo.protocol import events
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
        ('{"type":"mood","error":null}', Unknown("mood", {"type": "mood", "error": None})),
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
        ('{"error": "boom", "type": "ValueError"}', "boom"),
        ('{"error": "boom", "author": null}', "boom"),
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


def adk(parts: object, **fields: object) -> str:
    return json.dumps(
        {"author": "a", "content": {"role": "model", "parts": parts}, "actions": {"stateDelta": {}}} | fields
    )


def test_data_of_files_and_what_else_a_part_may_be_comes_out_whole() -> None:
    parts = [
        {"inlineData": {"mimeType": "image/png", "data": "_-8="}},
        {"fileData": {"fileUri": "https://x/y.mp4", "mimeType": "video/mp4"}},
        {"executableCode": {"code": "1+1"}},
        "no object",
    ]
    assert decode(ServerSentEvent("message", adk(parts), "")) == [Unknown("part", part) for part in parts]


def test_an_inline_file_beside_words_costs_the_words_nothing() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "_-8="}}
    assert decode(ServerSentEvent("message", adk([{"text": "see"}, picture]), "")) == [
        Text("see", author="a"),
        Unknown("part", picture),
    ]


def test_a_call_that_runs_long_or_comes_in_parts_is_a_call() -> None:
    call = {"id": "c", "name": "render", "args": {"snake_key": None, "camelKey": [2**70]}}
    data = adk([{"functionCall": call}], partial=True, longRunningToolIds=["c"])
    assert one(data) == ToolCall("render", {"snake_key": None, "camelKey": [2**70]}, "c")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (adk([{"text": "hi"}], partial=True), [Text("hi", partial=True, author="a")]),
        (adk([{"text": "one"}, {"text": "two"}]), [Text("one", author="a"), Text("two", author="a")]),
        (adk([{"text": "hi"}], partial=None, author=""), [Text("hi")]),
        (adk([{"text": "hi", "thought": False}]), [Text("hi", author="a")]),
        (
            adk([{"text": "hi"}], errorCode="MAX_TOKENS"),
            [Text("hi", author="a"), ServerError("MAX_TOKENS", "MAX_TOKENS")],
        ),
        (adk([{"text": "hi"}], error_message="no"), [Text("hi", author="a"), ServerError("no")]),
        (
            adk([{"text": "hi"}], actions={"stateDelta": {"credits": 2**70, "a_b": None}}),
            [Text("hi", author="a"), StateDelta({"credits": 2**70, "a_b": None})],
        ),
        (adk([{"text": "hi"}], actions={"state_delta": {"k": 1}}), [Text("hi", author="a"), StateDelta({"k": 1})]),
    ],
)
def test_an_event_of_text_and_its_neighbours(data: str, found: list[ChatEvent]) -> None:
    assert decode(ServerSentEvent("message", data, "")) == found


SOME: st.SearchStrategy[object] = (
    st.none() | st.integers(0, 1) | st.just("") | st.just({}) | st.just([]) | st.just({"k": 1})
)
PARTS = st.lists(
    st.fixed_dictionaries(
        {"text": st.text(max_size=5) | SOME},
        optional={"thought": st.booleans(), "functionCall": st.just({"name": "f"}), "inlineData": st.just({})},
    ),
    max_size=3,
)
EVENTS = st.fixed_dictionaries(
    {
        "author": st.text(max_size=3) | SOME,
        "content": st.fixed_dictionaries({"parts": PARTS | SOME}) | SOME,
        "actions": st.fixed_dictionaries({"stateDelta": st.just({}) | SOME}, optional={"state_delta": SOME}) | SOME,
    },
    optional={key: st.booleans() | SOME for key in ("partial", "type", "error", "errorCode", "error_message", "x")},
)


@given(EVENTS)
def test_the_quick_way_finds_what_the_general_way_finds(value: dict[str, object]) -> None:
    event = ServerSentEvent("message", json.dumps(value), "")
    with mock.patch.object(events, "read_text_event", return_value=None):
        expected = decode(event)
    assert decode(event) == expected


ODDITIES = st.sampled_from(
    ("{", "}", "[", "]", ":", ",", " ", "null", "true", "NaN", "-Infinity", "1e999", "9" * 400, '"', '"a"', "\\",
     '"\\ud800"', '"\\u0000"', '"error"', '"content"', '"parts"', '"text"', '"author"', '"type"', "\ud800", "\ufffd",
     "\u2028", "\x00", '{"author":"a","content":{"parts":[{"text":', '{"error": ', "[" * 300)
)  # fmt: skip


@given(st.lists(ODDITIES, max_size=12).map("".join), st.sampled_from(["message", "heartbeat"]))
def test_nothing_like_json_makes_it_raise(data: str, name: str) -> None:
    for event in decode(ServerSentEvent(name, data, "")):
        assert isinstance(event, ChatEvent)


@pytest.mark.parametrize("data", ['{"text": "\\ud83d"}', '{"text": "Hi \\ud83d\\ude00", "n": ["\\udc00"]}'])
def test_half_a_character_is_kept(data: str) -> None:
    assert one(data) == Unknown("event", json.loads(data))


def test_half_a_character_in_an_error_can_be_shown() -> None:
    assert one('{"error": "boom \\ud83d"}') == ServerError("boom \ufffd", crashed=True)


@given(st.binary(max_size=60))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    chat_events(b'data: {"author":"a","content":{"parts":[{"text":"' + body + b'"}]},"actions":{"stateDelta":{}}}\n\n')


def test_an_event_that_is_nested_without_end_is_unknown_and_whole() -> None:
    data = '{"author":"a","content":{"parts":[{"text":"hi"}]},"actions":{"stateDelta":{"k":' + "[" * 100_000
    assert one(data) == Unknown("event", data)
