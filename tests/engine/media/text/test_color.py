from __future__ import annotations

import pytest

from nemovideo.engine.media.text.color import color_of, contrast_of
from nemovideo.errors import UsageError


@pytest.mark.parametrize(
    ("words", "rgb"),
    [
        ("white", (255, 255, 255)),
        ("RebeccaPurple", (0x66, 0x33, 0x99)),
        ("aliceblue", (0xF0, 0xF8, 0xFF)),
        ("yellowgreen", (0x9A, 0xCD, 0x32)),
        ("#abc", (0xAA, 0xBB, 0xCC)),
        ("  #A1B2C3\n", (0xA1, 0xB2, 0xC3)),
    ],
)
def test_names_and_numbers_are_read(words, rgb):
    assert color_of(words) == rgb


@pytest.mark.parametrize("words", ["", "#", "#ab", "#abcd", "ffffff", "#１２３", "whit", "rgb(1,2,3)"])
def test_anything_else_is_told(words):
    with pytest.raises(UsageError, match="colour"):
        color_of(words)


def test_light_letters_are_outlined_dark_and_dark_ones_light():
    assert contrast_of((255, 255, 255)) == contrast_of(color_of("gold")) == (0, 0, 0)
    assert contrast_of((0, 0, 0)) == contrast_of(color_of("navy")) == (255, 255, 255)
