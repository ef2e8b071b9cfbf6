"""Undo, redo and starting over, done to a message's timeline and told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nemovideo.engine.agent.answer import Moves, ToolCall
from nemovideo.engine.agent.differences import could_be
from nemovideo.engine.agent.edits.sequence import told_order
from nemovideo.engine.agent.edits.timeline import VIDEO, length, segments
from nemovideo.engine.agent.language import Language
from nemovideo.engine.agent.phrases import say, spoken_request
from nemovideo.engine.agent.spoken import lasting
from nemovideo.engine.agent.steps import Step
from nemovideo.engine.drafts import requested, timeline_of
from nemovideo.engine.wire import JsonObject, table
from nemovideo.errors import NemoError

if TYPE_CHECKING:
    from nemovideo.engine.agent.editing import Editing

__all__ = ["Went", "went"]


@dataclass(frozen=True, slots=True)
class Went:
    """What came of a step."""

    text: str
    call: ToolCall
    done: bool


def went(step: Step, editing: Editing) -> Went:
    """Take the step; edits of the same message are taken back before those of earlier ones."""
    match step.kind:
        case "undo":
            return _back(step.times, editing) if _is_last(step, editing) else _not_the_last(step, editing.language)
        case "redo":
            return _forth(step.times, editing)
        case "reset":
            return _reset(editing)


def _back(times: int, editing: Editing) -> Went:
    language, taken = editing.language, 0
    while taken < times and editing.chain:
        editing.draft = editing.chain.pop()
        taken += 1
    before = editing.history.before
    while taken < times and editing.moves.back < len(before) and not editing.moves.forth:
        editing.draft = before[editing.moves.back]
        editing.moves = Moves(back=editing.moves.back + 1)
        taken += 1
    if not taken:
        return _nothing("undo", language)
    return _told("undo", "undone", taken, editing)


def _is_last(step: Step, editing: Editing) -> bool:
    """Whether the edit that is named is the last one, which alone can be taken back by itself."""
    before = [*editing.chain[-1:], *editing.history.before[editing.moves.back :]][:1]
    return not step.name or not before or could_be(step.name, before[0], editing.draft)


def _not_the_last(step: Step, language: Language) -> Went:
    response = {"status": "error", "reason": "not_the_last"}
    return Went(
        say("not_the_last", language, name=step.name), ToolCall("undo", {"edit": step.name}, response), done=False
    )


def _forth(times: int, editing: Editing) -> Went:
    undone, taken = editing.history.undone, 0
    while taken < times and editing.moves.forth < len(undone) and not editing.chain and not editing.moves.back:
        editing.draft = undone[editing.moves.forth]
        editing.moves = Moves(forth=editing.moves.forth + 1)
        taken += 1
    return _told("redo", "redone", taken, editing) if taken else _nothing("redo", editing.language)


def _reset(editing: Editing) -> Went:
    """The upload as it came. It is an edit: what was done before can be had back."""
    new = timeline_of(editing.upload, editing.session.name)
    if editing.draft == new:
        return _nothing("reset", editing.language)
    editing.chain.append(editing.draft)
    editing.draft = new
    text = say("reset", editing.language, state=_state(new, editing.language))
    return Went(text, ToolCall("reset", {"source": editing.upload.filename}, {"status": "ok"}), done=True)


def _told(name: str, phrase: str, taken: int, editing: Editing) -> Went:
    language = editing.language
    count = f"{taken} 步" if language == "zh" else "the last edit" if taken == 1 else f"{taken} edits"
    if phrase == "redone" and language == "en" and taken == 1:
        count = "the edit"
    text = say(phrase, language, count=count, state=_state(editing.draft, language))
    return Went(text, ToolCall(name, {"times": taken}, {"status": "ok"}), done=True)


def _nothing(name: str, language: Language) -> Went:
    phrase = "nothing_to_redo" if name == "redo" else "nothing_to_undo"
    return Went(say(phrase, language), ToolCall(name, {}, {"status": "error", "reason": phrase}), done=False)


def _state(draft: JsonObject | None, language: Language) -> str:
    """The timeline in one sentence."""
    if draft is None or not segments(draft, VIDEO):
        return ""
    order = told_order(draft) if language == "en" else told_order(draft).replace(", ", "、")
    wish = ""
    if table(draft.get("m")).get("nemovideo") is not None:
        try:
            spoken = spoken_request(requested(draft), language)
            wish = f"，压缩：{spoken}" if language == "zh" else f", to be compressed {spoken}"
        except NemoError:
            pass
    return say("state", language, order=order, length=lasting(length(draft), language), wish=wish)
