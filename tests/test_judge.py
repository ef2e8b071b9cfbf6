"""The bench's judge: what it says of results whose worth is known."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from nemovideo.engine.media.ffmpeg import find_ffmpeg

ROOT = Path(__file__).parents[1]
ENCODE = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")


def ffmpeg(*words: str) -> None:
    subprocess.run([str(find_ffmpeg()), "-nostdin", "-v", "error", "-y", *words], check=True)


def score(source: Path, result: Path) -> float:
    command = [sys.executable, "-m", "bench.compress.judge", str(source), str(result)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = re.search(r"^VMAF ([\d.]+)  p5 [\d.]+  NEG [\d.]+  \(\d+ pictures\)$", done.stdout, re.MULTILINE)
    assert found is not None, done.stdout
    return float(found[1])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second, stored lying and shown upright."""
    folder = tmp_path_factory.mktemp("judge")
    lying, upright = folder / "lying.mp4", folder / "upright.mp4"
    picture = "mandelbrot=size=320x180:rate=24:start_scale=0.3:end_pts=40"
    ffmpeg("-f", "lavfi", "-i", picture, "-t", "1", *ENCODE, "-crf", "6", str(lying))
    ffmpeg("-display_rotation", "90", "-i", str(lying), "-c", "copy", str(upright))
    return upright


def test_a_source_is_worth_all_of_itself(source: Path) -> None:
    assert score(source, source) >= 97


def test_half_the_pictures_at_half_the_size_cost_some_and_the_wrong_moment_costs_more(source: Path) -> None:
    fewer, late = source.with_name("fewer.mp4"), source.with_name("late.mp4")
    ffmpeg("-i", str(source), "-vf", "fps=12,scale=90:160", *ENCODE, "-crf", "12", str(fewer))
    ffmpeg("-i", str(source), "-vf", "tpad=start=6,scale=90:160", "-t", "1", *ENCODE, "-crf", "12", str(late))
    small = score(source, fewer)
    assert score(source, late) + 10 < small < 97
