"""A clock that a test turns: fifteen minutes pass in milliseconds, and exactly when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass
class TurnableClock:
    """Implements `nemovideo.clock.Clock`.

    `sleep` jumps: the time is simply later afterwards (`jumps=False`: it waits for a `turn`). What waits `within` a
    time is ended by a jump or a `turn` over its end. `slept` lists every sleep.
    """

    time: float = 1_800_000_000.0
    jumps: bool = True
    slept: list[float] = field(default_factory=list)
    _waiting: list[tuple[float, asyncio.Future[None]]] = field(default_factory=list)
    _someone: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.jumps:
            self.advance(seconds)
            await asyncio.sleep(0)
        else:
            await self._until(self.time + seconds)

    async def within(self, seconds: float | None, work: Awaitable[T]) -> T:
        task = asyncio.ensure_future(work)
        if seconds is None:
            return await task
        over = asyncio.ensure_future(self._until(self.time + seconds))
        try:
            await asyncio.wait([task, over], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise TimeoutError
        finally:
            for one in (over, task):
                one.cancel()
            await asyncio.wait([over, task])

    def advance(self, seconds: float) -> None:
        """Make it later, and wake whoever waited for that."""
        self.time += seconds
        for moment, future in list(self._waiting):
            if moment <= self.time and not future.done():
                future.set_result(None)

    async def turn(self, seconds: float) -> None:
        """Make it later as soon as somebody waits."""
        await self._someone.wait()
        self.advance(seconds)

    async def _until(self, moment: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if moment <= self.time:
            return
        entry = (moment, future)
        self._waiting.append(entry)
        self._someone.set()
        try:
            await future
        finally:
            self._waiting.remove(entry)
            if not self._waiting:
                self._someone.clear()
