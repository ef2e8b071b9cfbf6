"""One answer of the agent, as it comes: the connection, its timers, and the reply that grows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from nemovideo.clock import Clock
from nemovideo.errors import StreamInterrupted, TransportError
from nemovideo.protocol.envelope import Call
from nemovideo.protocol.events import ChatEvent, Heartbeat, StillWorking, decode
from nemovideo.protocol.reply import Ended, Reply, ReplyBuilder, Snapshot
from nemovideo.protocol.sse import Comment, ServerSentEvent, SSEDecoder
from nemovideo.transport.caller import Caller

if TYPE_CHECKING:
    from nemovideo.resources.chat import ChatResource

__all__ = ["ChatLimits", "ChatStream"]


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How long an answer may take, in seconds (spec, section 10)."""

    whole: float = 900.0
    only_heartbeats: float = 600.0
    silence: float = 330.0
    still_working: float = 120.0


class ChatStream:
    """An async iterator over chat events, and a context manager that closes it at once; made by `client.chat.stream`.

    Attributes:
        session_id: whose answer it is.
    """

    def __init__(self, chat: ChatResource, session_id: str, text: str, *, limits: ChatLimits) -> None:
        self.session_id = session_id
        self.text = text
        self.limits = limits
        self._chat = chat
        self._connection: ChatStream.Connection | None = None
        self._events: deque[ChatEvent] = deque()
        self._builder = ReplyBuilder()
        self._ended: Ended | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChatEvent:
        while not self._events:
            if self._ended is not None:
                raise StopAsyncIteration
            if self._connection is None:
                self._connection = await self._chat.connect(self)
            await self._advance(self._connection)
        return self._events.popleft()

    async def _advance(self, connection: Connection) -> None:
        try:
            groups = await connection.next_events()
        except TransportError as problem:
            self._ended = Ended.CUT
            await connection.close()
            raise StreamInterrupted(
                f"The answer was cut off: {problem.message}",
                text=str(self.snapshot),
                phase="ask",
                session_id=self.session_id,
                request_id=problem.request_id,
            ) from problem
        except BaseException:
            await connection.close()
            raise
        if groups is None:
            self._ended = Ended.CUT if connection.truncated else Ended.CLEAN
            await connection.close()
            return
        for group in groups:
            self._builder.add_all(group)
            self._events.extend(group)

    @property
    def snapshot(self) -> Snapshot:
        """The agent's words so far; `str()` gives them. A view: cheap on every event."""
        return self._builder.snapshot()

    @property
    def reply(self) -> Reply:
        """The answer as far as it has come."""
        return self._builder.build(self._ended or Ended.CUT)

    async def aclose(self) -> None:
        """Close the connection; what was not read is lost."""
        if self._ended is None:
            self._ended = Ended.CUT
        if self._connection is not None:
            await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    class Connection:
        """What a stream holds of the network; it does not hold the stream, so that an abandoned one is noticed."""

        def __init__(
            self, caller: Caller, stream: ChatStream, *, on_closed: Callable[[str, ChatStream.Connection], None]
        ) -> None:
            task = asyncio.current_task()
            if task is None:
                raise RuntimeError("a chat stream is followed within a task")
            self.owner: asyncio.Task[object] = task
            self.closed = asyncio.Event()
            self._session_id = stream.session_id
            self._limits = stream.limits
            self._on_closed = on_closed
            self._caller = caller
            self._clock: Clock = caller.clock
            self._decoder = SSEDecoder()
            self._chunks = _chunks(caller, stream.session_id, stream.text)
            self._pending: asyncio.Task[bytes | None] | None = None
            self._begun = self._last_byte = self._last_word = self._last_told = self._clock.monotonic()

        @property
        def truncated(self) -> bool:
            """Whether the stream stopped within an event."""
            return self._decoder.truncated

        async def next_events(self) -> list[list[ChatEvent]] | None:
            """The events of the next bytes, grouped by server-sent event; None at the end."""
            if self._pending is None:
                self._pending = asyncio.create_task(self._next_chunk())
            try:
                chunk = await self._clock.within(self._patience(), asyncio.shield(self._pending))
            except TimeoutError:
                return [[self._overdue()]]
            self._pending = None
            if chunk is None:
                return None
            self._last_byte = self._clock.monotonic()
            groups = [decode(self._redacted(event)) for event in self._decoder.feed(chunk)]
            if any(not isinstance(event, Heartbeat) for group in groups for event in group):
                self._last_word = self._last_byte
            return groups

        def _redacted(self, event: ServerSentEvent | Comment) -> ServerSentEvent | Comment:
            if isinstance(event, Comment):
                return event
            return ServerSentEvent(event.event, self._caller.redacted_text(event.data), event.id)

        async def _next_chunk(self) -> bytes | None:
            return await anext(self._chunks, None)

        def _deadlines(self) -> tuple[tuple[float, str], ...]:
            return (
                (self._begun + self._limits.whole, f"the answer took more than {self._limits.whole:g} s"),
                (self._last_byte + self._limits.silence, f"the server sent nothing for {self._limits.silence:g} s"),
                (
                    self._last_word + self._limits.only_heartbeats,
                    f"the server sent nothing but heartbeats for {self._limits.only_heartbeats:g} s",
                ),
            )

        def _patience(self) -> float:
            soonest = min(moment for moment, _ in self._deadlines())
            return max(0.0, min(soonest, self._last_told + self._limits.still_working) - self._clock.monotonic())

        def _overdue(self) -> StillWorking:
            now = self._clock.monotonic()
            for moment, reason in self._deadlines():
                if now >= moment:
                    raise TransportError(reason)
            self._last_told = now
            return StillWorking(now - self._begun)

        async def close(self) -> None:
            """Give the connection back; idempotent."""
            if self.closed.is_set():
                return
            self.closed.set()
            self._on_closed(self._session_id, self)
            if self._pending is not None:
                self._pending.cancel()
                await asyncio.wait([self._pending])
            await self._chunks.aclose()


async def _chunks(caller: Caller, session_id: str, text: str) -> AsyncGenerator[bytes, None]:
    call = Call("POST", "/run_sse", phase="ask", session_id=session_id)
    message = {
        "app_name": "nemo_agent",
        "user_id": "me",
        "session_id": session_id,
        "new_message": {"parts": [{"text": text}]},
    }
    async with caller.stream(call, json=message, read_timeout=None) as incoming:
        async for chunk in incoming.chunks():
            yield chunk
