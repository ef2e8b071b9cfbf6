"""What counts as a change of a session, and what does not."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from tests.resources.following import TITLE_ADDED, TITLED

from nemovideo.resources.baseline import Baseline
from nemovideo.resources.state import State

DRAFT: dict[str, Any] = {"d": 2000, "t": [{"tt": 0, "sg": [{"d": 2000, "m": {"title": "talk.mp4"}}]}]}


def held(**state: Any) -> State:
    return State({"session_id": "s1", "state": state})


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (held(draft=DRAFT), held(draft=DRAFT), ()),
        (held(draft=DRAFT), held(draft=dict(reversed(DRAFT.items()))), ()),
        (held(), held(), ()),
        (held(draft=None), held(), ()),
        (held(draft=DRAFT), held(draft=TITLED | {"m": None}), (TITLE_ADDED,)),
        (held(), held(draft={"t": [TITLED["t"][1]]}), (TITLE_ADDED,)),
        (held(draft=DRAFT), held(draft=DRAFT | {"zz": 2**70}), ("The draft changed",)),
        (held(draft=DRAFT | {"zz": 2**70}), held(draft=DRAFT | {"zz": 2**70}), ()),
        (held(draft=DRAFT), held(draft=DRAFT, generated_media=[{"url": "a"}, 2]), ("Generated media: 2 new",)),
        (held(generated_media=[1, 2]), held(generated_media=[2]), ("Generated media: 1 gone",)),
        (held(generated_media=[{"url": "a?sig=1"}]), held(generated_media=[{"url": "a?sig=2"}]), ()),
        (held(canvas_config={"w": 1}), held(canvas_config={"w": 2}), ("The canvas changed",)),
        (held(draft=DRAFT), held(draft=DRAFT, video_infos=[1], video_analyses=[2], whatever=3), ()),
    ],
)
def test_a_change(before: State, after: State, changes: tuple[str, ...]) -> None:
    baseline = Baseline.of(before)
    found = baseline.changes(after)
    if changes and changes[0] == TITLE_ADDED:
        assert found[0] == TITLE_ADDED
    else:
        assert found == changes
    assert pickle.loads(pickle.dumps(baseline)) == baseline
    assert repr(baseline) == "Baseline()"


def test_it_is_small() -> None:
    """A thousand of them lie in the memory of a client with a thousand answers under way."""
    draft = {"t": [{"tt": 0, "sg": [{"d": 1000, "m": {"title": "x"}}] * 100}]}
    assert len(Baseline.of(held(draft=draft))._held) < 5_000
