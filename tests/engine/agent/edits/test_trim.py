"""Keeping a part."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import (
    TALK,
    TWO,
    done,
    film,
    name_of,
    piece,
    read,
    refused,
    scene,
    two_clips,
    undone,
)

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.trim import Trim
from nemovideo.engine.agent.edits.unclear import Unclear
from nemovideo.engine.agent.spans import Span

FIRST, PAIR = Span(0, 4000), Span(2000, 6500)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("trim to the first 4 seconds", Trim((FIRST,))),
        ("Keep only the first 4s, please", Trim((FIRST,))),
        ("just keep the first four seconds", Trim((FIRST,))),
        ("use only the first 4 seconds", Trim((FIRST,))),
        ("cut it to the first 4 seconds", Trim((FIRST,))),
        ("keep 0:02 to 0:06.5", Trim((PAIR,))),
        ("trim the video from 0:02 to 0:06.5", Trim((PAIR,))),
        ("trim from 2s to 6.5s", Trim((PAIR,))),
        ("trim 0:02-0:06.5", Trim((PAIR,))),
        ("keep between 2 and 6.5 seconds", Trim((PAIR,))),
        ("only the last 5s", Trim((Span(-5000, None),))),
        ("trim to the last 5 s", Trim((Span(-5000, None),))),
        ("keep the first 2 seconds and the last 3 seconds", Trim((Span(0, 2000), Span(-3000, None)))),
        ("keep the second half", Trim((Span(0.5, None, share=True),))),
        ("keep everything after 0:04", Trim((Span(4000, None),))),
        ("remove everything except 0:02 to 0:06.5", Trim((PAIR,))),
        ("delete all but the first 4 seconds", Trim((FIRST,))),
        ("end the video at 0:04", Trim((FIRST,))),
        ("start from 4 seconds", Trim((Span(4000, None),))),
        ("give me the first 4 seconds", Trim((FIRST,))),
        ("make it a 4-second clip", Trim((FIRST,), length=True)),
        ("cut to 4 seconds", Trim((FIRST,), length=True)),
        ("trim it down to 4s", Trim((FIRST,), length=True)),
        ("make it 4 seconds long", Trim((FIRST,), length=True)),
        ("shorten the video to 4 seconds", Trim((FIRST,), length=True)),
        ("只保留前4秒", Trim((FIRST,))),
        ("只要前四秒", Trim((FIRST,))),
        ("剪到4秒", Trim((FIRST,), length=True)),
        ("把视频剪成4秒", Trim((FIRST,), length=True)),
        ("保留0:02到0:06.5", Trim((PAIR,))),
        ("截取第2秒到第6.5秒", Trim((PAIR,))),
        ("保留最后5秒", Trim((Span(-5000, None),))),
        ("除了前4秒都删掉", Trim((FIRST,))),
    ],
)
def test_sentences(text: str, edit: Trim) -> None:
    assert read(text) == ("trim", edit)


@pytest.mark.parametrize("text", ["keep 5 seconds", "cut it in half", "make the video shorter", "只保留5秒"])
def test_a_length_without_an_end_is_asked_back(text: str) -> None:
    assert read(text) == ("trim", Unclear("which_part"))


@pytest.mark.parametrize(
    "text",
    [
        "keep the first 3 seconds of the music",
        "don't keep the first 4 seconds",
        "keep the aspect ratio",
        "remove the first 4 seconds",
        "keep everything except the first 5 seconds",
        "trim the first 4 seconds",
        "add a title for the first 4 seconds",
        "compress it to 4MB",
        "keep it under 10 MB",
        "trim",
        "make it 720p",
        "leave the first 5 seconds alone",
        "I cut the video to 10 seconds yesterday",
        "reduce the size to 10m",
        "the first 4 seconds are boring",
        "send the first 4 seconds to my friend",
    ],
)
def test_what_is_another_thing(text: str) -> None:
    assert name_of(text) != "trim"


def test_it_keeps_just_that() -> None:
    draft = done(Trim((PAIR,)), scene())
    assert draft["d"] == 4500
    assert draft["t"][0]["sg"] == [piece(TALK, 0, 4500, **{"in": 2000})]
    several = done(Trim((Span(0, 2000), Span(-3000, None))), scene())
    assert [(one["m"]["start"], one["m"]["in"], one["d"]) for one in several["t"][0]["sg"]] == [
        (0, 0, 2000),
        (2000, 7000, 3000),
    ]


def test_across_clips_and_of_one_clip() -> None:
    across = done(Trim((Span(8000, 12_000),)), scene(two_clips()))
    assert [(one["m"]["src"], one["m"]["in"], one["d"]) for one in across["t"][0]["sg"]] == [
        ("t", 8000, 2000),
        ("w", 0, 2000),
    ]
    one = done(Trim((Span(0, 1000),), Clips(nth=2)), scene(two_clips()))
    assert [(part["m"]["src"], part["m"]["start"], part["d"]) for part in one["t"][0]["sg"]] == [
        ("t", 0, 10_000),
        ("w", 10_000, 1000),
    ]
    assert read("trim two.mp4 to the first second", two_clips(), TALK, TWO) == (
        "trim",
        Trim((Span(0, 1000),), Clips(src="w", name="two.mp4")),
    )


def test_a_speed_counts() -> None:
    fast = film(piece(TALK, 0, 5000, speed=2))
    draft = done(Trim((Span(1000, 3000),)), scene(fast))
    assert [(one["m"]["in"], one["d"]) for one in draft["t"][0]["sg"]] == [(2000, 2000)]


def test_opposite_and_refusals() -> None:
    undone(Trim((PAIR,)), scene())
    undone(Trim((Span(8000, 12_000),)), scene(two_clips()))
    assert refused(Trim((Span(30_000, 105_000),)), scene()) == "beyond_end"
    assert refused(Trim((Span(0, 20_000),)), scene()) == "beyond_end"
    assert refused(Trim((Span(-20_000, None),)), scene()) == "beyond_end"
    assert refused(Trim((FIRST,), Clips(nth=4)), scene()) == "no_such_clip"


def test_what_is_short_enough_stays() -> None:
    assert done(Trim((Span(0, 10_000),)), scene()) == film()
    assert done(Trim((Span(0, 10_100),)), scene()) == film()  # a film of "10 seconds" may last a frame less
