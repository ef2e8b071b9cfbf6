"""A request's body on its way out: in small pieces, watched, and closed behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from types import TracebackType
from typing import Protocol, Self

from nemovideo.errors import TransportError
from nemovideo.protocol.endpoints import Call
from nemovideo.transport.failures import context_of
from nemovideo.transport.watch import Alarm

__all__ = ["Body", "Outgoing"]

_PIECE = 512 * 1024  # bytes: on the slowest link that still moves, one goes within a minute


class Body(Protocol):
    """A request body that is made anew for each attempt, of known length in bytes."""

    content_type: str
    length: int

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The bytes, from the start."""
        ...


class Outgoing:
    """The chunks of a body, for aiohttp to iterate, within a block that ends when nothing moves.

    Args:
        call: whose body it is.
        body: the body; its chunks are closed with the block.
        stall: seconds that one piece may wait for the server to take it; None waits for ever. The time that the
            source itself takes does not count, nor the time after the last piece: then the server is at work.
        on_sent: told when the server has taken the last piece.

    Raises, at the end of the block:
        TransportError: the server stopped taking it. Whatever the body raised is raised as it is: aiohttp would make
        a lost connection of it.
    """

    def __init__(
        self, call: Call, body: Body, *, stall: float | None, on_sent: Callable[[], None] = lambda: None
    ) -> None:
        self._call = call
        self._chunks = body.chunks()
        self._left = memoryview(b"")
        self._stall = stall
        self._alarm = Alarm()
        self._idle = asyncio.Event()
        self._idle.set()
        self._failure: Exception | None = None
        self._on_sent = on_sent

    def __aiter__(self) -> AsyncIterator[memoryview]:
        return self

    async def __anext__(self) -> memoryview:
        if not self._left:
            self._alarm.set(None)
            self._left = memoryview(await self._next())
        self._alarm.set(self._stall)
        piece, self._left = self._left[:_PIECE], self._left[_PIECE:]
        return piece

    async def _next(self) -> bytes:
        self._idle.clear()
        try:
            return await anext(self._chunks)
        except StopAsyncIteration:
            self._on_sent()
            raise
        except Exception as problem:
            self._failure = problem
            raise
        finally:
            self._idle.set()

    async def __aenter__(self) -> Self:
        await self._alarm.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self._alarm.__aexit__(kind, value, traceback)
        except TimeoutError as problem:
            raise TransportError(
                f"{self._call}: the server took nothing for {self._stall:g} s.",
                **context_of(self._call, retryable=True),
            ) from problem
        finally:
            await self._close()
        if self._failure is not None and isinstance(value, Exception):
            raise self._failure

    async def _close(self) -> None:
        """Close the body; aiohttp's writer, which has been cancelled, may still be on its way out of it."""
        await self._idle.wait()
        await self._chunks.aclose()
