"""A session's state: what is told can be read, in whatever form, and the answer is kept whole."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cloud import DRAFT, STATE, Cloud, Reply
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.resources.state import State

TOLD: dict[str, Any] = {
    "draft": DRAFT,
    "video_infos": [{"filename": "talk.mp4", "duration": 2.0}],
    "canvas_config": {"width": 1080, "height": 1920},
    "generated_media": [{"kind": "voice"}],
    "video_analyses": [{"scenes": 3}],
}


def test_everything_documented_can_be_read(on_cloud: OnCloud) -> None:
    data = {"session_id": "s1", "task_id": 7, "task_name": "project", "user_id": "anon_7", "state": TOLD, "new": [1]}

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, Reply({"code": 0, "data": data}))
        state = await client.state.get("s1")
        assert state.raw == data
        assert {name: getattr(state, name) for name in TOLD} == TOLD
        assert (state.session_id, state.task_id, state.task_name, state.user_id) == ("s1", "7", "project", "anon_7")
        assert state.timeline.exportable

    on_cloud(flow)


@pytest.mark.parametrize("raw", [None, [], "x", 3, {}, {"state": None}, {"state": [1]}, {"state": {}}, {"data": {}}])
def test_nothing_told_is_nothing_read(raw: Any) -> None:
    state = State(raw)
    assert state.raw == raw
    assert (state.draft, state.video_infos, state.generated_media, state.video_analyses) == (None, [], [], [])
    assert dict(state.canvas_config) == {}
    assert (state.session_id, state.task_id, state.task_name, state.user_id) == (None, None, None, None)
    assert state.timeline.summary == "Timeline (0 tracks): empty"


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"video_infos": {"a": {"fps": 25}, "b": {"fps": 30}}}, [{"fps": 25}, {"fps": 30}]),
        ({"video_infos": None}, []),
        ({"video_infos": "talk.mp4"}, []),
        ({"video_infos": [None, 1]}, [None, 1]),
    ],
)
def test_other_forms_are_read_too(told: dict[str, Any], read: list[Any]) -> None:
    assert State({"state": told}).video_infos == read
    assert State(told).video_infos == read  # without the `state` around it


def test_it_shows_no_draft_in_a_log() -> None:
    assert "talk.mp4" not in repr(State({"state": TOLD}))
