"""The words that a person wants to be shown, quoted or not, apart from those that say how. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Clause
from nemovideo.engine.agent.moments import TIME
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.places import placeless, unplaced
from nemovideo.engine.agent.spans import span_found
from nemovideo.engine.agent.textstyle import STYLE_TAIL, color_in, unstyled
from nemovideo.errors import UsageError

__all__ = ["Saying", "WRITES", "saying"]

_THING = r"(?:title|heading|headline|caption|subtitle|text|label|lower[\s-]third|words?)s?"
_THING_CHINESE = "(?:大|小|主|副)?(?:标题|字幕|文字|文本|文案|片名)"
_QUOTE = Pattern(r"§(\d+)")
WRITES = Pattern(
    r"^(?:please\s+)?write\s+(?P<words>(?!(?:an?|the|my|some|me|it|this|that|down|to|over|on|in|all|out|subtitles?|captions?"
    r"|titles?|text|words?|code|here|there|something|§)\b).+)$"
)
"""Words to be shown with nothing that calls them a title: "write hello"."""
_LEADS = (
    Pattern(
        r"\b(?:saying|(?:that|which)\s+(?:says?|reads?)|reading|to\s+(?:say|read)|says|reads|titled"
        r"|captioned|called|named"
        rf"|with\s+the\s+{_THING})\s*:?\s+(?P<words>.+)$"
    ),
    Pattern(rf"\b{_THING}\s*(?:[:=]|\s-\s|\bis\s*:|\bshould\s+(?:be|say|read)\b\s*:?)\s*(?P<words>.+)$"),
    Pattern(
        r"(?:写着|写上|写道|写成?|内容(?:是|为|改成|改为)?|显示(?:文字)?|叫做?|名为|说)\s*:?\s*(?P<words>[^\s的为是].*)$"
    ),
    Pattern(rf"{_THING_CHINESE}\s*(?::|是|为|叫)\s*(?P<words>(?!什么).+)$"),
)
_CHANGED = (
    Pattern(rf"\b{_THING}\s+(?:text\s+)?(?:to|into|with|as)\s+(?P<words>.+)$"),
    Pattern(rf"{_THING_CHINESE}(?:的?(?:内容|文字))?\s*(?:改|换|变|设置?)(?:成|为|作)\s*(?P<words>.+)$"),
)
_BARE = (
    Pattern(
        rf"\b(?:add|put|insert|create|write|show|display|place|overlay|like|want|need)\s+(?:(?:a|an|the|another|new)\s+)*{_THING}\s+(?P<words>.+)$"
    ),
    WRITES,
    Pattern(rf"(?:加上?|添加|插入|来)(?:一?个|一行|一段|上)?{_THING_CHINESE}\s*(?P<words>.+)$"),
)
_TAILS = Pattern(
    rf"[\s,]+(?:for|over|during|lasting|at|after|until|from|starting\s+at)\s+(?:the\s+)?(?:(?:first"
    rf"|last)\s+)?{TIME}(?:\s+(?:on|onwards|long))?$"
    r"|[\s,]+(?:for|during|throughout)\s+the\s+(?:whole|entire)\s+(?:video|clip|film|time|thing)$"
    r"|[\s,]+(?:at|in|near)\s+the\s+(?:very\s+)?(?:start|beginning|end)(?:\s+of\s+(?:it|the\s+video))?$"
    r"|[\s,]+(?:please|thanks|thank\s+you|ok|now|too|throughout)$|[,\s]*(?:吧|谢谢|好吗)$"
    r"|[\s,]+(?:on|over|in|to|onto)\s+(?:it|the\s+(?:video|clip|film|screen|picture))$"
)
# What may stand among words that say only when, where and how: "for 3 seconds in red letters", 「持续3秒」.
_MANNER = Pattern(
    r"\b(?:for|at|in|on|to|from|the|an?|of|with|and|letters?|text|font|size|colou?r(?:ed)?|it|shown?|displayed|placed"
    r"|appear(?:s|ing)?|lasting|lasts|during|over|very|long|bold|please|onwards?|seconds?)\b"
    r"|持续|显示|出现|展示|时长|时间|停留|长度|位置|颜色|字体|字号|大小|文字|文本|屏幕|画面|[的在从到至于为是用放约共长字色]"
)
_TIME = Pattern(TIME)
_PREPOSITION = Pattern(r"[\s,，]+(?:从|在|于|持续|显示|时长|停留)$")  # of a time that was taken away behind it
_COMMA = Pattern(r"[,，、;；]\s*([^,，、;；]*)$")
_MOST_TAILS, _LONGEST_TAIL = 8, 120  # of a text, and characters of one: more is no way of saying where and when
# What stands where words to be shown could: "add a title at the top", "change the title to red".
_NOTHING = Pattern(
    r"^(?:(?:at|in|on|to|for|from|over|with|and|please|about|of|that|which|using|near|into)\b.*|the\s+(?:video|clip).*"
    r"|tracks?|overlays?|in|automatically|here|there|now|too"
    r"|(?:(?:a\s+(?:bit|little)|much|again|only)\s+)?(?:longer|shorter|bigger|smaller|larger|higher|lower|earlier|later"
    r"|again|only|back|up|down|bold)\b.*)$"
)


@dataclass(frozen=True, slots=True)
class Saying:
    """`words` are to be shown, None where there are none; `rest` is the clause without them."""

    words: str | None
    rest: str


def saying(clause: Clause, *, changed: bool = False) -> Saying:
    """Part a clause; `changed` also takes what stands behind "change the title to".

    Example:
        >>> saying(Clause("add a caption saying hello at the top", said="Add a caption saying Hello at the top"))
        Saying(words='Hello', rest='add a caption saying  at the top')
    """
    text = clause.text
    if (quoted := _QUOTE.search(text)) and int(quoted[1]) < len(clause.quotes):
        return Saying(clause.quotes[int(quoted[1])].strip(), _QUOTE.sub(" ", text))
    for patterns, sure in ((_LEADS, True), (_CHANGED if changed else (), False), (() if changed else _BARE, False)):
        for pattern in patterns:
            if found := pattern.search(text):
                words = _shown(found["words"])
                if words and (sure or not (_NOTHING.match(words) or _is_manner(words))):
                    begin = found.start("words")
                    return Saying(_as_said(words, clause.said), text[:begin] + text[begin + len(words) :])
    return Saying(None, text)


def _shown(words: str) -> str:
    """The words without what at their end says where, when and how."""
    for _ in range(_MOST_TAILS):
        kept, end = words[:-_LONGEST_TAIL], words[-_LONGEST_TAIL:]
        shorter = kept + _shortened(end)
        if shorter == words:
            break
        words = shorter
    return words.strip(" .,;:\"“”「」'")


def _shortened(words: str) -> str:
    shorter = placeless(_TAILS.sub("", words))
    if style := STYLE_TAIL.search(shorter):
        shorter = shorter[: style.start()] if _is_style(style) else shorter
    if (span := span_found(shorter)) and not shorter[span.end :].strip(" .,"):
        shorter = shorter[: span.begin].rstrip(" ,")
    if (last := _COMMA.search(shorter)) and _is_manner(last[1]):
        shorter = shorter[: last.start()]
    return _PREPOSITION.sub("", shorter)


def _is_manner(words: str) -> bool:
    """Whether words say when, where or how, and nothing else."""
    rest = words
    for _ in range(_MOST_TAILS):
        if (span := span_found(rest)) is None:
            break
        rest = f"{rest[: span.begin]} {rest[span.end :]}"
    rest = unstyled(unplaced(_TIME.sub(" ", rest)))
    return not re.search(r"\w", _MANNER.sub(" ", rest))


def _is_style(tail: re.Match[str]) -> bool:
    try:
        return not tail["color"] or color_in(tail["color"]) is not None
    except UsageError:
        return False


def _as_said(words: str, said: str) -> str:
    """The words as they were written: capitals are small in a plain text."""
    at = "".join(_folded(letter) for letter in said).rfind(words)
    return said[at : at + len(words)] if at >= 0 else words


def _folded(letter: str) -> str:
    """One letter made plain; letters that become several stay as they are, so that places stay."""
    plain = unicodedata.normalize("NFKC", letter).lower().replace("’", "'")
    return plain if len(plain) == 1 else letter
