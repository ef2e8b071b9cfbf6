"""What a session held before a message was sent, and what is different now.

An edit shows in the draft, the canvas and what was generated. The uploads and what is found in them change for other
reasons, so they prove nothing about a message; generated media are counted, since their URLs may be signed anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nemovideo.errors import NemoError, RateLimited, TransportError, UsageError
from nemovideo.protocol.changes import changes
from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.endpoints import STATE
from nemovideo.protocol.json import JSON, dump, mapping, parse
from nemovideo.resources.state import State
from nemovideo.transport.caller import Caller
from nemovideo.transport.retry import Meaning

__all__ = ["Baseline", "baseline_of", "evidence", "look"]

_QUICK = 10.0  # seconds that a message waits for its baseline at most
_MOMENT = 1.0  # seconds until it is looked again
_PATIENT = 30.0  # seconds that any other look may take


@dataclass(frozen=True, slots=True)
class Baseline:
    """A session as it was, as JSON: small in memory, whole in a pickle, and not shown in a repr."""

    _held: bytes = field(repr=False)

    @classmethod
    def of(cls, state: State) -> Baseline:
        """What to compare with later.

        Raises:
            ValueError: the state holds what JSON cannot.
        """
        try:
            return cls(dump(_evidence(state)))
        except (TypeError, RecursionError) as problem:
            raise ValueError(f"a state holds what JSON cannot: {problem}") from None

    def changes(self, state: State) -> tuple[str, ...]:
        """What is different in `state`, in words; nothing where nothing is."""
        now = _evidence(state)
        before = mapping(parse(self._held))
        if before == now:
            return ()
        draft = before.get("draft")
        timeline = None if draft is None else Timeline.decode(draft)
        return (*changes(timeline, state.timeline), *_beside_the_draft(before, now))


def _evidence(state: State) -> dict[str, JSON]:
    return {"draft": state.draft, "canvas": dict(state.canvas_config), "media": len(state.generated_media)}


def _beside_the_draft(before: Mapping[str, JSON], now: Mapping[str, JSON]) -> Iterator[str]:
    if before.get("canvas") != now["canvas"]:
        yield "The canvas changed"
    more = now["media"] - before["media"]
    if more:
        yield f"Generated media: {more} new" if more > 0 else f"Generated media: {-more} gone"


async def look(caller: Caller, session_id: str, *, seconds: float = _PATIENT, meaning: Meaning = "read") -> State:
    """Ask for a session's state, for so long.

    Raises:
        NemoError: it could not be asked.
    """
    call = STATE.call(session_id=session_id)
    try:
        return State(await caller.clock.within(seconds, caller.get(call, meaning=meaning)))
    except TimeoutError:
        raise TransportError(f"{call}: no answer came within {seconds:g} s.", session_id=session_id) from None


async def baseline_of(caller: Caller, session_id: str) -> Baseline | None:
    """The session as it is, by a quick look; None where there is none to be had, which hinders no message.

    A fault that may pass is given a moment, once: without a baseline a cut is hard to judge.
    """
    begun = caller.clock.monotonic()
    try:
        return evidence(await look(caller, session_id, seconds=_QUICK, meaning="act"))
    except UsageError:
        raise  # no id at all: the message would not arrive either
    except NemoError as problem:
        left = begun + _QUICK - _MOMENT - caller.clock.monotonic()
        if not problem.retryable or isinstance(problem, RateLimited) or left <= 0:
            return None
    await caller.clock.sleep(_MOMENT)
    try:
        return evidence(await look(caller, session_id, seconds=left, meaning="act"))
    except NemoError:
        return None


def evidence(state: State) -> Baseline | None:
    """What to compare with later; None where the state holds what JSON cannot."""
    try:
        return Baseline.of(state)
    except ValueError:
        return None
