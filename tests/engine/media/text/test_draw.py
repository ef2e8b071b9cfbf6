from __future__ import annotations

import errno
import sys
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image
from tests.engine.media.conftest import difference, ffmpeg
from tests.engine.media.text.drawing import canvas, draw, ink, letters

from nemovideo.engine.media.compose.composition import Text
from nemovideo.engine.media.text.draw import drawn
from nemovideo.engine.media.text.typeface import typefaces
from nemovideo.errors import DiskFull, MissingExtra, UsageError

THIRDS = {
    "top-left": (0, 0),
    "top": (1, 0),
    "top-right": (2, 0),
    "left": (0, 1),
    "center": (1, 1),
    "right": (2, 1),
    "bottom-left": (0, 2),
    "bottom": (1, 2),
    "bottom-right": (2, 2),
}
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@pytest.mark.parametrize(("anchor", "place"), THIRDS.items())
def test_the_text_stands_in_the_named_place_inside_the_safe_area(tmp_path, anchor, place):
    left, top, right, bottom = letters(draw(tmp_path, "Hi 你", anchor=anchor))
    column, row = (left + right) / 2 // (320 / 3), (top + bottom) / 2 // (180 / 3)
    assert (column, row) == place
    assert left >= 0.05 * 320 - 1
    assert right <= 0.95 * 320 + 1
    assert top >= 0.05 * 180 - 1
    assert bottom <= 0.95 * 180 + 1


def test_an_anchor_leans_on_its_margin(tmp_path):
    left, top, _, _ = letters(draw(tmp_path, "HH", anchor="top-left"))
    _, _, right, bottom = letters(draw(tmp_path, "HH", anchor="bottom-right"))
    assert left == pytest.approx(16, abs=3)
    assert right == pytest.approx(304, abs=3)
    assert top == pytest.approx(9, abs=6)
    assert bottom == pytest.approx(171, abs=6)


@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (0.3, 0.7), (0.6, 0.25)])
def test_x_and_y_are_the_middle_and_count_before_the_anchor(tmp_path, x, y):
    left, top, right, bottom = letters(draw(tmp_path, "HHH", anchor="top-left", x=x, y=y))
    assert (left + right) / 2 == pytest.approx(320 * x, abs=2)
    assert (top + bottom) / 2 == pytest.approx(180 * y, abs=2)


def test_one_of_x_and_y_leaves_the_other_to_the_anchor(tmp_path):
    left, _, right, bottom = letters(draw(tmp_path, "HHH", anchor="bottom", x=0.3))
    assert (left + right) / 2 == pytest.approx(96, abs=2)
    assert bottom > 150


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (1.0, 1.0), (-3.0, 9.0)])
def test_a_place_at_the_edge_cuts_no_letter(tmp_path, x, y):
    whole = letters(draw(tmp_path, "edge"))
    left, top, right, bottom = letters(draw(tmp_path, "edge", x=x, y=y))
    assert (right - left, bottom - top) == pytest.approx((whole[2] - whole[0], whole[3] - whole[1]), abs=1)


def test_size_is_a_share_of_the_short_side(tmp_path):
    heights = {}
    for size, canvas_size in ((0.1, (320, 180)), (0.2, (320, 180)), (0.2, (180, 320))):
        _, top, _, bottom = letters(
            draw(tmp_path, "H", size=size, width=canvas_size[0], height=canvas_size[1]), (255, 255, 255)
        )
        heights[size, canvas_size] = bottom - top
    assert heights[0.2, (320, 180)] == pytest.approx(2 * heights[0.1, (320, 180)], abs=2)
    assert heights[0.2, (180, 320)] == pytest.approx(heights[0.2, (320, 180)], abs=1)
    assert heights[0.2, (320, 180)] == pytest.approx(0.714 * 0.2 * 180 / 1.25, abs=2)  # a capital's height


