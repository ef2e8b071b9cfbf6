from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.media.conftest import Make, ffmpeg

from nemovideo.engine.media.moment import Guess, next_crf
from nemovideo.protocol.compress import Codec

CODECS: tuple[Codec, ...] = ("h264", "hevc", "av1")


def test_the_next_quality_lies_on_the_line_through_the_two_nearest():
    """Four times smaller in 12 steps: half of it is 6 steps on (and 2.5 % of room is left)."""
    guesses = [Guess(24, 40_000), Guess(36, 10_000), Guess(51, 1000)]
    assert next_crf(guesses, round(20_000 / 0.975), "h264") == pytest.approx(30, abs=0.05)


@given(
    sizes=st.lists(st.integers(100, 10**8), min_size=2, max_size=5),
    limit=st.integers(100, 10**8),
    codec=st.sampled_from(CODECS),
)
def test_whatever_came_out_the_next_quality_is_one_that_the_encoder_knows(sizes: list[int], limit: int, codec: Codec):
    crf = next_crf([Guess(20 + 5 * n, size) for n, size in enumerate(sizes)], limit, codec)
    assert 6 <= crf <= 63
    assert codec != "av1" or crf == int(crf)


@pytest.mark.media
@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("frames", [1, 5])
def test_a_clip_of_a_few_pictures_fills_its_limit(run: Any, make: Make, tmp_path: Path, codec: Codec, frames: int):
    clip = tmp_path / "moment.mp4"
    source = ("-f", "lavfi", "-i", "mandelbrot=size=320x240:rate=25")
    ffmpeg(*source, "-frames:v", frames, "-c:v", "libx264", "-qp", 4, "-pix_fmt", "yuv420p", clip)
    limit = clip.stat().st_size // 3
    made = run(make(clip, limit, codec=codec))
    assert made.result.video.frames == frames
    assert made.report.size >= limit * 0.8
    assert len(made.report.plan["trials"]) <= 5
