"""Waiting for an end that must come, also while being cancelled: cleaning up is not left half-done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

__all__ = ["until_done"]


async def until_done(futures: Iterable[asyncio.Future[Any]]) -> None:
    """Wait until all are done, whatever they gave. A cancellation meanwhile is raised after that, not before."""
    cancelled: asyncio.CancelledError | None = None
    waiting: set[asyncio.Future[Any]] = {future for future in futures if not future.done()}
    while waiting:
        try:
            _, waiting = await asyncio.wait(waiting)
        except asyncio.CancelledError as error:
            cancelled = error
            waiting = {future for future in waiting if not future.done()}
    if cancelled is not None:
        raise cancelled
