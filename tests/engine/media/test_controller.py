"""How often the picture is encoded, and what a limit that is generous leads to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import media

from nemovideo.engine.media.controller import passes
from nemovideo.engine.media.fit import fit
from nemovideo.engine.media.probe import probe
from nemovideo.protocol.compress import CompressRequest


def test_only_the_hurried_and_long_is_encoded_once():
    fast = CompressRequest(max_bytes=1, effort="fast")
    assert passes(media(seconds=60), fast) == 1
    assert passes(media(seconds=10), fast) == 2
    assert passes(media(seconds=60), CompressRequest(max_bytes=1)) == 2
    assert passes(media(seconds=60), CompressRequest(max_bytes=1, effort="fast", codec="av1")) == 2
    screen = media(seconds=60, video_bytes=2_000_000)
    assert passes(screen, fast) == 2


@pytest.mark.media
def test_an_intermediate_of_ours_is_never_handed_out_and_costs_one_encode_where_there_is_room(
    run: Any, talk: Path, tmp_path: Path
):
    ours = replace(run(probe(talk)), composed=True)
    wish = CompressRequest(max_bytes=20_000_000, effort="fast")
    work = tmp_path / "work"
    work.mkdir()
    report = run(fit(ours, tmp_path / "out.mp4", wish, container="mp4", work=work, on_progress=lambda _: None))
    assert report.plan["action"] == "encode"
    assert len(report.plan["trials"]) == 1
    assert any("CRF" in note for note in report.notes)
