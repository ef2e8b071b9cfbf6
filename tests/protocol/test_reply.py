"""Events into a Reply: nothing doubled, nothing of the reasoning shown, snapshots that cost nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

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
from nemovideo.protocol.reply import Ended, Reply, ReplyBuilder
from nemovideo.protocol.sse import SSEDecoder


def built(*groups: list[ChatEvent], ended: Ended = Ended.CLEAN) -> Reply:
    builder = ReplyBuilder()
    for group in groups:
        builder.add_all(group)
    return builder.build(ended)


def recorded(path: Path) -> Reply:
    return built(*(decode(event) for event in SSEDecoder().feed(path.read_bytes())))


@pytest.mark.parametrize(
    ("name", "text", "ended"),
    [
        ("artifact", "see file", Ended.CLEAN),
        ("crash_midstream", "Hello from the agent.", Ended.ERROR),
        ("empty_event", "", Ended.CLEAN),
        ("error_event", "Hello from the agent.", Ended.ERROR),
        ("partial_only", "Hello world", Ended.CLEAN),
        ("mix_streaming", "streaming_mode=StreamingMode.SSE\n\nHello world", Ended.ERROR),
        ("mix_nostreaming", "streaming_mode=StreamingMode.NONE\n\nHello world", Ended.ERROR),
        ("parts_thought_longrun", "onetwo\n\nanswer\n\nhalf\n\nu", Ended.CLEAN),
        ("state", "", Ended.CLEAN),
        ("tool_only_silent", "", Ended.CLEAN),
        ("zero_events", "", Ended.CLEAN),
    ],
)
def test_a_recording(name: str, text: str, ended: Ended, shared: Path) -> None:
    reply = recorded(shared / "cases" / "adk" / f"{name}.sse")
    assert (reply.text, reply.ended) == (text, ended)


def test_what_was_done_is_kept(shared: Path) -> None:
    reply = recorded(shared / "cases" / "adk" / "mix_streaming.sse")
    assert [call.name for call in reply.tool_calls] == ["add_title"]
    assert [answer.result for answer in reply.tool_results] == [{"status": "ok", "track": 3}]
    assert reply.state_changes == {
        "draft": {"t": [{"tt": 7, "sg": [{"d": 3000}]}]},
        "credits": 95,
        "user:lang": "zh",
        "snake_key": {"inner_key": 1},
    }
    assert reply.error == ServerError("quota exceeded", "RESOURCE_EXHAUSTED")


def test_messages_join_with_a_blank_line_and_parts_with_nothing() -> None:
    assert built([Text("a"), Text("b")], [Text("c")]).text == "ab\n\nc"


def test_deltas_that_nothing_repeats_are_the_text() -> None:
    assert built([Text("Hel", partial=True)], [Text("lo", partial=True)]).text == "Hello"


def test_a_whole_text_takes_the_place_of_its_deltas() -> None:
    assert built([Text("a")], [Text("He", partial=True)], [Text("Hello")], [Text("x", partial=True)]).text == (
        "a\n\nHello\n\nx"
    )


def test_thoughts_and_heartbeats_say_nothing() -> None:
    assert built([Unknown("thought", {"text": "hm"}), Heartbeat()], [Text("answer")]).text == "answer"


@pytest.mark.parametrize(
    ("groups", "ended"),
    [
        ([[ServerError("e")]], Ended.ERROR),
        ([[ServerError("e")], [Text("and yet")]], Ended.CLEAN),
        ([[ServerError("e")], [ToolCall("f", {})]], Ended.CLEAN),
        ([[ServerError("e")], [Heartbeat()], [Unknown("x", 1)]], Ended.ERROR),
        ([[ServerError("e", crashed=True)], [Text("and yet")]], Ended.ERROR),
        ([[Text("words"), ServerError("e")]], Ended.ERROR),
    ],
)
def test_an_error_counts_unless_more_follows(groups: list[list[ChatEvent]], ended: Ended) -> None:
    assert built(*groups).ended is ended
    assert built(*groups, ended=Ended.CUT).ended is Ended.CUT


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        (["Done.", "I encountered a temporary issue. Please try again."], "Done."),
        (["I encountered a temporary issue."], "I encountered a temporary issue."),
        (["I encountered a temporary issue.", "Done."], "I encountered a temporary issue.\n\nDone."),
    ],
)
def test_trailing_noise_goes_when_something_good_came_before(texts: list[str], text: str) -> None:
    said: list[list[ChatEvent]] = [[Text(words)] for words in texts]
    assert built(*said).text == text


def test_the_last_value_of_a_state_key_counts() -> None:
    reply = built([StateDelta({"a": 1, "b": 1})], [StateDelta({"a": 2})], [ToolResult("f", None)])
    assert reply.state_changes == {"a": 2, "b": 1}


def test_an_old_snapshot_does_not_change() -> None:
    builder = ReplyBuilder()
    told = []
    for event in (Text("a"), Text("b", partial=True), Text("c", partial=True), Text("bc"), Text("d", partial=True)):
        builder.add_all([event])
        told.append(builder.snapshot())
    assert [str(snapshot) for snapshot in told] == ["a", "a\n\nb", "a\n\nbc", "a\n\nbc", "a\n\nbc\n\nd"]


def test_a_snapshot_on_each_of_100_000_deltas_is_a_view() -> None:
    builder = ReplyBuilder()
    snapshots = []
    for _ in range(100_000):
        builder.add_all([Text("word ", partial=True)])
        snapshots.append(builder.snapshot())
    # One list of messages and one of deltas, shared by all: nothing was copied, 100,000 times.
    assert {id(snapshot._deltas) for snapshot in snapshots} == {id(snapshots[0]._deltas)}
    assert {id(snapshot._messages) for snapshot in snapshots} == {id(snapshots[0]._messages)}
    assert len(snapshots[0]._deltas) == 100_000
    assert str(snapshots[2]) == "word word word "
    assert len(str(snapshots[-1])) == 500_000
