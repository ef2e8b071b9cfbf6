"""Chat: say something to the backend's agent and follow its answer."""

from __future__ import annotations

import asyncio

import anyio

from nemovideo.errors import AgentError, StreamInterrupted, TransportError, UsageError
from nemovideo.protocol.reply import Ended, Reply
from nemovideo.resources.baseline import Baseline, look
from nemovideo.resources.chatstream import ChatStream
from nemovideo.resources.chatturn import Turn
from nemovideo.resources.recovery import Cut, interrupted, unknown
from nemovideo.resources.session import Connect, SessionLike, session_id_of
from nemovideo.resources.state import State

__all__ = ["ChatResource"]

_CLOSED = "the client was closed"
_TAKEN_OVER = "another call on this session took over"


class ChatResource:
    """`client.chat`. One run at a time on a session: the chat server would mix two up (spec, section 5).

    A second message waits until the answer to the first has ended, as long as somebody follows it. Where nobody does,
    the first is closed: at once where its stream or its task has gone, or where the second message comes from the task
    that holds it; where another task holds it, after 1 s in which no event was asked for, 5 s within `async with`. (So
    a task that awaits another one which speaks to the same session is not stuck; nor is a call within
    `asyncio.wait_for`.) Who reads on in a stream that another task's call closed gets StreamInterrupted.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._turns: dict[str, Turn] = {}
        self._closed = False

    def stream(self, session: SessionLike, text: str, *, baseline: State | None = None) -> ChatStream:
        """Send a message and follow the answer, event by event.

        The message is sent when the iteration begins, once, and never again; before it, the session's state is asked,
        so that what the message changed can be told. An error of the agent comes as an event. Within `async with` the
        stream is closed at once when the block is left; on the plain chat server, closing a stream early cancels the
        run.

        Args:
            session: a Session or its id.
            text: the message.
            baseline: the session's state just now, where you have it already.

        Raises:
            UsageError: the text is empty, or no text.

        Raises, while it is followed:
            SessionNotFound, AuthenticationError, OutOfCredits, RateLimited: the message was refused.
            ConnectionFailed: the message did not arrive; it is safe to send it again.
            StreamInterrupted: the answer was cut off or overdue, and the state shows no change (see `recover`).
            ProtocolError: one event is larger than `Limits.event_bytes`; its `text` holds what was said before.

        Example:
            >>> async with client.chat.stream(session, "compress it to 50 MB") as events:  # doctest: +SKIP
            ...     async for event in events:
            ...         print(event)

        Source: spec, section 2, "chat"; section 5.
        """
        if not isinstance(text, str) or not text.strip():  # pyright: ignore[reportUnnecessaryIsInstance] -- callers err
            raise UsageError(f"This is no message: {text!r:.60}.", hint="Say what you want, in words.", phase="ask")
        held = None if baseline is None else Baseline.of(baseline)
        return ChatStream(self, session_id_of(session), text, baseline=held)

    async def send(self, session: SessionLike, text: str, *, baseline: State | None = None) -> Reply:
        """Send a message and wait for the whole answer; arguments and errors as for `stream`.

        An answer without a word tells in `changes` what it changed; `str(reply)` always gives something to read. After
        a cut the message is not sent again: the state is asked, and the Reply is `recovered` where something changed.

        Raises:
            AgentError: the run crashed or ended with an error; `reply` holds what was said before.

        Example:
            >>> reply = await client.chat.send(session, "add the title 'Paradise Found'")  # doctest: +SKIP
            >>> print(reply)  # doctest: +SKIP
            Title added: 'Paradise Found' (0-3s)
        """
        async with self.stream(session, text, baseline=baseline) as events:
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

    async def recover(self, interrupted_by: StreamInterrupted) -> Reply:
        """Look once more whether an interrupted message took effect, in this process or a later one.

        Nothing is sent but a question for the state, which is compared with what it was before that message: ask
        before you send anything else.

        Args:
            interrupted_by: the error as it was raised, or as it came out of a pickle.

        Raises:
            StreamInterrupted: nothing has changed, or what was there before is not known. NemoError: the state cannot
                be asked now.

        Example:
            >>> try:  # doctest: +SKIP
            ...     reply = await client.chat.send(session, "cut the first ten seconds")
            ... except StreamInterrupted as error:
            ...     reply = await client.chat.recover(error)
        """
        session_id, baseline = interrupted_by.session_id, interrupted_by.baseline
        if session_id is None:
            raise UsageError("This StreamInterrupted names no session.", hint="Pass the one that the chat raised.")
        known = baseline if isinstance(baseline, Baseline) else None
        cut = Cut(session_id, "the connection was lost", interrupted_by.text, known, code=interrupted_by.code)
        state = await look(await self._connect(), session_id)
        if known is None:
            raise unknown(cut, state)
        if not (changes := known.changes(state)):
            raise interrupted(cut, "nothing has changed in the session since")
        return Reply(interrupted_by.text, ended=Ended.CUT, recovered=True, changes=changes, compared=True)

    async def connect(self, stream: ChatStream) -> Turn:
        """A stream's turn on its session, after the one before has ended."""
        session_id = stream.session_id
        caller = await self._connect()  # first: between the look at the others and our own entry nothing is awaited
        since = caller.clock.monotonic()
        while (before := self._turns.get(session_id)) is not None and before.loop is asyncio.get_running_loop():
            if before.mine:
                await before.close()
            elif before.deserted or (left := before.idle(since)) <= 0:
                await before.yield_to(why=_TAKEN_OVER)
            else:
                await before.left(left)
        if self._closed:
            raise TransportError("The client was closed before the message was sent.", phase="ask")
        turn = Turn(caller, stream, on_end=lambda ended: self._forget(session_id, ended))
        self._turns[session_id] = turn
        return turn

    def _forget(self, session_id: str, turn: Turn) -> None:
        if self._turns.get(session_id) is turn:
            del self._turns[session_id]

    async def close(self) -> None:
        """Close every stream that is still open, all at once; those who follow one get StreamInterrupted."""
        self._closed = True
        async with anyio.create_task_group() as closing:
            for turn in list(self._turns.values()):
                if turn.loop is asyncio.get_running_loop():
                    turn.lost = _CLOSED
                    closing.start_soon(turn.close)
