"""The recorded chat server, through the real client: what each recording says, written down by hand."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from tests.cloud import CHAT, Cloud, Stream
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import AgentError
from nemovideo.protocol.events import ServerError, StateDelta, Text, ToolCall, ToolResult, Unknown
from nemovideo.protocol.reply import Ended, Reply

TITLE_CALL = ToolCall("add_title", {"text": "Paradise Found", "start_ms": 0, "x": None}, "call-1")
TITLE_RESULT = ToolResult("add_title", {"status": "ok", "track": 3}, "call-1")
DRAFT_DELTA = {"draft": {"t": [{"tt": 7, "sg": [{"d": 3000}]}]}}
STATE_DELTA = {"credits": 95, "user:lang": "zh", "snake_key": {"inner_key": 1}}
QUOTA = ServerError("quota exceeded", "RESOURCE_EXHAUSTED")
BOOM = 'boom: line1\nline2 "quoted" \u2028 end'
CRASH = ServerError(
    f"ValueError: {BOOM}",
    "ValueError",
    crashed=True,
    details={"error_type": "ValueError", "error_message": BOOM, "timestamp": 1795160081.7137077},
)


@dataclass(frozen=True)
class Expected:
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    results: tuple[ToolResult, ...] = ()
    state: dict[str, Any] = field(default_factory=dict)
    error: ServerError | None = None
    events: tuple[type, ...] = ()


DELTAS = (Text, Text, Text, Text, Text)
MIXED = Expected(
    calls=(TITLE_CALL,),
    results=(TITLE_RESULT,),
    state=DRAFT_DELTA | STATE_DELTA,
    error=QUOTA,
    events=(Text, *DELTAS, ToolCall, ToolResult, StateDelta, StateDelta, Unknown, ServerError),
)
EXPECTED = {
    "artifact": Expected("see file", events=(Text, Unknown)),
    "crash_midstream": Expected("Hello from the agent.", error=CRASH, events=(Text, ServerError)),
    "empty_event": Expected(events=(Unknown,)),
    "error_event": Expected("Hello from the agent.", error=QUOTA, events=(Text, ServerError)),
    "mix_nostreaming": replace(MIXED, text="streaming_mode=StreamingMode.NONE\n\nHello world"),
    "mix_streaming": replace(MIXED, text="streaming_mode=StreamingMode.SSE\n\nHello world"),
    "partial_only": Expected("Hello world", events=DELTAS),
    "parts_thought_longrun": Expected(
        "onetwo\n\nanswer\n\nhalf\n\nu",
        calls=(ToolCall("f", {"a": [1, 2.5, True]}), ToolCall("render", {}, "call-9")),
        events=(Text, ToolCall, Text, Unknown, Text, ToolCall, Text, Text, Unknown, Unknown),
    ),
    "state": Expected(state=STATE_DELTA, events=(StateDelta,)),
    "tool_only_silent": Expected(
        calls=(TITLE_CALL,), results=(TITLE_RESULT,), state=DRAFT_DELTA, events=(ToolCall, ToolResult, StateDelta)
    ),
    "zero_events": Expected(),
}


def test_every_recording_is_expected(shared: Path) -> None:
    assert {path.stem for path in (shared / "cases" / "adk").glob("*.sse")} == set(EXPECTED)


def whole(body: bytes) -> list[bytes]:
    return [body]


def bytewise(body: bytes) -> list[bytes]:
    return [body[at : at + 1] for at in range(len(body))]


def randomly(body: bytes) -> list[bytes]:
    chance, pieces = random.Random(len(body)), list[bytes]()
    while body:
        size = chance.choice((1, 2, 3, 40, 500))
        pieces.append(body[:size])
        body = body[size:]
    return pieces


@pytest.mark.parametrize("cut", [whole, bytewise, randomly])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_recording(name: str, cut: Any, on_cloud: OnCloud, shared: Path) -> None:
    body = (shared / "cases" / "adk" / f"{name}.sse").read_bytes()
    expected = EXPECTED[name]
    text = expected.text

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(*cut(body)), Stream(*cut(body)))
        async with client.chat.stream("s1", "hi") as events:
            found = [event async for event in events]
        reply = events.reply
        assert tuple(map(type, found)) == expected.events
        assert (reply.text, str(events.snapshot)) == (text, text)
        assert (reply.tool_calls, reply.tool_results) == (expected.calls, expected.results)
        assert (reply.state_changes, reply.error) == (expected.state, expected.error)
        assert reply.ended is (Ended.CLEAN if expected.error is None else Ended.ERROR)
        assert (reply.recovered, reply.changes) == (False, ())
        assert reply.compared is (not text)  # a silent edit is looked up
        if expected.error is None:
            assert await client.chat.send("s1", "hi") == reply
        else:
            with pytest.raises(AgentError, match="boom" if expected.error is CRASH else "quota") as caught:
                await client.chat.send("s1", "hi")
            assert caught.value.reply == reply
            assert isinstance(caught.value.reply, Reply)

    on_cloud(flow)


CRASHES = {
    "as ADK 1.20 writes it, over lines": b'data: {"error": "boom: line1\nline2 "quoted" ... end"}\n\n',
    "unescaped, on one line": b'data: {"error": "boom "quoted" end"}\n\n',
    "escaped": b'data: {"error": "boom"}\n\n',
    "with a raw U+2028": 'data: {"error": "boom \u2028 end"}\n\n'.encode(),
    "in data lines": b'data: {"error": "boom\ndata: end"}\n\n',
}


@pytest.mark.parametrize("cut", [whole, bytewise])
@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_line_however_malformed_is_a_server_error(name: str, cut: Any, on_cloud: OnCloud, shared: Path) -> None:
    said = (shared / "cases" / "adk" / "partial_only.sse").read_bytes()

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(*cut(said + CRASHES[name])))
        with pytest.raises(AgentError, match="boom") as caught:
            await client.chat.send("s1", "hi")
        reply = caught.value.reply
        assert isinstance(reply, Reply)
        assert (reply.text, reply.ended) == ("Hello world", Ended.ERROR)

    on_cloud(flow)


def test_an_error_event_followed_by_more_is_no_end(on_cloud: OnCloud, shared: Path) -> None:
    folder = shared / "cases" / "adk"
    body = (folder / "error_event.sse").read_bytes() + (folder / "partial_only.sse").read_bytes()

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(*randomly(body)))
        reply = await client.chat.send("s1", "hi")
        assert (reply.text, reply.ended) == ("Hello from the agent.\n\nHello world", Ended.CLEAN)
        assert reply.error == QUOTA

    on_cloud(flow)
