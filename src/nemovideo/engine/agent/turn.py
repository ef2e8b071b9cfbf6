"""One turn of the conversation: a text and what the session holds go in, what to do and to say comes out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from nemovideo.engine.agent.answer import ToolCall, Turn
from nemovideo.engine.agent.compression import compress, program_wish
from nemovideo.engine.agent.edits.plan import PlanWish, read_plan
from nemovideo.engine.agent.language import language_of
from nemovideo.engine.agent.mentions import mentions
from nemovideo.engine.agent.subjects import ranked
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.engine.history import History
from nemovideo.protocol.planwords import PLAN

__all__ = ["ToolCall", "Turn", "take_turn"]


def take_turn(text: str, session: SessionRow, uploads: Sequence[UploadRow], history: History | None = None) -> Turn:
    """Answer one message.

    Args:
        text: the message.
        session: with the timeline as it is.
        uploads: of the session, oldest first.
        history: what an undo can bring back.
    """
    meant = ranked(session, uploads)
    said = mentions(text, meant)
    language = language_of(said.bare, session.language)
    if (wish := program_wish(text, said)) is not None:
        done = compress(wish, session.draft, meant, session.name, language)
        return Turn(done.text, (done.call,), done.draft, edits=True, paid=True)
    if (plan := read_plan(said, session.draft, language)) is not None:
        return _planned(plan)
    from nemovideo.engine.agent.conversation import answered  # noqa: PLC0415  # 0.1 s that a program need not pay

    return answered(text, said, session, meant, history=history or History(), language=language)


def _planned(wish: PlanWish) -> Turn:
    if wish.problem is None:
        return Turn("", plan=wish)
    reason, text = wish.problem
    return Turn(text, (ToolCall(PLAN, wish.args, {"status": "error", "reason": reason}),))
