"""The grid, the pieces that runs of FFmpeg hold, and what is said of them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.engine.media.conftest import media

from nemovideo.engine.media.compose.composition import Clip, Composition, Text
from nemovideo.engine.media.compose.pieces import MOST_INPUTS, batches, pieces
from nemovideo.engine.media.compose.timing import Grid, opening, snapped
from nemovideo.engine.media.compose.words import words
from nemovideo.errors import UsageError


def timeline(*clips: Clip, texts: tuple[Text, ...] = (), duration: float | None = None) -> Composition:
    length = max(clip.end for clip in clips) if duration is None else duration
    return Composition(width=640, height=360, fps=25, duration=length, pictures=clips, texts=texts)


def clip(start: float, duration: float, layer: int = 0) -> Clip:
    return Clip(src="a", start=start, duration=duration, layer=layer)


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (25, Fraction(25)), (29.97, Fraction(30000, 1001)), (23.976, Fraction(24000, 1001)),
        (59.94, Fraction(60000, 1001)), (24000 / 1001, Fraction(24000, 1001)), (30, Fraction(30)),
        (12.5, Fraction(25, 2)), (10, Fraction(10)),
        (0.2, Fraction(1, 5)), (240, Fraction(240)),
    ],
)  # fmt: skip
def test_rates(fps, rate):
    assert Grid.of(fps).rate == rate


def test_an_hour_of_pieces_does_not_drift():
    grid = Grid.of(29.97)
    ends = [grid.step(at * 733.3) for at in range(4910)]
    assert all(abs(grid.seconds(step) - at * 0.7333) <= 0.5 / 29.97 + 1e-9 for at, step in enumerate(ends))
    assert all(abs(grid.sample(step) / 48_000 - grid.seconds(step)) < 1 / 48_000 for step in ends)


def test_the_whole_timeline_is_covered():
    found = pieces(timeline(clip(400, 600), clip(1000, 10), clip(1500, 500), duration=3000), Grid.of(25))
    assert [(one.first, one.last, one.clip is None) for one in found] == [
        (0, 10, True),
        (10, 25, False),
        (25, 38, True),
        (38, 50, False),
        (50, 75, True),
    ]


def test_a_piece_with_many_texts_is_halved():
    texts = tuple(Text(text=str(n), start=n * 100, duration=100) for n in range(40))
    found = pieces(timeline(clip(0, 4000), texts=texts), Grid.of(25))
    assert all(one.inputs <= MOST_INPUTS for one in found)
    assert [one.first for one in found] == [0, *(one.last for one in found[:-1])]
    assert found[-1].last == 100
    assert {number for one in found for number in one.texts} == set(range(40))


def test_too_much_at_once():
    texts = tuple(Text(text=str(n), start=0, duration=1000) for n in range(20))
    with pytest.raises(UsageError, match=r"More than 12 pictures and texts .* at 0\.000 s"):
        pieces(timeline(clip(0, 1000), texts=texts), Grid.of(25))


def test_runs_are_bounded_by_files_and_by_their_pixels():
    found = pieces(timeline(*(clip(n * 100, 100) for n in range(30))), Grid.of(25))
    assert [len(run) for run in batches(found, {"a": media()})] == [12, 12, 6]
    assert [len(run) for run in batches(found[:7], {"a": media(width=3840, height=2160)})] == [3, 3, 1]
    assert [len(run) for run in batches(found[:2], {"a": media(width=8192, height=8192)})] == [1, 1]


def test_a_late_piece_is_found_by_seeking():
    film = media(seconds=600, audio_bytes=1000)
    assert film.video is not None
    late = opening(film, film.video, 300.04)
    assert late.options == ("-noaccurate_seek", "-ss", "299.040")
    assert late.at == pytest.approx(1.0)
    assert opening(film, film.video, 1.5).options == ()
    assert opening(media(demuxer="mp3"), film.video, 300.0).options == ()
    recording = media(demuxer="mpegts", start=1.4, end=61.4)
    assert recording.video is not None
    assert opening(recording, recording.video, 31.4).at == pytest.approx(30.0)


def test_a_cut_lies_on_a_picture():
    film = media(fps=25)
    assert snapped(film, 990) == pytest.approx(1.0)
    assert snapped(media(fps=25, vfr=True), 990) == pytest.approx(0.99)
    # What a container puts before the first picture is not the film's beginning; what is longer was meant.
    assert snapped(media(fps=25, start=0.08, audio_bytes=9), 1000) == pytest.approx(1.08)
    assert snapped(media(fps=25, start=2.0, audio_bytes=9), 1000) == pytest.approx(1.0)


def test_what_is_said():
    film = Composition(
        width=720,
        height=720,
        fps=30,
        duration=3000,
        pictures=(
            Clip(src="a", start=0, duration=1000, speed=2, fill="blur", fade_in=100),
            Clip(src="b", start=1000, duration=2000, speed=0.5, volume=0, rotate=90, flip="h", crop=(0, 0, 0.5, 1)),
        ),
        sounds=(Clip(src="c", start=0, duration=3000, volume=0.35),),
        texts=(Text(text="x", start=0, duration=10),),
    )
    assert words(film, {"a": media(rotation=90), "b": media(width=100, height=200)}) == [
        "2 pieces of 2 sources joined",
        "slowed to 0.5x",
        "sped up 2x",
        "turned by 90°",
        "mirrored",
        "cropped",
        "muted",
        "volume 35%",
        "faded",
        "1 sound mixed in",
        "canvas 720x720, 30 pictures a second",
        "another shape than the canvas: a blurred copy behind",
        "another shape than the canvas: bars",
        "rotation baked in: the picture is stored upright",
    ]
    assert words(film, {}, picture=False) == [
        "2 pieces of 2 sources joined",
        "slowed to 0.5x",
        "sped up 2x",
        "muted",
        "volume 35%",
        "faded",
        "1 sound mixed in",
    ]
