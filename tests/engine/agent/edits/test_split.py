"""Parting a film into clips, and frames told as times."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import TALK, done, film, name_of, piece, read, refused, scene, two_clips, undone

from nemovideo.engine.agent.edits.cut import Cut
from nemovideo.engine.agent.edits.split import Split
from nemovideo.engine.agent.edits.trim import Trim
from nemovideo.engine.agent.spans import Span


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("split at 0:05", Split(5000)),
        ("split it at 5 s", Split(5000)),
        ("please split the video at 5 seconds", Split(5000)),
        ("split it into 3 parts", Split(parts=3)),
        ("divide the clip in half", Split()),
        ("split it in the middle", Split()),
        ("在5秒处分割", Split(5000)),
        ("从第5秒处切开", Split(5000)),
        ("把视频分成三段", Split(parts=3)),
    ],
)
def test_it_is_read(text: str, edit: Split) -> None:
    assert read(text) == ("split", edit)


@pytest.mark.parametrize(
    "text", ["split screen", "split the audio from the video", "don't split it", "分屏", "split it"]
)
def test_what_splits_nothing(text: str) -> None:
    assert name_of(text) != "split"


def test_the_clips_play_as_before() -> None:
    draft = done(Split(4000), scene(film(piece(TALK, 0, 10_000, speed=2, fade_in=500, fade_out=500))))
    shown = [(one["d"], one["m"]["start"], one["m"]["in"]) for one in draft["t"][0]["sg"]]
    assert shown == [(4000, 0, 0), (6000, 4000, 8000)]
    assert [(one["m"].get("fade_in"), one["m"].get("fade_out")) for one in draft["t"][0]["sg"]] == [
        (500, None),
        (None, 500),
    ]
    assert [one["d"] for one in done(Split(parts=3), scene())["t"][0]["sg"]] == [3333, 3333, 3334]


def test_opposite_and_refusals() -> None:
    undone(Split(4000), scene())
    assert refused(Split(10_000), scene()) == "beyond_end"
    assert refused(Split(parts=21), scene()) == "beyond_end"
    assert refused(Split(10_000), scene(two_clips())) == "unchanged"


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("remove the first frame", Cut((Span(0, 33),))),
        ("remove the last 2 frames", Cut((Span(-67, None),))),
        ("delete the last frame", Cut((Span(-34, None),))),
        ("删掉第一帧", Cut((Span(0, 33),))),
        ("删掉最后两帧", Cut((Span(-67, None),))),
        ("keep the first 30 frames", Trim((Span(0, 1000),))),
    ],
)
def test_frames_are_parts_of_a_second(text: str, edit: Cut | Trim) -> None:
    found = read(text)
    assert found is not None
    assert found[1] == edit
    assert read(text.replace("帧", "个").replace("frame", "thing")) != found
