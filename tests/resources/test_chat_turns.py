"""Who speaks when: one run at a time on a session, and no lock that nobody will release; nothing is left open."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Coroutine, Generator
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, STATE, Cloud, Raw, Stream, adk, flat
from tests.conftest import Run
from tests.resources.conftest import OnCloud
from tests.resources.following import HEARTBEAT, state, until

from nemovideo import AsyncNemoClient
from nemovideo.errors import StreamInterrupted, TransportError, UsageError
from nemovideo.limits import Limits
from nemovideo.protocol.reply import Ended
from nemovideo.resources.chatstream import ChatStream


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


def test_a_stream_whose_task_has_ended_is_closed_by_whoever_comes(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        events = client.chat.stream("s1", "first")
        await asyncio.create_task(first_of(events))
        assert (await client.chat.send("s1", "second")).text
        await stream.left.wait()
        with pytest.raises(StreamInterrupted, match="another call on this session took over"):
            await anext(events)
        assert [event async for event in events] == []

    on_cloud(flow)


async def first_of(events: ChatStream) -> None:
    async for _ in events:
        break


def test_who_waits_hears_of_a_task_that_ends(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        events = client.chat.stream("s1", "first")
        told = asyncio.Event()

        async def holds_it() -> None:
            await first_of(events)
            await told.wait()

        holder = asyncio.create_task(holds_it())
        await stream.opened.wait()
        waiter = asyncio.create_task(client.chat.send("s1", "second"))
        await client.credits.balance()
        assert len(cloud.sent(CHAT)) == 1
        told.set()
        assert (await waiter).text
        await holder

    on_cloud(flow)


def test_who_waits_looks_again_for_a_stream_that_was_dropped(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        held = [client.chat.stream("s1", "first")]
        read, dropped = asyncio.Event(), asyncio.Event()

        async def holds_it() -> None:
            await first_of(held[0])
            read.set()
            await dropped.wait()

        holder = asyncio.create_task(holds_it())
        await read.wait()
        following = asyncio.ensure_future(anext(held[0]))  # only whoever follows it holds it
        waiter = asyncio.create_task(client.chat.send("s1", "second"))
        await asyncio.sleep(0)
        clock.advance(5)
        await client.credits.balance()
        assert not waiter.done()
        held.clear()
        stream.say(adk("b"))
        await following
        del following
        gc.collect()
        await until(lambda: clock._waiting)
        clock.advance(4.9)
        await until(waiter.done)
        assert (await waiter).text
        dropped.set()
        await holder

    on_cloud(flow)


@pytest.mark.parametrize("block", [True, False], ids=["within async with", "after a bare break"])
def test_a_call_from_another_task_closes_a_stream_that_nobody_follows(
    block: bool, on_cloud: OnCloud, clock: TurnableClock
) -> None:
    """`asyncio.wait_for` and `gather` make a task of their own: the one that holds the stream waits for them."""

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        events = client.chat.stream("s1", "first")
        async with contextlib.AsyncExitStack() as stack:
            if block:
                await stack.enter_async_context(events)
            await anext(events)
            calling = asyncio.gather(client.chat.send("s1", "second"))
            await until(lambda: clock._waiting)
            clock.advance(4.9 if block else 0.9)
            await client.credits.balance()
            assert len(cloud.sent(CHAT)) == 1
            clock.advance(0.2)
            assert [reply.text for reply in await calling] == ["Compressed as you wished."]
            await stream.left.wait()
            with pytest.raises(StreamInterrupted, match="another call on this session took over") as caught:
                await anext(events)
            assert (caught.value.text, events.reply.ended) == ("a", Ended.CUT)
            assert caught.value.baseline is not None

    on_cloud(flow)


def test_who_reads_slowly_but_reads_is_waited_for(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(*(adk(f"{number}") for number in range(4)), open_ended=True)
        cloud.script(CHAT, stream)
        events = client.chat.stream("s1", "first")
        await anext(events)
        waiter = asyncio.create_task(client.chat.send("s1", "second"))
        for _ in range(3):
            await until(lambda: clock._waiting)
            clock.advance(4)
            await anext(events)
            await client.credits.balance()
        assert len(cloud.sent(CHAT)) == 1
        stream.finish()
        assert [event async for event in events] == []
        assert events.reply.ended is Ended.CLEAN
        assert (await waiter).text

    on_cloud(flow)


@pytest.mark.parametrize("said", [(adk("a"), adk("b")), (flat({"type": "tool_call", "name": "f", "args": {}}),)])
def test_an_answer_that_has_come_whole_stays_readable(
    said: tuple[bytes, ...], on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(*said))
        events = client.chat.stream("s1", "first")
        await anext(events)
        turn = events._turn
        assert turn is not None
        await until(lambda: turn.wire is not None and turn.wire.complete)
        waiter = asyncio.create_task(client.chat.send("s1", "second"))
        await until(lambda: clock._waiting)
        clock.advance(5)
        assert (await waiter).text
        assert len([event async for event in events]) == len(said) - 1
        assert (events.reply.ended, events.reply.compared) == (Ended.CLEAN, False)  # compare what, and with what?

    on_cloud(flow)


def test_a_message_from_within_an_open_stream_closes_it(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        async with client.chat.stream("s1", "first") as events:
            async for _ in events:
                assert (await client.chat.send("s1", "second")).text
                await stream.left.wait()
        assert events.reply.ended is Ended.CUT

    on_cloud(flow)


def test_a_stream_that_is_never_followed_holds_nobody_up(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        kept = client.chat.stream("s1", "never")
        async with client.chat.stream("s1", "nor this"):
            assert (await client.chat.send("s1", "second")).text
        assert len(cloud.sent(CHAT)) == 1
        await kept.aclose()
        assert [event async for event in kept] == []

    on_cloud(flow)


def test_a_stream_may_be_handed_on_but_not_shared(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        events = client.chat.stream("s1", "first")
        await asyncio.create_task(first_of(events))  # its first owner has gone
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        with pytest.raises(UsageError, match="another task"):
            await anext(events)
        second = asyncio.create_task(client.chat.send("s1", "second"))
        await client.credits.balance()
        assert len(cloud.sent(CHAT)) == 1  # whoever follows it now owns it
        stream.say(adk("b"))
        await waiting
        await events.aclose()
        assert (await second).text

    on_cloud(flow)


@pytest.mark.parametrize("said", [(), (adk("Half."),)])
def test_closing_the_client_interrupts_who_follows(said: tuple[bytes, ...], on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(*said, open_ended=True)
        cloud.script(CHAT, stream)
        sending = asyncio.create_task(client.chat.send("s1", "hi"))
        behind = asyncio.create_task(client.chat.send("s1", "later"))
        await stream.opened.wait()
        await client.aclose()
        with pytest.raises(StreamInterrupted, match="the client was closed") as caught:
            await sending
        assert caught.value.baseline is not None
        with pytest.raises(TransportError, match="before the message was sent"):
            await behind
        assert len(cloud.sent(CHAT)) == 1
        async with AsyncNemoClient(cloud.url, cloud.token) as another:
            cloud.script(STATE, state({"d": 1, "t": []}))
            assert (await another.chat.recover(caught.value)).recovered

    on_cloud(flow)


def test_closing_the_client_before_the_message_went_sends_nothing(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, Raw(b"", end="hang"))
        sending = asyncio.create_task(client.chat.send("s1", "hi"))
        await until(lambda: cloud.sent(STATE))
        await client.aclose()
        with pytest.raises(TransportError, match="before the message was sent"):
            await sending
        assert not cloud.sent(CHAT)

    on_cloud(flow)


def test_closing_the_client_wakes_who_recovers(on_cloud: OnCloud, clock: TurnableClock) -> None:
    clock.jumps = False

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(b"data: {"))
        sending = asyncio.create_task(client.chat.send("s1", "hi"))
        await until(lambda: 30.0 in clock.slept)
        await client.aclose()
        with pytest.raises(StreamInterrupted, match="the client was closed"):
            await sending

    on_cloud(flow)


def test_a_stream_closed_by_another_task_ends(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(adk("a"), open_ended=True)
        cloud.script(CHAT, stream)
        events = client.chat.stream("s1", "hi")

        async def all_of() -> int:
            return len([event async for event in events])

        following = asyncio.create_task(all_of())
        await stream.opened.wait()
        await events.aclose()
        assert await following <= 1
        assert events.reply.ended is Ended.CUT
        await stream.left.wait()

    on_cloud(flow)


def test_a_stream_closed_while_it_waits_for_its_turn_sends_nothing(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        first = Stream(open_ended=True)
        cloud.script(CHAT, first)
        sending = asyncio.create_task(client.chat.send("s1", "first"))
        await first.opened.wait()
        second = client.chat.stream("s1", "second")

        async def follow() -> int:
            return len([event async for event in second])

        following = asyncio.create_task(follow())
        await client.credits.balance()
        await second.aclose()
        first.finish()
        await sending
        assert await following == 0
        assert len(cloud.sent(CHAT)) == 1
        assert client.chat._turns == {}

    on_cloud(flow)


class Cancelling:
    """Runs a coroutine, and cancels its task at the given waits, counted from one."""

    def __init__(self, work: Coroutine[Any, Any, Any], *at: int) -> None:
        self._work = work
        self._at = at

    async def run(self) -> Any:
        return await self

    def __await__(self) -> Generator[Any, Any, Any]:
        task = asyncio.current_task()
        assert task is not None
        step, waits = self._work.__await__(), 0
        error: BaseException | None = None
        while True:
            try:
                future = next(step) if error is None else step.throw(error)
            except StopIteration as end:
                return end.value
            waits += 1
            if waits in self._at:
                asyncio.get_running_loop().call_soon(task.cancel)
            error = None
            try:
                yield future
            except BaseException as raised:  # noqa: BLE001 -- it belongs to the coroutine
                error = raised


async def follow(events: ChatStream) -> None:
    async for _ in events:
        pass


ROADS: dict[str, tuple[bytes, ...]] = {
    "words, without a block": (adk("Hel", partial=True), adk("Hello")),
    "words": (adk("Hel", partial=True), adk("Hello")),
    "silent": (HEARTBEAT,),
    "cut": (adk("Half."), b"data: {"),
}


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("name", ROADS)
def test_a_cancellation_at_every_wait_leaves_nothing(name: str, times: int, run: Run[Any]) -> None:
    """Of a send, from the first look at the state to the last of the recovery; and several, while it cleans up."""

    async def once(at: int) -> bool:
        limits = Limits(recovery_attempts=2)
        async with (
            Cloud() as cloud,
            AsyncNemoClient(cloud.url, cloud.token, clock=TurnableClock(), limits=limits) as client,
        ):
            stream = Stream(*ROADS[name])
            cloud.script(CHAT, stream)
            bare = name.endswith("without a block")
            work = follow(client.chat.stream("s1", "hi")) if bare else client.chat.send("s1", "hi")
            sending = asyncio.create_task(Cancelling(work, *range(at, at + times)).run())
            await asyncio.wait([sending])
            if not sending.cancelled():
                assert isinstance(sending.exception(), StreamInterrupted | None)
            assert len(cloud.sent(CHAT)) <= 1
            await until(lambda: not client.chat._turns)  # by itself, with nobody coming to close it
            cloud._scripts[CHAT].clear()
            assert (await client.chat.send("s1", "again")).text == "Compressed as you wished."
            if stream.opened.is_set():
                await stream.left.wait()
            assert client.chat._turns == {}
            assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("nemovideo")]
            return sending.cancelled()

    async def flow() -> None:
        at = past = 0
        while past < 3:  # beyond the last wait nothing is cancelled any more
            at += 1
            past = 0 if await once(at) else past + 1
            assert at < 500
        assert at > 5

    run(flow())


def test_a_snapshot_and_a_reply_know_what_was_handed_out_and_no_more(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(b"".join(adk(word, partial=True) for word in "abc") + adk("abc")))
        async with client.chat.stream("s1", "hi") as events:
            told = [str(events.snapshot) async for _ in events]
        assert told == ["a", "ab", "abc", "abc"]
        cloud.script(CHAT, Stream(b"".join(adk(word, partial=True) for word in "abc")))
        async with client.chat.stream("s1", "hi") as events:
            await anext(events)
        assert events.reply.text == "a"

    on_cloud(flow)
