"""Numbers in words, English and Chinese: digits, "twenty five", "half", 「两」「十五」「一点五」, factors, shares."""

from __future__ import annotations

import re

from nemovideo.engine.agent.patterns import Pattern

__all__ = ["NUMBER", "factor_in", "number", "share_in"]

_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: value for value, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}

_ENGLISH = rf"(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(sorted(_ONES, key=len)[::-1])}"
_CHINESE = "[零〇一二两三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?"
NUMBER = rf"(?:\d{{1,9}}(?:\.\d{{1,9}})?|\b(?:{_ENGLISH})\b|{_CHINESE})"
"""A number without its sign, as a pattern for `re`, of a text in small letters."""

_FACTORS: tuple[tuple[Pattern, str], ...] = (
    (Pattern(r"\b(?:twice|double[ds]?|doubling)\b|加倍|翻倍"), "2"),
    (Pattern(r"\b(?:thrice|triple[ds]?|tripling)\b"), "3"),
    (Pattern(r"\b(?:quadruple[ds]?)\b"), "4"),
    (Pattern(r"\b(?:a )?quarter\b|四分之一"), "0.25"),
    (Pattern(r"\bone and a half (?:times|x)\b|一倍半|一点五倍"), "1.5"),
    (Pattern(rf"({NUMBER})\s*[x×](?![a-z0-9])|\b[x×]\s*({NUMBER})(?![\w:])"), ""),
    (Pattern(rf"({NUMBER})\s*(?:-\s*)?(?:times|fold)\b|({NUMBER})\s*倍"), ""),
    (Pattern(r"\bhal(?:f|ve[ds]?|ving)\b|一半|减半|半速"), "0.5"),
)
_FRACTION = Pattern(r"(?<![\d/:.])(\d{1,2})\s?/\s?(\d{1,2})(?![\d/:])")
_THIRD = Pattern(r"\b(?:a|one)[\s-]third\b|三分之一")
_SHARE = Pattern(rf"({NUMBER})\s*(?:%|\bper\s?cent\b)|百分之({NUMBER})")


def number(word: str) -> float:
    """The value of one number.

    Example:
        >>> number("1.5"), number("twenty five"), number("十五"), number("一点五")
        (1.5, 25.0, 15.0, 1.5)

    Raises:
        ValueError: it is none.
    """
    word = word.strip().lower()
    if word[:1].isascii() and word[:1].isdigit():
        return float(word)
    if word[:1].isascii():
        return float(sum(_WORDS[part] for part in re.split(r"[\s-]+", word)))
    whole, _, decimals = word.partition("点")
    shown = "".join(str(_DIGITS[digit]) for digit in decimals)
    return float(f"{_chinese(whole)}.{shown or 0}")


def _chinese(word: str) -> int:
    """「一百二十」, and digits in a row 「二零」."""
    if not any(unit in word for unit in "十百"):
        return int("".join(str(_DIGITS[digit]) for digit in word))
    hundreds, _, rest = word.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * (_chinese(hundreds) if hundreds else "百" in word)
    value += 10 * (_chinese(tens.strip("零〇")) if tens.strip("零〇") else bool(ten))
    return value + (_chinese(ones.strip("零〇")) if ones.strip("零〇") else 0)


def factor_in(text: str) -> float | None:
    """By how much, as words tell it; None where they do not. The text is in small letters.

    Example:
        >>> factor_in("twice as fast"), factor_in("1.5x"), factor_in("to half"), factor_in("两倍"), factor_in("50%")
        (2.0, 1.5, 0.5, 2.0, 0.5)
    """
    for pattern, value in _FACTORS:
        if found := pattern.search(text):
            return float(value) if value else _value(found)
    if (parted := _FRACTION.search(text)) and int(parted[2]):
        return int(parted[1]) / int(parted[2])
    return 1 / 3 if _THIRD.search(text) else share_in(text)


def share_in(text: str) -> float | None:
    """A percentage as a share: 0.5 for "50%" and 「百分之五十」; None where there is none."""
    found = _SHARE.search(text)
    value = _value(found) if found else None
    return None if value is None else round(value / 100, 9)


def _value(found: re.Match[str]) -> float | None:
    try:
        return number(next(group for group in found.groups() if group))
    except (ValueError, KeyError):  # 「十十」 is no number
        return None
