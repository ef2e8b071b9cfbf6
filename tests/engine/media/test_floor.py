"""The least that is named: it works, and of a long clip it counts on B-frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, ffmpeg

from nemovideo.errors import TargetNotMet

pytestmark = pytest.mark.media


def test_the_least_of_a_long_clip(run: Any, make: Make, tmp_path: Path):
    film = tmp_path / "long.mp4"
    moving = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=1:d=400")
    ffmpeg(*moving, "-c:v", "libx264", "-preset", "ultrafast", "-crf", 18, film)
    with pytest.raises(TargetNotMet) as refused:
        run(make(film, 1000, effort="fast"))
    least = refused.value.least_bytes
    assert least is not None
    made = run(make(film, least, effort="fast"))
    assert [trial for trial in made.report.plan["trials"] if trial.get("floor")] == []
    coarse = run(make(film, int(least * 0.9), effort="fast"))
    assert coarse.report.size <= int(least * 0.9)
