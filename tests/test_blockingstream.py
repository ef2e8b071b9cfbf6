"""An answer, event by event, without `async`: the same rules, with threads in the place of tasks."""

from __future__ import annotations

import asyncio
import gc
import pickle
import signal
import threading

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, Reply, Stream, adk, flat
from tests.cloudthread import blocking_cloud

from nemovideo import ChatEvent, Heartbeat, SessionNotFound, StreamInterrupted, Text, TransportError
from nemovideo.protocol.reply import Ended


def test_events_come_one_by_one_and_the_reply_grows() -> None:
    with blocking_cloud() as (cloud, client, _):
        cloud.script(CHAT, Stream(b"data: \n\n", adk("Hel", partial=True), adk("Hello.")))
        with client.chat.stream("s1", "hello") as events:
            assert not cloud.sent(CHAT)  # only the iteration sends
            assert events.session_id == "s1"
            assert next(events) == Heartbeat()
            assert next(events) == Text("Hel", partial=True, author="nemo_agent")
            assert [type(event) for event in events] == [Text]
            assert str(events.snapshot) == "Hello."
            assert list(events) == []
        assert (events.reply.text, events.reply.ended) == ("Hello.", Ended.CLEAN)
        assert len(cloud.sent(CHAT)) == 1
        assert list(events) == []


def test_leaving_the_block_closes_at_once() -> None:
    with blocking_cloud() as (cloud, client, _):
        endless = Stream(adk("One."), open_ended=True)
        cloud.script(CHAT, endless)
        with client.chat.stream("s1", "hello") as events:
            next(events)
        assert client.chat.send("s1", "again").text == "Compressed as you wished."
        assert endless.left.is_set()
        assert list(events) == []


def test_one_that_never_began_sends_nothing() -> None:
    with blocking_cloud() as (cloud, client, _):
        with client.chat.stream("s1", "hello") as events:
            pass
        assert list(events) == []
        events.close()
        assert not cloud.sent(CHAT)


@pytest.mark.parametrize("held", [True, False])
def test_after_a_bare_break_the_next_call_on_the_session_goes_on(held: bool) -> None:
    with blocking_cloud() as (cloud, client, _):
        left, other = Stream(adk("One."), open_ended=True), Stream(adk("Elsewhere."), open_ended=True)
        cloud.script(CHAT, left, other)
        events = client.chat.stream("s1", "hello")
        for _ in events:
            break
        elsewhere = client.chat.stream("s2", "hello")
        next(elsewhere)
        if not held:
            del events
            gc.collect()
        assert client.chat.send("s1", "again").text == "Compressed as you wished."
        assert left.left.is_set()
        assert not other.left.is_set()  # another session's is none of its business
    assert other.left.is_set()  # with the client


def test_what_a_thread_that_has_ended_left_is_closed() -> None:
    with blocking_cloud() as (cloud, client, _):
        left, kept = Stream(adk("One."), open_ended=True), []
        cloud.script(CHAT, left)

        def work() -> None:
            kept.append(client.chat.stream("s1", "hello"))
            next(kept[0])

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        with client.chat.stream("s1", "again") as events:
            assert [event for event in events if isinstance(event, Text)]
        assert left.left.is_set()


def test_what_another_thread_has_forgotten_is_closed() -> None:
    with blocking_cloud() as (cloud, client, _):
        left, forgotten, enough = Stream(adk("One."), open_ended=True), threading.Event(), threading.Event()
        cloud.script(CHAT, left)

        def work() -> None:
            next(client.chat.stream("s1", "hello"))
            forgotten.set()
            enough.wait()

        thread = threading.Thread(target=work)
        thread.start()
        forgotten.wait()
        assert client.chat.send("s1", "again").text == "Compressed as you wished."
        assert left.left.is_set()
        enough.set()
        thread.join()


def test_another_threads_stream_is_waited_for() -> None:
    with blocking_cloud() as (cloud, client, there):
        first = Stream(adk("One."), open_ended=True)
        cloud.script(CHAT, first)
        said: list[str] = []
        with client.chat.stream("s1", "hello") as events:
            next(events)
            other = threading.Thread(target=lambda: said.append(client.chat.send("s1", "again").text))
            other.start()
            client.credits.balance()  # a turn of everybody's loops
            assert len(cloud.sent(CHAT)) == 1
            there(first.say, adk("Two."))
            there(first.finish)
            assert [event.text for event in events if isinstance(event, Text)] == ["Two."]
        other.join()
        assert said == ["Compressed as you wished."]


def test_another_threads_stream_that_nobody_reads_is_closed_and_says_so() -> None:
    with blocking_cloud() as (cloud, client, _):
        left = Stream(adk("One."), open_ended=True)
        cloud.script(CHAT, left)
        said: list[str] = []
        events = client.chat.stream("s1", "hello")
        next(events)
        other = threading.Thread(target=lambda: said.append(client.chat.send("s1", "again").text))
        other.start()

        turn = events._subject._turn
        assert turn is not None
        clock = turn.caller.clock._clock
        assert isinstance(clock, TurnableClock)

        async def later() -> None:
            await clock.turn(5)

        events._portal.run(later)
        other.join()
        assert said == ["Compressed as you wished."]
        with pytest.raises(StreamInterrupted, match="another call on this session took over"):
            next(events)
        assert list(events) == []


def test_errors_are_raised_where_the_event_was_asked_for() -> None:
    with blocking_cloud() as (cloud, client, _):
        cut = Stream(adk("One."), open_ended=True)
        cut.finish(cut=True)
        cloud.script(CHAT, Reply({"detail": "Session not found"}, 404), cut)
        with client.chat.stream("s1", "hello") as events, pytest.raises(SessionNotFound):
            next(events)
        assert list(events) == []
        with client.chat.stream("s1", "hello") as events, pytest.raises(StreamInterrupted) as caught:
            list(events)
        assert caught.value.text == "One."
        cloud.draft = {"d": 1, "t": []}
        assert client.chat.recover(caught.value).recovered


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="a signal to one thread is POSIX's")
def test_an_interruption_closes_it_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with blocking_cloud() as (cloud, client, _):
        silent = Stream(flat({"type": "heartbeat"}), open_ended=True)
        cloud.script(CHAT, silent)
        events = client.chat.stream("s1", "hello")
        next(events)
        assert events._follower is not None
        asked, main = events._follower.next, threading.main_thread().ident or 0

        async def interrupted() -> ChatEvent | None:
            asyncio.get_running_loop().call_soon(signal.pthread_kill, main, signal.SIGINT)
            return await asked()

        monkeypatch.setattr(events._follower, "next", interrupted)
        with pytest.raises(KeyboardInterrupt):
            next(events)
        monkeypatch.undo()
        assert list(events) == []
        assert client.chat.send("s1", "again").text == "Compressed as you wished."
        assert silent.left.is_set()


def test_after_the_client_it_is_over() -> None:
    with blocking_cloud() as (cloud, client, _):
        cloud.script(CHAT, Stream(adk("One."), open_ended=True))
        events = client.chat.stream("s1", "hello")
        next(events)
        client.close()
        with pytest.raises(TransportError, match="closed"):
            next(events)
        events.close()
        with pytest.raises(TransportError, match="closed"):
            client.chat.stream("s1", "hello")


def test_it_cannot_be_pickled() -> None:
    with blocking_cloud() as (_, client, _), pytest.raises(TypeError, match="Pickle its `reply`"):
        pickle.dumps(client.chat.stream("s1", "hello"))
