"""Timelines put together for real: which pictures are seen, what is heard, and when."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("av")

from tests.engine.media.compose.conftest import hashes, levels, loudness, samples
from tests.engine.media.conftest import difference, ffmpeg

pytestmark = pytest.mark.media


def video(*segments: Any) -> Any:
    return {"tt": 0, "sg": list(segments)}


def music(*segments: Any) -> Any:
    return {"tt": 1, "sg": list(segments)}


def piece(src: str = "a", d: Any = None, **m: Any) -> Any:
    at = {"in": m.pop("at")} if "at" in m else {}
    return {"m": {"src": src} | at | m} | ({} if d is None else {"d": d})


def test_cuts_are_exact_to_the_picture(film, clips):
    made = film(
        video(piece(d=500, at=1000), piece(d=700, at=2000), piece(d=300), piece(d=100, at=1333)),
        a=clips / "counted.mp4",
    )
    source = hashes(clips / "counted.mp4")
    shown = [*range(30, 45), *range(60, 81), *range(9), *range(40, 43)]
    assert made.hashes == [source[number] for number in shown]
    assert made.media.audio.duration == pytest.approx(made.media.video.duration, abs=0.001)


@pytest.mark.parametrize("container", ["mkv", "mov", "ts"])
def test_cuts_late_in_a_file(film, tmp_path, container):
    path = tmp_path / f"long.{container}"
    picture = ("-f", "lavfi", "-i", "testsrc2=s=96x54:r=24000/1001:d=8", "-f", "lavfi", "-i", "sine=440:d=8")
    ffmpeg(*picture, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", 30, "-bf", 2, "-c:a", "aac", path)
    source = hashes(path)
    made = film(video(piece(d=500, at=7000), piece(d=1001, at=4004)), a=path)
    assert made.hashes == [source[number] for number in (*range(168, 180), *range(96, 120))]
    assert made.media.fps == pytest.approx(24000 / 1001, rel=1e-6)
    assert made.heard(0, 0.4) == pytest.approx(made.heard(0.6, 1.0), rel=0.05)


def test_sound_and_picture_stay_in_step(film, clips):
    # No cut lies within a beep.
    cuts = ((0, 733), (700, 650), (1200, 683), (150, 751), (2200, 799), (617, 333), (1133, 717))
    pieces = [piece(d=d, at=at) for at, d in cuts]
    made = film(video(*pieces), a=clips / "flashing.mp4")
    assert len(made.flashes) == 7
    assert made.onsets == pytest.approx(made.flashes, abs=0.020)


@pytest.mark.parametrize("fps", [24, 25, 60, 29.97])
def test_another_rate_keeps_step(film, clips, fps):
    pieces = [piece(d=1500, at=200), piece(d=1100, at=1300)]
    made = film(video(*pieces), m={"fps": fps}, a=clips / "flashing.mp4")
    assert made.media.fps == pytest.approx(fps, rel=1e-4)
    assert made.media.video.frames == round(2.6 * fps)
    assert len(made.flashes) == 5
    # A flash lies on the grid: it may be shown half a picture early or late.
    assert made.onsets == pytest.approx(made.flashes, abs=0.020 + 0.5 / fps)


@pytest.mark.parametrize(
    ("speed", "off"),
    [(0.25, 0.030), (0.5, 0.020), (0.7, 0.020), (1.5, 0.020), (2, 0.020), (3, 0.020), (4, 0.020)],
)
def test_speed(film, clips, speed, off):
    made = film(video(piece(speed=speed)), m={"fps": 60}, a=clips / "flashing.mp4")
    assert made.media.duration == pytest.approx(3 / speed, abs=0.04)
    assert made.flashes == pytest.approx([n * 0.5 / speed for n in range(6)], abs=0.02)
    assert made.onsets == pytest.approx(made.flashes, abs=off)


@pytest.mark.parametrize("speed", [0.25, 0.4, 3])
def test_a_tone_keeps_its_level_at_another_speed(film, clips, speed):
    usual = film(video(piece(d=1000)), a=clips / "counted.mp4").heard(0.2, 0.8)
    other = film(video(piece(d=900, speed=speed)), a=clips / "counted.mp4").heard(0.2, 0.8)
    assert other == pytest.approx(usual, rel=0.1)


def test_twice_as_fast_shows_every_second_picture(film, clips):
    source = hashes(clips / "counted.mp4")
    assert film(video(piece(d=1000, speed=2, at=1000)), a=clips / "counted.mp4").hashes == source[30:90:2]


def test_a_sound_that_starts_late_keeps_its_place(film, clips, tmp_path):
    late = tmp_path / "late.mkv"
    ffmpeg(
        *("-i", clips / "flashing.mp4", "-itsoffset", 0.7, "-i", clips / "flashing.mp4"),
        *("-map", "0:v", "-map", "1:a", "-c", "copy", late),
    )
    made = film(video(piece(d=1000), piece(d=1200, at=1000)), a=late)
    assert made.onsets == pytest.approx([0.7, 1.2, 1.7], abs=0.02)


def test_a_source_without_sound_is_silent_for_its_span(film, clips):
    made = film(video(piece(d=500), piece("b", 500), piece(d=500)), a=clips / "counted.mp4", b=clips / "quarters.mp4")
    assert made.heard(0.05, 0.45) > 0.05
    assert made.heard(0.55, 0.95) < 0.001
    assert made.heard(1.05, 1.45) > 0.05


def test_no_sound_at_all(film, clips):
    made = film(video(piece(d=500)), a=clips / "quarters.mp4")
    assert made.media.audio is None


def test_volume(film, clips):
    whole = film(video(piece()), a=clips / "counted.mp4").heard()
    assert film(video(piece(volume=0.35)), a=clips / "counted.mp4").heard() == pytest.approx(0.35 * whole, rel=0.02)
    assert film(video(piece(volume=2)), a=clips / "counted.mp4").heard() == pytest.approx(2 * whole, rel=0.02)
    assert film(video(piece(volume=0)), a=clips / "counted.mp4").media.audio is None


def test_music_is_mixed_in_as_loud_as_it_is(film, clips):
    alone = loudness(samples(clips / "tone.mp3")[1000:7000])
    made = film(
        video(piece("b", 1000), piece("b", 1000)),
        music(piece("song", volume=0.5), piece("song", 500, start=1500)),
        b=clips / "quarters.mp4",
        song=clips / "tone.mp3",
    )
    assert made.media.duration == pytest.approx(2, abs=0.01)
    assert made.heard(0.2, 0.8) == pytest.approx(0.5 * alone, rel=0.05)
    assert made.heard(1.1, 1.4) < 0.001
    assert made.heard(1.6, 1.9) == pytest.approx(alone, rel=0.05)
    # Over a sound of its own, both are heard.
    both = film(video(piece(d=1000)), music(piece("song")), a=clips / "counted.mp4", song=clips / "tone.mp3")
    own = film(video(piece(d=1000)), a=clips / "counted.mp4").heard(0.2, 0.8)
    assert both.heard(0.2, 0.8) == pytest.approx((own**2 + alone**2) ** 0.5, rel=0.05)


def test_what_is_too_loud_does_not_clip(film, clips):
    loud = [music(piece("song", volume=4)) for _ in range(3)]
    made = film(video(piece("b", 1000)), *loud, b=clips / "quarters.mp4", song=clips / "tone.mp3")
    assert max(abs(one) for one in samples(made.path)) <= 32500
    assert made.heard(0.2, 0.8) > 0.5


def test_fades_of_picture_and_sound(film, clips):
    made = film(
        video(piece("b", 1000, fade_in=400, fade_out=400)),
        music(piece("song", 1000, fade_in=400, fade_out=400)),
        b=clips / "tall.mp4",
        song=clips / "tone.mp3",
    )
    seen = made.levels
    assert seen[0] < 5
    assert seen[5] == pytest.approx(seen[12] * 5 / 9.6, rel=0.15)
    assert seen[12] == max(seen)
    assert seen[23] < seen[18] < seen[12]
    heard = made.heard(0.45, 0.55)
    assert made.heard(0, 0.05) < 0.2 * heard
    assert made.heard(0.18, 0.22) == pytest.approx(0.5 * heard, rel=0.2)
    assert made.heard(0.95, 1.0) < 0.2 * heard


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({}, ["red", "blue", "lime", "white"]),
        ({"rotate": 90}, ["lime", "red", "white", "blue"]),
        ({"rotate": 180}, ["white", "lime", "blue", "red"]),
        ({"rotate": 270}, ["blue", "white", "red", "lime"]),
        ({"flip": "h"}, ["blue", "red", "white", "lime"]),
        ({"flip": "v"}, ["lime", "white", "red", "blue"]),
        ({"flip": "hv"}, ["white", "lime", "blue", "red"]),
        ({"crop": [0.5, 0, 0.5, 0.5]}, ["blue"] * 4),
        ({"crop": [0, 0.5, 0.5, 0.5]}, ["lime"] * 4),
        ({"rotate": 90, "flip": "h"}, ["red", "lime", "blue", "white"]),
    ],
)
def test_turned_mirrored_cropped(film, clips, edit, expected):
    colours = {"red": (255, 0, 0), "blue": (0, 0, 255), "lime": (0, 255, 0), "white": (255, 255, 255)}
    tall = edit.get("rotate", 0) % 180
    canvas = {"width": 90, "height": 160} if tall else {"width": 160, "height": 90}
    made = film(video(piece(d=200, **edit)), m=canvas, a=clips / "quarters.mp4")
    corners = [made.pixel(2, x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)]
    for corner, name in zip(corners, expected, strict=True):
        assert corner == pytest.approx(colours[name], abs=12), expected


def test_a_picture_of_another_shape(film, clips):
    lime, black = (0, 255, 0), (0, 0, 0)

    def at_the_side_and_in_the_middle(fill: str) -> list[tuple[int, ...]]:
        made = film(video(piece(d=200, fill=fill)), m={"width": 160, "height": 90}, a=clips / "tall.mp4")
        assert (made.media.width, made.media.height, made.media.video.sar) == (160, 90, (1, 1))
        return [made.pixel(1, 0.1, 0.5), made.pixel(1, 0.5, 0.5)]

    assert at_the_side_and_in_the_middle("pad") == [pytest.approx(black, abs=6), pytest.approx(lime, abs=12)]
    for fill in ("crop", "stretch", "blur"):
        assert at_the_side_and_in_the_middle(fill) == [pytest.approx(lime, abs=12)] * 2


@pytest.mark.parametrize(("color", "rgb"), [("white", (255, 255, 255)), ("#2040C0", (32, 64, 192))])
def test_bars_of_a_colour(film, clips, color, rgb):
    canvas = {"width": 160, "height": 90, "fill_color": color}
    made = film(video(piece(d=200)), m=canvas, a=clips / "tall.mp4")
    assert made.pixel(1, 0.1, 0.5) == pytest.approx(rgb, abs=6)
    assert made.pixel(1, 0.5, 0.5) == pytest.approx((0, 255, 0), abs=12)


def test_a_blurred_copy_fills_the_sides(film, clips):
    made = film(video(piece(d=200, fill="blur")), m={"width": 90, "height": 160}, a=clips / "counted.mp4")
    sharp = film(video(piece(d=200)), m={"width": 90, "height": 160}, a=clips / "counted.mp4")
    shown, plain = made.gray(1), sharp.gray(1)
    middle, above = slice(90 * 65, 90 * 95), slice(0, 90 * 40)
    assert difference(shown[middle], plain[middle]) < 1
    assert max(plain[above]) < 20
    assert min(shown[above]) > 20
    steps = [abs(a - b) for a, b in zip(shown[above], shown[above][1:], strict=False)]
    assert sorted(steps)[len(steps) * 9 // 10] < 12


def test_joined_from_different_shapes_and_rates(film, clips):
    made = film(
        video(piece(d=500), piece("b", 500), piece("c", 500)),
        m={"width": 160, "height": 90, "fps": 30},
        a=clips / "counted.mp4",
        b=clips / "tall.mp4",
        c=clips / "quarters.mp4",
    )
    assert made.media.video.frames == 45
    assert made.hashes[:15] != made.hashes[15:30]
    assert made.pixel(20, 0.5, 0.5) == pytest.approx((0, 255, 0), abs=12)
    assert made.pixel(20, 0.1, 0.5) == pytest.approx((0, 0, 0), abs=6)
    assert made.pixel(40, 0.75, 0.25) == pytest.approx((0, 0, 255), abs=12)


def test_gaps_are_black_and_silent(film, clips):
    made = film(video(piece(d=300, start=400), piece(d=300, start=1000)), a=clips / "counted.mp4")
    dark = [number for number, level in enumerate(made.levels) if level < 18]
    assert dark == [*range(12), *range(21, 30)]
    assert made.media.video.frames == 39
    assert made.heard(0.05, 0.35) < 0.001
    assert made.heard(0.45, 0.65) > 0.05
    assert made.heard(0.75, 0.95) < 0.001


def test_a_picture_over_the_picture(film, clips):
    made = film(
        video(piece(d=1000)),
        video(piece("b", 400, start=300, x=0.75, y=0.5, size=0.25)),
        a=clips / "quarters.mp4",
        b=clips / "tall.mp4",
    )
    blue, lime = pytest.approx((0, 0, 255), abs=12), pytest.approx((0, 255, 0), abs=12)
    assert [made.pixel(frame, 0.75, 0.4) for frame in (6, 9, 16, 18)] == [blue, lime, lime, blue]
    assert made.pixel(9, 0.6, 0.4) == blue
    full = film(
        video(piece(d=1000)), video(piece("b", 400, fill="crop")), a=clips / "quarters.mp4", b=clips / "tall.mp4"
    )
    assert [full.pixel(frame, 0.9, 0.4) for frame in (0, 9, 11)] == [lime, lime, blue]


def test_a_sign_that_can_be_seen_through(film, clips, tmp_path):
    sign = tmp_path / "sign.png"
    ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "color=yellow@0:s=60x60,format=rgba,drawbox=w=30:h=60:c=yellow:t=fill:replace=1",
        "-frames:v",
        1,
        sign,
    )
    over = video(piece("sign", 1000, x=0.75, y=0.25, size=0.25, fade_in=400))
    made = film(video(piece(d=1000)), over, a=clips / "quarters.mp4", sign=sign)
    blue, yellow = pytest.approx((0, 0, 255), abs=14), pytest.approx((255, 255, 0), abs=14)
    assert [made.pixel(20, x, 0.25) for x in (0.7, 0.8)] == [yellow, blue]
    assert made.pixel(5, 0.7, 0.25) == pytest.approx((128, 128, 128), abs=30)


def test_a_text_is_seen_in_its_time_and_fades(film, clips):
    said = {"text": "MMMM", "start": 400, "size": 0.5, "fade_in": 200, "color": "#FFFF00"}
    made = film(video(piece(d=1000)), {"tt": 7, "sg": [{"d": 400, "m": said}]}, a=clips / "counted.mp4")
    plain = film(video(piece(d=1000)), a=clips / "counted.mp4")
    changes = [difference(made.gray(frame), plain.gray(frame)) for frame in range(30)]
    assert [number for number, change in enumerate(changes) if change > 0.01] == list(range(13, 24))
    assert changes[13] < changes[15] < changes[18]


def rows(made, frame: int, channel: int) -> range:
    """From the first to the last row of the picture with letters in one of red, green and blue."""
    wide, high = made.media.width, made.media.height
    size = wide * high * 3
    picture = ffmpeg("-i", made.path, "-vf", "format=rgb24", "-f", "rawvideo", "-")[frame * size : (frame + 1) * size]
    pixels = [picture[at : at + 3] for at in range(0, size, 3)]
    others = [n for n in range(3) if n != channel]
    found = [n // wide for n, rgb in enumerate(pixels) if rgb[channel] > 150 and max(rgb[n] for n in others) < 90]
    return range(found[0], found[-1] + 1)


@pytest.mark.parametrize(
    ("anchor", "above", "one_track"),
    [("bottom", "second", False), ("bottom-left", "second", True), ("top", "first", True), ("center", "first", False)],
)
def test_texts_at_one_place_are_stacked(film, clips, anchor, above, one_track):
    first = {"d": 300, "m": {"text": "Title", "start": 0, "anchor": anchor, "color": "#FF0000", "size": 0.12}}
    second = {"d": 200, "m": {"text": "Caption", "start": 100, "anchor": anchor, "color": "#0000FF", "size": 0.12}}
    tracks = [{"tt": 7, "sg": [first, second]}] if one_track else [{"tt": 7, "sg": [one]} for one in (first, second)]
    made = film(video(piece(d=400, at=100)), *tracks, m={"width": 320, "height": 180}, a=clips / "flashing.mp4")
    red, blue = rows(made, 6, 0), rows(made, 6, 2)
    assert min(len(red), len(blue)) >= 8  # neither is covered
    over, under = (red, blue) if above == "first" else (blue, red)
    assert over[-1] < under[0]
    assert rows(made, 1, 0) == red  # the first stays in its place


def test_texts_one_after_the_other_share_a_place(film, clips):
    said = [{"d": 200, "m": {"text": "Hi", "start": n * 200, "anchor": "bottom", "color": "#FF0000"}} for n in range(2)]
    canvas = {"width": 320, "height": 180}
    made = film(video(piece(d=400, at=100)), {"tt": 7, "sg": said}, m=canvas, a=clips / "flashing.mp4")
    assert rows(made, 2, 0) == rows(made, 9, 0)
    assert made.made.notes == ("2 texts drawn",)


def test_a_text_without_a_sign_is_not_called_drawn(film, clips):
    said = [{"d": 200, "m": {"text": text}} for text in ("🎉", "Hi")]
    made = film(video(piece(d=400)), {"tt": 7, "sg": said[:1]}, a=clips / "flashing.mp4")
    assert not any("drawn" in note and "nothing" not in note for note in made.made.notes)
    assert any("🎉" in note for note in made.made.notes)
    both = film(video(piece(d=400)), {"tt": 7, "sg": said}, a=clips / "flashing.mp4")
    assert "1 text drawn" in both.made.notes


def test_more_texts_than_one_run_holds(film, clips):
    texts = [{"d": 100, "m": {"text": str(n), "start": n * 100, "size": 0.5}} for n in range(20)]
    made = film(video(piece(d=2000)), {"tt": 7, "sg": texts}, a=clips / "counted.mp4")
    plain = film(video(piece(d=2000)), a=clips / "counted.mp4")
    assert made.media.video.frames == 60
    assert all(a != b for a, b in zip(made.hashes, plain.hashes, strict=True))


def test_a_still_and_a_turned_phone_clip(film, clips, tmp_path):
    photo, phone = tmp_path / "photo.png", tmp_path / "phone.mp4"
    ffmpeg("-i", clips / "quarters.mp4", "-frames:v", 1, photo)
    ffmpeg("-display_rotation", 90, "-i", clips / "quarters.mp4", "-c", "copy", phone)
    made = film(video(piece("photo", 400), piece("phone", 400)), m={"fps": 25}, photo=photo, phone=phone)
    assert made.media.video.frames == 20
    assert made.pixel(9, 0.25, 0.25) == pytest.approx((255, 0, 0), abs=14)
    assert made.pixel(12, 0.5 - 0.1, 0.25) == pytest.approx((0, 0, 255), abs=14)
    assert made.pixel(12, 0.1, 0.25) == pytest.approx((0, 0, 0), abs=6)


def test_sixty_pieces(film, clips):
    pieces = [piece(d=100, at=(n * 37 % 29) * 100) for n in range(60)]
    made = film(video(*pieces), a=clips / "counted.mp4")
    source = hashes(clips / "counted.mp4")
    assert made.hashes == [source[(n * 37 % 29) * 3 + step] for n in range(60) for step in range(3)]
    assert made.media.audio.duration == pytest.approx(6, abs=0.01)
    assert made.heard() > 0.05


def test_sound_alone(film, clips):
    made = film(music(piece("song"), piece("song", 500)), picture=False, song=clips / "tone.mp3")
    assert made.media.kind == "audio"
    assert made.media.duration == pytest.approx(1.5, abs=0.06)
    whole = film(video(piece(d=1000)), picture=False, a=clips / "counted.mp4")
    assert (whole.media.kind, whole.media.video) == ("audio", None)


def test_an_uneven_rhythm_keeps_its_times(film, tmp_path):
    path = tmp_path / "uneven.mkv"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=64x36:r=50:d=2,select='not(mod(n,7))+between(n,40,50)'"),
        *("-fps_mode", "vfr", "-c:v", "libx264", "-pix_fmt", "yuv420p", path),
    )
    source = hashes(path)
    times = sorted({n for n in range(100) if n % 7 == 0 or 40 <= n <= 50})
    made = film(video(piece(d=1000, at=600)), m={"fps": 50}, a=path)
    shown = [max(number for number, time in enumerate(times) if time <= step) for step in range(30, 80)]
    assert made.hashes == [source[number] for number in shown]


def test_levels_of_a_whole_are_its_own(film, clips):
    """Nothing that was not asked for is done to the picture."""
    assert film(video(piece()), a=clips / "counted.mp4").hashes == hashes(clips / "counted.mp4")
    assert levels(clips / "tall.mp4")
