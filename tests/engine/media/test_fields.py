"""Films of half pictures: joined where they are, left alone where they only look so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, ffmpeg

pytestmark = pytest.mark.media
BAR = "color=s=160x96:r=50:d=0.4,geq=lum='if(between(X,N*8,N*8+23),235,16)':cb=128:cr=128"
"""A bar without a slanted edge: rows differ only where two times were woven together."""


def combing(path: Path) -> float:
    """How much each row of a picture in the middle differs from the next, on the mean, 0..255."""
    picture = ffmpeg("-i", path, "-ss", 0.16, "-frames:v", 1, "-vf", "extractplanes=y", "-f", "rawvideo", "-")
    return sum(abs(a - b) for a, b in zip(picture, picture[160:], strict=False)) / len(picture)


@pytest.mark.parametrize("scan", ["tff", "bff"])
def test_woven_fields_are_joined(run: Any, make: Make, tmp_path: Path, scan: str):
    woven = tmp_path / "woven.mp4"
    weave = f"interlace=scan={scan}:lowpass=off"
    ffmpeg("-f", "lavfi", "-i", BAR, "-vf", weave, "-flags", "+ilme+ildct", "-c:v", "libx264", "-crf", 5, woven)
    made = run(make(woven, None, effort="fast"))
    assert made.source.video.interlaced
    assert not made.result.video.interlaced
    assert made.result.video.frames == made.source.video.frames
    assert combing(woven) > 10
    assert combing(made.path) < 4


def test_telecine_stays(run: Any, make: Make, tmp_path: Path):
    """Whole pictures, some of them shown longer: no field is thrown away."""
    pulled = tmp_path / "pulled.mp4"
    film = "testsrc2=s=160x96:r=24000/1001:d=0.6"
    ffmpeg("-f", "lavfi", "-i", film, "-vf", "telecine", "-c:v", "libx264", "-crf", 5, pulled)
    made = run(make(pulled, None, effort="fast"))
    assert made.result.fps == pytest.approx(30000 / 1001, rel=0.001)
    assert made.result.video.frames == made.source.video.frames
    assert combing(made.path) == pytest.approx(combing(pulled), rel=0.2)
    assert not any("interlaced" in note for note in made.report.notes)
