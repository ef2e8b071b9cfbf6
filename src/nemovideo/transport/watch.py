"""How long a request may wait for what: for its connection, for the head of its answer, for each byte of the rest.

aiohttp's own limits are not used. `sock_connect` leaves out a proxy that takes CONNECT and says nothing, and
`sock_read` is given up, with whoever reads left waiting, at a bad chunk or after a `103 Early Hints` (measured with
3.14). Here one timer watches one request, and is set again only when it goes off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace, TracebackType
from typing import Self

import aiohttp

from nemovideo.transport.failures import Unfinished

__all__ = ["Alarm", "Opening", "Watch", "tracing"]


class Alarm:
    """`asyncio.timeout` that is set again and again, also by aiohttp's writer, which may be a step behind its end."""

    def __init__(self) -> None:
        self._timer = asyncio.timeout(None)
        self._over = False

    def set(self, seconds: float | None) -> None:
        """Let it go off in so many seconds; None stops it."""
        if not self._over and not self._timer.expired():
            self._timer.reschedule(None if seconds is None else asyncio.get_running_loop().time() + seconds)

    async def __aenter__(self) -> Self:
        await self._timer.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over = True
        await self._timer.__aexit__(kind, value, traceback)


class Opening:
    """A block in which a request is sent and the head of its answer awaited.

    Args:
        connect: seconds until the connection is there: its name found, a proxy's consent, TLS and all. The time that a
            connector of the user's makes the request queue does not count.
        silence: seconds from then on until the head of the answer is there; None waits for ever.
        sends: whether a body goes with it: then `sent` says from when on the server is awaited.

    Raises, at the end of the block, to be `mapped`:
        aiohttp.ConnectionTimeoutError: there was no connection in time. TimeoutError: there was no answer in time.
    """

    def __init__(self, *, connect: float, silence: float | None, sends: bool) -> None:
        self._connect, self._silence, self._sends = connect, silence, sends
        self._connecting = False
        self._alarm = Alarm()

    def connects(self) -> None:
        """A connection is being made."""
        self._connecting = True
        self._alarm.set(self._connect)

    def connected(self) -> None:
        """The connection is there, new or kept from before."""
        self._connecting = False
        self._alarm.set(None if self._sends else self._silence)

    def sent(self) -> None:
        """The body is out; from here on it is the server's turn."""
        self._alarm.set(self._silence)

    async def __aenter__(self) -> Self:
        await self._alarm.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self._alarm.__aexit__(kind, value, traceback)
        except TimeoutError as problem:
            if self._connecting:
                raise aiohttp.ConnectionTimeoutError from problem
            raise


def tracing() -> aiohttp.TraceConfig:
    """What tells an `Opening`, given as `trace_request_ctx`, how far its request has come."""
    config = aiohttp.TraceConfig()

    async def connects(session: aiohttp.ClientSession, context: SimpleNamespace, params: object) -> None:
        context.trace_request_ctx.connects()

    async def connected(session: aiohttp.ClientSession, context: SimpleNamespace, params: object) -> None:
        context.trace_request_ctx.connected()

    config.on_connection_create_start.append(connects)
    config.on_connection_create_end.append(connected)
    config.on_connection_reuseconn.append(connected)
    return config


class Watch:
    """Counts the seconds that somebody waits for the next bytes of a body; costs a chunk no timer of its own.

    Args:
        silence: seconds without a byte; None waits for ever. What the reader takes its time for does not count.
        give_up: ends the wait with an error.
    """

    __slots__ = ("_give_up", "_loop", "_silence", "_since", "_timer", "_until")

    def __init__(self, silence: float | None, give_up: Callable[[Exception], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._silence = float("inf") if silence is None else silence
        self._give_up = give_up
        self._since: float | None = None
        self._until = float("inf")
        self._timer: asyncio.TimerHandle | None = None

    def waits(self) -> None:
        """Somebody waits for bytes."""
        self._since = self._loop.time()
        if self._timer is None:
            self._set()

    def came(self) -> None:
        """Nobody does any more."""
        self._since = None

    def within(self, seconds: float) -> None:
        """From now on the whole rest has to come in this time."""
        self._until = self._loop.time() + seconds
        self.close()

    def close(self) -> None:
        """Let go of the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self) -> None:
        since = self._since
        moment = self._until if since is None else min(self._until, since + self._silence)
        if moment < float("inf"):
            self._timer = self._loop.call_at(moment, self._rings)

    def _rings(self) -> None:
        self._timer = None
        now = self._loop.time()
        if now >= self._until:
            self._give_up(Unfinished())
        elif self._since is not None and now >= self._since + self._silence:
            self._give_up(TimeoutError())
        elif self._since is not None:
            self._set()
