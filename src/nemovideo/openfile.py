"""An open file that a cancellation cannot lose: aiofiles opens in a thread, which goes on when its caller is gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable
from typing import Protocol, TypeVar

__all__ = ["kept"]


class _Closes(Protocol):
    def close(self) -> Awaitable[object]: ...


F = TypeVar("F", bound=_Closes)


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
