"""Turns on a session: one answer at a time, and nobody waits for one that nobody will end."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from nemovideo.clock import EndingClock
from nemovideo.resources.chatwire import ChatWire
from nemovideo.resources.patience import Patience
from nemovideo.transport.caller import Caller

if TYPE_CHECKING:
    from nemovideo.resources.chatstream import ChatStream

__all__ = ["Turn"]

_LOOK_AGAIN = 5.0  # seconds: a stream that was dropped says nothing when it goes (nothing is scheduled from `__del__`)
_GRACE = 1.0  # seconds that a stream may go unfollowed while another call waits for it
_GRACE_HELD = 5.0  # the same within `async with`, which closes what it has left


class Turn:
    """One stream's turn on its session; it holds what the stream has of the network, but not the stream.

    Attributes:
        caller: the way to the backend.
        closing: whether it was told to end.
        lost: why, where that was neither its reader's wish nor its doing: it is told to whoever still reads.
        over: whether the session is free for the next.
        wire: the connection, once the message is on its way.
    """

    __slots__ = (
        "_clock", "_followed", "_grace", "_last_followed", "_news", "_on_end", "_owner", "_stream",
        "caller", "closing", "loop", "lost", "over", "wire",
    )  # fmt: skip

    def __init__(self, caller: Caller, stream: ChatStream, *, on_end: Callable[[Turn], None]) -> None:
        self.caller = caller
        self.closing = self.over = False
        self.lost: str | None = None
        self.loop = asyncio.get_running_loop()
        self.wire: ChatWire | None = None
        self._clock = EndingClock(caller.clock)
        self._last_followed = self._clock.monotonic()
        self._stream = weakref.ref(stream)
        self._grace = _GRACE
        self._on_end = on_end
        self._owner = _current_task()
        self._owner.add_done_callback(self._wake)
        self._followed = False
        self._news = asyncio.Event()

    @property
    def mine(self) -> bool:
        """Whether the asking task holds it itself."""
        return self._owner is asyncio.current_task()

    @property
    def deserted(self) -> bool:
        """Whether its stream or its task has gone."""
        return self._stream() is None or self._owner.done()

    def idle(self, since: float) -> float:
        """Seconds that it may still go unfollowed while somebody waits `since` a moment; none once it is abandoned.

        Whoever follows it may be busy between two events, so a short grace is given. It is no lock: a `break` in one
        task and a call from another (`asyncio.wait_for` makes one) would wait for each other.
        """
        if self._followed:
            return _LOOK_AGAIN
        return max(self._last_followed, since) + self._grace - self._clock.monotonic()

    def hold(self) -> None:
        """The stream is within `async with`, and will be closed whatever happens: there is less need for haste."""
        self._grace = _GRACE_HELD

    async def left(self, seconds: float) -> None:
        """Wait until it is over, or may be: whoever waits looks again."""
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            await self._clock.within(min(seconds, _LOOK_AGAIN), self._news.wait())

    async def yield_to(self, *, why: str | None) -> None:
        """Make room for another call: what came whole may still be read, what is under way is closed."""
        if self.wire is not None and self.wire.complete:
            self._end()
        else:
            self.lost = why
            await self.close()

    def touch(self) -> None:
        """Somebody took an event just now."""
        self._last_followed = self._clock.monotonic()

    @contextlib.contextmanager
    def followed(self) -> Generator[None]:
        """While somebody waits for the next event; a stream may be handed from task to task."""
        if (task := _current_task()) is not self._owner:
            self._owner.remove_done_callback(self._wake)
            self._owner = task
            self._owner.add_done_callback(self._wake)
        self._followed = True
        try:
            yield
        finally:
            self._followed = False

    def send(self, session_id: str, text: str, patience: Patience) -> ChatWire:
        """Put the message on its way."""
        self.wire = ChatWire(self.caller, session_id, text, patience, on_end=self._wire_ended)
        return self.wire

    async def sleep(self, seconds: float) -> None:
        """Wait, or less where the turn is told to end."""
        await self._clock.sleep(seconds)

    async def close(self) -> None:
        """End it; idempotent. Where this is cancelled, the turn ends as soon as its connection has gone."""
        self.closing = True
        self._clock.end()
        if self.wire is not None:
            await self.wire.close()
        self._end()

    def _wire_ended(self) -> None:
        if self.closing:
            self._end()

    def _end(self) -> None:
        if not self.over:
            self.over = True
            self._owner.remove_done_callback(self._wake)
            self._on_end(self)
            self._news.set()

    def _wake(self, _: asyncio.Task[object]) -> None:
        self._news.set()


def _current_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a chat stream is followed within a task")
    return task
