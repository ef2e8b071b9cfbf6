from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.media.conftest import media

from nemovideo.engine.media.effort import preset
from nemovideo.engine.media.plan import choose, more_than_source, overhead
from nemovideo.engine.media.rungs import LEAST_FPS, LEAST_SIDE, Picture, floor, ladder
from nemovideo.protocol.compress import CompressRequest

WISH = CompressRequest(max_bytes=1)


@pytest.mark.parametrize(
    ("size", "ceiling", "first"),
    [
        ((1920, 1080), 1080, (1920, 1080)),
        ((3840, 2160), 1080, (1920, 1080)),
        ((2160, 3840), 1080, (1080, 1920)),
        ((2560, 1080), 1080, (1920, 810)),
        ((3840, 2160), None, (3840, 2160)),
        ((1920, 1080), 720, (1280, 720)),
        ((641, 361), 1080, (640, 360)),
        ((200, 200), 1080, (200, 200)),
    ],
)
def test_ceiling_is_a_short_side_with_its_long_side(size: tuple[int, int], ceiling: int | None, first: tuple[int, int]):
    top = ladder(media(width=size[0], height=size[1]), CompressRequest(max_bytes=1, max_height=ceiling))[0]
    assert (top.width, top.height) == first


@given(width=st.integers(16, 8192), height=st.integers(16, 8192), ceiling=st.none() | st.integers(16, 4320))
def test_every_rung_is_even_smaller_and_of_the_same_shape(width: int, height: int, ceiling: int | None):
    source = media(width=width, height=height)
    rungs = ladder(source, CompressRequest(max_bytes=1, max_height=ceiling))
    for larger, smaller in itertools.pairwise(rungs):
        assert smaller.width <= larger.width
        assert smaller.height <= larger.height
        assert min(smaller.width, smaller.height) >= LEAST_SIDE
    for rung in rungs:
        assert rung.width % 2 == rung.height % 2 == 0
        assert rung.width <= max(2, width)
        assert rung.height <= max(2, height)
        assert abs(rung.width / rung.height - width / height) <= 4 * max(1, width / height) / min(
            rung.height, rung.width
        )


@given(limit=st.integers(1, 10**9))
def test_more_bytes_never_give_fewer_pixels(limit: int):
    source = media()
    less = choose(source, WISH, limit=limit, container="mp4").picture
    more = choose(source, WISH, limit=2 * limit, container="mp4").picture
    assert more.width * more.height * (more.fps or source.fps) >= less.width * less.height * (less.fps or source.fps)


def test_generous_limit_keeps_the_size():
    choice = choose(media(), WISH, limit=25_000_000, container="mp4")
    assert (choice.picture.width, choice.picture.fps, choice.starved) == (1920, None, False)


def test_tight_limit_takes_a_smaller_picture():
    assert choose(media(), WISH, limit=5_000_000, container="mp4").picture.width < 1920


def test_easy_source_keeps_its_pixels_longer():
    """A screen recording's bits are few because there is little to tell, not because it is starved."""
    hard = choose(media(video_bytes=50_000_000), WISH, limit=1_000_000, container="mp4").picture
    easy = choose(media(video_bytes=4_000_000), WISH, limit=1_000_000, container="mp4").picture
    assert easy.width > hard.width


def test_starved_limit_drops_pictures_and_says_so():
    choice = choose(media(), WISH, limit=10_000, container="mp4")
    assert choice.starved
    assert choice.picture.fps is not None
    assert choice.picture.fps >= LEAST_FPS


def test_asked_frame_rate_is_a_ceiling():
    assert ladder(media(fps=60), CompressRequest(max_bytes=1, fps=30))[0].fps == 30
    assert ladder(media(fps=24), CompressRequest(max_bytes=1, fps=30))[0].fps is None


def test_floor_knows_no_limit():
    one = floor(media(), CompressRequest(max_bytes=1))
    assert one == floor(media(), CompressRequest(max_bytes=10**9))
    assert one.fps == LEAST_FPS


def test_floor_of_a_moment_keeps_its_pictures():
    assert floor(media(seconds=0.04, video_bytes=8000), WISH).fps is None


def test_sound_and_container_are_taken_off_first():
    budget = choose(media(), WISH, limit=5_000_000, container="mp4", audio_bytes=600_000, audio_packets=2800).budget
    assert budget.video == 5_000_000 - 600_000 - budget.overhead
    assert budget.overhead == overhead("mp4", video_packets=1500, audio_packets=2800)


def test_preset_is_slower_where_pictures_are_small():
    assert preset("h264", "balanced", 60e6, share=1.0) == "medium"
    assert preset("h264", "balanced", 12e6, share=0.56) == "slow"
    assert preset("h264", "balanced", 12e6, share=1.0) == "medium"
    assert preset("h264", "balanced", 3e6, share=0.25) == "slower"
    assert preset("h264", "fast", 15e6) == "veryfast"
    assert preset("av1", "balanced", 60e6) == "8"


def test_bytes_beyond_what_the_source_spends_are_not_asked_for():
    source = media(video_bytes=10_000_000)
    whole, half = Picture(1920, 1080), Picture(960, 540)
    assert more_than_source(source, "h264", whole) == 10_000_000
    assert more_than_source(source, "h264", half) < 5_000_000
    assert more_than_source(source, "h264", Picture(1920, 1080, 12.5)) < 10_000_000
    assert more_than_source(replace(source, composed=True), "h264", half) > 1e12


def test_a_still_picture_is_not_starved_by_a_limit_near_its_own_size():
    still = media(width=640, height=360, seconds=600.0, video_bytes=208_000)
    choice = choose(still, WISH, limit=450_000, container="mp4")
    assert (choice.picture.width, choice.picture.fps, choice.starved, choice.reorder) == (640, None, False, False)
    tighter = choose(still, WISH, limit=242_000, container="mp4")
    assert (tighter.picture.width, tighter.picture.fps, tighter.starved) == (640, 12.5, False)
