"""What services take: dated figures that nobody changes by accident."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nemovideo.protocol.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_each_says_what_it_is_and_when_it_was_looked_up(name: str) -> None:
    preset = PRESETS[name]
    assert preset.name == name
    assert preset.max_bytes > 0
    assert preset.what
    assert date.fromisoformat(preset.as_of) >= date(2026, 1, 1)


def test_they_cannot_be_changed() -> None:
    shared: Any = PRESETS
    with pytest.raises(TypeError):
        shared["discord"] = PRESETS["x"]
    with pytest.raises(AttributeError):
        shared["discord"].max_bytes = 1
