"""Recordings whose clock jumps: their parts are joined, none is lost and no gap is made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, ffmpeg

from nemovideo.errors import TargetNotMet

pytestmark = pytest.mark.media


@pytest.mark.parametrize("ahead", [0, 3000])
def test_parts_are_joined(run: Any, make: Make, talk: Path, tmp_path: Path, ahead: int):
    first, second, film = (tmp_path / name for name in ("1.ts", "2.ts", "film.ts"))
    ffmpeg("-i", talk, "-c", "copy", first)
    ffmpeg("-i", talk, "-c", "copy", "-output_ts_offset", ahead, second)
    film.write_bytes(first.read_bytes() + second.read_bytes())
    made = run(make(film, film.stat().st_size // 3))
    assert made.source.duration == pytest.approx(4.0, abs=0.15)
    assert made.source.video.vfr is False
    assert made.result.video.frames == 100
    assert made.result.video.duration == pytest.approx(4.0, abs=0.1)
    assert made.result.audio.duration == pytest.approx(made.result.video.duration, abs=0.15)
    with pytest.raises(TargetNotMet) as refused:
        run(make(film, 1000))
    assert run(make(film, refused.value.least_bytes)).report.size == refused.value.least_bytes


def test_a_pause_is_kept(run: Any, make: Make, talk: Path, tmp_path: Path):
    first, second, film = (tmp_path / name for name in ("1.ts", "2.ts", "film.ts"))
    ffmpeg("-i", talk, "-c", "copy", first)
    ffmpeg("-i", talk, "-c", "copy", "-output_ts_offset", 5, second)
    film.write_bytes(first.read_bytes() + second.read_bytes())
    made = run(make(film, film.stat().st_size // 3))
    assert made.source.video.duration == pytest.approx(7.0, abs=0.1)
    assert made.result.video.duration == pytest.approx(7.0, abs=0.1)
