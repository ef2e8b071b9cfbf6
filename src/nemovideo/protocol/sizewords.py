"""The limit in bytes that a person's words name: exactly, in megabytes, as a share of the source, by a service."""

from __future__ import annotations

import re

from nemovideo.protocol.presets import PRESETS

__all__ = ["lifts_limit", "limit_in"]

_UNITS = {"k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30, "兆": 10**6, "千兆": 10**9}
# A bare k follows its number, of two digits or more: "4K" is a picture's size, not a file's.
_SIZE = re.compile(
    r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s*(?:(?P<unit>[kmg]i?)b(?:ytes?)?|(?P<bytes>bytes?)|(?P<bare>(?<=\d\d)k|[mg]|千?兆))(?![a-z])",
    re.IGNORECASE,
)
_LIMITING = re.compile(
    r"(?:under|below|within|at most|than|max(?:imum)?(?: of)?|to|into|in|fits?|be|it|limit(?: is| of)?"
    r"|≤|<=?|小于|不超过|低于|到|成|至|为)\s*(?:an?\b|about|around|大约|约)?\s*\(?$",
    re.IGNORECASE,
)
_LIMITING_AFTER = re.compile(
    r"^\s*(?:or (?:less|smaller|under)|max\b|limit\b|cap\b|tops\b|以内|以下|之内)", re.IGNORECASE
)
_EXACT = re.compile(r"\bat most (\d+) bytes\b", re.IGNORECASE)
_PERCENT_OF = re.compile(
    r"(?:\bto|到|成|至|为)\s*(?:about\s*)?(\d{1,2}(?:\.\d+)?)\s*[%％]"
    r"|(\d{1,2}(?:\.\d+)?)\s*[%％]\s*(?:of\b|(?:its|the)\s+(?:\w+\s+)?size\b|size\b)",
    re.IGNORECASE,
)
_PERCENT_OFF = re.compile(
    r"\bby\s*(\d{1,2}(?:\.\d+)?)\s*%|(\d{1,2}(?:\.\d+)?)\s*[%％]\s*(?:smaller|less|off)|减少\s*(\d{1,2})\s*[%％]"
)
_PERCENT = re.compile(r"(?:\bit|\bvideo|\bclip|\bfile|\brecording)\s+(?:at\s+)?(\d{1,2}(?:\.\d+)?)\s*%", re.IGNORECASE)
_HALF = re.compile(r"\bhalf\b|一半|减半", re.IGNORECASE)

_THINGS = r"video|clip|file|film|movie|recording|footage|mp4|mov|mkv|webm|avi"
# A size that tells of the source: "my 500MB file", "it is 500MB", "这个500MB的视频". Such a one is no limit.
_TELLING = re.compile(
    rf"(?:\b(?:my|this|that|its|from|over|currently|weighs|(?:{_THINGS}) of)"
    rf"|(?:^|\b(?:it|this|that|which|{_THINGS}))(?:'s|\s+(?:is|was|has))|有|是|原来|现在|这个)"
    r"\s*(?:now|currently|already|about|around|over|almost|nearly|大约|约)?\s*$",
    re.IGNORECASE,
)
_TELLING_AFTER = re.compile(
    rf"^(?:[ -]+\w+){{0,3}}?[ -]+(?:{_THINGS})s?\b|^\s*的"
    r"|^\s*(?:is|are|was)\s+(?:\w+\s+)?too\b|^\s*/\s*s|^\s*per second",
    re.IGNORECASE,
)
_SAME = 0.07  # of the source's size: so near, a person speaks of the source, in megabytes of either kind
_NO_LIMIT = re.compile(r"\b(?:no|without (?:a|any)) (?:size )?limit\b|\bany size\b|不限大小", re.IGNORECASE)


def lifts_limit(text: str) -> bool:
    """Whether the words take a limit back: "no size limit"."""
    return _NO_LIMIT.search(text) is not None


def limit_in(text: str, original_bytes: int | None) -> int | None:
    """The limit in bytes; None where the words name none.

    Args:
        text: the words.
        original_bytes: the source's size, which a share ("half its size") is taken of, where it is known.
    """
    if exact := _EXACT.search(text):
        return int(exact[1])
    sizes = list(_SIZE.finditer(text))
    limiting = [
        size for size in sizes if _LIMITING.search(text[: size.start()]) or _LIMITING_AFTER.match(text[size.end() :])
    ]
    if limiting:
        return min(_bytes(size) for size in limiting)
    if original_bytes and (share := _share(text)) is not None:
        return max(1, int(original_bytes * share))
    named = [name for name in PRESETS if _names(text, name)]
    if named:  # "Discord Nitro Basic" names neither Discord nor Nitro alone
        plain = [name for name in named if not any(other.startswith(f"{name}-") for other in named)]
        return min(PRESETS[name].max_bytes for name in plain)
    return _lone(text, sizes, original_bytes)


def _share(text: str) -> float | None:
    if _HALF.search(text):
        return 0.5
    if of := _PERCENT_OF.search(text):
        return float(of[1] or of[2]) / 100
    if off := _PERCENT_OFF.search(text):
        return 1 - float(off[1] or off[2] or off[3]) / 100
    if lone := _PERCENT.search(text):
        return float(lone[1]) / 100
    return None


def _lone(text: str, sizes: list[re.Match[str]], original_bytes: int | None) -> int | None:
    """The one size of a text that does not tell of the source: "my mail takes 2 MB"."""
    if len(sizes) != 1:
        return None
    size = sizes[0]
    if not (size["unit"] or size["bytes"] or "兆" in size["bare"]):  # "5m" may be minutes
        return None
    if _TELLING.search(text[: size.start()]) or _TELLING_AFTER.match(text[size.end() :]):
        return None
    limit = _bytes(size)
    return None if original_bytes and abs(limit - original_bytes) <= _SAME * original_bytes else limit


def _bytes(size: re.Match[str]) -> int:
    if size["bytes"]:
        return int(float(size["number"]))
    return int(float(size["number"]) * _UNITS[(size["unit"] or size["bare"]).lower()])


def _names(text: str, service: str) -> bool:
    # "x" is a letter before it is a service: only "on X", "for X", "to X" name it.
    if service == "x":
        return re.search(r"\b(?:on|for|to) (?:X|x\.com|twitter)\b", text) is not None
    return re.search(rf"\b{re.escape(service.replace('-', ' '))}\b", text.replace("-", " "), re.IGNORECASE) is not None
