"""Where a text goes whose place is taken."""

from __future__ import annotations

import pytest

pytest.importorskip("PIL")

from hypothesis import given
from hypothesis import strategies as st

from nemovideo.engine.media.compose.lettering import free
from nemovideo.engine.media.text.draw import Drawn


def box(x: int, y: int, width: int = 100, height: int = 20) -> Drawn:
    return Drawn(None, x, y, width, height, ())


def test_a_free_place_is_kept() -> None:
    assert free(box(0, 150), [], 180, up=True) == 150
    assert free(box(0, 150), [box(200, 150)], 180, up=True) == 150
    assert free(box(0, 150), [box(0, 100)], 180, up=True) == 150


def test_the_next_line_is_above_at_the_bottom_and_below_elsewhere() -> None:
    assert free(box(0, 150), [box(0, 150)], 180, up=True) == 128
    assert free(box(0, 10), [box(0, 10)], 180, up=False) == 32
    assert free(box(0, 150), [box(0, 150), box(0, 128)], 180, up=True) == 106
    assert free(box(0, 150), [box(0, 150)], 180, up=False) == 128  # no room below


def test_there_may_be_no_room() -> None:
    assert free(box(0, 0), [box(0, 10, height=160)], 180, up=False) is None


boxes = st.builds(box, st.integers(0, 200), st.integers(0, 160), st.integers(2, 120), st.integers(2, 90))


@given(boxes, st.lists(boxes, max_size=8), st.booleans())
def test_what_is_found_covers_nothing(made: Drawn, beside: list[Drawn], up: bool) -> None:
    y = free(made, beside, 180, up=up)
    if y is None:
        return
    assert 0 <= y <= 180 - made.height
    for one in beside:
        apart = one.x + one.width <= made.x or made.x + made.width <= one.x
        assert apart or one.y + one.height <= y or y + made.height <= one.y
