"""How long an answer may take, and how large one event may be: every limit the client's own, no time really spent."""

from __future__ import annotations

import asyncio
import pickle

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, STATE, Cloud, Stream, adk
from tests.resources.conftest import OnCloud
from tests.resources.following import HEARTBEAT, next_of, until

from nemovideo import AsyncNemoClient
from nemovideo.errors import ProtocolError, StreamInterrupted
from nemovideo.limits import Limits
from nemovideo.protocol.events import ChatEvent, Heartbeat, StillWorking, Text
from nemovideo.resources.chatstream import ChatStream
from nemovideo.resources.chatwire import ChatWire
from nemovideo.resources.state import State

AT_ONCE = Limits(recovery_attempts=0)
KNOWN = State({})  # so that nothing but the answer is waited for


def opened(client: AsyncNemoClient) -> ChatStream:
    return client.chat.stream("s1", "hi", baseline=KNOWN)


def wire_of(events: ChatStream) -> ChatWire:
    turn = events._turn
    assert turn is not None
    assert turn.wire is not None
    return turn.wire


def test_still_working_every_two_minutes(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(open_ended=True)
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            assert await next_of(events, clock, 120) == StillWorking(120.0)
            assert await next_of(events, clock, 120) == StillWorking(240.0)
            stream.say(adk("Done."))
            assert isinstance(await anext(events), Text)
            stream.finish()
            with pytest.raises(StopAsyncIteration):
                await anext(events)

    on_cloud(flow)


def test_still_working_counts_from_the_last_word(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(open_ended=True)
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            for piece in (HEARTBEAT, adk("One.")):
                following = asyncio.ensure_future(anext(events))
                await clock.turn(50)
                stream.say(piece)
                assert not isinstance(await following, StillWorking)
            following = asyncio.ensure_future(anext(events))
            await clock.turn(119)
            await client.credits.balance()
            assert not following.done()
            await clock.turn(1)
            assert await following == StillWorking(220.0)

    on_cloud(flow)


def test_a_silent_server_is_given_up(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("Half."), open_ended=True)
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            await anext(events)
            for _ in range(2):
                assert isinstance(await next_of(events, clock, 120), StillWorking)
            with pytest.raises(StreamInterrupted, match="nothing for 330 s") as caught:
                await next_of(events, clock, 90)
        assert caught.value.text == "Half."
        await stream.left.wait()

    on_cloud(flow, limits=AT_ONCE)


def test_ten_minutes_of_heartbeats_are_enough(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(open_ended=True)
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            for _ in range(4):
                stream.say(HEARTBEAT)
                assert await anext(events) == Heartbeat()
                assert isinstance(await next_of(events, clock, 120), StillWorking)
            stream.say(HEARTBEAT)
            assert await anext(events) == Heartbeat()
            with pytest.raises(StreamInterrupted, match="nothing but heartbeats for 600 s"):
                await next_of(events, clock, 120)

    on_cloud(flow, limits=AT_ONCE)


ALIVE = (
    HEARTBEAT, b": alive\n\n", b"event: heartbeat\n\n", b"event: ping\n\n", b"event: ping\ndata: {}\n\n",
    b"data: {}\n\n", b'data: "heartbeat"\n\n', b"data: ping\n\n", b'data: "ping"\n\n', b'data: {"type":"ping"}\n\n',
    b'data: {"type":"heartbeat"}\n\n', b"event: heartbeat\r\n\r\n",
)  # fmt: skip


@pytest.mark.parametrize("beat", ALIVE)
def test_heartbeats_that_come_faster_than_they_are_read_are_enough_too(
    beat: bytes, on_cloud: OnCloud, clock: TurnableClock
) -> None:
    """Something is there whenever the reader comes: the wait is told, and given up, all the same."""

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(beat, open_ended=True)
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            assert await anext(events) == Heartbeat()
            wire, found = wire_of(events), list[ChatEvent]()

            async def reads() -> None:
                while True:
                    clock.advance(60)
                    stream.say(beat)
                    await until(lambda: wire._ahead)
                    found.append(await anext(events))
                    while events._events or events._groups:
                        found.append(await anext(events))

            with pytest.raises(StreamInterrupted, match="nothing but heartbeats for 600 s"):
                await reads()
        told = [event.seconds for event in found if isinstance(event, StillWorking)]
        assert told == [120.0, 240.0, 360.0, 480.0]
        assert clock.time == 1_800_000_600.0

    on_cloud(flow, limits=AT_ONCE)


def test_who_was_away_for_long_does_not_take_old_heartbeats_for_all_there_is(
    on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(HEARTBEAT, open_ended=True)
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            await anext(events)
            wire = wire_of(events)
            stream.say(HEARTBEAT)
            await until(lambda: wire._ahead)
            clock.advance(700)
            assert await anext(events) == Heartbeat()
            stream.say(adk("Done."))
            assert isinstance(await anext(events), StillWorking)
            await until(lambda: wire._ahead)
            assert isinstance(await anext(events), Text)

    on_cloud(flow, limits=AT_ONCE)


def test_fifteen_minutes_of_words_are_enough(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(open_ended=True)
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            for number in range(7):
                stream.say(adk(f"{number}."))
                assert isinstance(await anext(events), Text)
                assert isinstance(await next_of(events, clock, 120), StillWorking)
            stream.say(adk("7."))
            await anext(events)
            with pytest.raises(StreamInterrupted, match="more than 900 s") as caught:
                await next_of(events, clock, 60)
            assert caught.value.text.startswith("0.\n\n1.")

    on_cloud(flow, limits=AT_ONCE)


def test_who_never_stops_talking_is_stopped(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("0."), open_ended=True)
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            await anext(events)
            stream.say(adk("1."))
            wire = wire_of(events)
            await until(lambda: wire._ahead)
            clock.advance(901)
            with pytest.raises(StreamInterrupted, match="more than 900 s"):
                await anext(events)

    on_cloud(flow, limits=AT_ONCE)


def test_a_slow_reader_loses_nothing_of_an_answer_that_is_there(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), adk("b"))
        cloud.script(CHAT, stream)
        async with opened(client) as events:
            await anext(events)
            wire = wire_of(events)
            await until(wire._reading.done)  # the end has come, too
            clock.advance(5000)
            assert [event.text async for event in events if isinstance(event, Text)] == ["b"]

    on_cloud(flow, limits=AT_ONCE)


@pytest.mark.parametrize(
    ("limits", "heard", "told"),
    [
        (Limits(chat=7.0, recovery_attempts=0), (), "more than 7 s"),
        (Limits(silence=7.0, recovery_attempts=0), (), "nothing for 7 s"),
        (Limits(only_heartbeats=7.0, recovery_attempts=0), (HEARTBEAT,), "nothing but heartbeats for 7 s"),
    ],
)
def test_every_limit_is_the_clients_own(
    limits: Limits, heard: tuple[bytes, ...], told: str, on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(*heard, open_ended=True))
        async with opened(client) as events:
            for _ in heard:
                await anext(events)
            with pytest.raises(StreamInterrupted, match=told):
                await next_of(events, clock, 7)

    on_cloud(flow, limits=limits)


def test_how_often_a_wait_is_told_is_the_clients_own(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(open_ended=True))
        async with opened(client) as events:
            assert await next_of(events, clock, 3) == StillWorking(3.0)
            assert await next_of(events, clock, 3) == StillWorking(6.0)

    on_cloud(flow, limits=Limits(still_working=3.0))


@pytest.mark.parametrize("pieces", [1, 3, 100])
def test_an_event_that_is_too_large_ends_the_answer_and_keeps_what_was_said(pieces: int, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        body = adk("Half.") + adk("x" * 5000)
        size = len(body) // pieces + 1
        stream = Stream(*(body[at : at + size] for at in range(0, len(body), size)), open_ended=True)
        cloud.script(CHAT, stream)
        with pytest.raises(ProtocolError, match="more than 1000 bytes") as caught:
            await client.chat.send("s1", "hi")
        assert caught.value.text == "Half."
        assert (caught.value.phase, caught.value.session_id) == ("ask", "s1")
        assert "event_bytes" in str(caught.value)
        assert pickle.loads(pickle.dumps(caught.value)).text == "Half."
        await stream.left.wait()
        assert cloud.calls == [STATE, CHAT]
        assert (await client.chat.send("s1", "hi")).text

    on_cloud(flow, limits=Limits(event_bytes=1000))


def test_many_events_are_no_large_one(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(b"".join(adk(f"{number}") for number in range(200))))
        assert len((await client.chat.send("s1", "hi")).text.split()) == 200

    on_cloud(flow, limits=Limits(event_bytes=400))


def test_a_reader_who_is_slow_slows_the_server(on_cloud: OnCloud) -> None:
    """What is held for a stream that nobody follows just now is bounded."""

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("a"), *[adk("x" * 60_000)] * 200))
        async with client.chat.stream("s1", "hi") as events:
            await anext(events)
            wire = wire_of(events)
            await until(lambda: wire._size >= 2**16)
            for _ in range(20):  # of some 12 MB, time enough for most
                await client.credits.balance()
            assert not wire._reading.done()
            assert wire._size < 3 * 2**20
            assert len([event async for event in events]) == 200

    on_cloud(flow)
