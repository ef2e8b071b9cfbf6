"""The backend's talk of a screen into actions and clean text (spec, section 7).

The text is cut into sentences and clauses; a clause that instructs somebody before a screen goes, with what leads to
it, and what it wanted is done through the API. All else stays, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nemovideo.protocol.screenclauses import Instruction, without_screen
from nemovideo.protocol.screentalk import HEADING, SENTENCE_END, Kind

__all__ = ["GuiAction", "Translation", "translate"]

MOST_ACTIONS = 3  # spec, section 7

_NOTES = {
    "en": {
        "unknown": 'The reply asked for "{name}" on a screen that is not here; nothing was run for it.',
        "edit": 'To have this done, say it in words: "{name}"',
        "more": "More was asked of the screen than is done by itself: {name}.",
    },
    "zh": {
        "unknown": "回复里提到了这里没有的界面操作“{name}”，没有执行任何操作。",
        "edit": "如果需要，请直接用文字说明：“{name}”",
        "more": "其余的界面操作没有自动执行：{name}。",
    },
}
_UNDO = {"en": "Undo the last edit.", "zh": "撤销上一步操作。"}
_PRONOUNS = frozenset({"", "it", "this", "that", "them", "here", "它", "这里"})


@dataclass(frozen=True, slots=True)
class GuiAction:
    """What an instruction comes to: an export, the credits, the track summary, an upload, or an edit said to the chat.

    Attributes:
        kind: which.
        text: of an edit, the sentence to say.
    """

    kind: Kind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """A reply without its screen.

    Attributes:
        text: what is left to read; the reply itself, byte for byte, where it spoke of no screen.
        actions: what to do, each kind once, three at most.
        notes: what was not done, in words.
    """

    text: str
    actions: tuple[GuiAction, ...] = ()
    notes: tuple[str, ...] = ()


def translate(says: str) -> Translation:
    """Take the screen out of what the backend says.

    Example:
        >>> translate("I added the title. Click the Export button to download it.")
        Translation(text='I added the title.', actions=(GuiAction(kind='export', text=''),), notes=())

    Source: spec, section 7.
    """
    language = "zh" if re.search(r"[\u4e00-\u9fff]", says) else "en"
    kept: list[str] = []
    found: list[Instruction] = []
    emptied = False
    for sentence in _sentences(says):
        words, instructions = without_screen(sentence)
        found += instructions
        if instructions and not words.strip():
            _close_gap(kept, sentence)
            emptied = True
        elif not (emptied and not words.strip() and "".join(kept[-2:]).endswith("\n\n")):
            kept.append(words)
            emptied = False
    if not found:
        return Translation(says)
    actions, notes = _wanted(found, language)
    return Translation(_closed("".join(kept).strip()), actions, notes)


def _closed(text: str) -> str:
    """Without a bold mark whose other half went with an instruction."""
    lines = text.split("\n")
    return "\n".join(line.replace("**", "") if line.count("**") % 2 else line for line in lines).strip()


def _wanted(found: list[Instruction], language: str) -> tuple[tuple[GuiAction, ...], tuple[str, ...]]:
    """The instructions as actions, and as notes where there is none."""
    actions: dict[Kind, GuiAction] = {}
    notes: dict[str, None] = {}
    words = _NOTES[language]
    for instruction in found:
        kind = instruction.kind
        if kind is None and instruction.name.lower() in _PRONOUNS and len(found) > 1:
            continue  # "the Upload button: click it"
        if kind is None:
            notes[words["unknown"].format(name=instruction.name)] = None
        elif kind in actions and kind != "edit":
            continue
        elif kind == "edit" and (kind in actions or instruction.optional):
            notes[words["edit"].format(name=instruction.sentence or _UNDO[language])] = None
        elif len(actions) == MOST_ACTIONS:
            notes[words["more"].format(name=instruction.name or kind)] = None
        else:
            edit = (instruction.sentence or _UNDO[language]) if kind == "edit" else ""
            actions[kind] = GuiAction(kind, edit)
    return tuple(actions.values()), tuple(notes)


def _sentences(says: str) -> Iterator[str]:
    """The sentences, each with its end and the space after it; put together they are the text again."""
    start = 0
    for end in SENTENCE_END.finditer(says):
        if re.fullmatch(r"\s*\d+\.", says[start : end.end()]):
            continue  # "1." begins a list's line
        stop = end.end()
        while stop < len(says) and says[stop] in " \t":
            stop += 1
        if end[0] != "\n" and stop < len(says) and says[stop] == "\n":
            stop += 1
        if stop > start:
            yield says[start:stop]
            start = stop
    if start < len(says):
        yield says[start:]


def _close_gap(kept: list[str], sentence: str) -> None:
    """A sentence that went takes its line with it: the line's end stays where other words stand on the line."""
    if kept and HEADING.match(kept[-1]):
        kept.pop()
    if sentence.endswith("\n") and kept and not kept[-1].endswith("\n"):
        kept[-1] = kept[-1].rstrip() + "\n"
