"""The timeline's texts, each drawn as a picture of its box, none over another that is shown at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nemovideo.engine.media.compose.composition import Composition, Text
from nemovideo.engine.media.compose.picture import Lettering
from nemovideo.engine.media.text.draw import Drawn, drawn

__all__ = ["free", "lettered"]

_GAP = 0.01
"""Between two texts, as a share of the canvas's height; each has room for its shadow already."""
_SMALLER = (1.0, 0.75, 0.5)
"""Sizes that are tried, one after the other, until a text has room beside the others."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A text that has its place."""

    text: Text
    made: Drawn


async def lettered(composition: Composition, work: Path) -> tuple[dict[int, Lettering], tuple[str, ...]]:
    """Draw every text of the composition; one whose place is taken goes to the line above or below.

    Returns:
        The drawn texts by their place in `composition.texts`, and what is to be said of them.
    """
    found: dict[int, Lettering] = {}
    shown: list[_Shown] = []
    cut = 0
    missing: dict[str, None] = {}
    for number, text in enumerate(composition.texts):
        beside = [one.made for one in shown if one.text.start < text.end and text.start < one.text.end]
        made = await _stacked(text, beside, composition, work, f"text{number}")
        cut += made.cut
        missing |= dict.fromkeys(made.missing)
        if made.path is not None:
            shown.append(_Shown(text, made))
            found[number] = Lettering(made.path, made.x, made.y)
    return found, tuple(_notes(len(found), len(composition.texts), missing, cut))


async def _stacked(text: Text, beside: Sequence[Drawn], composition: Composition, work: Path, name: str) -> Drawn:
    """The text, beside those that are shown at the same time; over them only where there is no room at all."""
    width, height = composition.width, composition.height
    for smaller in _SMALLER:
        made = await drawn(replace(text, size=text.size * smaller), width=width, height=height, folder=work, name=name)
        if made.path is None or text.x is not None or text.y is not None:  # a place that was named is kept
            return made
        y = free(made, beside, height, up="bottom" in text.anchor)
        if y is not None:
            return replace(made, y=y)
    return await drawn(text, width=width, height=height, folder=work, name=name)


def free(made: Drawn, beside: Sequence[Drawn], height: int, *, up: bool) -> int | None:
    """The even y next to a text's own where it covers none of the others: above it first (`up`), or below it first.

    None where the canvas has no such place. Pure.
    """
    others = [one for one in beside if one.x < made.x + made.width and made.x < one.x + one.width]
    gap = max(2, round(_GAP * height))
    for rises in (up, not up):
        y = made.y
        while hit := next((one for one in others if one.y < y + made.height and y < one.y + one.height), None):
            y = (hit.y - made.height - gap) & ~1 if rises else (hit.y + hit.height + gap + 1) & ~1
        if 0 <= y <= height - made.height:
            return y
    return None


def _notes(count: int, asked: int, missing: dict[str, None], cut: int) -> list[str]:
    notes = [f"{count} text{'s' * (count > 1)} drawn"] if count else []
    if missing:
        notes.append(f"left out of the text, for want of a glyph: {' '.join(missing)}")
    if empty := asked - count:
        notes.append(f"{empty} text{'s' * (empty > 1)} left out whole: nothing of it can be drawn")
    if cut:
        notes.append(f"{cut} text(s) too long for the picture: their ends were left out")
    return notes
