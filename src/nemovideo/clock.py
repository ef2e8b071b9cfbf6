"""Time, given to whatever waits, so that a test can turn it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Protocol, TypeVar

__all__ = ["SYSTEM_CLOCK", "Clock", "SystemClock"]

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


SYSTEM_CLOCK: Clock = SystemClock()
