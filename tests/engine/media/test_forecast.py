"""A forecast and the encode it foretells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make

from nemovideo.engine.media.forecast import foresee
from nemovideo.engine.media.probe import probe
from nemovideo.errors import NoPicture
from nemovideo.protocol.compress import CompressRequest

pytestmark = pytest.mark.media


def test_what_is_foretold_is_what_is_made(run: Any, make: Make, talk: Path, tmp_path: Path):
    limit = talk.stat().st_size // 4
    plan = run(foresee(run(probe(talk)), CompressRequest(max_bytes=limit), "mp4", tmp_path))
    made = run(make(talk, limit, measure_quality=True))
    assert (plan.action, plan.limit) == ("encode", limit)
    assert (plan.width, plan.height) == (made.report.width, made.report.height)
    assert plan.preset == made.report.plan["preset"]
    assert 0.8 * limit < plan.size <= limit
    assert plan.quality == pytest.approx(made.report.quality["vmaf"], abs=8)
    assert plan.seconds > 0
    assert plan.notes
    assert plan.audio


def test_what_fits_is_foretold_to_be_kept(run: Any, talk: Path, tmp_path: Path):
    source = run(probe(talk))
    wish = CompressRequest(max_bytes=source.size)
    assert run(foresee(source, wish, "mp4", tmp_path)).action == "keep"
    assert run(foresee(source, wish, "mkv", tmp_path)).action == "remux"


def test_what_is_out_of_reach_names_the_least_that_works(run: Any, make: Make, talk: Path, tmp_path: Path):
    plan = run(foresee(run(probe(talk)), CompressRequest(max_bytes=1000), "mp4", tmp_path))
    assert plan.action == "impossible"
    assert run(make(talk, plan.least_bytes)).report.size == plan.least_bytes


def test_sound_alone_has_no_forecast(run: Any, sound_only: Path, tmp_path: Path):
    with pytest.raises(NoPicture):
        run(foresee(run(probe(sound_only)), CompressRequest(max_bytes=1000), "mp4", tmp_path))
