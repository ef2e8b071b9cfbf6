"""The loop in a thread: what comes out, what stops it, who may ask."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import threading
import weakref
from collections.abc import Iterator

import pytest

from nemovideo.errors import TransportError, UsageError
from nemovideo.portal import Portal

word: contextvars.ContextVar[str] = contextvars.ContextVar("word", default="none")


async def nothing() -> None:
    pass


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal(nothing)
    yield made
    made.close()


def test_values_errors_and_context_come_through(portal: Portal) -> None:
    async def broken() -> None:
        raise KeyError("x")

    async def said() -> str:
        return word.get()

    assert portal.run(lambda: asyncio.sleep(0, 7)) == 7
    with pytest.raises(KeyError):
        portal.run(broken)
    token = word.set("mine")
    assert portal.run(said) == "mine"
    word.reset(token)


def test_a_wish_to_leave_is_the_callers(portal: Portal) -> None:
    async def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        portal.run(leave)
    assert portal.run(lambda: asyncio.sleep(0, "alive")) == "alive"


def test_it_refuses_its_own_thread(portal: Portal) -> None:
    async def within() -> None:
        portal.run(nothing)

    async def closing() -> None:
        portal.close()

    for work in (within, closing):
        with pytest.raises(UsageError, match="own thread"):
            portal.run(work)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="a signal to one thread is POSIX's")
def test_an_interruption_waits_for_the_clean_up(portal: Portal) -> None:
    cleaned: list[str] = []

    async def work() -> None:
        asyncio.get_running_loop().call_soon(signal.pthread_kill, threading.main_thread().ident or 0, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("yes")

    with pytest.raises(KeyboardInterrupt):
        portal.run(work)
    assert cleaned == ["yes"]
    assert portal.run(lambda: asyncio.sleep(0, "alive")) == "alive"


def test_closing_cancels_what_runs_and_then_finishes() -> None:
    said: list[str] = []
    running = threading.Event()

    async def finish() -> None:
        said.append("finished")

    async def long() -> None:
        running.set()
        try:
            await asyncio.Event().wait()
        finally:
            said.append("cleaned")

    portal = Portal(finish)

    def call() -> None:
        with pytest.raises(TransportError, match="under way"):
            portal.run(long)
        said.append("told")

    caller = threading.Thread(target=call)
    caller.start()
    running.wait()
    closer = threading.Thread(target=portal.close)  # another thread than the maker's
    closer.start()
    closer.join()
    caller.join()
    portal.close()
    assert said.index("cleaned") < said.index("finished")
    assert sorted(said) == ["cleaned", "finished", "told"]
    with pytest.raises(TransportError, match="closed"):
        portal.run(nothing)


def test_what_finish_raises_comes_out_of_close_once() -> None:
    async def finish() -> None:
        raise OSError("the disk")

    portal = Portal(finish)
    with pytest.raises(OSError, match="the disk"):
        portal.close()
    portal.close()


def test_calls_from_many_threads_while_it_is_closed_all_end() -> None:
    for _ in range(20):
        portal, ends = Portal(nothing), list[str]()
        start = threading.Barrier(5)

        def call(portal: Portal = portal, ends: list[str] = ends, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                for _ in range(50):
                    portal.run(lambda: asyncio.sleep(0))
                ends.append("all")
            except TransportError:
                ends.append("closed")

        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        start.wait()
        portal.close()
        for thread in threads:
            thread.join()
        assert len(ends) == 4


def test_a_dropped_one_says_so_and_ends_when_the_next_is_made() -> None:
    finished = threading.Event()

    async def finish() -> None:
        finished.set()

    dropped = Portal(finish)
    thread, gone = dropped._thread, weakref.ref(dropped)
    with pytest.warns(ResourceWarning, match="not closed"):
        del dropped
    assert gone() is None
    assert thread.is_alive()  # nothing is done in __del__
    assert not finished.is_set()
    Portal(nothing).close()
    thread.join()
    assert finished.is_set()


def test_no_thread_to_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", full)
    with pytest.raises(TransportError, match="can't start new thread"):
        Portal(nothing)


def test_no_files_to_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(asyncio.events, "new_event_loop", full)
    with pytest.raises(TransportError, match="Too many open files"):
        Portal(nothing)


def test_another_process_is_told(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.getpid()
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: mine + 1)
        with pytest.raises(UsageError, match=f"belongs to process {mine}"):
            portal.run(nothing)
