"""Stretches of a timeline in words: "the first 10 seconds", "0:30 to 1:45", 「最后20秒」「从0:30到1:45」. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from nemovideo.engine.agent.moments import TIME, milliseconds
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern

__all__ = ["Found", "Span", "backwards", "span_found", "span_in", "spans_found"]


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end` in milliseconds; a negative one counts from the end, `end=None` is the end.

    With `share` they are shares of the whole length: "the second half" is `Span(0.5, None, share=True)`. With
    `centred` it is `end` milliseconds in the middle: "the middle 4 seconds".
    """

    start: float = 0
    end: float | None = None
    share: bool = False
    centred: bool = False

    def within(self, length: int) -> tuple[int, int]:
        """The edges on a timeline of that length; beyond it where the words are, so that a caller can say so."""
        if self.centred and self.end is not None:
            start = round((length - self.end) / 2)
            return start, start + round(self.end)
        whole = length if self.share else 1
        start, end = (length if edge is None else round(edge * whole) for edge in (self.start, self.end))
        return (length + start if start < 0 else start), (length + end if end < 0 else end)


@dataclass(frozen=True, slots=True)
class Found:
    """A span, and where in the text it stands: `text[begin:end]` are its words."""

    span: Span
    begin: int
    end: int


_T = TIME
_N = rf"(?:{TIME}|(?:第\s*)?{NUMBER})"  # "from 5 to 8 seconds": the first borrows the second's unit
_TO = r"\s*(?:to|until|till|til|through|and|up\s+to|-|–|—|~|到|至|直到)\s*(?:the\s+)?(?:about\s+)?"
_UPTO = r"\s*(?:to|until|till|through|-|–|—|~)\s*"
_THROUGH = r"\s*(?:to|until|till|til|through|up\s+to|-|–|—|~|到|至|直到)\s*(?:the\s+)?(?:about\s+)?"
_START = r"(?:the\s+)?(?:very\s+)?(?:start|beginning|front|opening)(?!\s+\d)"
_END = r"(?:the\s+)?(?:very\s+)?(?:end|finish)\b(?:\s+of\s+(?:the\s+video|it|the\s+clip))?"
_FIRST = r"(?:first|opening|initial|starting)"
_LAST = r"(?:last|final|ending|closing|trailing)"
_THE = r"(?:\b(?:(?:in|for|during|of|over)\s+)?the\s+(?:very\s+)?)?"
_OFF = r"\s*(?:are\s+|is\s+)?(?:off(?:\s+of)?|from|at|of|to)\s*"
_SHARE = r"(half|third|quarter)"
_SHARES = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "前半": 1 / 2, "后半": 1 / 2}
_FRONT = r"(?:最?前面?的?|开头的?|最?开始的?|起始的?|头(?!部))"
_BACK = r"(?:最后面?的?|后面的?|末尾的?|结尾的?|最末的?|片尾的?|后)"
_FILM = r"(?:视频|影片|片子|片段)?的?"

Reader = Callable[..., "Span | None"]  # takes the groups of the match that are not empty


def _time(words: str, other: str = "") -> int:
    """A time; a bare number has the unit of the other edge, else it is seconds."""
    words = words.strip()
    if re.search(TIME, words):
        return milliseconds(words)
    unit = re.search(r"[a-z]+$|小时|分钟?|毫?秒", other.strip())
    count = words.removeprefix("第").strip()
    return milliseconds(f"{number(count):.9g}{unit[0] if unit else 's'}")


def _whole() -> Span:
    return Span()


def _pair(first: str, second: str) -> Span | None:
    start, end = _time(first, second), _time(second, first)
    return Span(start, end) if start < end else None


def _listed(first: str, second: str, unit: str) -> Span | None:
    """The first pair of "1 to 2 and 4 to 5 seconds" borrows the unit of the last."""
    start, end = _time(first, unit), _time(second, unit)
    return Span(start, end) if start < end else None


def _middle(duration: str) -> Span:
    return Span(0, _time(duration), centred=True)


