"""How large a text is set and where its block lies: lines, size and corner for a canvas. Pure but for the fonts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nemovideo.engine.media.compose.composition import Text
from nemovideo.engine.media.text.lines import Line, Paragraph
from nemovideo.engine.media.text.wording import Wording, worded
from nemovideo.errors import UsageError

__all__ = ["Block", "block"]

PITCH = 1.25
"""Height of a line in em: both fonts' tall letters and tails, and a little between."""
_BASELINE = 0.97
"""From the top of a line to its baseline, in em: capitals and Han stand in the middle of a line."""
_MARGIN = 0.05
"""Title-safe: a share of each side that stays empty (EBU R 95 asks for 5 %)."""
_OUTLINE = 0.075
"""Width of the outline in em: letters on their own colour stay readable, small ones stay open."""
_SMALLEST = 0.022
"""Em under which a text is no longer made smaller, as a share of the short side: 24 pixels of 1080."""
_LEGIBLE = 8
"""Em in pixels under which Han is a blot."""
_TEARING = 0.5
"""Share of the asked size at which a long word is torn rather than made smaller still."""
_STEP = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A text that is set.

    Attributes:
        em: the size of the letters in pixels.
        outline: the width of their outline in pixels.
        lines: each with its left end and its baseline on the canvas, in pixels.
        cut: whether not all of the text had room.
    """

    em: float
    outline: int
    lines: tuple[tuple[Line, float, float], ...]
    cut: bool


def block(text: Text, wording: Wording, *, width: int, height: int) -> Block:
    """Set a wording on a canvas: as large as asked where it fits, else smaller, at last cut with an ellipsis.

    Raises:
        UsageError: size or place is no number that can be meant.
    """
    short = min(width, height)
    if not (math.isfinite(text.size) and text.size > 0):
        raise UsageError(f"A text cannot be {text.size} high", hint="Its size is a share of the picture: 0.08.")
    if any(place is not None and not math.isfinite(place) for place in (text.x, text.y)):
        raise UsageError("A text's place must be numbers", hint="x and y are shares of the picture: 0.5 is its middle.")
    asked = max(min(text.size, 1.0) * short / PITCH, 1.0)
    paragraphs = [Paragraph(line) for line in wording.lines]
    room = (width * (1 - 2 * _MARGIN), height * (1 - 2 * _MARGIN))
    em, lines, fits = _sized(paragraphs, asked, room, least=min(asked, max(_SMALLEST * short, _LEGIBLE)))
    outline = _outline(em)
    if not fits:
        most = max(1, int((room[1] - 2 * outline) / (PITCH * em)))
        lines = [*lines[: most - 1], _shortened(lines[most - 1], (room[0] - 2 * outline) / em)]
    elif wording.cut:
        lines[-1] = _shortened(lines[-1], (room[0] - 2 * outline) / em)
    return Block(
        em=em,
        outline=outline,
        lines=tuple(_placed(text, lines, em, canvas=(width, height))),
        cut=wording.cut or not fits,
    )


def _outline(em: float) -> int:
    return max(1, round(_OUTLINE * em))


def _sizes(asked: float, least: float) -> Iterator[float]:
    em = asked
    while em > least:
        yield em
        em *= _STEP
    yield least


def _sized(
    paragraphs: Sequence[Paragraph], asked: float, room: tuple[float, float], *, least: float
) -> tuple[float, list[Line], bool]:
    """The largest size that has room, its lines, and whether there is one; words are torn only when all else fails."""
    torn_at: tuple[float, list[Line], bool] | None = None
    lines: list[Line] = []
    for em in _sizes(asked, least):
        if torn_at is not None and em < asked * _TEARING:
            break
        lines, torn = [], False
        edge = 2 * _outline(em)
        for paragraph in paragraphs:
            broken, tears = paragraph.broken((room[0] - edge) / em)
            lines += broken
            torn = torn or tears
        if len(lines) * PITCH * em + edge > room[1]:
            continue
        if not torn:
            return em, lines, True
        torn_at = torn_at or (em, lines, True)
    return torn_at or (least, lines, False)


def _shortened(line: Line, width: float) -> Line:
    """The line with an ellipsis at its end."""
    (dots,) = worded("…").lines
    kept = line.signs
    while kept and Paragraph((*kept, *dots)).broken(width)[0][0].width > width:
        kept = kept[:-1]
    made, _ = Paragraph((*kept, *dots)).broken(math.inf)
    return made[0]


def _placed(
    text: Text, lines: Sequence[Line], em: float, *, canvas: tuple[int, int]
) -> Iterator[tuple[Line, float, float]]:
    outline = _outline(em)
    wide = max(line.width for line in lines) * em + 2 * outline
    high = len(lines) * PITCH * em + 2 * outline
    left = _along(_side(text.anchor, "left", "right"), text.x, wide, canvas[0])
    top = _along(_side(text.anchor, "top", "bottom"), text.y, high, canvas[1])
    lean = 0.5 if text.x is not None else _side(text.anchor, "left", "right")
    for number, line in enumerate(lines):
        free = wide - 2 * outline - line.width * em
        yield line, left + outline + lean * free, top + outline + (number * PITCH + _BASELINE) * em


def _side(anchor: str, start: str, end: str) -> float:
    """0 at the start (left, top), 1 at the end, 0.5 between."""
    return 0.0 if start in anchor else 1.0 if end in anchor else 0.5


def _along(lean: float, middle: float | None, size: float, canvas: int) -> float:
    """Where a block begins: leaning on the margins, or with its middle where it is asked, but never off the canvas."""
    if middle is not None:
        return max(0.0, min(middle * canvas - size / 2, canvas - size))
    margin = _MARGIN * canvas
    return margin + lean * (canvas - 2 * margin - size)
