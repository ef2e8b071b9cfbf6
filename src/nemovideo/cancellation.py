"""What a thread has begun is not lost when its caller is cancelled: threads go on, and somebody must clear up.

They wait for the thread, undo what it did, and let the cancellation go on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

__all__ = ["done_or_undone", "ended", "finished", "kept"]

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
        await ended(doing)
        if not doing.cancelled() and doing.exception() is None:
            await ended(asyncio.create_task(asyncio.to_thread(undo, doing.result())))
        raise


async def ended(task: asyncio.Future[Any]) -> asyncio.CancelledError | None:
    """Wait until a task has ended, however often we are cancelled meanwhile; the last cancellation is given back.

    A task that clears up must be waited for like this: whoever cancels may do so twice, and work that still waits for
    its thread is dropped with the task that waits for it.
    """
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    return cancelled


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Do to the end what clears up, however often we are cancelled meanwhile; then let the cancellation go on.

    Example:
        >>> await finished(self._close())  # doctest: +SKIP
    """
    task = asyncio.create_task(work)
    cancelled = await ended(task)
    if cancelled is None:
        return await task
    if not task.cancelled():
        task.exception()  # is no news beside the cancellation
    raise cancelled


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
        await ended(task)
        if not task.cancelled() and task.exception() is None:
            await ended(asyncio.ensure_future(task.result().close()))
        raise
    try:
        yield file
    finally:
        await finished(_closed(file))


async def _closed(file: _Closes) -> None:
    await file.close()
