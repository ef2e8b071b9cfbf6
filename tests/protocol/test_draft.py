"""The draft with its short keys: the documented summary, and whatever else a draft may hold."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from tests.jsonvalues import ANYTHING, shaped

from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.json import parse


@pytest.mark.parametrize("name", ["documented", "strange"])
def test_a_draft_of_the_workshop(name: str, shared: Path) -> None:
    case = parse((shared / "cases" / "drafts" / f"{name}.json").read_bytes())
    draft, before = case["draft"], copy.deepcopy(case["draft"])
    timeline = Timeline.decode(draft)
    assert timeline.exportable is case["exportable"]
    if "summary" in case:
        assert timeline.summary == str(timeline) == case["summary"]
    assert len(timeline.tracks) == len(draft["t"])
    assert timeline.raw is draft
    assert draft == before


def test_the_strange_draft_is_told_whole(shared: Path) -> None:
    timeline = Timeline.decode(parse((shared / "cases" / "drafts" / "strange.json").read_bytes())["draft"])
    assert timeline.summary == (
        "Timeline (4 tracks): 1. Video: (0-4.5s), IMG_0042.mov (4.5-5.751s) 2. Track: (0-0.9s) 3. Audio: (empty) "
        '4. Title: "你好, "world"" (0-3725s)'
    ).replace("5.751", "5.75")
    assert (timeline.width, timeline.height, timeline.duration) == (1080, 1920, 3725.0)
    assert timeline.raw["zz"] == 18446744073709551617
    assert json.loads(timeline.model_dump_json())["raw"] == timeline.raw


@pytest.mark.parametrize("draft", [None, {}, [], "x", 3, {"t": None}, {"t": {}}, {"t": [None, 3, []]}])
def test_no_draft_is_an_empty_timeline(draft: object) -> None:
    timeline = Timeline.decode(draft)
    assert not timeline.exportable
    assert timeline.duration == 0.0


def test_what_is_missing_is_taken_as_documented() -> None:
    segments = [{"d": 1000}, {"d": 500, "m": {"volume": 0}}, {"d": 250, "m": {"start": 9000}}]
    (track,) = Timeline.decode({"t": [{"tt": 1, "sg": segments}]}).tracks
    assert [(segment.start, segment.duration, segment.volume) for segment in track.segments] == [
        (0.0, 1.0, 1.0),
        (1.0, 0.5, 0.0),
        (9.0, 0.25, 1.0),
    ]


def test_what_a_segment_takes_of_its_source() -> None:
    piece = {"d": 1000, "m": {"in": 2500, "speed": 2, "src": "9f", "x": 0.5}}
    timeline = Timeline.decode(
        {"m": {"fps": 29.97, "title": "Trip"}, "t": [{"tt": 0, "sg": [piece, {"m": {"speed": 0}}]}]}
    )
    first, second = timeline.tracks[0].segments
    assert (first.source, first.source_start, first.speed) == ("9f", 2.5, 2.0)
    assert first.raw is piece
    assert (second.source_start, second.speed) == (0.0, 1.0)  # no piece stands still
    assert (timeline.fps, timeline.title) == (29.97, "Trip")


KEYS = ("t", "tt", "sg", "d", "m", "title", "text", "name", "start", "volume", "src", "width", "height")


@given(ANYTHING | shaped(*KEYS))
def test_no_json_makes_it_raise(value: object) -> None:
    timeline = Timeline.decode(value)
    assert timeline.raw is value or timeline.raw == value
    assert timeline.summary
