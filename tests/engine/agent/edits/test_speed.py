"""Faster and slower."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import TALK, done, film, name_of, piece, read, refused, scene, two_clips, undone

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.speed import Speed
from nemovideo.engine.agent.spans import Span

START = Span(0, 5000)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("speed up 2x", Speed(2, sets=False)),
        ("speed it up by 2x", Speed(2, sets=False)),
        ("make it twice as fast", Speed(2, sets=False)),
        ("three times faster", Speed(3, sets=False)),
        ("play it at 1.5x speed", Speed(1.5)),
        ("at double speed", Speed(2)),
        ("2x speed", Speed(2)),
        ("0.5x", Speed(0.5)),
        ("half speed", Speed(0.5)),
        ("slow down to half", Speed(0.5)),
        ("slow it down 2x", Speed(0.5, sets=False)),
        ("twice as slow", Speed(0.5, sets=False)),
        ("speed up by 50%", Speed(1.5, sets=False)),
        ("make it 25% slower", Speed(0.75, sets=False)),
        ("slow the video down to 50%", Speed(0.5)),
        ("play the first 5 seconds at double speed", Speed(2, span=START)),
        ("slow down the first 5 seconds by half", Speed(0.5, sets=False, span=START)),
        ("speed it up to 5 seconds", Speed(length=5000)),
        ("slow motion", Speed(0.5, sets=False, guessed=True)),
        ("make the video faster", Speed(2, sets=False, guessed=True)),
        ("make it a bit slower", Speed(0.75, sets=False, guessed=True)),
        ("normal speed", Speed(1)),
        ("back to normal speed", Speed(1)),
        ("加速两倍", Speed(2, sets=False)),
        ("2倍速", Speed(2)),
        ("1.5倍速播放", Speed(1.5)),
        ("慢放", Speed(0.5, sets=False, guessed=True)),
        ("放慢一半", Speed(0.5, sets=False)),
        ("把前5秒放慢一半", Speed(0.5, sets=False, span=START)),
        ("加快50%", Speed(1.5, sets=False)),
        ("恢复正常速度", Speed(1)),
    ],
)
def test_sentences(text: str, edit: Speed) -> None:
    assert read(text) == ("speed", edit)


@pytest.mark.parametrize(
    "text",
    [
        "as fast as possible",
        "fade in slowly",
        "make the credits roll at the end slower",
        "slow the music down",
        "don't speed it up",
        "make the title move faster",
        "half the size",
        "make it half as big",
        "compress it to 5MB fast",
        "volume 2x",
        "scale to 1280x720",
    ],
)
def test_what_is_another_thing(text: str) -> None:
    assert name_of(text) != "speed"


def test_the_whole_and_a_span() -> None:
    (whole,) = done(Speed(2), scene())["t"][0]["sg"]
    assert (whole["d"], whole["m"]["speed"]) == (5000, 2)
    slow = done(Speed(0.5, span=Span(4000, 6000)), scene())
    assert slow["d"] == 12_000
    assert [(one["m"]["start"], one["d"], one["m"]["in"], one["m"].get("speed")) for one in slow["t"][0]["sg"]] == [
        (0, 4000, 0, None),
        (4000, 4000, 4000, 0.5),
        (8000, 4000, 6000, None),
    ]


def test_a_factor_multiplies_and_a_speed_is_set() -> None:
    fast = film(piece(TALK, 0, 5000, speed=2))
    (again,) = done(Speed(2, sets=False), scene(fast))["t"][0]["sg"]
    assert (again["d"], again["m"]["speed"]) == (2500, 4)
    (usual,) = done(Speed(1), scene(fast))["t"][0]["sg"]
    assert (usual["d"], usual["m"].get("speed")) == (10_000, None)


def test_a_length_is_met_and_one_clip_alone_changes() -> None:
    assert done(Speed(length=4000), scene())["d"] == 4000
    both = done(Speed(2, clips=Clips(nth=1)), scene(two_clips()))
    assert [(one["m"]["start"], one["d"]) for one in both["t"][0]["sg"]] == [(0, 5000), (5000, 5000)]


@pytest.mark.parametrize(
    "text", ["play it at 1/3 speed", "slow it down to 1/3", "slow it down to a third", "1/3 speed", "放慢到1/3"]
)
def test_a_fraction_is_a_speed(text: str) -> None:
    assert read(text) == ("speed", Speed(0.333333))


@pytest.mark.parametrize("factor", [3.0, 7.0, 1.5, 0.333333, 0.7, 1.3])
def test_there_and_back_is_where_it_was(factor: float) -> None:
    there = done(Speed(factor, sets=False), scene())
    back = done(Speed(round(1 / factor, 6), sets=False), scene(there))
    assert back["d"] == 10_000
    assert "speed" not in back["t"][0]["sg"][0]["m"]


def test_opposite_and_refusals() -> None:
    undone(Speed(3), scene())
    undone(Speed(0.5, span=Span(9000, 12_000)), scene(two_clips()))
    for speed in (100.0, 0.01, 0.0):
        assert refused(Speed(speed), scene()) == "speed_range"
    assert refused(Speed(2, span=Span(0, 20_000)), scene()) == "beyond_end"
