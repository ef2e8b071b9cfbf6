"""Where a second wish begins inside a fragment: "trim to 3 s | without audio", "10MB | but keep only 0:02-0:05". Pure.

A fragment is parted only where both sides are understood as different wishes, or where the right side is one that is
not done here; what tells more of the left side ("a gif at 10 fps", "20% of a song") stays with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from nemovideo.engine.agent.beside import LIMIT
from nemovideo.engine.agent.clauses import Message
from nemovideo.engine.agent.edits.edit import Clause
from nemovideo.engine.agent.edits.lettering import Incomplete
from nemovideo.engine.agent.edits.unclear import Unclear
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.unable import Unable
from nemovideo.engine.agent.wish import Compressing, Found, Unknown, What
from nemovideo.protocol.wishwords import details, only_details, wishes

__all__ = ["apart"]

_MOST = 12  # places of a fragment where a wish may begin
_JOINT = Pattern(
    r"\s+(?:(but|plus|while)(?:\s+(?:also|then))?\s+|(?=(with|without|at|in|into|as|for|no|only|keep|keeping|under|below"
    r"|down\s+to|using|max(?:imum)?|so(?:\s+that)?\s+it)\b|(@)))"
    r"|(?:\s*(但是?|不过|同时)\s*|(?<=\S)(?=不要|不带|只?保留|只要|只留|去掉|静音|消音|无声|淡[入出]|加[上个标字音配快速]|配[上乐]|旋转"
    r"|压缩|压到|做成|转成|改成))",
    re.IGNORECASE,
)
_TELLS = frozenset({"cut", "remove", "join", "order", "title", "caption", "retitle", "untitle", "unmusic", "undo"})
_DETAILS = frozenset({"resolution", "fps"})  # "720p at 30 fps" beside a limit are of the compression
_ADDED = Pattern(r"(?:with|using)\b")
_ADDS = frozenset({"with", "but", "plus", "while", "但", "但是", "不过"})
_OF_WISH = _ADDS | {"without", "only", "keep", "同时", ""}
_CONTENT = Pattern(r"[a-z]{3,}|[\u4e00-\u9fff]")
_FORBIDS = Pattern(r"\b(?:without|no|not|don't|never)\s+(?:\w+\s+)?(?:compress|shrink|reduc)|不(?:要|用)?压缩")
_IDLE = Pattern(
    r"\b(?:with|but|plus|while|the|an?|it|its|this|that|these|my|your|same|rest|everything|anything|else|care|ease|quality"
    r"|original|sound|audio|no|not|any|all|of|as|is|are|be|unchanged|intact|video|clip|film|and|very|good|best|high"
    r"|better|loss|you|please|can|possible|normal|keep|keeping|leave|only|just|also|then|do|don't|untouched|alone|ffmpeg)\b"
)

Reading = Callable[[Clause], What]
"""What one clause asks for, read by itself."""


def apart(message: Message, start: int, end: int, reading: Reading) -> list[tuple[int, int]]:
    """The wishes of a fragment, each by where it stands in the masked message.

    Args:
        message: the message.
        start: where the fragment begins.
        end: where it ends.
        reading: reads a clause by itself.
    """
    words = message.masked[start:end]
    whole: What | None = None
    for joint in sorted(islice(_JOINT.finditer(words), _MOST), key=lambda found: _word(found) not in _OF_WISH):
        if not words[: joint.start()].strip() or not words[joint.end() :].strip():
            continue
        middle, behind = start + joint.start(), start + joint.end()
        left, right = message.clause(start, middle), message.clause(behind, end)
        before = reading(left)
        if not isinstance(before, Found | Compressing | Unable) and not _ADDED.match(left.text):
            continue
        whole = whole or reading(message.clause(start, end))
        word = _word(joint)
        if isinstance(before, Found) and _idle(right.text, whole, word):
            return apart(message, start, middle, reading)
        if _parts((left, before), (right, reading(right)), whole, word):
            return [*apart(message, start, middle, reading), *apart(message, behind, end, reading)]
    return [(start, end)]


def _idle(text: str, whole: What, word: str) -> bool:
    """Whether the words behind a wish ask for nothing: "with the audio", "without compressing it"."""
    if _FORBIDS.search(text):
        return not isinstance(whole, Found)
    if word == "for" and isinstance(whole, Unable):
        return True  # "for dramatic effect" is why
    return isinstance(whole, Unknown) and word in _ADDS and not _says(text)


def _word(joint: re.Match[str]) -> str:
    return next((group.lower() for group in joint.groups() if group), "")


def _parts(left: tuple[Clause, What], right: tuple[Clause, What], whole: What, word: str) -> bool:
    """Whether these are two wishes."""
    before, after = left[1], right[1]
    if isinstance(after, Found) and isinstance(after.edit, Unclear | Incomplete):
        return False
    if isinstance(before, Compressing):
        named = isinstance(after, Found) and not only_details(right[0].text)
        return named and word in _OF_WISH
    if isinstance(before, Unable | Unknown):
        alone = isinstance(whole, Found) and isinstance(after, Found) and whole.kind is after.kind
        return alone and (word in _ADDS or (isinstance(before, Unknown) and _says(left[0].text)))
    if not isinstance(before, Found) or isinstance(before.edit, Unclear | Incomplete):
        return False
    if isinstance(whole, Found) and whole.kind is before.kind and whole.edit != before.edit:
        return False  # the right side tells more of the left one
    if isinstance(after, Found):
        return after.kind is not before.kind and not (word == "without" and after.kind.name == "fade")
    if isinstance(after, Compressing):
        detail = only_details(left[0].text) or (before.kind.name in _DETAILS and details(left[0].text))
        return not detail and _compresses(right[0].text)
    if before.kind.name in _TELLS:
        return False
    if isinstance(after, Unable):
        return True
    text = right[0].text  # a limit is taken out of the whole by `beside`
    return isinstance(after, Unknown) and word in _ADDS and _says(text) and LIMIT.search(text) is None


def _compresses(text: str) -> bool:
    """Whether the words wish something of a compression, and not only that the sound stays."""
    if _FORBIDS.search(text):
        return False
    return wishes(text) or any(item != ("audio", "auto") for item in details(text).items())


def _says(text: str) -> bool:
    """Whether the words have a content of their own: "with sparkles", and not "with care"."""
    return _CONTENT.search(_IDLE.sub(" ", text)) is not None
