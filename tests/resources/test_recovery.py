"""After a cut: nothing is sent again, the state tells what became of the message, and an error that helps where not."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import Callable

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, DRAFT, STATE, Cloud, Raw, Stream, adk, flat, raw
from tests.cloud import Reply as Says
from tests.resources.conftest import OnCloud
from tests.resources.following import HEARTBEAT, TITLE_ADDED, TITLED, next_of, state, until

from nemovideo import AsyncNemoClient
from nemovideo.errors import AgentError, NemoError, SessionNotFound, StreamInterrupted, TransportError, UsageError
from nemovideo.limits import Limits
from nemovideo.protocol.events import StillWorking
from nemovideo.protocol.reply import Ended
from nemovideo.resources.baseline import Baseline
from nemovideo.resources.state import State

CHUNKED, SSE = "Transfer-Encoding: chunked", "Content-Type: text/event-stream"
HALF = adk("Half.")


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def cut_off(*said: bytes) -> Stream:
    stream = Stream(*said, open_ended=True)
    stream.finish(cut=True)
    return stream


CUTS: dict[str, Callable[[], Raw | Stream | Says]] = {
    "chunked, closed": lambda: cut_off(HALF),
    "chunked, reset": lambda: raw(chunk(HALF), CHUNKED, SSE, end="rst"),
    "chunked, within a chunk": lambda: raw(chunk(HALF)[:-20], CHUNKED, SSE),
    "sized, short": lambda: raw(HALF, "Content-Length: 100000", SSE),
    "sized, reset": lambda: raw(HALF, "Content-Length: 100000", SSE, end="rst"),
    "no answer at all": lambda: Raw(b""),
    "no answer, reset": lambda: Raw(b"", end="rst"),
    "half the headers": lambda: Raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "garbage": lambda: Raw(b"HTTP/1.1 two hundred\r\n\r\n"),
    "within an event, by a clean end": lambda: Stream(HALF, b'data: {"content'),
    "before the blank line, by a clean end": lambda: Stream(HALF, HALF[:-1]),
    "the run was stopped": lambda: Stream(HALF, flat({"author": "a", "errorCode": "INVOCATION_ABORTED"})),
    "unframed, nothing": lambda: raw(b"", SSE),
    "unframed, heartbeats": lambda: raw(HEARTBEAT * 3, SSE),
    "unframed, deltas": lambda: raw(adk("Half.", partial=True), SSE),
    "unframed, a call without its result": lambda: raw(flat({"type": "tool_call", "name": "f", "args": {}}), SSE),
    "unframed, reset": lambda: raw(adk("Half.", partial=True), SSE, end="rst"),
    "a gateway's page": lambda: Says(b"<html>Bad Gateway</html>", 502, {"Content-Type": "text/html"}),
    "a busy gateway": lambda: Says(b"", 503),
    "a gateway that waited": lambda: Says(b"<html>", 504, {"Content-Type": "text/html"}),
    "a gateway of its own kind": lambda: Says(b"<html>", 524, {"Content-Type": "text/html"}),
    "a server's fault": lambda: Says({"detail": "Internal Server Error"}, 500),
}


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_message_that_took_effect_is_told_from_the_state(
    name: str, on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, CUTS[name]())
        cloud.script(STATE, state(DRAFT), state(DRAFT), state(TITLED))
        reply = await client.chat.send("s1", "add a title")
        assert (reply.recovered, reply.ended, reply.changes) == (True, Ended.CUT, (TITLE_ADDED,))
        assert reply.text in {"Half.", ""}
        assert str(reply).endswith(TITLE_ADDED)
        assert cloud.calls == [STATE, CHAT, STATE, STATE]
        assert clock.slept == [30.0, 60.0]
        assert (await client.chat.send("s1", "again")).text

    on_cloud(flow)


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_message_without_effect_is_raised_after_five_looks(
    name: str, on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, CUTS[name]())
        with pytest.raises(StreamInterrupted, match="nothing has changed in the session since") as caught:
            await client.chat.send("s1", "add a title")
        assert caught.value.text in {"Half.", ""}
        assert (caught.value.session_id, caught.value.phase) == ("s1", "ask")
        assert "client.chat.recover(error)" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert cloud.calls == [STATE, CHAT, *[STATE] * 5]
        assert sum(clock.slept) == 30 + 4 * 60
        assert (await client.chat.send("s1", "again")).text

    on_cloud(flow)


def test_a_bad_chunk_on_which_aiohttp_may_hang_ends_by_the_silence(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, raw(chunk(HALF) + b"zz\r\n", CHUNKED, SSE))
        cloud.script(STATE, state(TITLED))
        async with client.chat.stream("s1", "hi", baseline=State({"state": {"draft": DRAFT}})) as events:
            if await anext(events, None) is not None:
                following = asyncio.ensure_future(anext(events, None))
                await until(lambda: following.done() or clock._waiting)
                clock.advance(7)
                await following
            assert events.reply.recovered

    on_cloud(flow, limits=Limits(silence=7.0))


@pytest.mark.parametrize(
    "answer",
    [
        raw(HALF, SSE),
        raw(adk("Ha", partial=True) + HALF, SSE),
        raw(flat({"type": "tool_call", "name": "f", "args": {}}, {"type": "tool_result", "name": "f"}) + HALF, SSE),
    ],
    ids=["a whole text", "deltas and their text", "a tool, its result, a text"],
)
def test_an_unframed_answer_that_is_whole_is_taken_as_such(
    answer: Raw, on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, answer)
        reply = await client.chat.send("s1", "hi")
        assert (reply.text, reply.ended, reply.recovered) == ("Half.", Ended.CLEAN, False)
        assert (reply.compared, reply.changes, str(reply)) == (True, (), "Half.")
        assert cloud.calls == [STATE, CHAT, STATE]  # nothing tells its end from a cut: it is looked, once
        assert clock.slept == []
        cloud.script(CHAT, answer)
        cloud.script(STATE, state(DRAFT), state(TITLED))
        assert (await client.chat.send("s1", "hi")).changes == (TITLE_ADDED,)
        cloud.script(CHAT, answer)
        cloud.script(STATE, state(DRAFT), Says(None, 404))
        assert not (await client.chat.send("s1", "hi")).compared

    on_cloud(flow)


@pytest.mark.parametrize("end", ["fin", "rst"])
def test_a_crash_line_is_an_end_whatever_comes_after_it(end: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, raw(chunk(HALF + b'data: {"error": "boom"}\n\ndata: {"x'), CHUNKED, SSE, end=end))
        with pytest.raises(AgentError, match="boom"):
            await client.chat.send("s1", "hi")
        assert cloud.calls == [STATE, CHAT]

    on_cloud(flow)


def test_followed_event_by_event_the_wait_is_told(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, *[state(DRAFT)] * 5, state(TITLED))
        async with client.chat.stream("s1", "add a title") as events:
            found = [event async for event in events]
            assert [event for event in found if isinstance(event, StillWorking)] == [
                StillWorking(120.0),
                StillWorking(240.0),
            ]
            assert str(events.snapshot) == events.reply.text == "Half."
            assert (events.reply.recovered, events.reply.changes) == (True, (TITLE_ADDED,))
        assert cloud.calls == [STATE, CHAT, *[STATE] * 5]

    on_cloud(flow)


def test_followed_event_by_event_the_failure_is_raised_once(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        events = client.chat.stream("s1", "add a title")
        with pytest.raises(StreamInterrupted):
            async for _ in events:
                pass
        assert [event async for event in events] == []
        assert (events.reply.ended, events.reply.recovered) == (Ended.CUT, False)

    on_cloud(flow)


def test_an_overdue_answer_is_looked_up_too(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(HALF, open_ended=True)
        cloud.script(CHAT, stream)
        cloud.script(STATE, state(TITLED))
        async with client.chat.stream("s1", "hi", baseline=State({"state": {"draft": DRAFT}})) as events:
            await anext(events)
            for _ in range(2):
                await next_of(events, clock, 120)
            following = asyncio.ensure_future(anext(events, None))
            await clock.turn(90)
            assert await following in {None, StillWorking(330.0), StillWorking(360.0)}
            async for _ in events:
                pass
            assert (events.reply.text, events.reply.recovered) == ("Half.", True)
        await stream.left.wait()
        assert cloud.calls == [CHAT, STATE]

    on_cloud(flow)


def test_the_waits_are_the_clients_own(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off())
        with pytest.raises(StreamInterrupted):
            await client.chat.send("s1", "hi")
        assert clock.slept == [1.0, 2.0, 2.0]
        assert cloud.calls == [STATE, CHAT, *[STATE] * 3]

    on_cloud(flow, limits=Limits(recovery_first=1.0, recovery_again=2.0, recovery_attempts=3))


def test_where_it_is_switched_off_the_cut_is_raised_at_once(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        with pytest.raises(StreamInterrupted, match="cut off") as caught:
            await client.chat.send("s1", "hi")
        assert cloud.calls == [STATE, CHAT]
        assert clock.slept == []
        cloud.script(STATE, state(TITLED))
        assert (await client.chat.recover(caught.value)).changes == (TITLE_ADDED,)

    on_cloud(flow, limits=Limits(recovery_attempts=0))


BAD: list[Says | Raw] = [Says(None, 503), Raw(b""), Says(b"<html>"), Says({"code": 9999})]


def test_looks_that_fail_are_no_answers(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, state(DRAFT), *BAD[2:], state(DRAFT), *BAD[2:], *BAD[2:], state(TITLED))
        reply = await client.chat.send("s1", "hi")
        assert reply.changes == (TITLE_ADDED,)
        assert len(cloud.sent(STATE)) == 9

    on_cloud(flow)


def test_when_the_state_cannot_be_had_any_more_that_is_said(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, state(DRAFT), *[Says(None, 503)] * 5)
        with pytest.raises(StreamInterrupted, match="state cannot be asked") as caught:
            await client.chat.send("s1", "hi")
        assert caught.value.text == "Half."
        assert caught.value.status == 503
        assert cloud.calls == [STATE, CHAT, *[STATE] * 5]
        cloud.script(STATE, state(TITLED))
        assert (await client.chat.recover(caught.value)).text == "Half."

    on_cloud(flow)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Says({"code": 1002, "message": "no session"}, 404), 1002),
        (Says({"code": 1001, "message": "expired"}, 401), 1001),
    ],
)
def test_a_final_answer_ends_the_recovery(answer: Says, code: int, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, state(DRAFT), answer)
        with pytest.raises(StreamInterrupted, match="state cannot be asked") as caught:
            await client.chat.send("s1", "hi")
        assert (caught.value.text, caught.value.code) == ("Half.", code)
        assert isinstance(caught.value.__cause__, NemoError)
        assert cloud.calls == [STATE, CHAT, STATE]

    on_cloud(flow)


def test_a_look_that_hangs_is_one_that_failed(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, state(DRAFT), Raw(b"", end="hang"), state(TITLED))
        sending = asyncio.create_task(client.chat.send("s1", "hi"))
        await until(lambda: len(cloud.sent(STATE)) == 2)
        await clock.turn(30)
        assert (await sending).recovered

    on_cloud(flow)


UNKNOWN = Says(None, 404)


def test_without_a_baseline_nothing_is_claimed(on_cloud: OnCloud, clock: TurnableClock) -> None:
    """What was there before is not known, so it is said what is there, once nothing changes any more."""

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, UNKNOWN, *[state(TITLED)] * 6)
        with pytest.raises(StreamInterrupted, match=r"held before is not known; it holds now: .*Paradise") as caught:
            await client.chat.send("s1", "hi")
        assert (caught.value.text, caught.value.baseline) == ("Half.", None)
        assert cloud.calls == [STATE, CHAT, *[STATE] * 5]
        assert sum(clock.slept) == 30 + 4 * 60
        with pytest.raises(StreamInterrupted, match=r"not known; it holds now: .*Paradise Found"):
            await client.chat.recover(caught.value)

    on_cloud(flow)


def test_without_a_baseline_a_change_between_two_looks_is_proof(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, UNKNOWN, state(DRAFT), Says(None, 503), state(DRAFT), state(TITLED))
        reply = await client.chat.send("s1", "add a title")
        assert (reply.recovered, reply.changes, reply.text) == (True, (TITLE_ADDED,), "Half.")

    on_cloud(flow)


def test_without_a_baseline_and_a_state_that_is_said(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, UNKNOWN, UNKNOWN, UNKNOWN)
        with pytest.raises(StreamInterrupted, match="state cannot be asked") as caught:
            await client.chat.send("s1", "hi")
        with pytest.raises(SessionNotFound):
            await client.chat.recover(caught.value)

    on_cloud(flow)


def test_recover_looks_once_and_may_be_asked_again_and_from_another_process(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        with pytest.raises(StreamInterrupted) as caught:
            await client.chat.send("s1", "hi")
        asked = len(cloud.sent(STATE))
        elsewhere = pickle.loads(pickle.dumps(caught.value))
        for error in (caught.value, elsewhere, copy.copy(elsewhere)):
            with pytest.raises(StreamInterrupted, match="nothing has changed") as again:
                await client.chat.recover(error)
            assert (again.value.text, again.value.baseline) == ("Half.", caught.value.baseline)
        assert len(cloud.sent(STATE)) == asked + 3
        cloud.script(STATE, *[state(TITLED)] * 2)
        for error in (elsewhere, again.value):
            reply = await client.chat.recover(error)
            assert (reply.text, reply.recovered, reply.changes) == ("Half.", True, (TITLE_ADDED,))
        assert len(cloud.sent(CHAT)) == 1

    on_cloud(flow)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(Says(None, 404), SessionNotFound), (Says(None, 503), TransportError), (Raw(b""), TransportError)],
)
def test_recover_raises_what_keeps_it_from_looking(
    answer: Says | Raw, kind: type[NemoError], on_cloud: OnCloud
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, *[answer] * 9)
        with pytest.raises(kind):
            await client.chat.recover(StreamInterrupted("x", session_id="s1", baseline=Baseline.of(State({}))))
        with pytest.raises(UsageError, match="names no session"):
            await client.chat.recover(StreamInterrupted("x"))

    on_cloud(flow)


def test_the_error_shows_no_draft_however_large(on_cloud: OnCloud) -> None:
    huge = {**DRAFT, "blob": "geheim" * 200_000}

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.draft = huge
        with pytest.raises(StreamInterrupted) as caught:
            await client.chat.send("s1", "hi")
        error = caught.value
        assert "geheim" not in "".join([str(error), repr(error), repr(vars(error)), repr(error.baseline)])
        assert len(str(error)) < 600

    on_cloud(flow)


def test_a_second_message_waits_until_the_recovery_is_over(on_cloud: OnCloud, clock: TurnableClock) -> None:
    clock.jumps = False

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        cloud.script(STATE, state(DRAFT), state(TITLED))
        first = asyncio.create_task(client.chat.send("s1", "first"))
        await until(lambda: clock.slept)
        second = asyncio.create_task(client.chat.send("s1", "second"))
        await client.credits.balance()
        assert len(cloud.sent(CHAT)) == 1
        await clock.turn(30)
        assert (await first).recovered
        assert (await second).text
        assert len(cloud.sent(CHAT)) == 2

    on_cloud(flow)


def test_a_cancelled_recovery_ends_at_once(on_cloud: OnCloud, clock: TurnableClock) -> None:
    clock.jumps = False

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, cut_off(HALF))
        sending = asyncio.create_task(client.chat.send("s1", "hi"))
        await until(lambda: clock.slept)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert cloud.calls == [STATE, CHAT]
        assert (await client.chat.send("s1", "again")).text

    on_cloud(flow)
