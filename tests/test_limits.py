"""Limits are checked when they are made, each by its name."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import pytest

from nemovideo import UsageError
from nemovideo.limits import Limits

NAMES = [field.name for field in fields(Limits)]
WHOLE = {"event_bytes", "recovery_attempts"}
ZERO = {"recovery_attempts", "recovery_first", "recovery_again", "retry_after"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-1, -0.5, math.nan, True, "30", None, [], -math.inf, 10**400 * -1])
def test_what_is_no_limit_is_refused_at_once(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=rf"Limits: {name} must be .*: ") as caught:
        Limits(**{name: value})
    assert repr(value)[:20] in caught.value.message
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", NAMES)
def test_zero_is_taken_where_it_means_something(name: str) -> None:
    if name in ZERO:
        assert getattr(Limits(**{name: 0}), name) == 0
    else:
        with pytest.raises(UsageError, match=f"{name} must be .* above zero: 0"):
            Limits(**{name: 0})


@pytest.mark.parametrize("name", NAMES)
def test_a_fraction_and_no_limit_at_all(name: str) -> None:
    values: tuple[Any, ...] = (0.25, math.inf)
    for value in values:
        if name in WHOLE:
            with pytest.raises(UsageError, match=f"{name} must be a whole number"):
                Limits(**{name: value})
        else:
            assert getattr(Limits(**{name: value}), name) == value
    assert getattr(Limits(**{name: 7}), name) == 7
