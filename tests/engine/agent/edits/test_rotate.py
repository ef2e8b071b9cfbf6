"""Turning the picture."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import TALK, done, film, name_of, piece, read, refused, scene, two_clips, undone

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.rotate import Rotate
from nemovideo.engine.agent.spans import Span


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("rotate 90 degrees", Rotate(90)),
        ("rotate it", Rotate(90)),
        ("rotate right", Rotate(90)),
        ("rotate clockwise", Rotate(90)),
        ("turn it 90 degrees clockwise", Rotate(90)),
        ("rotate left", Rotate(270)),
        ("rotate the video to the left", Rotate(270)),
        ("rotate counterclockwise", Rotate(270)),
        ("rotate 90° anti-clockwise", Rotate(270)),
        ("rotate by -90 degrees", Rotate(270)),
        ("rotate -90", Rotate(270)),
        ("rotate the clip 270 degrees", Rotate(270)),
        ("turn it upside down", Rotate(180)),
        ("the video is upside down", Rotate(180)),
        ("rotate 180", Rotate(180)),
        ("rotate by 45 degrees", Rotate(45)),
        ("顺时针旋转90度", Rotate(90)),
        ("旋转一下", Rotate(90)),
        ("向左旋转", Rotate(270)),
        ("逆时针旋转九十度", Rotate(270)),
        ("旋转180度", Rotate(180)),
        ("rotate it to portrait", Rotate(90)),
        ("竖过来", Rotate(90)),
        ("倒过来", Rotate(180)),
        ("rotate it back", Rotate(0, upright=True)),
        ("转回来，恢复旋转", Rotate(0, upright=True)),
        ("rotate the first clip 90 degrees", Rotate(90, Clips(nth=1))),
        ("rotate two.mp4 left", Rotate(270, Clips("w", "two.mp4"))),
        ("rotate the first 3 seconds by 180 degrees", Rotate(180, span=Span(0, 3000))),
    ],
)
def test_it_is_read(text: str, edit: Rotate) -> None:
    assert read(text, two_clips()) == ("rotate", edit)


@pytest.mark.parametrize(
    "text",
    [
        "don't rotate it",
        "the rotation is wrong",
        "how do I rotate it",
        "is it rotated by 90 degrees",
        "turn it down",
        "turn the title around",
        "turn it into a gif",
        "rotate the title",
        "flip it",
        "不要旋转",
    ],
)
def test_what_turns_nothing(text: str) -> None:
    assert name_of(text) != "rotate"


@pytest.mark.parametrize("text", ["rotate it to landscape", "横过来"])
def test_what_lies_already_is_not_turned(text: str) -> None:
    found = read(text)
    assert found is not None
    assert refused(found[1], scene()) == "unchanged"
    assert read(text, film(width=1080, height=1920)) == ("rotate", Rotate(90))


def test_the_canvas_turns_along() -> None:
    after = done(Rotate(90), scene())
    assert (after["m"]["width"], after["m"]["height"]) == (1080, 1920)
    assert after["t"][0]["sg"][0]["m"]["rotate"] == 90
    half = done(Rotate(180), scene())
    assert (half["m"]["width"], half["m"]["height"]) == (1920, 1080)


def test_of_several_clips_the_canvas_stays() -> None:
    after = done(Rotate(90, Clips(nth=2)), scene(two_clips()))
    assert (after["m"]["width"], [one["m"].get("rotate") for one in after["t"][0]["sg"]]) == (1920, [None, 90])


def test_turns_add_up() -> None:
    once = done(Rotate(90), scene())
    assert done(Rotate(180), scene(once))["t"][0]["sg"][0]["m"]["rotate"] == 270
    assert done(Rotate(270), scene(once)) == film()


def test_a_mirrored_picture_turns_as_it_is_seen() -> None:
    """It is turned before it is mirrored, so what a person sees turn right is turned left."""
    after = done(Rotate(90), scene(film(piece(TALK, 0, 10_000, flip="h"))))
    assert after["t"][0]["sg"][0]["m"]["rotate"] == 270
    both = done(Rotate(90), scene(film(piece(TALK, 0, 10_000, flip="hv"))))
    assert both["t"][0]["sg"][0]["m"]["rotate"] == 90


def test_upright_again() -> None:
    turned = done(Rotate(90), scene())
    assert done(Rotate(0, upright=True), scene(turned)) == film()


@pytest.mark.parametrize("edit", [Rotate(90), Rotate(180), Rotate(270, Clips(nth=1)), Rotate(90, span=Span(0, 3000))])
def test_it_is_undone(edit: Rotate) -> None:
    undone(edit, scene(two_clips()))
    undone(edit, scene(film(piece(TALK, 0, 10_000, flip="v"), piece(TALK, 10_000, 2000, rotate=90))))


def test_what_cannot_be() -> None:
    assert refused(Rotate(45), scene()) == "quarter_turns"
    assert refused(Rotate(90, Clips(nth=3)), scene(two_clips())) == "no_such_clip"
    assert refused(Rotate(0, upright=True), scene()) == "unchanged"
    assert refused(Rotate(90, span=Span(15_000, None)), scene()) == "beyond_end"
