"""What a person could pick instead: FFmpeg by hand, and ecompress, the best of the tools that take a size."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from bench.compress.clips import Case, measured
from bench.compress.stopwatch import Timed, timed

from nemovideo.engine.media.ffmpeg import find_ffmpeg

__all__ = ["ecompress", "install", "naive"]

SOUND = 96_000  # bits a second, as most recipes on the web have it
LEAST = 10_000
"""Bits a second for the picture where the sound alone is too much: x264 takes no less, and the limit is missed."""
ECOMPRESS = "ecompress>=2.5,<2.6"
HOME = Path(__file__).parents[2] / ".nox" / f"compress-peers-{sys.version_info.major}.{sys.version_info.minor}"


def naive(case: Case, target: Path) -> Timed:
    """Two passes of x264 medium at the source's size in pixels; the bitrate is the size over the duration."""
    media = measured(case.source)
    rate = max(LEAST, int(case.limit * 8 / media.duration) - (SOUND if media.audio else 0))
    with tempfile.TemporaryDirectory() as folder:
        start = [str(find_ffmpeg()), "-nostdin", "-y", "-v", "error", "-i", str(case.source)]
        start += ["-c:v", "libx264", "-preset", "medium", "-b:v", str(rate)]
        first = timed([*start, "-pass", "1", "-an", "-f", "null", os.devnull], cwd=Path(folder))
        if first.code:
            return first
        sound = ["-c:a", "aac", "-b:a", str(SOUND)]
        return first + timed([*start, "-pass", "2", *sound, "-movflags", "+faststart", str(target)], cwd=Path(folder))


def ecompress(case: Case, target: Path) -> Timed:
    """As its README says, with the FFmpeg that everybody here has."""
    megabytes = format(Decimal(case.limit) / 1_000_000, "f")
    program = _bin("ecompress")
    command = [str(program), "--overwrite", "--json", "-o", str(target), str(case.source), megabytes]
    return timed(command, env={"COMPRESS_FFMPEG": str(find_ffmpeg())})


def install() -> str:
    """Put ecompress into an environment of its own, once; why not, where it cannot be."""
    complete = HOME / "complete"
    if complete.exists() and complete.read_text() == ECOMPRESS:
        return ""
    shutil.rmtree(HOME, ignore_errors=True)
    for command in (
        [sys.executable, "-m", "venv", str(HOME)],
        [str(_bin("python")), "-m", "pip", "install", "-q", "--disable-pip-version-check", ECOMPRESS],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or [f"{command[0]} failed"])[-1]
    complete.write_text(ECOMPRESS)
    return ""


def _bin(name: str) -> Path:
    return HOME / ("Scripts" if os.name == "nt" else "bin") / name