@pytest.mark.parametrize("ground", ["#000000", "#FFFFFF", "#808080", "#FF0000"])
@pytest.mark.parametrize("color", ["white", "black", "#808080", "#FF0000"])
def test_letters_stand_out_on_every_ground_of_their_own_colour_too(tmp_path, ground, color):
    made = draw(tmp_path, "HH", size=0.3, color=color)
    seen = canvas(made, ground=ground).crop((made.x, made.y, made.x + made.width, made.y + made.height))
    grays = seen.convert("L").tobytes()
    assert max(grays) - min(grays) > 70
    middle = (max(grays) + min(grays)) / 2
    assert 0.15 < sum(gray > middle for gray in grays) / len(grays) < 0.95


def test_the_colour_is_that_which_was_named(tmp_path):
    for name, rgb in (("tomato", (255, 99, 71)), ("#0f8", (0, 255, 136)), (" #336699 ", (0x33, 0x66, 0x99))):
        left, top, right, bottom = letters(draw(tmp_path, "colour", size=0.2, color=name), rgb)
        assert right - left > 20
        assert bottom - top > 5


def test_a_colour_that_is_none_is_told_in_words(tmp_path):
    for bad in ("", "#12", "#12345g", "reddish", "#FFFFFFFF", "url(x)", "＃ＦＦＦ"):
        with pytest.raises(UsageError, match="no colour"):
            draw(tmp_path, "x", color=bad)


@pytest.mark.parametrize("fields", [{"size": 0.0}, {"size": float("nan")}, {"x": float("inf")}, {"y": float("nan")}])
def test_a_size_or_place_that_is_none_is_told(tmp_path, fields):
    with pytest.raises(UsageError):
        draw(tmp_path, "x", **fields)


def test_signs_of_han_are_drawn_each_its_own(tmp_path):
    signs = "中国你好世界标题字幕龘喆镕灣あア"
    inks = {sign: ink(tmp_path, sign) for sign in signs.replace("龘", "")}
    for one, other in combinations(inks, 2):
        assert difference(inks[one], inks[other]) > 12, (one, other)


def test_two_languages_share_a_line(tmp_path):
    alone = letters(draw(tmp_path, "Hello", size=0.15))
    both = letters(draw(tmp_path, "Hello你好", size=0.15))
    assert both[2] - both[0] > 1.5 * (alone[2] - alone[0])
    assert both[3] - both[1] < 1.6 * (alone[3] - alone[1])  # one line still
    han = letters(draw(tmp_path, "你好", size=0.15))
    assert (both[1] + both[3]) / 2 == pytest.approx((han[1] + han[3]) / 2, abs=3)  # on one base


def test_accents_and_other_alphabets_are_drawn(tmp_path):
    for plain, accented in (("e", "é"), ("l", "ł"), ("O", "Ő"), ("e", "ế"), ("B", "Б"), ("o", "ω"), ("E", "€")):
        assert difference(ink(tmp_path, plain), ink(tmp_path, accented)) > 8, accented


def test_letters_are_kerned(tmp_path):
    def wide(text: str) -> int:
        box = letters(draw(tmp_path, text, size=0.4))
        return box[2] - box[0]

    latin, _ = typefaces()
    em = 0.4 * 180 / 1.25
    unkerned = (latin.advance("A") + latin.advance("V")) * em
    assert wide("HAVH") - wide("HH") < unkerned - 1.5
    assert wide("HNMH") - wide("HH") == pytest.approx((latin.advance("N") + latin.advance("M")) * em, abs=1)


def test_long_text_is_broken_and_stays_inside(tmp_path):
    _, top, _, bottom = letters(draw(tmp_path, "one line", anchor="bottom"))
    box = letters(draw(tmp_path, "many words that have no room in one line of so small a picture", anchor="bottom"))
    assert box[3] - box[1] > 2 * (bottom - top)
    assert box[0] >= 15
    assert box[2] <= 305
    assert box[3] <= 172


def test_newlines_are_kept(tmp_path):
    one = letters(draw(tmp_path, "HH"))
    two = letters(draw(tmp_path, "HH\r\nHH"))
    assert two[3] - two[1] == pytest.approx(one[3] - one[1] + 0.08 * 180, abs=2)


