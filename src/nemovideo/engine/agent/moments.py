"""Times in words, English and Chinese: "10 seconds", "1.5s", "0:30", "half a minute", 「1分30秒」「一分半」. Pure.

Every text here is plain, as `plain` makes it; every time is in milliseconds.
"""

from __future__ import annotations

import re
import unicodedata

from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern

__all__ = ["TIME", "duration_in", "milliseconds", "moment_in", "plain"]

_WORD_ENDS = r"(?![a-z])"
_SMALLER = rf"(?:milliseconds?|ms|minutes?|mins?|m|seconds?|secs?|s){_WORD_ENDS}"
_COUNT = (
    rf"(?:half\s+an?|an?\s+half|(?:a\s+)?couple\s+of|{NUMBER}\s+and\s+a\s+half|{NUMBER}"
    r"|\ban?(?=\s+(?:hour|minute|second)(?!\s+(?:video|clip|file|one|time|track|part|scene|half|title)s?\b)))"
)
_MORE = rf",?\s*(?:and\s+)?{NUMBER}[\s-]*"
_HALF = r"(?:\s+and\s+a\s+half\b)?"
# Only smaller units add to a time: "1 minute and 30 seconds" is one, "2s and 4s" are two.
_ENGLISH = (
    rf"(?:{_COUNT}[\s-]*(?:(?:milliseconds?|ms){_WORD_ENDS}|(?:seconds?|secs?|s){_WORD_ENDS}{_HALF}(?:{_MORE}(?:milliseconds?|ms){_WORD_ENDS})?"
    rf"|(?:hours?|hrs?|h|minutes?|mins?|m){_WORD_ENDS}{_HALF}(?:{_MORE}{_SMALLER})*))"
)
_CLOCK = r"(?:(?<![\d:.])\d{1,3}:\d{2}(?::\d{2})?(?:\.\d{1,6})?(?![\d:]))"
_MINUTE = r"(?:分钟|分(?:(?<!十分)(?![辨享之割])|(?=[\d一二两三四五六七八九十]+秒)))"  # 「十分」 is "very", too
_CHINESE = rf"(?:第?\s*(?:(?:{NUMBER}|半)\s*个?半?(?:小时|钟头|{_MINUTE}|秒钟?|毫秒)半?钟?\s*)+)"
TIME = rf"(?:{_CLOCK}|{_CHINESE}|{_ENGLISH})"
"""A time, or how long something is, as a pattern for `re`."""

_MS = {"毫": 1, "秒": 1000, "分": 60_000, "小": 3_600_000, "钟": 3_600_000}
_PART_ENGLISH = Pattern(rf"({_COUNT})[\s-]*(milliseconds?|ms|h|m|s)")
_PART_CHINESE = Pattern(rf"({NUMBER}|半)\s*个?(半?)(小时|钟头|分钟|分|秒钟?|毫秒)(半?)")

_DURATION = (
    Pattern(rf"\bfor\s+(?:about\s+|around\s+|the\s+duration\s+of\s+)?({TIME})"),
    Pattern(rf"\b(?:lasts|lasting|to\s+last|duration(?:\s+of)?|over)\s+({TIME})"),
    Pattern(rf"({TIME})[\s-]*long\b"),
    Pattern(rf"(?:持续|显示|时长|长度|长达|停留|维持)(?:时间)?(?:为|是|改为|改成|到)?\s*(?:大?约)?({TIME})"),
    Pattern(rf"({TIME})(?:长|时长)"),
)
_MOMENT = (
    Pattern(rf"\b(?:at|starting\s+(?:at|from)|beginning\s+at|from)\s+(?:the\s+)?({TIME})"),
    Pattern(rf"\bat\s+(?:the\s+)?(?:second|sec)\s+({NUMBER})"),
    Pattern(rf"\b({TIME})\s+(?:in\b(?!\s+the)|mark\b|into\b)"),
    Pattern(rf"\b(?:after|in)\s+({TIME})"),
    Pattern(rf"(?:在|从)\s*({TIME})|({TIME})\s*(?:处|时|的时候|的地方|的位置|开始|起)|(第\s*{NUMBER}\s*秒)"),
)
_AT_START = Pattern(
    r"\b(?:at|from|in)\s+the\s+(?:very\s+)?(?:start|beginning|front)\b|\bto\s+begin\s+with\b|开头|一开始|片头|从头"
)


