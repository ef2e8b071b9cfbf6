"""The connection of one answer: it sends the message once, holds what comes, and makes chat events of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nemovideo.errors import NemoError, ProtocolError, TransportError
from nemovideo.protocol.endpoints import CHAT
from nemovideo.protocol.events import ChatEvent, Heartbeat, decode
from nemovideo.protocol.sse import Comment, ServerSentEvent, SSEDecoder
from nemovideo.protocol.surrogates import Halves
from nemovideo.resources.chatrefusal import Opening, refusal, refusal_among
from nemovideo.resources.patience import Patience
from nemovideo.transport.caller import Caller

__all__ = ["ChatWire"]

_TOO_LARGE = (
    "Allow more with Limits(event_bytes=...). The message was accepted: look at the state before sending it again."
)
_AHEAD = 64 * 1024  # bytes that are held for a slow reader; then the server is made to wait


class ChatWire:
    """One task that reads; who follows the answer waits for it, and may go away at any moment.

    The reader lives in a task of its own, so that a wait can end without ending the connection, and so that the
    connection is opened and closed in one place. It does not know the stream that is followed: an abandoned one must
    be seen to be.

    Attributes:
        framed: whether the answer's length is told, in bytes or in chunks: a cut of any other is seen by nobody (spec,
            section 9).
    """

    __slots__ = (
        "_ahead", "_broken", "_call", "_caller", "_decoder", "_failure", "_halves", "_most", "_news", "_patience",
        "_reading", "_room", "_session_id", "_size", "framed",
    )  # fmt: skip

    def __init__(
        self, caller: Caller, session_id: str, text: str, patience: Patience, *, on_end: Callable[[], None]
    ) -> None:
        self.framed = True
        self._caller = caller
        self._session_id = session_id
        self._call = CHAT.call(session_id=session_id)
        self._patience = patience
        self._most = caller.limits.event_bytes
        self._decoder = SSEDecoder(max_event_bytes=self._most)
        self._halves = Halves()
        self._ahead: list[bytes] = []
        self._size = 0
        self._news, self._room = asyncio.Event(), asyncio.Event()
        self._failure: Exception | None = None
        self._broken: NemoError | None = None
        self._reading = asyncio.create_task(self._read(text), name=f"nemovideo chat {session_id}")
        self._reading.add_done_callback(lambda _: on_end())

    @property
    def truncated(self) -> bool:
        """Whether the stream stopped within an event."""
        return self._decoder.truncated

    @property
    def complete(self) -> bool:
        """Whether the server has said all, and nothing went wrong."""
        return self._reading.done() and not self._reading.cancelled() and self._failure is None

    async def events(self) -> list[list[ChatEvent]] | None:
        """The events of the next bytes, grouped by server-sent event; None at the end.

        Raises:
            ProtocolError: one event is larger than the limit. TransportError: the connection broke, or the answer is
                overdue. NemoError: the message was refused.
        """
        if self._broken is not None:
            raise self._broken
        ended = self._reading.done()
        if not self._ahead and not ended:
            return await self._waited()
        if not self._ahead:
            self._raise_failure()
            left = self._halves.left()
            return [left] if left else None
        if not ended and (reason := self._patience.over):
            raise TransportError(reason)
        groups = self._taken()
        if not ended and not _words_in(groups):
            if reason := self._patience.only_heartbeats:
                raise TransportError(reason)
            if self._patience.telling <= 0:
                groups.append([self._patience.tell()])
        return groups

    async def _waited(self) -> list[list[ChatEvent]]:
        try:
            await self._caller.clock.within(self._patience.left, self._news.wait())
        except TimeoutError:
            if reason := self._patience.overdue:
                raise TransportError(reason) from None
            if self._patience.telling <= 0:
                return [[self._patience.tell()]]
        return []

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._reading.cancelled():
            raise TransportError("the connection was closed", session_id=self._session_id)

    def _taken(self) -> list[list[ChatEvent]]:
        data = b"".join(self._ahead)
        self._ahead.clear()
        if self._size >= _AHEAD:
            self._patience.byte()  # if nothing came since, it is because the server was made to wait
        self._size = 0
        self._room.set()
        if not self._reading.done():
            self._news.clear()
        groups: list[list[ChatEvent]] = []
        # In pieces of no more than one event may have: what came whole before an event that is too large is kept.
        for start in range(0, len(data), self._most):
            try:
                found = self._decoder.feed(data[start : start + self._most])
            except ProtocolError as problem:
                problem.hint = _TOO_LARGE
                self._broken = problem
                break
            for event in found:
                group = [self._halves.joined(part) for part in decode(self._redacted(event))]
                if refused := refusal_among(group, self._caller, self._call):
                    self._broken = refused
                    return groups
                groups.append(group)
        if _words_in(groups):
            self._patience.word()
        return groups

    def _redacted(self, event: ServerSentEvent | Comment) -> ServerSentEvent | Comment:
        if isinstance(event, Comment):
            return event
        data = self._caller.redacted_text(event.data)
        return event if data == event.data else ServerSentEvent(event.event, data, event.id)

    async def _read(self, text: str) -> None:
        call, opening = self._call, Opening()
        message = {
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": self._session_id,
            "new_message": {"parts": [{"text": text}]},
        }
        try:
            async with self._caller.stream(call, json=message, read_timeout=None) as incoming:
                self.framed = "content-length" in incoming.headers or "transfer-encoding" in incoming.headers
                if "html" in incoming.headers.get("content-type", ""):
                    raise ProtocolError(f"The answer to {call} is a web page, and no stream of events.")
                async for chunk in incoming.chunks():
                    await self._hold(opening.take(chunk))
                if rest := opening.rest():
                    if problem := refusal(self._caller, call, incoming.status, incoming.headers, rest):
                        raise problem
                    await self._hold(rest)
        except Exception as problem:  # noqa: BLE001 — it belongs to whoever follows the answer, and is raised there
            self._failure = problem
        finally:
            self._news.set()

    async def _hold(self, chunk: bytes) -> None:
        self._patience.byte()
        if not chunk:
            return
        self._ahead.append(chunk)
        self._size += len(chunk)
        self._news.set()
        while self._size >= _AHEAD:
            self._room.clear()
            await self._room.wait()

    async def close(self) -> None:
        """End the connection and wait until it is gone; idempotent. It goes even where the wait is cancelled."""
        self._reading.cancel()
        if not self._reading.done():
            await asyncio.wait([self._reading])


def _words_in(groups: list[list[ChatEvent]]) -> bool:
    return any(not isinstance(event, Heartbeat) for group in groups for event in group)