def test_what_is_too_high_is_made_smaller_and_all_of_it_stays(tmp_path):
    made = draw(tmp_path, "a title\nof four\nlines too\nlarge here", size=0.4)
    _, top, _, bottom = letters(made)
    assert not made.cut
    assert bottom - top > 0.5 * 180
    assert made.height <= 180 * 0.97


def test_missing_signs_are_told_and_not_drawn(tmp_path):
    whole = draw(tmp_path, "Hi there")
    less = draw(tmp_path, "Hi 👋👋🏽 there")
    assert less.missing == ("👋", "🏽")
    assert letters(less) == letters(whole)


def test_a_text_of_which_nothing_is_left_is_no_picture(tmp_path):
    assert draw(tmp_path, "👋 مرحبا").missing[0] == "👋"
    for nothing in ("👋", "", " \n\t ", "\u200b\u202e\x00", "\u3000"):
        assert draw(tmp_path, nothing).path is None


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "超长" * 5_000,
        "word " * 2_000,
        "\n" * 10_000 + "x",
        "a\n" * 5_000,
        "\u202eevil\u2066\u200b\u200d\ufeff",
        "%{pts} %{eif:1:d} ' : \\ , ; [a] =x",
        "nul\x00bell\x07esc\x1b[31m",
        "{\\an8}<b>tags</b>",
        "e" + "\u0301" * 500,
        "\ud800 lone",
    ],
)
@pytest.mark.parametrize("size", [(320, 180), (16, 16)])
def test_hostile_text_ends_in_a_picture_inside_the_canvas(tmp_path, text, size):
    made = draw(tmp_path, text, width=size[0], height=size[1])
    assert made.path is not None
    assert made.cut == (len(text) > 1000 and text.strip() != "x") or size == (16, 16)


def test_a_text_that_has_no_room_is_cut_and_says_so(tmp_path):
    made = draw(tmp_path, "w" * 1990, anchor="top")
    assert made.cut
    _, top, _, bottom = letters(made)
    assert bottom - top > 0.8 * 180


def test_filters_read_nothing_in_a_text(tmp_path):
    _, top, _, bottom = letters(draw(tmp_path, "100%{pts} : 'a' \\n {b}"))
    assert bottom - top < 0.09 * 180  # one line: a backslash and an n are no newline
    widths = [draw(tmp_path, text).width for text in ("a%{n}b", "a%{b", "ab")]
    assert widths == sorted(set(widths), reverse=True)  # every sign is there


def test_ffmpeg_lays_it_where_it_belongs(tmp_path):
    made = draw(tmp_path, "HH", anchor="bottom-right", size=0.2)
    graph = f"[0:v][1:v]overlay={made.x}:{made.y}:format=auto,format=rgb24"
    frame = ffmpeg(
        *("-f", "lavfi", "-i", "color=0x808080:s=320x180:r=1:d=1,format=yuv420p", "-i", made.path),
        *("-filter_complex", graph, "-frames:v", 1, "-f", "rawvideo", "-"),
    )
    shown = Image.frombytes("RGB", (320, 180), frame)
    wanted = canvas(made)
    assert difference(shown.convert("L").tobytes(), wanted.convert("L").tobytes()) < 4
    assert shown.getpixel((10, 10)) == pytest.approx((128, 128, 128), abs=3)


def test_without_pillow_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtra, match=r"nemovideo\[engine\]"):
        draw(tmp_path, "x")


def test_a_full_disk_is_told_and_nothing_stays(tmp_path, monkeypatch):
    def full(_: Image.Image, path: Path, **_options: object) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(DiskFull):
        draw(tmp_path, "x")
    assert not list(tmp_path.iterdir())


def test_the_loop_is_not_held_up(run, tmp_path):
    text = Text(text="off the loop", start=0, duration=1)
    typefaces.cache_clear()
    assert run(drawn(text, width=64, height=64, folder=tmp_path, name="t")).path == tmp_path / "t.png"


def test_the_same_text_is_the_same_file(tmp_path):
    def made(folder: Path) -> bytes:
        folder.mkdir()
        path = draw(folder, "same 一样", size=0.2).path
        assert path is not None
        return path.read_bytes()

    assert made(tmp_path / "a") == made(tmp_path / "b")
