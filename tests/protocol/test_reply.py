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
    assert {id(snapshot._settled) for snapshot in snapshots} == {id(snapshots[0]._settled)}
    assert {id(words) for snapshot in snapshots for words, _ in snapshot._open} == {id(snapshots[0]._open[0][0])}
    assert {len(snapshot._open) for snapshot in snapshots} == {1}
    assert len(snapshots[0]._open[0][0]) == 100_000
    assert str(snapshots[2]) == "word word word "
    assert len(str(snapshots[-1])) == 500_000


ADVERSE: dict[str, list[list[ChatEvent]]] = {
    "a tool after each": [[Text("word ", partial=True), ToolCall("f", {})]],
    "a new author each time": [],
    "a whole text after each": [[Text("word ", partial=True)], [Text("word ")], [ToolCall("f", {})]],
    "another author's deltas that nothing ends": [[Text("b", partial=True, author="b")], [Text("a", author="a")]],
}


@pytest.mark.parametrize("name", ADVERSE)
def test_whatever_comes_between_a_snapshot_stays_a_view(name: str) -> None:
    builder = ReplyBuilder()
    held: set[int] = set()
    copied = 0
    for number in range(5_000):
        for group in ADVERSE[name] or [[Text("x", partial=True, author=str(number))]]:
            builder.add_all(group)
            snapshot = builder.snapshot()
            held.add(id(snapshot._settled))
            copied += len(snapshot._open)
    assert len(held) == 1
    assert copied <= 15_000 * 32


def said(text: str, author: str | None = None) -> list[ChatEvent]:
    return [Text(text, author=author)]


def delta(text: str, author: str | None = None) -> list[ChatEvent]:
    return [Text(text, partial=True, author=author)]


CALL: list[ChatEvent] = [ToolCall("f", {}, "call-1")]
RESULT: list[ChatEvent] = [ToolResult("f", {}, "call-1")]
NOISE = "I encountered a temporary issue. Please try again."

ONCE: dict[str, tuple[list[list[ChatEvent]], str]] = {
    "deltas, a tool, deltas, the whole of all": (
        [delta("Let me "), delta("see."), CALL, RESULT, delta(" Do"), delta("ne."), said("Let me see. Done.")],
        "Let me see. Done.",
    ),
    "deltas, a tool, deltas, the whole of the last": (
        [delta("Let me see."), CALL, RESULT, delta("Do"), delta("ne."), said("Done.")],
        "Let me see.\n\nDone.",
    ),
    "each turn with its own whole": (
        [delta("Let me"), [Text("Let me see."), *CALL], RESULT, delta("Do"), said("Done.")],
        "Let me see.\n\nDone.",
    ),
    "deltas before a tool whose whole never came": (
        [delta("Let me see."), CALL, RESULT, said("Done.")],
        "Let me see.\n\nDone.",
    ),
    "deltas mixed with calls in one event": (
        [[Text("Let ", partial=True), *CALL], [Text("me see.", partial=True), *CALL], said("Let me see.")],
        "Let me see.",
    ),
    "a whole that differs from its deltas": ([delta("Helo"), delta(" wrld"), said("Hello world.")], "Hello world."),
    "a whole that only spaces otherwise": ([delta("a  b"), CALL, delta("\nc"), said("a b c")], "a b c"),
    "two authors at once": (
        [
            delta("He", "a"),
            delta("Wo", "b"),
            delta("llo", "a"),
            delta("rld", "b"),
            said("World", "b"),
            said("Hello", "a"),
        ],
        "Hello\n\nWorld",
    ),
    "two authors at once, cut": (
        [delta("He", "a"), delta("Wo", "b"), delta("llo", "a"), delta("rld", "b")],
        "Hello\n\nWorld",
    ),
    "another author's whole between": (
        [delta("He", "a"), said("Hi.", "b"), delta("llo", "a"), said("Hello", "a")],
        "Hello\n\nHi.",
    ),
    "deltas of a nameless one": ([delta("He", "a"), said("Hello")], "Hello"),
    "an empty whole at the end": ([delta("Hel"), delta("lo"), said("")], "Hello"),
    "the same whole twice": ([said("Done.", "a"), [Heartbeat()], [Unknown("event", {})], said("Done.", "a")], "Done."),
    "the same whole twice, while another speaks": (
        [delta("He", "a"), delta("x", "b"), said("Hello", "a"), said("Hello", "a")],
        "Hello\n\nx",
    ),
    "the same words of two": ([said("Done.", "a"), said("Done.", "b")], "Done.\n\nDone."),
    "the same words after a tool": ([said("Trimmed."), CALL, RESULT, said("Trimmed.")], "Trimmed.\n\nTrimmed."),
    "a laugh": ([delta("ha"), delta("ha")], "haha"),
    "an artifact in two events of one id": ([said("see file"), [Unknown("event", {"id": "1"})]], "see file"),
}


