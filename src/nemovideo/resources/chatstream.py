"""One answer of the agent, as it comes: its events, the reply that grows, and what is done when it is cut off."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Self

from nemovideo.errors import ConnectionFailed, NemoError, ProtocolError, TransportError, UsageError
from nemovideo.protocol.events import ChatEvent
from nemovideo.protocol.reply import Ended, Reply, ReplyBuilder, Snapshot
from nemovideo.resources.baseline import Baseline, baseline_of
from nemovideo.resources.chatturn import Turn
from nemovideo.resources.chatwire import ChatWire
from nemovideo.resources.patience import Patience
from nemovideo.resources.recovery import Cut, Recovery, compared, interrupted, may_have_run

if TYPE_CHECKING:
    from nemovideo.resources.chat import ChatResource

__all__ = ["ChatStream"]

_NOT_SENT = "The message did not arrive: it is safe to send it again."


class ChatStream:
    """An async iterator over chat events, and a context manager that closes it at once; made by `client.chat.stream`.

    A wait that is cancelled closes the stream, and so does another call on the session where nobody asked for an event
    for a while (1 s, 5 s within `async with`); the next one asked for is then a StreamInterrupted. An answer that is
    cut off is followed up by asking the session's state, with a StillWorking every two minutes, and ends with
    `reply.recovered` or with StreamInterrupted.

    Attributes:
        session_id: whose answer it is.
    """

    __slots__ = (
        "__weakref__", "_baseline", "_builder", "_changes", "_chat", "_compared", "_ended", "_events", "_followed",
        "_groups", "_held", "_patience", "_recovery", "_text", "_turn", "session_id",
    )  # fmt: skip

    def __init__(self, chat: ChatResource, session_id: str, text: str, *, baseline: Baseline | None = None) -> None:
        self.session_id = session_id
        self._held = False
        self._text = text
        self._chat = chat
        self._baseline = baseline
        self._turn: Turn | None = None
        self._patience: Patience | None = None
        self._recovery: Recovery | None = None
        self._groups: deque[list[ChatEvent]] = deque()
        self._events: deque[ChatEvent] = deque()
        self._builder = ReplyBuilder()
        self._ended: Ended | None = None
        self._changes: tuple[str, ...] = ()
        self._compared = self._followed = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChatEvent:
        if self._followed:
            raise UsageError("This stream is followed by another task.", hint="Give each task a stream of its own.")
        self._followed = True
        try:
            while not self._events:
                if self._groups:
                    self._take(self._groups.popleft())
                elif self._over():
                    raise StopAsyncIteration
                elif self._turn is None:
                    self._turn = await self._chat.connect(self)
                    if self._held:
                        self._turn.hold()
                    if self._over():  # closed while it waited for its turn
                        await self._turn.close()
                else:
                    await self._advance(self._turn)
            return self._events.popleft()
        finally:
            self._followed = False
            if self._turn is not None:
                self._turn.touch()

    def _take(self, group: list[ChatEvent]) -> None:
        """Hand out one server-sent event: only now the reply knows of it, so that a snapshot tells no more than was."""
        self._builder.add_all(group)
        self._events.extend(group)

    def _over(self) -> bool:
        return self._ended is not None

    async def _advance(self, turn: Turn) -> None:
        with turn.followed():
            try:
                if not turn.closing:
                    await self._step(turn)
            except BaseException as problem:
                closing = turn.closing
                self._ended = self._ended or Ended.CUT
                if isinstance(problem, NemoError):
                    problem.reply = self.reply
                await turn.close()
                if not (closing and isinstance(problem, NemoError)):
                    raise
            if turn.closing:
                self._closed_by_another(turn)
            elif self._ended is not None:
                await turn.close()

    def _closed_by_another(self, turn: Turn) -> None:
        """It ends here: quietly, but where it was taken from whoever follows it."""
        self._ended = self._ended or Ended.CUT
        if turn.lost is None:
            return
        if turn.wire is None:
            said = f"{turn.lost[0].upper()}{turn.lost[1:]} before the message was sent."
            raise TransportError(said, hint=_NOT_SENT, phase="ask")
        raise interrupted(self._cut(turn.lost))

    async def _step(self, turn: Turn) -> None:
        """The next thing to do: look at what is there, send, listen, follow up."""
        if self._recovery is not None:
            await self._follow_up(self._recovery)
        elif turn.wire is None:
            if self._baseline is None:
                self._baseline = await baseline_of(turn.caller, self.session_id)
            if not turn.closing:
                self._patience = Patience(turn.caller.limits, turn.caller.clock)
                turn.send(self.session_id, self._text, self._patience)
        else:
            await self._listen(turn, turn.wire)

    async def _listen(self, turn: Turn, wire: ChatWire) -> None:
        try:
            groups = await wire.events()
        except NemoError as problem:
            if turn.closing:
                return
            if self._builder.crashed:
                self._ended = Ended.CLEAN
            elif may_have_run(problem):
                await self._recover(turn, wire, self._cut(problem.message, problem))
            else:
                self._complete(problem)
                raise
            return
        if groups is None:
            await self._finish(turn, wire)
            return
        self._groups.extend(groups)

    def _complete(self, problem: NemoError) -> None:
        """A refusal, or an answer that cannot be read, with what the caller needs to go on."""
        problem.phase, problem.session_id = problem.phase or "ask", problem.session_id or self.session_id
        if isinstance(problem, ConnectionFailed):
            problem.hint = f"{problem.hint or ''} {_NOT_SENT}".strip()
        elif isinstance(problem, ProtocolError):
            problem.text = str(self.snapshot)

    async def _finish(self, turn: Turn, wire: ChatWire) -> None:
        """The stream has ended: by the evidence, whole or cut off."""
        builder = self._builder
        if builder.crashed:
            self._ended = Ended.CLEAN
        elif builder.aborted:
            await self._recover(turn, wire, self._cut("the run was stopped"))
        elif wire.truncated:
            await self._recover(turn, wire, self._cut("the connection ended within an event"))
        elif not wire.framed and not builder.whole:
            await self._recover(turn, wire, self._cut("the connection ended before the answer did"))
        else:
            await self._compare(turn, wire)
            self._ended = self._ended or Ended.CLEAN

    async def _compare(self, turn: Turn, wire: ChatWire) -> None:
        """About 30 % of edits end without a word: then the state tells what they did (spec, section 5).

        Where an unframed answer ended with words, nothing tells an end from a cut: then the state is asked too, once.
        """
        reply = self._builder.build()
        if (reply.text and wire.framed) or reply.error or turn.over:  # over: another call spoke meanwhile
            return
        found = await compared(turn, self.session_id, self._baseline, again=not reply.text)
        if found is not None:
            self._changes, self._compared = found, True

    def _cut(self, reason: str, cause: NemoError | None = None) -> Cut:
        error = self.reply.error
        return Cut(self.session_id, reason, str(self.snapshot), self._baseline, cause, error.code if error else None)

    async def _recover(self, turn: Turn, wire: ChatWire, cut: Cut) -> None:
        if turn.over:
            raise interrupted(cut, "another call on this session has followed it")
        await wire.close()
        patience = self._patience or Patience(turn.caller.limits, turn.caller.clock)
        self._recovery = Recovery(turn, cut, patience)

    async def _follow_up(self, recovery: Recovery) -> None:
        event = await recovery.step()
        if event is not None:
            self._events.append(event)
        elif recovery.changes:
            self._changes, self._compared = recovery.changes, True
            self._ended = Ended.CUT

    @property
    def snapshot(self) -> Snapshot:
        """The agent's words so far; `str()` gives them. A view: cheap on every event."""
        return self._builder.snapshot()

    @property
    def reply(self) -> Reply:
        """The answer as far as it has come."""
        recovered = self._recovery is not None and bool(self._changes)
        return self._builder.build(
            self._ended or Ended.CUT, recovered=recovered, changes=self._changes, compared=self._compared
        )

    async def aclose(self) -> None:
        """Close the connection; what was not read is lost."""
        if self._ended is None:
            self._ended = Ended.CUT
            self._groups.clear()
            self._events.clear()
        if self._turn is not None:
            await self._turn.close()

    async def __aenter__(self) -> Self:
        self._held = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
