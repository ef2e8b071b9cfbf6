"""Another size and another rate of the picture."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import TWO, done, film, name_of, piece, read, refused, scene, two_clips, undone

from nemovideo.engine.agent.edits.fps import Fps
from nemovideo.engine.agent.edits.resolution import Resolution


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("make it 720p", Resolution(720)),
        ("scale it to 480p", Resolution(480)),
        ("make it 1080p", Resolution(1080)),
        ("convert to 4K", Resolution(2160)),
        ("in full HD, resize", Resolution(1080)),
        ("upscale to 4k", Resolution(2160, upwards=True)),
        ("reduce the resolution to 480p", Resolution(480)),
        ("改成720p", Resolution(720)),
        ("分辨率改成480p", Resolution(480)),
        ("放大到4K", Resolution(2160, upwards=True)),
        ("scale to 1280x720", Resolution(width=1280, height=720)),
        ("resize to 640 x 360", Resolution(width=640, height=360)),
        ("shrink the picture to 320x180", Resolution(width=320, height=180)),
        ("缩放到1280x720", Resolution(width=1280, height=720)),
        ("resize to 640 wide", Resolution(width=640)),
        ("set the height to 360", Resolution(height=360)),
        ("resize to half", Resolution(factor=0.5)),
        ("half the resolution", Resolution(factor=0.5)),
        ("scale down to 50%", Resolution(factor=0.5)),
        ("分辨率减半", Resolution(factor=0.5)),
        ("original resolution", Resolution(native=True)),
        ("恢复原来的分辨率", Resolution(native=True)),
    ],
)
def test_a_size_is_read(text: str, edit: Resolution) -> None:
    assert read(text) == ("resolution", edit)


@pytest.mark.parametrize(
    "text",
    [
        "720p",
        "720p please",
        "actually keep it 480p",
        "compress to 20MB at 720p",
        "压缩到20MB，720p",
        "half the size",
        "compress it to 5MB at 640x360",
        "make the title 50% bigger",
        "crop to 640x480",
        "make it 2x faster",
        "don't make it 720p",
        "volume to 50%",
    ],
)
def test_what_is_no_size(text: str) -> None:
    assert name_of(text) != "resolution"


def test_what_adds_to_a_wish_to_compress() -> None:
    held = film(nemovideo={"max_bytes": 1})
    assert name_of("make it 720p", held) is None
    assert name_of("make it 24 fps", held) is None
    assert name_of("scale to 1280x720", held) == "resolution"


@pytest.mark.parametrize(
    ("edit", "size"),
    [
        (Resolution(720), (1280, 720)),
        (Resolution(480), (854, 480)),
        (Resolution(width=640, height=480), (640, 480)),
        (Resolution(width=640), (640, 360)),
        (Resolution(factor=0.5), (960, 540)),
        (Resolution(2160, upwards=True), (3840, 2160)),
        (Resolution(width=4000, height=2000), (4000, 2000)),
    ],
)
def test_the_canvas_changes(edit: Resolution, size: tuple[int, int]) -> None:
    known = done(edit, scene())["m"]
    assert (known["width"], known["height"]) == size


def test_lines_are_those_of_the_short_side() -> None:
    known = done(Resolution(720), scene(film(width=1080, height=1920)))["m"]
    assert (known["width"], known["height"]) == (720, 1280)


def test_a_size_that_was_made_smaller_grows_to_the_source_and_no_further() -> None:
    small = film(width=640, height=360)
    assert done(Resolution(1080), scene(small)) == film()
    assert done(Resolution(native=True), scene(small)) == film()
    assert refused(Resolution(1440), scene(small)) == "not_larger"
    assert refused(Resolution(1080), scene(film(piece(TWO, 0, 5000), width=1280, height=720))) == "not_larger"


@pytest.mark.parametrize(
    ("text", "fps"),
    [
        ("30 fps", 30),
        ("make it 24 fps", 24),
        ("24 frames per second", 24),
        ("改成24帧", 24),
        ("frame rate to 15", 15),
        ("帧率改为25", 25),
        ("29.97fps", 29.97),
        ("original frame rate", None),
    ],
)
def test_a_rate_is_read(text: str, fps: float | None) -> None:
    assert read(text) == ("fps", Fps(fps))


@pytest.mark.parametrize(
    "text", ["compress to 5MB at 30 fps", "remove the first 30 frames", "删除第30帧", "don't make it 24 fps"]
)
def test_what_is_no_rate(text: str) -> None:
    assert name_of(text) != "fps"


def test_the_rate_changes_and_comes_back() -> None:
    slow = done(Fps(24), scene())
    assert slow["m"]["fps"] == 24
    assert done(Fps(None), scene(slow)) == film()


@pytest.mark.parametrize("edit", [Resolution(720), Resolution(width=100, height=100), Fps(24)])
def test_it_is_undone(edit: Resolution | Fps) -> None:
    undone(edit, scene(two_clips()))


def test_what_cannot_be() -> None:
    assert refused(Resolution(width=9000, height=9000), scene()) == "size_range"
    assert refused(Resolution(factor=0.001), scene()) == "size_range"
    assert refused(Resolution(1080), scene()) == "not_larger"
    assert refused(Fps(60), scene()) == "not_more_frames"
    assert refused(Fps(0.2), scene()) == "fps_range"
    audio = {"d": 0, "t": [], "m": {"zz": 2}}
    assert refused(Resolution(720), scene(audio)) == "no_picture"
    assert refused(Fps(24), scene(audio)) == "no_picture"
