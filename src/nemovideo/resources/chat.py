"""Chat: say something to the backend's agent and follow its answer."""

from __future__ import annotations

import asyncio
import weakref

from nemovideo.errors import AgentError
from nemovideo.protocol.reply import Ended, Reply
from nemovideo.resources.chatstream import ChatLimits, ChatStream
from nemovideo.resources.session import Connect, SessionLike, session_id_of

__all__ = ["ChatResource"]


class ChatResource:
    """`client.chat`. One run at a time on a session: the chat server would mix two up (spec, section 5)."""

    def __init__(self, connect: Connect, *, limits: ChatLimits | None = None) -> None:
        self._connect = connect
        self._limits = limits or ChatLimits()
        self._streams: dict[str, weakref.ref[ChatStream]] = {}
        self._connections: dict[str, ChatStream.Connection] = {}

    def stream(self, session: SessionLike, text: str) -> ChatStream:
        """Send a message and follow the answer, event by event.

        The message is sent when the iteration begins, once, and never again. An error of the agent comes as an event.
        Within `async with` the stream is closed at once when the block is left; on the plain chat server, closing a
        stream early cancels the run.

        Raises, while it is followed:
            SessionNotFound: before the first event. StreamInterrupted: the connection broke, or an answer was overdue.

        Example:
            >>> async with client.chat.stream(session, "compress it to 50 MB") as events:  # doctest: +SKIP
            ...     async for event in events:
            ...         print(event)

        Source: spec, section 2, "chat"; section 5.
        """
        session_id = session_id_of(session)
        return ChatStream(self, session_id, text, limits=self._limits)

    async def send(self, session: SessionLike, text: str) -> Reply:
        """Send a message and wait for the whole answer.

        Raises:
            AgentError: the run crashed or ended with an error; `reply` holds what was said before.
            StreamInterrupted: the connection broke; `text` holds what was said before. SessionNotFound.
        """
        async with self.stream(session, text) as events:
            async for _ in events:
                pass
            reply = events.reply
        if reply.ended is Ended.ERROR and reply.error is not None:
            raise AgentError(
                f"The backend's agent failed: {reply.error.message}",
                hint="Say it in other words, or try again later.",
                reply=reply,
                code=reply.error.code,
                phase="ask",
                session_id=session_id_of(session),
            )
        return reply

    async def connect(self, stream: ChatStream) -> ChatStream.Connection:
        """Open a stream's connection, after the one before it on the same session has gone."""
        session_id = stream.session_id
        caller = await self._connect()  # first: between the look at the others and our own entry nothing is awaited
        while (before := self._connections.get(session_id)) is not None:
            owner = self._streams[session_id]()
            if owner is None or before.owner is asyncio.current_task() or before.owner.done():
                await before.close()  # abandoned after a bare `break`: nobody will
            else:
                await before.closed.wait()
        connection = ChatStream.Connection(caller, stream, on_closed=self._forget)
        self._connections[session_id] = connection
        self._streams[session_id] = weakref.ref(stream)
        return connection

    def _forget(self, session_id: str, connection: ChatStream.Connection) -> None:
        if self._connections.get(session_id) is connection:
            del self._connections[session_id]
            del self._streams[session_id]

    async def close(self) -> None:
        """Close every stream that is still open."""
        for connection in list(self._connections.values()):
            await connection.close()
