"""What a thread has begun is not lost when its caller is cancelled: threads go on, and somebody must clear up.

Both functions wait for the thread, undo what it did, and let the cancellation go on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol, TypeVar

__all__ = ["done_or_undone", "kept"]

T = TypeVar("T")


class _Closes(Protocol):
    def close(self) -> Awaitable[object]: ...


F = TypeVar("F", bound=_Closes)


async def done_or_undone(do: Callable[[], T], undo: Callable[[T], object]) -> T:
    """Run `do` in a thread and give its result; where we are cancelled meanwhile, run `undo` on the result.

    Example:
        >>> handle = await done_or_undone(take_lock, give_back)  # doctest: +SKIP
    """
    doing = asyncio.create_task(asyncio.to_thread(do))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        if not doing.cancelled() and doing.exception() is None:
            undoing = asyncio.create_task(asyncio.to_thread(undo, doing.result()))
            await asyncio.wait([undoing])
        raise


@contextlib.asynccontextmanager
async def kept(opening: Awaitable[F]) -> AsyncGenerator[F, None]:
    """Wait for a file to be open, and close it at the end of the block, or at once where the wait was cancelled.

    Example:
        >>> async with kept(aiofiles.open(path, "rb")) as file:  # doctest: +SKIP
        ...     await file.read()
    """
    task = asyncio.ensure_future(opening)
    try:
        file = await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled() and task.exception() is None:
            await task.result().close()
        raise
    try:
        yield file
    finally:
        await file.close()
