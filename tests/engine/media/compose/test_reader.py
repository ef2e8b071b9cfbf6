"""A draft into a Composition: what is missing, what is wrong, what is left out."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from nemovideo.engine.media.compose import reader
from nemovideo.engine.media.compose.composition import Composition, Footage
from nemovideo.engine.media.compose.words import words
from nemovideo.errors import NoPicture, UsageError

CASES = Path(__file__).parents[5] / "shared" / "cases" / "drafts"

FOOTAGE = {
    "film": Footage(kind="video", duration=10_000, width=640, height=360, fps=25),
    "tall": Footage(kind="video", duration=4000, width=361, height=641, fps=30),
    "song": Footage(kind="audio", duration=3000),
    "photo": Footage(kind="image", duration=None, width=800, height=600),
}


def read(*tracks: Any, m: Any = None, silent: bool = False) -> Composition:
    draft = {"t": list(tracks)} | ({} if m is None else {"m": m})
    return reader.read(draft, FOOTAGE, silent=silent)


def video(*segments: Any) -> Any:
    return {"tt": 0, "sg": list(segments)}


def music(*segments: Any) -> Any:
    return {"tt": 1, "sg": list(segments)}


def text(*segments: Any) -> Any:
    return {"tt": 7, "sg": list(segments)}


def piece(src: str = "film", d: Any = None, **m: Any) -> Any:
    begin = {"in": m.pop("at")} if "at" in m else {}
    return {"m": {"src": src} | begin | m} | ({} if d is None else {"d": d})


def test_what_is_missing_is_the_default():
    film = read(video(piece(), piece("tall", at=1000)))
    first, second = film.pictures
    assert (first.start, first.duration, first.source_start) == (0, 10_000, 0)
    assert (first.speed, first.volume, first.fill, first.rotate, first.crop) == (1, 1, "pad", 0, None)
    assert (second.start, second.duration) == (10_000, 3000)
    assert (film.width, film.height, film.fps, film.duration) == (640, 360, 25, 13_000)
    assert not film.notes
    assert film.sources == ("film", "tall")


def test_no_length_is_the_whole():
    assert read(video(piece(d=0))).duration == 10_000


def test_a_canvas_is_even():
    assert read(video(piece("tall"))).width == 360
    film = read(video(piece()), m={"width": 1081, "height": 1921.0, "fps": 29.97})
    assert (film.width, film.height, film.fps) == (1080, 1920, 29.97)


def test_every_edit_is_read():
    film = read(
        video(
            piece(
                "film",
                1000,
                **{"in": 2500, "start": 500, "speed": 2, "volume": 0.35, "rotate": -90, "flip": "vh"},
                crop=[0, 0, 0.5, 1],
                fill="blur",
                fade_in=250,
                fade_out=9999,
            )
        )
    )
    (clip,) = film.pictures
    assert (clip.source_start, clip.start, clip.duration, clip.speed, clip.volume) == (2500, 500, 1000, 2, 0.35)
    assert (clip.rotate, clip.flip, clip.crop, clip.fill) == (270, "hv", (0, 0, 0.5, 1), "blur")
    assert (clip.fade_in, clip.fade_out) == (250, 1000)


def test_the_drafts_fill_is_each_segments():
    film = read(video(piece(d=1000), piece(d=1000, fill="pad")), m={"fill": "crop"})
    assert [clip.fill for clip in film.pictures] == ["crop", "pad"]


def test_a_piece_is_no_longer_than_its_source():
    film = read(video(piece(d=3000, at=9000), piece(d=1000)))
    assert [(clip.start, clip.duration) for clip in film.pictures] == [(0, 1000), (1000, 1000)]
    assert film.notes == ("t[0].sg[0] is cut at its source's end, 2000 ms early",)
    # Twice as fast there is half as much of it; a rounded length is no longer one.
    assert read(video(piece(speed=4))).duration == 2500
    assert not read(video(piece(d=10_100))).notes


def test_a_piece_beyond_the_end_is_left_out():
    film = read(video(piece(d=1000, at=10_000), piece(d=2000)))
    assert film.duration == 2000
    assert "t[0].sg[0] begins where its source has ended" in film.notes[0]


def test_of_two_at_once_the_later_is_shown():
    film = read(video(piece(d=4000), piece("tall", 1000, start=2000)))
    assert [(clip.src, clip.start, clip.end) for clip in film.pictures] == [("film", 0, 2000), ("tall", 2000, 3000)]
    assert "overlap at 2 s" in film.notes[0]


def test_tracks_of_video_lie_over_the_first():
    film = read(video(piece(d=4000)), video(piece("tall", 1000, start=500, x=0.8, size=0.25), piece("tall", 500)))
    base, small, full = film.pictures
    assert (base.layer, base.place) == (0, None)
    assert (small.layer, small.place) == (1, (0.8, 0.5, 0.25))
    assert (full.layer, full.place, full.start) == (1, None, 1500)


def test_all_tracks_of_sound_and_text_count():
    film = read(
        video(piece()),
        music(piece("song", volume=0.5), piece("song")),
        music(piece("film", 1000, start=200)),
        text({"d": 1000, "m": {"text": "One"}}, {"m": {"text": "Two"}}),
        text({"d": 500, "m": {"text": "Three", "start": 4000}}),
    )
    assert [(clip.src, clip.start, clip.duration) for clip in film.sounds] == [
        ("song", 0, 3000),
        ("film", 200, 1000),
        ("song", 3000, 3000),
    ]
    assert [(one.text, one.start, one.duration) for one in film.texts] == [
        ("One", 0, 1000),
        ("Two", 1000, 9000),
        ("Three", 4000, 500),
    ]


def test_sound_and_text_end_with_the_picture():
    film = read(video(piece(d=2000)), music(piece("song", fade_out=1500)), text({"d": 9000, "m": {"text": "x"}}))
    assert film.duration == 2000
    assert (film.sounds[0].duration, film.sounds[0].fade_out) == (2000, 1500)
    assert film.texts[0].duration == 2000
    assert film.notes == ("2 segment(s) of sound or text last beyond the picture: cut at its end",)


def test_a_text():
    said = {"text": "你好", "start": 100, "anchor": "top", "size": "large", "color": "yellow", "fade_in": 200, "x": 0.1}
    (one,) = read(video(piece()), text({"d": 1000, "m": said})).texts
    assert (one.text, one.start, one.duration, one.anchor) == ("你好", 100, 1000, "top")
    assert (one.size, one.color, one.fade_in, one.fade_out, one.x, one.y) == (0.14, "yellow", 200, 0, 0.1, 0.5)
    pixels, share = read(video(piece()), text({"m": {"text": "a", "size": 36}}, {"m": {"text": "b", "start": 0}})).texts
    assert (pixels.size, share.size) == (0.1, 0.08)


def test_a_still_lasts_as_long_as_it_says():
    film = read(video(piece("photo", 700), piece("photo")))
    assert [clip.duration for clip in film.pictures] == [700, 5000]


def test_no_picture():
    with pytest.raises(NoPicture):
        read(music(piece("song")))
    sound = read(music(piece("song")), silent=True)
    assert (sound.duration, sound.width, sound.fps) == (3000, 0, 0)


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        (piece(d=-1), r"sg\[0\]\.d: from 0 to 1000000000, and not -1\."),
        (piece(d=math.nan), r"\.d: .* not nan"),
        (piece(d=math.inf), r"\.d: .* not inf"),
        (piece(d=10**400), r"\.d: .* not 1000"),
        (piece(d="10"), r"\.d: .* not '10'"),
        (piece(d=True), r"\.d: .* not True"),
        (piece(start=-5), r"m\.start: from 0"),
        (piece(at=-5), r"m\.in: from 0"),
        (piece(speed=0), r"t\[0\]\.sg\[0\]\.m\.speed: from 0\.1 to 100, and not 0\."),
        (piece(speed=101), r"m\.speed: from 0\.1 to 100"),
        (piece(volume=5), r"m\.volume: from 0 to 4"),
        (piece(rotate=45), r"m\.rotate: 0, 90, 180 or 270"),
        (piece(flip="x"), r"m\.flip"),
        (piece(fill="tile"), r"m\.fill: one of pad, crop, blur, stretch"),
        (piece(crop=[0, 0, 2, 1]), r"m\.crop"),
        (piece(crop=[0.5, 0, 0.6, 1]), r"m\.crop"),
        (piece(crop=[0, 0, 0, 1]), r"m\.crop"),
        (piece(crop="half"), r"m\.crop"),
        (piece(fade_in=-1), r"m\.fade_in"),
        (piece("song"), r"m\.src: has sound only"),
        ({"d": 5}, r"t\[0\]\.sg\[0\]\.m\.src: names no source"),
        (piece(src=""), r"m\.src: names no source"),
    ],
)
def test_values_that_cannot_be_met(segment, said):
    with pytest.raises(UsageError, match=said):
        read(video(segment))


@pytest.mark.parametrize(
    "meta", [{"width": 8194}, {"height": 1}, {"width": "big"}, {"fps": 0}, {"fps": 999}, {"fps": math.nan}]
)
def test_a_canvas_that_cannot_be(meta):
    with pytest.raises(UsageError, match=rf"^m\.{next(iter(meta))}: "):
        read(video(piece()), m=meta)


def test_a_canvas_as_fast_as_its_sources_is_made_slower_and_told_of():
    fast = {"film": Footage(kind="video", duration=10_000, width=640, height=360, fps=300)}
    cut = reader.read({"t": [video(piece(d=2000))], "m": {"fps": 300.0}}, fast)
    assert (cut.fps, cut.asked_fps) == (240, 300)
    assert "300 pictures a second made fewer: no edited timeline has more" in words(cut, {})
    assert not any("fewer" in note for note in words(read(video(piece())), {}))


@pytest.mark.parametrize(
    "meta", [{"text": ""}, {"text": 5}, {"text": "x" * 3000}, {"anchor": "up"}, {"size": 0}, {"x": 2}, {"color": 5}]
)
def test_a_text_that_cannot_be_drawn(meta):
    with pytest.raises(UsageError, match=rf"^t\[1\]\.sg\[0\]\.m\.{next(iter(meta))}: "):
        read(video(piece()), text({"d": 100, "m": {"text": "a"} | meta}))


def test_music_of_a_photo():
    with pytest.raises(UsageError, match=r"t\[1\]\.sg\[0\]\.m\.src: is a still image"):
        read(video(piece()), music(piece("photo", 100)))


def test_counts_and_lengths_are_bounded():
    with pytest.raises(UsageError, match="over 500 segments"):
        read(video(*[piece(d=10)] * 501))
    assert len(read(video(*[piece(d=10)] * 500)).pictures) == 500
    with pytest.raises(UsageError, match="lasts 43201 s"):
        read(video(piece("photo", 43_201_000)))


@pytest.mark.parametrize(
    "draft", [{}, {"t": 5}, {"t": [None, 5, {"sg": "x", "tt": 0}]}, {"t": [{"tt": False, "sg": [1]}]}]
)
def test_drafts_of_nothing(draft):
    assert reader.named(draft) == ()
    with pytest.raises(NoPicture):
        reader.read(draft, {})


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases is not here")
def test_the_documented_draft():
    draft = json.loads((CASES / "documented.json").read_text("utf-8"))["draft"]
    city, song = reader.named(draft)
    footage = {
        city: Footage(kind="video", duration=10_000, width=1920, height=1080, fps=30),
        song: Footage(kind="audio", duration=60_000),
    }
    film = reader.read(draft, footage)
    assert (film.width, film.height, film.fps, film.duration) == (1920, 1080, 30, 10_000)
    assert film.sounds[0].volume == 0.35
    assert film.texts[0].text == "Urban Dreams"
    assert film.texts[0].anchor == "top"


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases is not here")
def test_the_strange_draft():
    draft = json.loads((CASES / "strange.json").read_text("utf-8"))["draft"]
    with pytest.raises(UsageError, match=r"^t\[0\]\.sg\[0\]\.m\.src: names no source"):
        reader.named(draft)
    for track in draft["t"]:
        for segment in track["sg"]:
            segment.setdefault("m", {})["src"] = "film"
    film = reader.read(draft, FOOTAGE)
    assert [clip.duration for clip in film.pictures] == [4500, 1250.5]
    assert (film.width, film.height) == (1080, 1920)
    assert film.texts[0].duration == 5750.5
    assert film.notes[0] == "a track of an unknown type (42) left out"
