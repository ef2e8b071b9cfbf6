"""The timeline's texts, each drawn as a picture of its box."""

from __future__ import annotations

from pathlib import Path

from nemovideo.engine.media.compose.composition import Composition
from nemovideo.engine.media.compose.picture import Lettering
from nemovideo.engine.media.text.draw import drawn

__all__ = ["lettered"]


async def lettered(composition: Composition, work: Path) -> tuple[dict[int, Lettering], tuple[str, ...]]:
    """Draw every text of the composition.

    Returns:
        The drawn texts by their place in `composition.texts`, and what is to be said of those that could not be drawn.
    """
    found: dict[int, Lettering] = {}
    cut = 0
    missing: dict[str, None] = {}
    for number, text in enumerate(composition.texts):
        made = await drawn(text, width=composition.width, height=composition.height, folder=work, name=f"text{number}")
        cut += made.cut
        missing |= dict.fromkeys(made.missing)
        if made.path is not None:
            found[number] = Lettering(made.path, made.x, made.y)
    notes = [f"left out of the text, for want of a glyph: {' '.join(missing)}"] if missing else []
    if cut:
        notes.append(f"{cut} text(s) too long for the picture: their ends were left out")
    return found, tuple(notes)