def _middle_share(name: str) -> Span:
    return Span((1 - _SHARES[name]) / 2, (1 + _SHARES[name]) / 2, share=True)


def _lasting(at: str, duration: str) -> Span:
    return Span(_time(at), _time(at) + _time(duration))


def _lasting_from(duration: str, at: str) -> Span:
    return _lasting(at, duration)


def _first(duration: str) -> Span:
    return Span(0, _time(duration))


def _first_unit(unit: str) -> Span:
    return _first(f"1 {unit}")


def _first_share(name: str) -> Span:
    return Span(0, _SHARES[name], share=True)


def _last(duration: str) -> Span:
    return Span(-_time(duration), None)


def _last_unit(unit: str) -> Span:
    return _last(f"1 {unit}")


def _last_share(name: str) -> Span:
    return Span(1 - _SHARES[name], None, share=True)


def _since(at: str) -> Span:
    return Span(_time(at), None)


def _before_last(duration: str) -> Span:
    return Span(0, -_time(duration))


_OF_A_UNIT = r"\b(?!\s+(?:a\s+)?(?:minute|second|hour))"
_PATTERNS: tuple[tuple[Reader, str], ...] = (
    (
        _pair,
        rf"\b(?:start|begin)(?:s|ning|ing)?\s+(?:it\s+)?(?:at|from)\s+(?:the\s+)?({_T})\s*(?:,|and|,\s*and)\s*(?:to\s+)?(?:end|stop|finish)(?:s|ing|ping)?\s+(?:it\s+)?at\s+(?:the\s+)?({_T})",
    ),
    (_whole, rf"(?:from\s+)?{_START}{_THROUGH}{_END}|\bbetween\s+{_START}\s+and\s+{_END}|从头到尾"),
    (_whole, r"\b(?:the\s+)?(?:whole|entire)\s+(?:thing|video|clip|film|time)\b"),
    (_first, rf"\b(?:from\s+)?{_START}{_THROUGH}({_T})|\bbetween\s+{_START}\s+and\s+({_T})"),
    (_first, rf"从?(?:头|开头|开始|起点)\s*[到至]\s*({_T})"),
    (_since, rf"\b(?:from\s+)?({_T}){_THROUGH}{_END}|\bbetween\s+({_T})\s+and\s+{_END}"),
    (_since, rf"从?\s*({_T})\s*[到至](?:最后|结束|结尾|末尾|尾)"),
    (_pair, rf"从\s*({_N})\s*(?:处|开始)?\s*[剪截裁](?:[切取辑])?[到至]\s*(?:第\s*)?({_T})"),
    (_middle, rf"\b(?:the\s+)?(?:middle|cent(?:er|re)|central)\s+({_T})|中间的?\s*({_T})"),
    (_middle_share, rf"\b(?:the\s+)?middle\s+{_SHARE}{_OF_A_UNIT}"),
    (_listed, rf"({_N}){_UPTO}({NUMBER})(?=\s*(?:,|and|,\s*and|&)\s*{_N}{_UPTO}({_T}))"),
    (_pair, rf"\b(?:from|between|at)\s+(?:the\s+)?({_N}){_TO}({_N})(?!\s*(?:%|x\b|px|p\b|db))"),
    (_pair, rf"({_N})\s*(?:to|until|till|through|up\s+to|-|–|—|~|到|至)\s*({_T})(?:\s*之?间)?"),
    (_pair, rf"从\s*({_N})\s*[到至]\s*({_N})"),
    (_lasting, rf"\b(?:from|at|starting\s+(?:at|from))\s+(?:the\s+)?({_T})\s+(?:on\s+)?for\s+(?:the\s+next\s+)?({_T})"),
    (_lasting, rf"(?:从|在)\s*({_T})(?:开始|起|处)?[^\d第]{{0,6}}?(?:持续|显示|的|后的)\s*({_T})"),
    (_lasting_from, rf"\bfor\s+({_T})\s+(?:from|starting\s+(?:at|from)|at|beginning\s+at)\s+(?:the\s+)?({_T})"),
    (_first_share, rf"{_THE}{_FIRST}\s+{_SHARE}{_OF_A_UNIT}|(前半)(?![分秒小个])"),
    (_last_share, rf"{_THE}(?:{_LAST}|second)\s+{_SHARE}{_OF_A_UNIT}|(后半)(?![分秒小个])"),
    (_since, rf"\b(?:after|past)\s+{_THE}{_FIRST}\s+({_T})|{_FRONT}\s*({_T})\s*(?:之后|以后)"),
    (_before_last, rf"\b(?:before|until|up\s+to)\s+{_THE}{_LAST}\s+({_T})|{_BACK}\s*({_T})\s*(?:之前|以前)"),
    (_first, rf"{_THE}{_FIRST}\s+(?:of\s+)?({_T})"),
    (_first_unit, rf"{_THE}{_FIRST}\s+(second|minute|hour)\b"),
    (_last, rf"{_THE}{_LAST}\s+({_T})"),
    (_last_unit, rf"{_THE}{_LAST}\s+(second|minute|hour)\b"),
    (_first, rf"({_T}){_OFF}{_START}|\b{_START}\s+(?:for|by)\s+({_T})"),
    (_last, rf"({_T}){_OFF}{_END}|\b{_END}\s+(?:for|by)\s+({_T})"),
    (_first, rf"(?:{_FRONT}|视频前){_FILM}\s*({_T})"),
    (_last, rf"{_BACK}{_FILM}\s*({_T})"),
    (_first, rf"\b(?:before|until|till|up\s+to)\s+(?:the\s+)?({_T})|({_T})\s*(?:之前|以前|前面?的?(?:部分|内容))"),
    (_first, rf"[到至]\s*({_T})\s*为止"),
    (_since, rf"\b(?:from|after|past|starting\s+(?:at|from)|since)\s+(?:the\s+)?({_T})(?:\s+on(?:wards?)?\b)?"),
    (_since, rf"从\s*({_T})\s*(?:开始|起|之后|往后)?|({_T})\s*(?:之后|以后|往后|后面?的?(?:部分|内容))"),
)
_COMPILED = [(reader, Pattern(pattern)) for reader, pattern in _PATTERNS]


