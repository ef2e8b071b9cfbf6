"""Another shape of the picture."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import (
    TALK,
    done,
    film,
    name_of,
    parted,
    piece,
    read,
    refused,
    scene,
    two_clips,
    undone,
    upload,
)

from nemovideo.engine.agent.edits.aspect import Aspect

TALL = upload("tall.mp4", "v", size=(1080, 1920))


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("make it vertical", Aspect((9, 16))),
        ("9:16", Aspect((9, 16))),
        ("turn the video into a vertical one", Aspect((9, 16))),
        ("portrait mode", Aspect((9, 16))),
        ("for TikTok", Aspect((9, 16))),
        ("make it for Reels", Aspect((9, 16))),
        ("make it fit YouTube Shorts", Aspect((9, 16))),
        ("竖屏", Aspect((9, 16))),
        ("9比16", Aspect((9, 16))),
        ("改成竖屏", Aspect((9, 16))),
        ("发抖音用", Aspect((9, 16))),
        ("square", Aspect((1, 1))),
        ("1:1 for Instagram", Aspect((1, 1))),
        ("方形", Aspect((1, 1))),
        ("一比一", Aspect((1, 1))),
        ("make it landscape", Aspect((16, 9))),
        ("format for YouTube", Aspect((16, 9))),
        ("横屏", Aspect((16, 9))),
        ("crop to 4:5", Aspect((4, 5), "crop")),
        ("change the aspect ratio to 21:9", Aspect((21, 9))),
        ("make it 4:3", Aspect((4, 3))),
        ("比例改成4:3", Aspect((4, 3))),
        ("16:9 with blurred bars", Aspect((16, 9), "blur")),
        ("改成竖屏，模糊背景", Aspect((9, 16), "blur")),
        ("make it a square with black bars", Aspect((1, 1), "pad")),
        ("vertical without cropping", Aspect((9, 16), "pad")),
        ("方形，留黑边", Aspect((1, 1), "pad")),
        ("square, no black bars", Aspect((1, 1), "crop")),
        ("stretch it to 1:1", Aspect((1, 1), "stretch")),
        ("letterbox", Aspect(None, "pad")),
        ("use blurred bars", Aspect(None, "blur")),
        ("模糊背景", Aspect(None, "blur")),
        ("remove the black bars", Aspect(None, "crop")),
        ("make it square with white bars", Aspect((1, 1), "pad", color="white")),
        ("make it 9:16 with black bars", Aspect((9, 16), "pad")),
        ("make it square on a white background", Aspect((1, 1), "pad", color="white")),
        ("加白边变成方形", Aspect((1, 1), "pad", color="white")),
        ("加黑边变成方形", Aspect((1, 1), "pad")),
        ("make the bars dark blue", Aspect(None, "pad", color="darkblue")),
        ("make it 1:1, no cropping", Aspect((1, 1), "pad")),
        ("改成1:1，不要裁剪", Aspect((1, 1), "pad")),
        ("去掉黑边", Aspect(None, "crop")),
        ("original aspect ratio", Aspect(None, native=True)),
        ("恢复原来的比例", Aspect(None, native=True)),
    ],
)
def test_it_is_read(text: str, edit: Aspect) -> None:
    assert read(text) == ("aspect", edit)


@pytest.mark.parametrize(
    "text",
    [
        "flip it vertically",
        "trim from 0:30 to 1:45",
        "cut at 4:05",
        "rotate 90 degrees",
        "make the title vertical",
        "don't make it vertical",
        "fit it into Discord",
        "compress it for YouTube",
        "add a title “16:9”",
        "上下翻转",
        "blur the faces",
        "make the video shorter",
    ],
)
def test_what_shapes_nothing(text: str) -> None:
    assert name_of(text) != "aspect"


@pytest.mark.parametrize(
    ("edit", "size", "fill"),
    [
        (Aspect((9, 16)), (608, 1080), "crop"),
        (Aspect((9, 16), "blur"), (1080, 1920), "blur"),
        (Aspect((1, 1)), (1080, 1080), "crop"),
        (Aspect((1, 1), "pad"), (1080, 1080), None),
        (Aspect((4, 5), "crop"), (864, 1080), "crop"),
        (Aspect((21, 9)), (1920, 822), "crop"),
        (Aspect((4, 3), "stretch"), (1440, 1080), "stretch"),
    ],
)
def test_cut_nothing_is_scaled_up_and_whole_the_short_side_stays(
    edit: Aspect, size: tuple[int, int], fill: str | None
) -> None:
    known = done(edit, scene())["m"]
    assert (known["width"], known["height"], known.get("fill")) == (*size, fill)


def test_of_a_tall_picture() -> None:
    tall = scene(film(piece(TALL, 0, 10_000), width=1080, height=1920), TALL)
    known = done(Aspect((16, 9), "blur"), tall)["m"]
    assert (known["width"], known["height"]) == (1920, 1080)
    known = done(Aspect((16, 9)), tall)["m"]
    assert (known["width"], known["height"]) == (1080, 608)


def test_one_shape_after_the_other_is_taken_from_the_picture() -> None:
    """Else each would lose what the one before cut off."""
    square = done(Aspect((1, 1)), scene())
    wide = done(Aspect((16, 9)), scene(square))["m"]
    assert (wide["width"], wide["height"]) == (1920, 1080)
    again = done(Aspect(None, native=True), scene(square))
    assert again == film()


def test_a_smaller_canvas_of_the_same_shape_stays_small() -> None:
    known = done(Aspect((1, 1)), scene(film(width=1280, height=720)))["m"]
    assert (known["width"], known["height"]) == (720, 720)


def test_another_filling_later_is_as_if_it_was_said_at_once() -> None:
    cut = done(Aspect((9, 16)), scene())
    assert done(Aspect(None, "blur"), scene(cut)) == done(Aspect((9, 16), "blur"), scene())
    small = done(Aspect(None, "blur"), scene(film(width=270, height=480)))["m"]
    assert (small["width"], small["height"]) == (270, 480)


def test_bars_of_a_colour() -> None:
    white = done(Aspect((1, 1), "pad", color="white"), scene())
    assert (white["m"]["width"], white["m"]["fill_color"]) == (1080, "white")
    assert refused(Aspect((1, 1), "pad", color="white"), scene(white)) == "unchanged"
    assert done(Aspect(None, "pad"), scene(white)) == done(Aspect((1, 1), "pad"), scene())
    assert "fill_color" not in done(Aspect(None, "blur"), scene(white))["m"]
    undone(Aspect((1, 1), "pad", color="white"), scene())


@pytest.mark.parametrize("text", ["make it 1:1, no cropping", "no cropping, make it 1:1", "make it 1:1. No cropping!"])
def test_no_cropping_tells_how_a_shape_is_filled(text: str) -> None:
    assert parted(text) == [("aspect", Aspect((1, 1), "pad"))]


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("改成竖屏，留白边", Aspect((9, 16), "pad", color="white")),
        ("make it vertical, with blurred bars", Aspect((9, 16), "blur")),
        ("make it square and add white bars", Aspect((1, 1), "pad", color="white")),
    ],
)
def test_a_shape_and_its_filling_are_one_wish(text: str, edit: Aspect) -> None:
    assert parted(text) == [("aspect", edit)]


def test_only_the_filling_changes() -> None:
    known = done(Aspect(None, "blur"), scene(film(width=1080, height=1920)))["m"]
    assert (known["width"], known["height"], known["fill"]) == (1080, 1920, "blur")


@pytest.mark.parametrize("edit", [Aspect((9, 16)), Aspect((1, 1), "blur")])
def test_it_is_undone(edit: Aspect) -> None:
    undone(edit, scene(two_clips()))
    undone(edit, scene(film(fill="stretch", width=1000, height=500)))


def test_what_cannot_be() -> None:
    assert refused(Aspect((16, 9)), scene()) == "unchanged"
    assert refused(Aspect(None, "blur"), scene()) == "unchanged"
    assert refused(Aspect((99, 1)), scene()) == "shape_range"
    audio = {"d": 0, "t": [], "m": {"zz": 2}}
    assert refused(Aspect((1, 1)), scene(audio, TALK)) == "no_picture"
