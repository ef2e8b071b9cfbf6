"""One task at a time, on whichever event loop that is."""

from __future__ import annotations

import asyncio
import weakref

__all__ = ["LoopLock"]


class LoopLock:
    """An `asyncio.Lock` for each event loop.

    A plain one belongs to the first loop on which somebody had to wait for it, and one that was held when its loop was
    closed stays held: a client that goes from one `asyncio.run` to the next would stand still.

    Example:
        >>> lock = LoopLock()
        >>> async def alone() -> None:
        ...     async with lock.here():
        ...         ...
    """

    def __init__(self) -> None:
        self._locks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = weakref.WeakKeyDictionary()

    def here(self) -> asyncio.Lock:
        """The lock of the running loop."""
        return self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())
