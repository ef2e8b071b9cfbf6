"""Time, given to whatever waits, so that a test can turn it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Protocol, TypeVar

__all__ = ["Clock", "EndingClock", "SYSTEM_CLOCK", "SystemClock"]

T = TypeVar("T")


class Clock(Protocol):
    """What waiting needs of time. Seconds throughout."""

    def now(self) -> float:
        """Seconds since the epoch, for dates that servers write."""
        ...

    def monotonic(self) -> float:
        """Seconds since any moment, never going back, for durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        ...

    async def within(self, seconds: float | None, work: Awaitable[T]) -> T:
        """Wait for `work`; raise TimeoutError, with the work cancelled, when it takes longer. None waits for ever."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since the machine started, or thereabouts."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(seconds)

    async def within(self, seconds: float | None, work: Awaitable[T]) -> T:
        """`asyncio.timeout` around the work."""
        async with asyncio.timeout(seconds):
            return await work


class EndingClock:
    """Another clock, whose sleeps end once its owner does: who slept to ask again asks at once, and learns why.

    Example:
        >>> clock = EndingClock(SYSTEM_CLOCK)
        >>> clock.end()
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ended = False
        self._asleep: set[asyncio.Future[None]] = set()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Seconds since any moment, never going back."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds`, or when the clock ends; at once where it has."""
        if self._ended:
            return
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        self._asleep.add(sleep)
        try:
            await asyncio.wait([sleep])
        finally:
            self._asleep.discard(sleep)
            sleep.cancel()
            await asyncio.wait([sleep])

    async def within(self, seconds: float | None, work: Awaitable[T]) -> T:
        """Wait for `work` as the other clock does."""
        return await self._clock.within(seconds, work)

    def end(self) -> None:
        """Wake whoever sleeps, for good; from any thread."""
        self._ended = True
        for sleep in list(self._asleep):
            loop = sleep.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(sleep.cancel)


SYSTEM_CLOCK: Clock = SystemClock()
