"""After a cut: the message is never sent again; the session's state tells what became of it.

Wait, ask, compare with what was there before the message: changed, and the answer is told from it; unchanged, and the
state is asked again, until so many unchanged answers mean that nothing happened (spec, section 5). Where what was
there before is not known, the looks are compared with each other: a change between two proves as much. The waits are
`Limits.recovery_first`, `recovery_again` and `recovery_attempts`.
"""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.errors import (
    AuthenticationError,
    ConnectionFailed,
    NemoError,
    ProtocolError,
    SessionNotFound,
    StreamInterrupted,
    TransportError,
)
from nemovideo.protocol.events import StillWorking
from nemovideo.protocol.json import mended
from nemovideo.resources.baseline import Baseline, evidence, look
from nemovideo.resources.chatturn import Turn
from nemovideo.resources.patience import Patience
from nemovideo.resources.state import State

__all__ = ["Cut", "Recovery", "compared", "interrupted", "may_have_run", "unknown"]

_FAILED_LOOKS = 5  # in a row: then the state cannot be had, and nobody can say more
_CUT_OFF = "The answer was cut off"
_MOMENTS = (2.0, 5.0)  # seconds between the looks at what a wordless answer changed
_FINAL = (AuthenticationError, SessionNotFound)  # what another look will not change
_UNCHANGED = (
    "It seems to have had no effect: client.chat.recover(error) looks once more; sent again, it may be billed again."
)


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer that was cut off: whose, why, and what had been said."""

    session_id: str
    reason: str
    text: str = ""
    baseline: Baseline | None = None
    cause: NemoError | None = None
    code: int | str | None = None


def may_have_run(problem: NemoError) -> bool:
    """Whether a message that ended like this may have been accepted: then its effect is looked up, not repeated.

    A connection that was never made and a refusal (4xx) are certain. A lost connection is not, nor is a gateway's page
    (5xx): what is behind it may be at work.
    """
    if isinstance(problem, ProtocolError):
        return problem.status is not None and problem.status >= 500
    return isinstance(problem, TransportError) and not isinstance(problem, ConnectionFailed)


def interrupted(
    cut: Cut, why: str = "", *, hint: str | None = None, cause: NemoError | None = None
) -> StreamInterrupted:
    """The error to raise: what happened, what the state said, and how to go on."""
    cause = cause or cut.cause
    reason = cut.reason.rstrip(".")
    said = reason if reason.startswith(_CUT_OFF) else f"{_CUT_OFF}: {reason}"
    error = StreamInterrupted(
        f"{said}{'; ' if why else ''}{why}.",
        hint=hint,
        text=cut.text,
        baseline=cut.baseline,
        phase="ask",
        session_id=cut.session_id,
        status=cause.status if cause else None,
        code=cut.code if cut.code is not None or cause is None else cause.code,
        request_id=cause.request_id if cause else None,
    )
    error.__cause__ = cause
    return error


def unknown(cut: Cut, state: State) -> StreamInterrupted:
    """The error where what was there before is not known: what is there now."""
    return interrupted(
        cut, f"what the session held before is not known; it holds now: {mended(state.timeline.summary)}"
    )


async def compared(
    turn: Turn, session_id: str, baseline: Baseline | None, *, again: bool = False
) -> tuple[str, ...] | None:
    """What is different after an answer that ended well; None where that cannot be known.

    Args:
        turn: whose answer it is.
        session_id: where to look.
        baseline: what was there before the message.
        again: look twice more where nothing is: an edit may show in the state a moment after its answer has ended.
    """
    if baseline is None:
        return None
    found: tuple[str, ...] | None = None
    for wait in (0.0, *(_MOMENTS if again else ())):
        if wait:
            await turn.sleep(wait)
        if turn.closing:
            return found
        try:
            state = await look(turn.caller, session_id, meaning="act" if again else "read")
        except NemoError as problem:
            if isinstance(problem, _FINAL):
                return found
            continue
        if found := baseline.changes(state):
            return found
    return found


class Recovery:
    """What became of one message; `step` by step, so that a wait can be told meanwhile."""

    def __init__(self, turn: Turn, cut: Cut, patience: Patience) -> None:
        self._turn = turn
        self._cut = cut
        self._patience = patience
        self._limits = turn.caller.limits
        self._clock = turn.caller.clock
        self._due = self._clock.monotonic() + self._limits.recovery_first
        self._unchanged = self._failed = 0
        self._baseline = cut.baseline
        self.changes: tuple[str, ...] = ()
        """What changed, once it is known that something did."""

    async def step(self) -> StillWorking | None:
        """Wait for the next look and take it, or tell the wait.

        Raises:
            StreamInterrupted: nothing changed, or nobody can tell whether something did.
        """
        if self._limits.recovery_attempts <= 0:
            raise interrupted(self._cut)
        wait, telling = self._due - self._clock.monotonic(), self._patience.telling
        await self._turn.sleep(max(0.0, min(wait, telling)))
        if self._turn.closing:
            return None
        if telling < wait:
            return self._patience.tell()
        await self._look()
        return None

    async def _look(self) -> None:
        self._due = self._clock.monotonic() + self._limits.recovery_again
        try:
            state = await look(self._turn.caller, self._cut.session_id, meaning="act")
        except NemoError as problem:
            self._failed += 1
            if not self._turn.closing and (isinstance(problem, _FINAL) or self._failed >= _FAILED_LOOKS):
                why = f"the session's state cannot be asked: {problem.message.rstrip('.')}"
                raise interrupted(self._cut, why, cause=problem) from problem
            return
        self._failed = 0
        if self._baseline is not None:
            self.changes = self._baseline.changes(state)
        else:  # not known before the message: what changes from now on proves that something happens
            self._baseline = evidence(state)
        self._unchanged += 1
        if not self.changes and self._unchanged >= self._limits.recovery_attempts:
            if self._cut.baseline is None:
                raise unknown(self._cut, state)
            raise interrupted(self._cut, "nothing has changed in the session since", hint=_UNCHANGED)
