"""What a clause asks for beside the one edit that was read out of it: a limit, a part to keep, further stretches. Pure.

"compress the first 3 seconds to 1 MB" trims and compresses, 「把前3秒压缩到1MB」 as well; "mute 2s to 4s and 5s to 6s"
mutes twice; "join the first 2 seconds of a.mp4 with b.mp4" joins and trims.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nemovideo.engine.agent.moments import TIME
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Found as Stretch
from nemovideo.engine.agent.spans import spans_found
from nemovideo.engine.agent.wish import Compressing, Found, Part, Reader, Unknown
from nemovideo.protocol.wishwords import wishes

__all__ = ["LIMIT", "limit_said", "spread"]

_WORDS = frozenset({"title", "caption", "retitle", "untitle", "gif", "undo"})  # these read a limit, or words like one
_STRETCHED = frozenset({"mute", "volume", "speed", "music"})  # edits of one stretch each
_BYTES = Pattern(r"\d\s*(?:[kmg]i?b(?![a-z])|兆)")
LIMIT = Pattern(
    r"(?:\b(?:under|below|max(?:imum)?|at\s+most|(?:less|more|smaller)\s+than|up\s+to|within|limit(?:ed)?(?:\s+to)?)"
    r"|[<≤]=?|不超过|小于|最多|低于)\s*(?:of\s+)?\d+(?:\.\d+)?\s*(?:[kmg]i?b(?![a-z])|兆)"
    r"|\b(?:want|make|give|need|get|create|as|into|to)\b[^,.;]{0,20}?\ban?\s+\d+(?:\.\d+)?\s*[kmg]i?b\s+(?:version|copy|file|clip|one)\b"
    r"|\d+(?:\.\d+)?\s*(?:[kmg]i?b|兆)\s*(?:以内|以下|之内|max\b|or\s+(?:less|smaller|under))"
)
"""A size that words set as the most that the file may have."""
_SIZE = Pattern(r"\d+(?:\.\d+)?\s*(?:[kmg]i?b|兆)")
_PART = Pattern(rf"{TIME}|half|third|quarter|minute|second|hour|前半|后半")
_BEFORE_LEFT_OUT = Pattern(
    r"(?:\b(?:without|except(?:\s+for)?|excluding|exclude|minus|omit\w*|skip\w*|remov\w+|delet\w+|drop\w*|cut\w*|not|less)\s+(?:the\s+)?"
    r"|(?:除了?|去掉|删掉|删除|不要|不含|剪掉|跳过)\s*)$"
)
_BEHIND_LEFT_OUT = Pattern(
    r"^\s*(?:(?:is|are|being)\s+)?(?:removed|cut|deleted|dropped|gone|left\s+out|off|out)\b|^\s*(?:去掉|删掉|不要|除外|以外)"
)
_BOUND = Pattern(r"^(?:before|until|till|up\s+to)\b|(?:之前|以前|为止)$")
_FILE = "the video"


def spread(part: Part, read: Reader) -> list[Part]:
    """The part, and beside it whatever else its clause asks for, in the order in which it is done."""
    what, text = part.what, part.clause.text
    if isinstance(what, Compressing):
        kept = _kept(part, read)
        return [part] if kept is None else [kept, part]
    if not isinstance(what, Found):
        return [part]
    parts = [part]
    if what.kind.name in _STRETCHED and what.edit == _first(part, read):
        parts = _stretches(part, read)
    elif what.kind.name == "join":
        parts = [part, *_of_clips(part, read)]
    if what.kind.name not in _WORDS and (LIMIT.search(text) or (wishes(text) and _BYTES.search(text))):
        parts.append(replace(part, what=Compressing()))
    return parts


def limit_said(text: str) -> str | None:
    """The size that the words set as the most, as they say it: "100kb"; None where they set none."""
    found = LIMIT.search(text)
    size = _SIZE.search(found[0]) if found else None
    return size[0] if size else None


def _kept(part: Part, read: Reader) -> Part | None:
    """The trim to the stretches that a wish to compress names, or the cut of those that it leaves out."""
    text = part.clause.text
    found = [one for one in spans_found(text) if _names_part(text[one.begin : one.end], one)]
    if not found:
        return None
    verb, kind = ("remove", "cut") if _leaves_out(text, found) else ("keep", "trim")
    clause = replace(part.clause, text=f"{verb} " + " and ".join(text[one.begin : one.end] for one in found))
    edit = read(clause)
    return replace(part, clause=clause, what=edit if edit is not None and edit.kind.name == kind else Unknown())


def _leaves_out(text: str, found: Sequence[Stretch]) -> bool:
    """Whether the words say that the stretches are not to be in it: "without the first 3 seconds"."""
    return any(_BEFORE_LEFT_OUT.search(text[: one.begin]) or _BEHIND_LEFT_OUT.search(text[one.end :]) for one in found)


def _names_part(words: str, one: Stretch) -> bool:
    """Whether words of a wish to compress name a part of the film, and not when it is to be done or from what size."""
    if _PART.search(words) is None or _BOUND.search(words):
        return False
    return one.span.end is not None or one.span.start < 0 or (one.span.share and one.span.start > 0)


def _first(part: Part, read: Reader) -> object:
    found = read(part.clause)
    return None if found is None else found.edit


def _stretches(part: Part, read: Reader) -> list[Part]:
    """The part once for each of its stretches, the last first: what is done to one must not move the others."""
    text = part.clause.text
    found = spans_found(text)
    if len(found) < 2:
        return [part]
    parts: list[Part] = []
    for one in reversed(found):
        clause = replace(part.clause, text=_without(text, [other for other in found if other is not one]))
        edit = read(clause)
        if edit is None or not isinstance(part.what, Found) or edit.kind is not part.what.kind:
            return [part]
        parts.append(replace(part, clause=clause, what=edit))
    return parts


def _without(text: str, stretches: Sequence[Stretch]) -> str:
    for one in stretches:
        text = text[: one.begin] + "_" * (one.end - one.begin) + text[one.end :]
    return " ".join(re.sub(r"(?:\s*(?:,|and|&|、|和))?\s*_+", " ", text).split())


def _of_clips(part: Part, read: Reader) -> list[Part]:
    """The trims of the clips of which only a part is joined: "the first 2 seconds of a.mp4"."""
    text, files = part.clause.text, part.clause.files
    parts: list[Part] = []
    for one in spans_found(text):
        words = text[one.begin : one.end]
        behind = re.match(r"\s*(?:of|from|in)\s+(?=the video)", text[one.end :])
        before = re.search(r"the video\s*的?\s*$", text[: one.begin])
        place = text[: one.begin].count(_FILE) - (0 if behind or not before else 1)
        known = (behind or before) and text.count(_FILE) == len(files)
        clause = replace(part.clause, text=f"keep {words} of {_FILE}", files=(files[place],) if known else ())
        edit = read(clause) if known else None
        if edit is None or edit.kind.name != "trim":
            clause = replace(part.clause, said=words)
            parts.append(replace(part, clause=clause, what=Unknown()))
        else:
            parts.append(replace(part, clause=clause, what=edit))
    return parts
