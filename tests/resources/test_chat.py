"""The chat: each message sent once, every dialect followed, every limit kept, nothing left open."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, TOKEN, Cloud, Raw, Stream, adk, flat, raw
from tests.cloud import Reply as Says
from tests.conftest import Run
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import AgentError, AuthenticationError, SessionNotFound, StreamInterrupted
from nemovideo.protocol.events import ChatEvent, Heartbeat, ServerError, StillWorking, Text
from nemovideo.protocol.reply import Ended, Reply
from nemovideo.resources.session import Session

HEARTBEAT = b"data: \n\n"


def test_a_message_and_its_answer(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        reply = await client.chat.send(Session("s1"), "compress it")
        assert (reply.text, reply.ended, reply.recovered) == ("Compressed as you wished.", Ended.CLEAN, False)
        (sent,) = cloud.sent(CHAT)
        assert sent.json == {
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": "s1",
            "new_message": {"parts": [{"text": "compress it"}]},
        }
        assert sent.headers["accept"] == "text/event-stream"
        assert sent.headers["x-skill-source"] == "nemovideo"

    on_cloud(flow)


def test_event_by_event_with_snapshots(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(
            CHAT, Stream(HEARTBEAT, adk("Hel", partial=True), adk("lo", partial=True), adk("Hello"), b": x\n\n")
        )
        async with client.chat.stream("s1", "hi") as events:
            seen = [(type(event), str(events.snapshot)) async for event in events]
        assert [kind for kind, _ in seen] == [Heartbeat, Text, Text, Text, Heartbeat]
        assert seen[-1][1] == "Hello"
        assert events.reply.text == "Hello"

    on_cloud(flow)


def test_the_flat_dialect(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        call = {"type": "tool_call", "name": "trim", "args": {"to_ms": None}}
        answer = {"type": "tool_result", "name": "trim", "result": {"ok": True}}
        cloud.script(CHAT, Stream(flat({"type": "heartbeat"}, call, answer, {"type": "text", "content": "Trimmed."})))
        reply = await client.chat.send("s1", "trim")
        assert reply.text == "Trimmed."
        assert [call.args for call in reply.tool_calls] == [{"to_ms": None}]
        assert [answer.result for answer in reply.tool_results] == [{"ok": True}]

    on_cloud(flow)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_recordings_in_any_pieces(size: int, on_cloud: OnCloud, shared: Path) -> None:
    body = (shared / "cases" / "adk" / "partial_only.sse").read_bytes()

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(*(body[at : at + size] for at in range(0, len(body), size))))
        assert (await client.chat.send("s1", "hi")).text == "Hello world"

    on_cloud(flow)


def test_an_answer_without_a_word_is_an_answer(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(), Stream(HEARTBEAT))
        for _ in range(2):
            reply = await client.chat.send("s1", "add a title")
            assert (reply.text, reply.ended) == ("", Ended.CLEAN)

    on_cloud(flow)


@pytest.mark.parametrize(
    ("tail", "code"),
    [
        (b'data: {"error": "boom"}\n\n', None),
        (b'data: {"error": "boom: line1\nline2 "quoted""}\n\n', None),
        (flat({"author": "a", "errorCode": "RESOURCE_EXHAUSTED", "errorMessage": "boom"}), "RESOURCE_EXHAUSTED"),
    ],
)
def test_a_run_that_ends_in_an_error_is_raised_with_what_was_said(
    tail: bytes, code: str | None, on_cloud: OnCloud
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("Half."), tail), Stream(adk("Half."), tail))
        with pytest.raises(AgentError, match="boom") as caught:
            await client.chat.send("s1", "hi")
        reply = caught.value.reply
        assert isinstance(reply, Reply)
        assert reply.text == "Half."
        assert (caught.value.code, caught.value.phase, caught.value.session_id) == (code, "ask", "s1")
        async with client.chat.stream("s1", "hi") as events:
            found = [event async for event in events]
        assert isinstance(found[-1], ServerError)

    on_cloud(flow)


def test_an_error_that_more_follows_is_no_end(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        error = flat({"author": "a", "errorCode": "X", "errorMessage": "a hiccup"})
        cloud.script(CHAT, Stream(error, adk("All is well.")))
        reply = await client.chat.send("s1", "hi")
        assert reply.text == "All is well."
        assert reply.error is not None

    on_cloud(flow)


CUTS: dict[str, Callable[[], Raw | Stream]] = {
    "chunked, closed": lambda: Stream(adk("Half."), open_ended=True),
    "reset": lambda: raw(b"%x\r\n%b\r\n" % (len(adk("Half.")), adk("Half.")), "Transfer-Encoding: chunked", end="rst"),
    "sized, short": lambda: raw(adk("Half."), "Content-Length: 100000"),
    "no answer at all": lambda: Raw(b""),
    "within an event, by a clean end": lambda: Stream(adk("Half."), b'data: {"content'),
}


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_is_never_sent_again(name: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        answer = CUTS[name]()
        if isinstance(answer, Stream) and name.startswith("chunked"):
            answer.finish(cut=True)
        cloud.script(CHAT, answer)
        if name.startswith("within"):
            assert (await client.chat.send("s1", "hi")).ended is Ended.CUT
        else:
            with pytest.raises(StreamInterrupted) as caught:
                await client.chat.send("s1", "hi")
            assert caught.value.text in {"Half.", ""}
            assert caught.value.session_id == "s1"
        assert len(cloud.sent(CHAT)) == 1

    on_cloud(flow)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Says({"detail": "Session not found: s1"}, 404), SessionNotFound),
        (Says({"code": 1002, "message": "unknown"}), SessionNotFound),
        (Says({"code": 1001, "message": "bad"}, 401), AuthenticationError),
    ],
)
def test_a_refusal_comes_before_the_stream(answer: Says, kind: type[Exception], on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, answer)
        with pytest.raises(kind):
            await client.chat.send("s1", "hi")
        assert len(cloud.sent(CHAT)) == 1
        assert (await client.chat.send("s1", "hi")).text

    on_cloud(flow)


def test_a_page_where_a_stream_was_due(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Says(b"<html>Bad Gateway</html>", 502, {"Content-Type": "text/html"}))
        with pytest.raises(StreamInterrupted):
            await client.chat.send("s1", "hi")
        assert len(cloud.sent(CHAT)) == 1

    on_cloud(flow)


def test_an_anonymous_token_refused_by_the_chat_is_not_resent_blindly(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.session.create()
        cloud.script(CHAT, Says({"code": 1001}, 401))
        with pytest.raises(AuthenticationError):
            await client.chat.send("s1", "hi")
        assert len(cloud.sent(CHAT)) == 1
        assert len(cloud.sent(TOKEN)) == 1

    on_cloud(flow, anonymous=True)


async def next_of(events: object, clock: TurnableClock, seconds: float) -> ChatEvent:
    """The next event, after a while in which nothing came."""
    waiting = asyncio.ensure_future(anext(events))  # type: ignore[call-overload]
    await clock.turn(seconds)
    found: ChatEvent = await waiting
    return found


def test_still_working_every_two_minutes(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(open_ended=True)
        cloud.script(CHAT, stream)
        async with client.chat.stream("s1", "hi") as events:
            assert await next_of(events, clock, 120) == StillWorking(120.0)
            assert await next_of(events, clock, 120) == StillWorking(240.0)
            stream.say(adk("Done."))
            assert isinstance(await anext(events), Text)
            stream.finish()
            with pytest.raises(StopAsyncIteration):
                await anext(events)

    on_cloud(flow)


def test_a_silent_server_is_given_up(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("Half."), open_ended=True)
        cloud.script(CHAT, stream)
        async with client.chat.stream("s1", "hi") as events:
            await anext(events)
            for _ in range(2):
                assert isinstance(await next_of(events, clock, 120), StillWorking)
            with pytest.raises(StreamInterrupted, match="nothing for 330 s") as caught:
                await next_of(events, clock, 90)
        assert caught.value.text == "Half."
        await stream.left.wait()

    on_cloud(flow)


def test_ten_minutes_of_heartbeats_are_enough(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(open_ended=True)
        cloud.script(CHAT, stream)
        async with client.chat.stream("s1", "hi") as events:
            for _ in range(4):
                stream.say(HEARTBEAT)
                assert await anext(events) == Heartbeat()
                assert isinstance(await next_of(events, clock, 120), StillWorking)
            stream.say(HEARTBEAT)
            assert await anext(events) == Heartbeat()
            with pytest.raises(StreamInterrupted, match="nothing but heartbeats for 600 s"):
                await next_of(events, clock, 120)

    on_cloud(flow)


def test_fifteen_minutes_of_words_are_enough(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(open_ended=True)
        cloud.script(CHAT, stream)
        async with client.chat.stream("s1", "hi") as events:
            for number in range(7):
                stream.say(adk(f"{number}."))
                assert isinstance(await anext(events), Text)
                assert isinstance(await next_of(events, clock, 120), StillWorking)
            stream.say(adk("7."))
            await anext(events)
            with pytest.raises(StreamInterrupted, match="more than 900 s") as caught:
                await next_of(events, clock, 60)
            assert caught.value.text.startswith("0.\n\n1.")

    on_cloud(flow)


def test_leaving_the_block_closes_the_stream(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        async with client.chat.stream("s1", "hi") as events:
            async for _ in events:
                break
        await stream.left.wait()
        assert events.reply.ended is Ended.CUT
        assert [event async for event in events] == []

    on_cloud(flow)


@pytest.mark.parametrize("forgotten", [True, False])
def test_after_a_bare_break_the_next_call_closes_the_abandoned_one(forgotten: bool, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        events = client.chat.stream("s1", "first")
        async for _ in events:
            break
        if forgotten:
            del events
            gc.collect()
        assert (await client.chat.send("s1", "second")).text
        await stream.left.wait()
        assert [sent.json["new_message"]["parts"][0]["text"] for sent in cloud.sent(CHAT)] == ["first", "second"]

    on_cloud(flow)


def test_closing_the_client_closes_the_rest(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        streams = [Stream(adk("a"), open_ended=True) for _ in range(3)]
        cloud.script(CHAT, *streams)
        kept = [client.chat.stream(f"s{number}", "hi") for number in range(3)]
        for events in kept:
            await anext(events)
        await client.aclose()
        for stream in streams:
            await stream.left.wait()

    on_cloud(flow)


def test_one_run_at_a_time_on_a_session(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        first, second = Stream(open_ended=True), Stream(adk("two"))
        cloud.script(CHAT, first, second)
        asked = asyncio.create_task(client.chat.send("s1", "first"))
        await first.opened.wait()
        behind = asyncio.create_task(client.chat.send("s1", "second"))
        elsewhere = await client.chat.send("s2", "third")  # another session waits for nobody
        assert elsewhere.text == "two"
        cloud.script(CHAT, Stream(adk("late")))
        assert not behind.done()
        assert len(cloud.sent(CHAT)) == 2
        first.say(adk("one"))
        first.finish()
        assert [reply.text for reply in await asyncio.gather(asked, behind)] == ["one", "late"]

    on_cloud(flow)


def test_one_run_at_a_time_also_while_the_client_opens(run: Run[Any], clock: TurnableClock) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            first, second = Stream(open_ended=True), Stream(adk("two"))
            cloud.script(CHAT, first, second)
            client = AsyncNemoClient(cloud.url, cloud.token, clock=clock)  # not entered: the first call opens it
            both = [asyncio.create_task(client.chat.send("s1", text)) for text in ("first", "second")]
            await first.opened.wait()
            await client.credits.balance()
            assert len(cloud.sent(CHAT)) == 1
            first.finish()
            await asyncio.gather(*both)
            await client.aclose()

    run(flow())


def test_many_waiting_for_one_session_all_get_their_turn(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, *(Stream(adk(f"{number}")) for number in range(8)))
        replies = await asyncio.gather(*(client.chat.send("s1", f"{number}") for number in range(8)))
        assert sorted(reply.text for reply in replies) == [str(number) for number in range(8)]

    on_cloud(flow)


@pytest.mark.parametrize("said", [b"", adk("a"), HEARTBEAT])
def test_a_cancelled_send_closes_the_stream(said: bytes, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(*([said] if said else []), open_ended=True)
        cloud.script(CHAT, stream)
        asked = asyncio.create_task(client.chat.send("s1", "hi"))
        await stream.opened.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        await stream.left.wait()
        assert (await client.chat.send("s1", "again")).text
        assert len(cloud.sent(CHAT)) == 2

    on_cloud(flow)


def test_a_cancelled_waiter_leaves_the_queue(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        first = Stream(open_ended=True)
        cloud.script(CHAT, first)
        asked = asyncio.create_task(client.chat.send("s1", "first"))
        await first.opened.wait()
        waiter = asyncio.create_task(client.chat.send("s1", "second"))
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.wait([waiter])
        first.finish()
        await asked
        assert (await client.chat.send("s1", "third")).text
        assert len(cloud.sent(CHAT)) == 2

    on_cloud(flow)


def test_an_event_without_end_is_an_error(on_cloud: OnCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nemovideo.protocol.sse.SSEDecoder.__init__.__kwdefaults__", {"max_event_bytes": 1000})

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(b"data: " + b"x" * 5000, open_ended=True)
        cloud.script(CHAT, stream)
        with pytest.raises(Exception, match="more than 1000 bytes"):
            await client.chat.send("s1", "hi")
        await stream.left.wait()

    on_cloud(flow)