@pytest.mark.parametrize("name", ONCE)
def test_nothing_is_said_twice_and_nothing_lost(name: str) -> None:
    groups, text = ONCE[name]
    builder = ReplyBuilder()
    for group in groups:
        builder.add_all(group)
    assert builder.build().text == text
    assert str(builder.snapshot()) == text


def test_a_call_that_is_delivered_twice_is_one() -> None:
    again: list[ChatEvent] = [ToolCall("f", {"big": 2**70, "x": None}, "call-2")]
    reply = built(CALL, CALL, again, again, [ToolCall("f", {})], [ToolCall("f", {})])
    assert [call.id for call in reply.tool_calls] == ["call-1", "call-2", None, None]


@pytest.mark.parametrize(
    ("groups", "text"),
    [
        ([said("Done."), said(NOISE)], "Done."),
        ([said(f"Done.\n\n{NOISE}")], "Done."),
        ([said(f"Done.\n{NOISE}")], "Done."),
        ([said(f"Done. {NOISE}")], "Done."),
        ([said("Done. I ENCOUNTERED A TEMPORARY ISSUE")], "Done."),
        ([delta("Done. "), delta("I encountered a temp"), delta("orary issue.")], "Done."),
        ([delta("Done."), CALL, delta(NOISE), said(NOISE)], "Done."),
        ([said("Done."), said(NOISE), said("I encountered a temporary issue!")], "Done."),
        ([[Text("Done. "), Text(NOISE)]], "Done."),
        ([said("Done."), said(NOISE), [Heartbeat()]], "Done."),
        ([said(NOISE)], NOISE),
        ([CALL, RESULT, said(NOISE)], NOISE),
        ([said(NOISE), said("Done.")], f"{NOISE}\n\nDone."),
        ([said(f"{NOISE}\n\nDone now.")], f"{NOISE}\n\nDone now."),
        (
            [said('The title says "I encountered a temporary issue".')],
            'The title says "I encountered a temporary issue".',
        ),
        ([said("Done."), said(NOISE + " I did this. " * 30)], "Done.\n\n" + NOISE + " I did this. " * 30),
    ],
)
def test_noise_at_the_end_goes_from_the_reply_and_the_snapshot(groups: list[list[ChatEvent]], text: str) -> None:
    builder = ReplyBuilder()
    for group in groups:
        builder.add_all(group)
    assert builder.build().text == text
    assert str(builder.snapshot()) == text


@pytest.mark.parametrize(
    ("groups", "whole"),
    [
        ([], False),
        ([[Heartbeat()]], False),
        ([[Unknown("thought", {})]], False),
        ([said("Done.")], True),
        ([delta("Do")], False),
        ([delta("Do"), said("Done.")], True),
        ([delta("a", "a"), said("b", "b")], False),
        ([said("Let me see."), CALL], False),
        ([CALL, RESULT], True),
        ([CALL, [StateDelta({"a": 1})]], True),
        ([[Unknown("event", {})]], True),
        ([[ServerError("e")]], True),
    ],
)
def test_what_may_be_a_whole_answer(groups: list[list[ChatEvent]], whole: bool) -> None:
    builder = ReplyBuilder()
    for group in groups:
        builder.add_all(group)
    assert builder.whole is whole


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(" Done. "), "Done."),
        (Reply("", changes=("a", "b"), compared=True), "a\nb"),
        (Reply("", compared=True), "The backend said nothing and the timeline is unchanged."),
        (Reply(""), "The backend said nothing; whether the timeline changed is not known."),
        (Reply("", error=ServerError("boom"), ended=Ended.ERROR), "The backend's agent failed: boom"),
        (Reply("Half.", ended=Ended.CUT, recovered=True, changes=("a",), compared=True), "Half.\n\na"),
        (Reply("", ended=Ended.CUT, recovered=True, changes=("a",), compared=True), "a"),
    ],
)
def test_there_is_always_something_to_read(reply: Reply, told: str) -> None:
    assert reply.told == told
    assert str(reply) == told
    assert f"{reply}" == told
