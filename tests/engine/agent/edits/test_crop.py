"""Showing a part of the picture."""

from __future__ import annotations

from itertools import product

import pytest
from tests.engine.agent.edits.scenes import TALK, done, film, name_of, piece, read, refused, scene, two_clips, undone

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.boxes import Box, inside, upright
from nemovideo.engine.agent.edits.crop import Crop
from nemovideo.engine.agent.spans import Span

LEFT: Box = (0, 0, 0.5, 1)
CENTER: Box = (0.25, 0.25, 0.5, 0.5)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("crop the left half", Crop(LEFT)),
        ("crop to the right half", Crop((0.5, 0, 0.5, 1))),
        ("crop to the center", Crop(CENTER)),
        ("crop to the middle 80%", Crop((0.1, 0.1, 0.8, 0.8))),
        ("keep only the bottom half", Crop((0, 0.5, 1, 0.5))),
        ("crop to the top left quarter", Crop((0, 0, 0.25, 0.25))),
        ("crop 10% off the top", Crop((0, 0.1, 1, 0.9))),
        ("crop the top 10%", Crop((0, 0.1, 1, 0.9))),
        ("cut 20% off the left side", Crop((0.2, 0, 0.8, 1))),
        ("cut the bottom off", Crop((0, 0, 1, 0.9))),
        ("crop 10% off both sides", Crop((0.1, 0, 0.8, 1))),
        ("crop 5% off all sides", Crop((0.05, 0.05, 0.9, 0.9))),
        ("crop 108 pixels off the bottom", Crop((0, 0, 1, 0.9))),
        ("crop to 960x540", Crop(CENTER)),
        ("remove the right half", Crop(LEFT)),
        ("裁掉上面10%", Crop((0, 0.1, 1, 0.9))),
        ("裁掉下面", Crop((0, 0, 1, 0.9))),
        ("只保留左半边", Crop(LEFT)),
        ("裁剪到中间", Crop(CENTER)),
        ("zoom in 2x", Crop(CENTER, zoom=True)),
        ("zoom in to 200%", Crop(CENTER, zoom=True)),
        ("zoom in on the top left 2x", Crop((0, 0, 0.5, 0.5), zoom=True)),
        ("画面放大两倍", Crop(CENTER, zoom=True)),
        ("放大一倍", Crop(CENTER, zoom=True)),
        ("zoom in 2x from 0:02 to 0:04", Crop(CENTER, zoom=True, span=Span(2000, 4000))),
        ("crop the second clip to the left half", Crop(LEFT, Clips(nth=2))),
        ("zoom out", Crop(None)),
        ("remove the crop", Crop(None)),
        ("取消裁剪", Crop(None)),
    ],
)
def test_it_is_read(text: str, edit: Crop) -> None:
    assert read(text, two_clips()) == ("crop", edit)


@pytest.mark.parametrize(
    "text",
    [
        "crop out the silence",
        "crop the first 5 seconds",
        "crop it to 9:16",
        "crop to a square",
        "don't crop it",
        "cut the beginning off",
        "remove the black bars",
        "put the title at the top left",
        "剪掉开头5秒",
        "裁掉上下黑边",
        "声音放大",
        "标题放大",
    ],
)
def test_what_crops_nothing(text: str) -> None:
    assert name_of(text) != "crop"


def test_the_canvas_becomes_the_parts_own() -> None:
    after = done(Crop(LEFT), scene())
    assert (after["m"]["width"], after["m"]["height"]) == (960, 1080)
    assert after["t"][0]["sg"][0]["m"]["crop"] == [0, 0, 0.5, 1]
    twice = done(Crop((0.5, 0, 0.5, 1)), scene(after))
    assert twice["t"][0]["sg"][0]["m"]["crop"] == [0.25, 0, 0.25, 1]


def test_a_zoom_keeps_the_canvas() -> None:
    after = done(Crop(CENTER, zoom=True), scene())
    assert (after["m"]["width"], after["m"]["height"]) == (1920, 1080)
    one = done(Crop(LEFT, Clips(nth=1)), scene(two_clips()))
    assert one["m"]["width"] == 1920


def test_a_turned_picture_is_cut_where_it_is_seen() -> None:
    """Turned clockwise, what is at the left now was at the bottom."""
    turned = film(piece(TALK, 0, 10_000, rotate=90), width=1080, height=1920)
    after = done(Crop(LEFT), scene(turned))
    assert after["t"][0]["sg"][0]["m"]["crop"] == [0, 0.5, 1, 0.5]
    assert (after["m"]["width"], after["m"]["height"]) == (540, 1920)


@pytest.mark.parametrize(("rotate", "flip"), list(product((0, 90, 180, 270), ("", "h", "v", "hv"))))
def test_parts_are_found_again_in_what_is_not_turned_yet(rotate: int, flip: str) -> None:
    """Tried with the corners of a small picture of numbers."""
    wide, high = 4, 8
    picture = [[(x, y) for x in range(wide)] for y in range(high)]
    seen = picture
    for _ in range(rotate // 90):
        seen = [list(row) for row in zip(*seen[::-1], strict=True)]
    seen = [row[::-1] for row in seen] if "h" in flip else seen
    seen = seen[::-1] if "v" in flip else seen
    box: Box = (0.25, 0, 0.5, 0.75)
    across, down = len(seen[0]), len(seen)
    part = {seen[y][x] for y in range(int(0.75 * down)) for x in range(across // 4, 3 * across // 4)}
    x, y, width, height = upright(box, rotate, flip)
    assert part == {
        (at, row)
        for row in range(round(y * high), round((y + height) * high))
        for at in range(round(x * wide), round((x + width) * wide))
    }


def test_a_part_of_a_part() -> None:
    assert inside((0.5, 0.5, 0.5, 0.5), CENTER) == (0.625, 0.625, 0.25, 0.25)


def test_the_whole_again() -> None:
    cut = done(Crop(LEFT), scene())
    assert done(Crop(None), scene(cut)) == film()


@pytest.mark.parametrize(
    "edit", [Crop(LEFT), Crop(CENTER, zoom=True), Crop(LEFT, Clips(nth=2)), Crop(CENTER, zoom=True, span=Span(0, 500))]
)
def test_it_is_undone(edit: Crop) -> None:
    undone(edit, scene(two_clips()))


def test_what_cannot_be() -> None:
    assert refused(Crop(None), scene()) == "unchanged"
    assert refused(Crop((0, 0, 0.001, 1)), scene()) == "crop_range"
    found = read("crop to 3000x3000")
    assert found is not None
    assert refused(found[1], scene()) == "crop_range"
    assert refused(Crop(LEFT, Clips(nth=3)), scene(two_clips())) == "no_such_clip"