_LASTS = r"(?:\d+(?:\.\d+)?|an?|one|two|three|four|five|ten)[\s-]*(?:seconds?|secs?|s|minutes?|mins?)\b"
_SPELLED = (
    (Pattern(r"(?<![\d/])(\d+)\s1\s?[/⁄]\s?2\s+(second|minute|hour)s?\b"), r"\1.5 \2s"),
    (Pattern(r"(?<![\d/])1\s?[/⁄]\s?2\s+(?:of\s+)?(?:an?\s+)?(second|minute|hour)s?\b"), r"half a \1"),
    (Pattern(r"(?<![\d/])1\s?[/⁄]\s?4\s+(?:of\s+)?(?:an?\s+)?(second|minute|hour)s?\b"), r"0.25 \1s"),
    (
        Pattern(r"\b(second|minute)s\s+(\d+(?:\.\d+)?)\s*(to|-|–|through|until|till)\s*(\d+(?:\.\d+)?)(?!\s*[:x])"),
        r"\2 \3 \4 \1s",
    ),
    (
        Pattern(rf"\b(?:the\s+)?({_LASTS})\s+(?:from|off|at|of)\s+(?:both|each|either)\s+(?:ends?|sides?)\b"),
        r"the first \1 and the last \1",
    ),
    (
        Pattern(
            rf"\b(?:the\s+)?({_LASTS})\s+(?:from|off|at|of)\s+(?:the\s+)?(?:start|beginning)\s+and\s+(?:(?:from|off|at|of)\s+)?"
            r"(?:the\s+)?(?:very\s+)?end\b"
        ),
        r"the first \1 and the last \1",
    ),
    (Pattern(rf"\bfirst\s+and\s+(?:the\s+)?last\s+({_LASTS}|second\b|minute\b)"), r"first \1 and the last \1"),
    (Pattern(r"(\d)(?:st|nd|rd|th)\s+(second|minute)s?\b"), r"\1 \2s"),
    (Pattern(r"(\d)(?:st|nd|rd|th)(?=\s+(?:and|to|until)\b)"), r"\1"),
    (Pattern(r"\b(second|minute)\s+(\d+(?:\.\d+)?)(?!\s*[:x])"), r"\2 \1s"),
    (Pattern(r"(\d|seconds?|minutes?|\ds)[\s-]+(?:mark|point)\b"), r"\1"),
)


def plain(text: str) -> str:
    """The text as all of this reads it: full-width letters made plain, capitals small, blanks single.

    Example:
        >>> plain("From  the 5th second to the 10 second mark")
        'from the 5 seconds to the 10 second'
    """
    text = " ".join(unicodedata.normalize("NFKC", text).lower().replace("’", "'").split())
    for pattern, form in _SPELLED:
        text = pattern.sub(form, text)
    return text


def milliseconds(words: str) -> int:
    """What one time, as `TIME` finds it, amounts to.

    Example:
        >>> milliseconds("1:02:03.5"), milliseconds("half a minute"), milliseconds("1分30秒"), milliseconds("一分半")
        (3723500, 30000, 90000, 90000)

    Raises:
        ValueError: it is no time.
    """
    words = words.strip()
    if ":" in words:
        value = 0.0
        for part in words.split(":"):
            value = 60 * value + float(part)
        return round(1000 * value)
    if any(unit in words for unit in "秒分时头"):
        parts = [_chinese(part) for part in _PART_CHINESE.finditer(words)]
    else:
        parts = [_english(part) for part in _PART_ENGLISH.finditer(words)]
        if re.search(r"(?:hour|minute|second)s?\s+and\s+a\s+half$", words):
            parts.append(_english_unit(list(_PART_ENGLISH.finditer(words))[-1][2]) / 2)
    if not parts:
        raise ValueError(f"{words!r} is no time")
    return round(sum(parts))


def duration_in(text: str) -> int | None:
    """How long something is to last: "for 3 seconds", "30 seconds long", 「持续3秒」; None where nothing tells."""
    return _first(_DURATION, text)


def moment_in(text: str) -> int | None:
    """Where something is to begin: "at 0:10", "from 5s", "at the start", 「在第10秒」; None where nothing tells."""
    at = _first(_MOMENT, text)
    return 0 if at is None and _AT_START.search(text) else at


def _first(patterns: tuple[Pattern, ...], text: str) -> int | None:
    for pattern in patterns:
        if found := pattern.search(text):
            words = next(group for group in found.groups() if group)
            bare = re.fullmatch(NUMBER, words)
            try:
                return round(1000 * number(words)) if bare else milliseconds(words)
            except (ValueError, KeyError):
                continue
    return None


def _english(part: re.Match[str]) -> float:
    count = part[1]
    if count.startswith(("half", "a half", "an half")):
        value = 0.5
    elif "couple" in count:
        value = 2.0
    elif count in {"a", "an"}:
        value = 1.0
    elif "and" in count:
        value = number(count.split(" and")[0]) + 0.5
    else:
        value = number(count)
    return value * _english_unit(part[2])


def _english_unit(unit: str) -> int:
    return 1 if unit.startswith(("milli", "ms")) else {"h": 3_600_000, "m": 60_000, "s": 1000}[unit[0]]


def _chinese(part: re.Match[str]) -> float:
    count = 0.5 if part[1] == "半" else number(part[1])
    return (count + 0.5 * (bool(part[2]) + bool(part[4]))) * _MS[part[3][0]]
