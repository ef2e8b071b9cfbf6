"""Where lines break: at words, between signs of Han, never before a closing mark nor after an opening one. Pure.

Widths are in em, so that one measure serves every size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from nemovideo.engine.media.text.wording import Sign

__all__ = ["Line", "Paragraph"]

_SPACES = " \u3000"
_NOT_FIRST = frozenset(
    ",.;:!?)]}%’”»…—–·‧•～~、。，．：；！？）］｝》」』】〕〗〉〞％‰℃¢°"
    "々ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜ゝゞヽヾ"
)
_NOT_LAST = frozenset("([{‘“«（［｛《「『【〔〖〈〝$¥£€￥＄￡")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its signs, where each begins and how wide the whole is, in em from the left."""

    signs: tuple[Sign, ...]
    places: tuple[float, ...]
    width: float


class Paragraph:
    """The signs between two newlines, measured once, broken for any width."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        self._signs = tuple(signs)
        self._ends = [0.0, *accumulate(_steps(self._signs))]
        self._breaks = [at for at in range(1, len(signs)) if _may_break(self._signs, at)]

    def broken(self, width: float) -> tuple[list[Line], bool]:
        """The lines for a width, as even as their number allows, and whether a word had to be torn."""
        spans, torn = self._spans(width)
        narrowest, widest = 0.0, width
        for _ in range(10 if len(spans) > 1 and not torn else 0):  # to a thousandth of the width
            middle = (narrowest + widest) / 2
            closer, tears = self._spans(middle)
            if len(closer) > len(spans) or tears:
                narrowest = middle
            else:
                widest, spans = middle, closer
        return [self._line(start, end) for start, end in spans], torn

    def _spans(self, width: float) -> tuple[list[tuple[int, int]], bool]:
        """First and last of each line, greedily; a word that is too wide alone is torn where the line is full."""
        spans: list[tuple[int, int]] = []
        start, fits, torn = 0, 0, False
        for stop in [*self._breaks, len(self._signs)]:
            while stop > start and self._wide(start, stop) > width:
                if fits <= start:
                    fits = self._full(start, stop, width)
                    if fits == stop:  # one sign, wider than the line
                        break
                    torn = True
                spans.append((start, fits))
                start = self._skipped(fits)
            fits = stop
        if start < len(self._signs) or not spans:
            spans.append((start, len(self._signs)))
        return spans, torn

    def _full(self, start: int, stop: int, width: float) -> int:
        end = start + 1
        while end < stop and self._wide(start, end + 1) <= width:
            end += 1
        return end

    def _skipped(self, at: int) -> int:
        while at < len(self._signs) and self._signs[at].sign in _SPACES:
            at += 1
        return at

    def _trimmed(self, start: int, end: int) -> int:
        while end > start and self._signs[end - 1].sign in _SPACES:
            end -= 1
        return end

    def _wide(self, start: int, end: int) -> float:
        return self._ends[self._trimmed(start, end)] - self._ends[start]

    def _line(self, start: int, end: int) -> Line:
        end = self._trimmed(start, end)
        places = tuple(place - self._ends[start] for place in self._ends[start:end])
        return Line(self._signs[start:end], places, self._ends[end] - self._ends[start])


def _steps(signs: Sequence[Sign]) -> list[float]:
    """How far each sign moves the pen, its kerning with the next included."""
    steps: list[float] = []
    for at, one in enumerate(signs):
        step = one.face.advance(one.sign)
        if at + 1 < len(signs) and signs[at + 1].face is one.face:
            step += one.face.kern(one.sign, signs[at + 1].sign)
        steps.append(step)
    return steps


def _may_break(signs: Sequence[Sign], at: int) -> bool:
    before, after = signs[at - 1].sign, signs[at].sign
    if after in _SPACES or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    if before in _SPACES or _wide(before) or _wide(after):
        return True
    # After the hyphen of a word and after a dash, not in "-5" nor in "2020-21".
    if before in "-–—" and after.isalpha() and at > 1:
        return signs[at - 2].sign not in _SPACES
    # After what closes a quotation or a clause of Han and is drawn as wide as Han: it stands before Latin.
    return before in "”’…—·" and signs[at - 1].face is not signs[at].face


def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in {"W", "F"}