@lru_cache(maxsize=64)  # every kind of edit asks for those of the same few clauses
def span_found(text: str) -> Found | None:
    """The first span of the text and its place; None where it has none. The text is plain (`moments.plain`)."""
    return _next(text)


def _next(text: str) -> Found | None:
    for reader, pattern in _COMPILED:
        for found in pattern.finditer(text):
            try:
                span = reader(*(group for group in found.groups() if group))
            except (ValueError, KeyError):  # 「十十秒」
                continue
            if span is not None:
                return Found(span, found.start(), found.end())
    return None


def span_in(text: str) -> Span | None:
    """The span that a plain text tells; None where it tells none.

    Example:
        >>> span = span_in("从0:30到1:45")
        >>> span.start, span.end
        (30000, 105000)
    """
    found = span_found(text)
    return None if found is None else found.span


_BACKWARDS = Pattern(rf"({TIME})\s*(?:to|until|till|through|-|–|—|~|到|至)\s*({TIME})")


def backwards(text: str) -> bool:
    """Whether a plain text tells a span that ends before it begins: "from 6s to 2s"."""
    if any(one.span.end is not None and 0 < one.span.start < one.span.end for one in spans_found(text)):
        return False
    try:
        return any(milliseconds(pair[1]) > milliseconds(pair[2]) for pair in _BACKWARDS.finditer(text))
    except (ValueError, KeyError):  # 「十十秒」
        return False


_MOST = 20  # spans of one wish


def spans_found(text: str) -> list[Found]:
    """Every span of a plain text, in the order of the words: "the first 3 seconds and the last 5"."""
    return list(_spans(text))


@lru_cache(maxsize=64)
def _spans(text: str) -> tuple[Found, ...]:
    found: list[Found] = []
    while len(found) < _MOST and (one := _next(text)) is not None:
        found.append(one)
        text = text[: one.begin] + "_" * (one.end - one.begin) + text[one.end :]
    return tuple(sorted(found, key=lambda one: one.begin))
