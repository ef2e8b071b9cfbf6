"""Words without end are read in time by every edit."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import clause, film, music, scene, words

from nemovideo.engine.agent.edits.table import EDITS


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "add a title saying " + "at the top " * 350,
        "change the title to " + "red " * 900,
        "add " + "a " * 2000,
        "remove " + "the " * 1000,
        "make " * 800 + "vertical",
        "crop " + "top off " * 500,
        "音乐" * 2000,
        "for 3 seconds " * 280,
    ],
)
def test_it_ends(text: str) -> None:
    at = scene(film(tracks=(words("x"), music())))
    for kind in EDITS:
        kind.read(clause(text), at)
