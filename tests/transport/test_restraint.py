"""While one call of a client was told to wait, its others wait too."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, CREDITS, TOKEN, Cloud, Reply, Stream
from tests.conftest import Run
from tests.transport.conftest import MakeCaller

from nemovideo.errors import RateLimited, TransportError
from nemovideo.limits import Limits
from nemovideo.protocol.endpoints import Call
from nemovideo.transport.caller import Caller
from nemovideo.transport.restraint import Restraint

READ = Call("GET", "/api/credits/balance/simple")
SAY = Call("POST", "/run_sse", phase="ask", session_id="s1")


async def settled(cloud: Cloud) -> None:
    """Come back when the cloud has had nothing new for a while of turns."""
    quiet, seen = 0, -1
    while quiet < 50:
        await asyncio.sleep(0.001)
        quiet, seen = (quiet + 1, seen) if seen == len(cloud.requests) else (0, len(cloud.requests))


async def said(caller: Caller) -> bytes:
    async with caller.stream(SAY, json={}, read_timeout=None) as incoming:
        return b"".join([chunk async for chunk in incoming.chunks()])


def test_the_others_wait_too_chats_among_them(run: Run[Any], calling: MakeCaller, clock: TurnableClock) -> None:
    clock.jumps = False

    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            cloud.script(CREDITS, Reply(None, 429, {"Retry-After": "20"}))
            first = asyncio.create_task(caller.get(READ))
            await settled(cloud)
            assert len(cloud.requests) == 1
            others = [asyncio.create_task(caller.get(READ)) for _ in range(5)]
            others.append(asyncio.create_task(said(caller)))
            await settled(cloud)
            assert len(cloud.requests) == 1  # nothing was added to the storm
            await clock.turn(19.9)
            await settled(cloud)
            assert len(cloud.requests) == 1
            await clock.turn(0.1)
            await first
            assert len(cloud.requests) == 2
            clock.advance(2.0)  # a tenth of the wait, at most, is how far the others spread
            await asyncio.gather(*others)
            assert len(cloud.requests) == 8

    run(flow())


def test_they_do_not_come_back_together() -> None:
    chances = iter([0.0, 0.5, 1.0])
    clock = TurnableClock()
    restraint = Restraint(clock, chance=lambda: next(chances))
    assert restraint.told(30.0) == 30.0  # the first to be told waits as long as it was told
    assert [restraint.told(30.0) for _ in range(3)] == [30.0, 31.5, 33.0]


def test_what_is_under_way_is_not_touched(run: Run[Any], calling: MakeCaller, clock: TurnableClock) -> None:
    clock.jumps = False

    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            stream = Stream(open_ended=True)
            cloud.script(CHAT, stream)
            cloud.script(CREDITS, Reply(None, 429, {"Retry-After": "20"}))
            chat = asyncio.create_task(said(caller))
            await stream.opened.wait()
            told = asyncio.create_task(caller.get(READ))
            await settled(cloud)
            stream.say(b"data: going on\n\n")
            stream.finish()
            assert await chat == b"data: going on\n\n"
            assert not told.done()
            await clock.turn(20.0)
            await told

    run(flow())


def test_one_that_is_cancelled_while_it_waits_holds_nobody_up(
    run: Run[Any], calling: MakeCaller, clock: TurnableClock
) -> None:
    clock.jumps = False

    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            cloud.script(CREDITS, Reply(None, 429, {"Retry-After": "20"}))
            first = asyncio.create_task(caller.get(READ))
            await settled(cloud)
            other = asyncio.create_task(caller.get(READ))
            await settled(cloud)
            first.cancel()
            other.cancel()
            await asyncio.wait([first, other])
            assert first.cancelled()
            assert other.cancelled()
            again = asyncio.create_task(caller.get(READ))
            await settled(cloud)
            assert len(cloud.requests) == 1  # the backend asked for 20 s, whoever has gone meanwhile
            clock.advance(22.0)
            await again

    run(flow())


def test_two_clients_share_nothing(run: Run[Any], calling: MakeCaller, clock: TurnableClock) -> None:
    clock.jumps = False

    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as one, calling(cloud) as other:
            cloud.script(CREDITS, Reply(None, 429, {"Retry-After": "20"}))
            told = asyncio.create_task(one.get(READ))
            await settled(cloud)
            await other.get(READ)
            await clock.turn(20.0)
            await told

    run(flow())


def test_a_wait_that_is_not_granted_holds_nobody_up(run: Run[Any], calling: MakeCaller, clock: TurnableClock) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud, limits=Limits(retry_after=10.0)) as caller:
            cloud.script(CREDITS, Reply(None, 429, {"Retry-After": "11"}))
            with pytest.raises(RateLimited):
                await caller.get(READ)
            await caller.get(READ)
            assert clock.slept == []

    run(flow())


def test_a_burst_of_5xx_is_lived_through_by_reads_only(
    run: Run[Any], calling: MakeCaller, clock: TurnableClock
) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            for status in (500, 502, 503, 504):
                cloud.script(CREDITS, *[Reply(None, status)] * 3)
                await caller.get(READ)
            assert len(cloud.requests) == 16
            cloud.script(CREDITS, *[Reply(None, 503)] * 9)
            with pytest.raises(TransportError) as caught:
                await caller.get(READ)
            assert caught.value.status == 503
            assert len(cloud.requests) == 20
            cloud.script(CHAT, *[Reply(None, 503)] * 9)
            with pytest.raises(TransportError):
                await said(caller)
            assert len(cloud.sent(CHAT)) == 1

    run(flow())


def test_a_token_is_not_asked_for_in_two_layers(run: Run[Any], calling: MakeCaller, clock: TurnableClock) -> None:
    """The retries of the token call are not multiplied by those of the call that needs it."""

    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            cloud.script(TOKEN, *[Reply({"code": 429}, 429)] * 9)
            with pytest.raises(RateLimited) as caught:
                await caller.get(READ)
            assert len(cloud.sent(TOKEN)) == 2
            assert clock.slept == [30.0]
            assert "One anonymous token is given per client in 7 days" in str(caught.value)

    run(flow())
