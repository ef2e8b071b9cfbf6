"""Which picture size is taken: by what samples say, the lower where two look the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.media.conftest import ffmpeg

from nemovideo.engine.media.analysis import analyse, best
from nemovideo.engine.media.probe import probe
from nemovideo.engine.media.rungs import Picture
from nemovideo.engine.media.samples import Judged
from nemovideo.protocol.compress import CompressRequest


def judged(width: int, vmaf: float) -> Judged:
    return Judged(Picture(width, width * 9 // 16), vmaf, vmaf - 5, 0.01)


def test_the_better_looking_picture_is_taken():
    assert best([judged(640, 70.0), judged(960, 74.0), judged(1280, 72.0)]).picture.width == 960


def test_of_two_that_look_the_same_the_smaller_is_taken():
    assert best([judged(960, 70.2), judged(640, 70.0)]).picture.width == 640


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_never_one_that_looks_worse_by_more_than_a_tie(scores: list[float]):
    tried = [judged(320 * (n + 1), score) for n, score in enumerate(scores)]
    assert best(tried).vmaf > max(scores) - 0.31


@pytest.mark.media
def test_a_starved_detail_rich_film_is_sampled_and_made_smaller(run: Any, tmp_path: Path):
    film = tmp_path / "film.mp4"
    noisy = ("-f", "lavfi", "-i", "mandelbrot=s=320x180:r=10", "-t", "16", "-vf", "noise=alls=12:allf=t")
    ffmpeg(*noisy, "-c:v", "libx264", "-preset", "ultrafast", "-crf", 20, "-pix_fmt", "yuv420p", film)
    source = run(probe(film))
    wish = CompressRequest(max_bytes=40_000)
    found = run(analyse(source, wish, "mp4", tmp_path, 40_000))
    assert len(found.judged) >= 2
    assert found.choice.picture.width < 320
    assert found.choice.budget.video <= 40_000
    assert "samples" in found.words
    hurried = run(analyse(source, wish.model_copy(update={"effort": "fast"}), "mp4", tmp_path, 40_000))
    assert hurried.judged == ()
