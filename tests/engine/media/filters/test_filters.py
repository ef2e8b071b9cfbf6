"""The text of each filter; what it does is seen on pictures and heard in sounds (`test_compose`)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from nemovideo.engine.media.filters import canvas, crop, cut, fade, flip, mix, overlay, rotate, speed, volume


def test_nothing_to_do_is_no_filter():
    assert not speed.sound(1.0)
    assert not volume.sound(1.0)
    assert not rotate.picture(0)
    assert not flip.picture("")
    assert not crop.picture(None, 640, 360)
    assert not crop.picture((0.0, 0.0, 1.0, 1.0), 640, 360)
    assert not fade.picture(0.0, 5.0, 0.0, 0.0)
    assert not canvas.picture(None, (640, 360), "a")
    assert not mix.delayed(0)


@pytest.mark.parametrize("times", [0.1, 0.25, 0.3, 0.5, 0.75, 1.5, 2.0, 3.0, 16.0, 100.0])
def test_steps_of_speed_multiply_up(times):
    product = 1.0
    slower, *steps, back = speed.sound(times).split(",")
    assert (slower, back) == ("asetrate=24000", "asetrate=48000")
    for step in steps:
        name, _, value = step.partition("=")
        assert name == "atempo"
        assert 0.5 <= float(value) <= 2.0
        product *= float(value)
    assert product == pytest.approx(times)


def test_the_slower_the_earlier_a_beat_would_be():
    early = [speed.early(times) for times in (4.0, 2.0, 0.7, 0.5, 0.4, 0.25, 0.1)]
    assert early == sorted(early)
    assert early[0] > speed.early(1.0) == 0.0


def test_a_piece_begins_at_zero():
    assert cut.moved(0.25) == "settb=expr=AVTB,setpts=(PTS-0.250000/TB)"
    assert cut.moved(0.25, 0.5) == "settb=expr=AVTB,setpts=(PTS-0.250000/TB)/0.5"
    assert cut.numbered(Fraction(24000, 1001), 7) == "settb=expr=1001/24000,setpts=N+7"
    assert "end=3.500000" in cut.sound(0.0, 2.5)


def test_fades_lie_at_both_ends():
    assert fade.sound(4.0, 0.0, 1.5) == "afade=t=out:st=2.500000:d=1.500000"
    assert fade.text(1.0, 2.0, 0.25, 0.0) == "fade=t=in:st=1.000000:d=0.250000:alpha=1"


@pytest.mark.parametrize(
    ("size", "fill", "expected"),
    [
        ((640, 360), "pad", (640, 360, None)),
        ((641, 361), "pad", (640, 360, None)),
        ((1920, 1080), "blur", (640, 360, None)),
        ((640, 480), "pad", (480, 360, "pad")),
        ((360, 640), "blur", (202, 360, "blur")),
        ((640, 480), "crop", (640, 480, "crop")),
        ((360, 640), "stretch", (640, 360, None)),
        ((3000, 10), "pad", (640, 2, "pad")),
    ],
)
def test_how_a_picture_meets_a_canvas_of_640x360(size, fill, expected):
    assert canvas.fitting(size[0], size[1], (640, 360), fill) == canvas.Fitting(*expected)


@pytest.mark.parametrize("side", [(100, 2), (2, 100), (1918, 802), (3, 5)])
@pytest.mark.parametrize("target", [(2, 2), (720, 1280), (1080, 1080)])
def test_sizes_are_even_and_within_or_around_the_canvas(side, target):
    for fill in ("pad", "blur"):
        fitting = canvas.fitting(side[0], side[1], target, fill)
        assert fitting.width % 2 == fitting.height % 2 == 0
        assert fitting.width <= target[0]
        assert fitting.height <= target[1]
    fitting = canvas.fitting(side[0], side[1], target, "crop")
    assert fitting.width >= target[0]
    assert fitting.height >= target[1]


@pytest.mark.parametrize("shares", [(0.0, 0.0, 0.01, 0.01), (0.99, 0.99, 0.01, 0.01), (0.33, 0.1, 0.67, 0.9)])
@pytest.mark.parametrize("step", [2, 4])
@pytest.mark.parametrize("size", [(640, 360), (33, 17), (5, 5)])
def test_a_part_lies_within_the_picture(shares, step, size):
    x, y, wide, high = crop.window(shares, *size, step=step)
    assert x % step == y % step == 0
    assert 0 < wide <= size[0] - x
    assert 0 < high <= size[1] - y


def test_quarters():
    assert rotate.picture(450) == rotate.picture(90)
    assert rotate.picture(180) == flip.picture("hv")
    assert rotate.turned(16, 9, 270) == (9, 16)
    assert rotate.turned(16, 9, 180) == (16, 9)


def test_one_sound_needs_no_mixer():
    assert mix.mixed(["a"]) == "[a]anull"
    assert "inputs=3" in mix.mixed(["a", "b", "c"])
    assert "normalize=0" in mix.mixed(["a", "b", "c"])


def test_a_still_is_shown_for_its_steps():
    shown = overlay.still(Fraction(25), 10, 5, "bt709", span=(0.4, 0.6), fades=(0.1, 0.0))
    assert "trim=end_frame=5" in shown
    assert "setpts=N+10" in shown
    assert "alpha=1" in shown
