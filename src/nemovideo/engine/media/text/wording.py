r"""What of a text can be written: foreign words made plain signs of the two fonts, and what is left out of them.

Han, kana, Latin, Greek and Cyrillic with their accents and punctuation are written. Scripts that need shaping or run
from right to left (Arabic, Hebrew, Devanagari …) are not claimed: the fonts hold no sign of them, so they are told.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from nemovideo.engine.media.text.typeface import Typeface, covering

__all__ = ["LONGEST", "Sign", "Wording", "worded"]

LONGEST = 2000
"""Signs that are looked at: at the smallest size a 1080p picture holds some 1900 Latin ones and 900 of Han."""

_NEWLINES = str.maketrans({"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
_ALIKE = {"\u2011": "-", "\u2010": "-"}  # the hyphens that the Latin font lacks
_WIDE_SPACE = "\u3000"


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign in the font that writes it."""

    sign: str
    face: Typeface


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it can be written.

    Attributes:
        lines: the paragraphs that newlines make; an empty one is a blank line. None at all: nothing is left.
        missing: what no font has, each once, in order; a sign that cannot stand alone is told as "U+0301".
        cut: whether it was longer than is looked at.
    """

    lines: tuple[tuple[Sign, ...], ...]
    missing: tuple[str, ...] = ()
    cut: bool = False


def worded(text: str) -> Wording:
    """Make a text of anything: composed, without control and format characters, spaces plain, blank lines few.

    It reads the fonts at its first call: not for the event loop.

    Example:
        >>> [["".join(sign.sign for sign in line) for line in worded("Hi 👋 you").lines], worded("Hi 👋").missing]
        [['Hi you'], ('👋',)]
    """
    text = text.strip()
    plain = unicodedata.normalize("NFC", text[: 4 * LONGEST].replace("\r\n", "\n").translate(_NEWLINES))
    missing: dict[str, None] = {}
    lines: list[tuple[Sign, ...]] = []
    for paragraph in plain[:LONGEST].split("\n"):
        line = _spelled(paragraph, missing)
        if line or (lines and lines[-1]):  # one blank line at most, none at the start
            lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    cut = len(text) > 4 * LONGEST or len(plain) > LONGEST
    return Wording(tuple(lines), tuple(missing), cut)


def _spelled(paragraph: str, missing: dict[str, None]) -> tuple[Sign, ...]:
    kept: list[str] = []
    dropped = False
    for raw in paragraph:
        sign = _plain(raw)
        if not sign:
            continue
        if not covering(sign):
            missing[_told(sign)] = None
            dropped = True
        elif not (dropped and sign == " " and (not kept or kept[-1] == " ")):  # else two spaces where an emoji was
            kept.append(sign)
            dropped = False
    signs = "".join(kept).strip(f" {_WIDE_SPACE}")
    return tuple(Sign(sign, _face(signs, at)) for at, sign in enumerate(signs))


def _plain(sign: str) -> str:
    """A sign as the fonts know it; empty for what is not seen."""
    kind = unicodedata.category(sign)
    if sign == "\t" or (kind == "Zs" and sign != _WIDE_SPACE):
        return " "
    if kind in {"Cc", "Cf", "Cs"} or 0xFE00 <= ord(sign) <= 0xFE0F or 0xE0100 <= ord(sign) <= 0xE01EF:
        return ""
    return _ALIKE.get(sign, sign)


def _told(sign: str) -> str:
    alone = sign.isprintable() and not unicodedata.category(sign).startswith("M")
    return sign if alone else f"U+{ord(sign):04X}"


def _face(signs: str, at: int) -> Typeface:
    """The first font that has it; of what both have (quotes, dashes, dots) the Han one beside a Han sign."""
    faces = covering(signs[at])
    if len(faces) == 1:
        return faces[0]
    before, after = signs[:at].rstrip(signs[at])[-1:], signs[at:].lstrip(signs[at])[:1]
    return faces[1] if any(near and covering(near) == faces[1:] for near in (before, after)) else faces[0]
