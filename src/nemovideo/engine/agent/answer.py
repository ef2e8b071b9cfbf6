"""What a turn comes to: words, tool calls, a new timeline."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.edits.plan import PlanWish
from nemovideo.engine.wire import JsonObject

__all__ = ["Moves", "ToolCall", "Turn"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the agent did, as the stream tells it."""

    name: str
    args: JsonObject
    response: JsonObject


@dataclass(frozen=True, slots=True)
class Moves:
    """How far to go in a session's history before anything new is written: so many steps back, or forth."""

    back: int = 0
    forth: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer.

    Attributes:
        text: the words.
        calls: of tools, in order.
        draft: the timeline afterwards; None when it stays as it is.
        between: timelines that the message made and left for another upload's: written first, for an undo to find.
        moves: what an undo or redo does to the session's history; where `edits` is false, nothing else is written.
        edits: whether `draft` is new, and written as such.
        paid: whether work was done that is paid for: going back and forth, and starting over, cost nothing.
        plan: where it is set, the answer is still to be found, by looking ahead (`engine.foresight`).
    """

    text: str
    calls: tuple[ToolCall, ...] = ()
    draft: JsonObject | None = None
    between: tuple[JsonObject, ...] = ()
    moves: Moves = Moves()
    edits: bool = False
    paid: bool = False
    plan: PlanWish | None = None

    @property
    def costs(self) -> bool:
        """Whether the turn is paid for."""
        return self.draft is not None and self.paid
