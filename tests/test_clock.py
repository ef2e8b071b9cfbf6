"""A clock that ends: who sleeps by it wakes, in every thread, and nobody falls asleep again."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.conftest import Run

from nemovideo.clock import EndingClock


@pytest.fixture
def still() -> TurnableClock:
    """A clock that nobody turns."""
    return TurnableClock(jumps=False)


def test_it_tells_the_other_clocks_time(run: Run[Any], clock: TurnableClock) -> None:
    async def flow() -> None:
        ending = EndingClock(clock)
        await ending.sleep(7)
        assert clock.slept == [7]
        assert (ending.now(), ending.monotonic()) == (clock.now(), clock.monotonic())
        assert await ending.within(5, asyncio.sleep(0, "done")) == "done"

    run(flow())


def test_its_end_wakes_every_sleeper_and_keeps_them_awake(run: Run[Any], still: TurnableClock) -> None:
    async def flow() -> None:
        ending = EndingClock(still)
        sleepers = [asyncio.create_task(ending.sleep(30)) for _ in range(3)]
        await asyncio.sleep(0.01)
        ending.end()
        await asyncio.gather(*sleepers)
        await ending.sleep(30)
        ending.end()
        assert still.slept == [30, 30, 30]

    run(flow())


def test_a_sleeper_may_be_cancelled(run: Run[Any], still: TurnableClock) -> None:
    async def flow() -> None:
        ending = EndingClock(still)
        sleeper = asyncio.create_task(ending.sleep(30))
        await asyncio.sleep(0.01)
        sleeper.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeper
        ending.end()

    run(flow())


def test_it_may_be_ended_from_another_thread(run: Run[Any], still: TurnableClock) -> None:
    async def flow() -> None:
        ending = EndingClock(still)
        sleeper = asyncio.create_task(ending.sleep(30))
        await asyncio.sleep(0.01)
        threading.Thread(target=ending.end).start()
        await sleeper

    run(flow())
