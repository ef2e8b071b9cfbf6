"""One client, several event loops: one after the other is fine, two at once is told, and after a fork is told."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from tests.cloud import CREDITS, TOKEN, Cloud
from tests.conftest import Run

from nemovideo import AsyncNemoClient
from nemovideo.errors import NemoError, TransportError, UsageError
from nemovideo.looplock import LoopLock


class CloudThread:
    """The cloud on a loop of its own, for clients that come and go with theirs."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self._ready = threading.Event()

    def __enter__(self) -> Cloud:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._ready.wait()
        return self.cloud

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._over, self._loop = asyncio.Event(), asyncio.get_running_loop()
        async with Cloud(**self.options) as self.cloud:
            self._ready.set()
            await self._over.wait()


def collected() -> None:
    """What was left open says so now, as an error of this test."""
    for _ in range(3):
        gc.collect()


def test_one_loop_after_the_other() -> None:
    with CloudThread() as cloud:
        client = AsyncNemoClient(cloud.url, cloud.token)
        for _ in range(3):
            assert asyncio.run(client.credits.balance()).available == 100
            collected()
        assert len(cloud.sent(CREDITS)) == 3
        asyncio.run(client.aclose())
        collected()


def test_a_loop_that_was_only_closed() -> None:
    """`loop.close()` by itself closes no transport; those are asyncio's to tell of, not ours."""
    with CloudThread() as cloud:
        client = AsyncNemoClient(cloud.url, cloud.token)
        first = asyncio.new_event_loop()
        first.run_until_complete(client.credits.balance())
        first.close()
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            assert asyncio.run(client.credits.balance()).available == 100
            asyncio.run(client.aclose())
            del first
            collected()
        assert not [one for one in told if "client session" in str(one.message)]


def test_closing_it_on_another_loop_after_its_own_has_gone() -> None:
    with CloudThread() as cloud:
        client = AsyncNemoClient(cloud.url, cloud.token)
        asyncio.run(client.credits.balance())
        asyncio.run(client.aclose())
        collected()
        with pytest.raises(TransportError, match="has been closed"):
            asyncio.run(client.credits.balance())


def test_two_loops_at_once_are_told() -> None:
    with CloudThread() as cloud:
        client = AsyncNemoClient(cloud.url, cloud.token)

        async def outer() -> None:
            await client.credits.balance()
            with pytest.raises(UsageError, match="in use on another event loop") as caught:
                await asyncio.to_thread(lambda: asyncio.run(client.credits.balance()))
            assert "NemoClient" in str(caught.value)
            assert (await client.credits.balance()).available == 100  # which goes on undisturbed
            await client.aclose()

        asyncio.run(outer())
        collected()


def test_it_may_be_closed_from_another_loop() -> None:
    with CloudThread() as cloud:
        client = AsyncNemoClient(cloud.url, cloud.token)

        async def outer() -> None:
            await client.credits.balance()
            await asyncio.to_thread(lambda: asyncio.run(client.aclose()))
            with pytest.raises(TransportError, match="has been closed"):
                await client.credits.balance()

        asyncio.run(outer())
        collected()


def test_a_loop_that_stands_still_keeps_its_client() -> None:
    with CloudThread() as cloud:
        client = AsyncNemoClient(cloud.url, cloud.token)
        first = asyncio.new_event_loop()
        first.run_until_complete(client.credits.balance())
        with pytest.raises(UsageError, match="another event loop"):
            asyncio.run(client.credits.balance())
        first.run_until_complete(client.aclose())
        first.close()
        collected()


def test_a_client_that_nobody_closed_ends_with_its_loop() -> None:
    with CloudThread() as cloud:

        async def careless() -> None:
            client = AsyncNemoClient(cloud.url, cloud.token)
            keep.append(client)
            await client.credits.balance()

        keep: list[AsyncNemoClient] = []
        asyncio.run(careless())
        keep.clear()
        collected()


def test_locks_that_were_waited_for_do_not_bind_it_to_a_loop() -> None:
    """An asyncio.Lock belongs to the loop on which somebody first had to wait for it."""
    with CloudThread(anonymous=True) as cloud:
        client = AsyncNemoClient(cloud.url)

        async def crowd() -> None:
            await asyncio.gather(*(client.credits.balance() for _ in range(8)))

        async def again() -> None:
            client._caller.credentials._token = None
            await crowd()

        asyncio.run(crowd())
        asyncio.run(again())
        asyncio.run(client.aclose())
        assert len(cloud.sent(TOKEN)) == 1
        collected()


def test_a_lock_that_a_dead_loop_held_holds_nobody_up() -> None:
    lock = LoopLock()
    first = asyncio.new_event_loop()

    async def take() -> None:
        await lock.here().acquire()

    first.run_until_complete(take())
    first.close()
    asyncio.run(asyncio.wait_for(take(), 5))


def _in_a_child(work: Callable[[], str]) -> str:
    """What `work` says in a forked process."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork in a process with threads, from 3.12 on
        child = os.fork()
    if child == 0:
        try:
            said = work()
        except BaseException as problem:  # noqa: BLE001 -- told to the parent
            said = f"unexpected: {problem!r}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        said = file.read()
    os.waitpid(child, 0)
    return said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("used", [False, True])
def test_after_a_fork_it_says_so(used: bool) -> None:
    with CloudThread() as cloud:
        client = AsyncNemoClient(cloud.url, cloud.token)
        loop = asyncio.new_event_loop()
        if used:
            loop.run_until_complete(client.credits.balance())

        def child() -> str:
            try:
                asyncio.run(client.credits.balance())
            except UsageError as error:
                asyncio.run(client.aclose())  # touches nothing of the parent's
                return str(error)
            return "no error"

        assert "before a fork. Make a client in each process" in _in_a_child(child)
        assert loop.run_until_complete(client.credits.balance()).available == 100
        assert len(cloud.sent(CREDITS)) == 1 + used  # the child sent nothing
        loop.run_until_complete(client.aclose())
        loop.close()


def test_many_tasks_share_one_client(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, AsyncNemoClient(cloud.url, cloud.token) as client:
            balances = await asyncio.gather(*(client.credits.balance() for _ in range(50)))
            assert {one.available for one in balances} == {100}

    run(flow())


def test_cancelling_one_of_many_harms_no_other(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, AsyncNemoClient(cloud.url, cloud.token) as client:
            asking = [asyncio.create_task(client.credits.balance()) for _ in range(20)]
            for turns, task in enumerate(asking[::2]):
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
            ended = await asyncio.gather(*asking, return_exceptions=True)
            assert not [one for one in ended if isinstance(one, NemoError)]
            assert all(not isinstance(one, BaseException) for one in ended[1::2])

    run(flow())
