from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.engine.media.correction import Trial, next_request


def test_only_the_pictures_part_is_corrected():
    """Half of this file is sound: 10 % over in all is 20 % over in the picture."""
    asked = next_request([Trial(asked=500, size=1100, fixed=500)], 1000)
    assert asked == pytest.approx(500 * 500 / 600 * 0.995)


def test_the_second_correction_knows_how_the_size_follows():
    """Twice asked, once and a half got: what is missing takes more than its share."""
    trials = [Trial(1000, 1000, 0), Trial(2000, 1500, 0)]
    assert next_request(trials, 1800) > 2000 * 1800 / 1500


@given(
    asked=st.floats(1, 1e9),
    size=st.integers(1000, 10**9),
    share=st.floats(0, 0.9),
    limit=st.integers(1000, 10**9),
)
def test_over_asks_for_less(asked: float, size: int, share: float, limit: int):
    wanted = next_request([Trial(asked, size, int(min(size, limit) * share))], limit)
    assert wanted > 0
    if size > limit:
        assert wanted < asked


def test_between_a_try_that_fits_and_one_that_does_not():
    """What happened on noise: far under, far over; the next lies between both, and the last one on the safe side."""
    trials = [Trial(1_000, 300, 0), Trial(3_000, 2_000, 0)]
    asked, last = next_request(trials, 1_000), next_request(trials, 1_000, last=True)
    assert 1_000 < last < asked < 3_000


@given(
    low=st.tuples(st.floats(1_000, 1e6), st.integers(1_000, 99_999)),
    high=st.tuples(st.floats(1.01, 10), st.integers(100_001, 10**7)),
    last=st.booleans(),
)
def test_never_outside_of_what_is_known(low: tuple[float, int], high: tuple[float, int], last: bool):
    trials = [Trial(low[0], low[1], 0), Trial(low[0] * high[0], high[1], 0)]
    for known in (trials, trials[::-1]):
        assert low[0] < next_request(known, 100_000, last=last) < low[0] * high[0]
