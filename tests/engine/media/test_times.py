"""When pictures are shown: gaps, holds, edits, and clips of one picture or of an hour."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, difference, ffmpeg, gray

from nemovideo.engine.media.ffmpeg import find_ffmpeg

pytestmark = pytest.mark.media
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
UNEVEN = (0, 5, 10, 50, 90, 100, 1700, 1705, 1740, 1745, 1990, 2000, 2033, 2066, 2100, 3000)
"""Milliseconds, with gaps from 5 to 1600."""


def source(path: Path, size: str, rate: object, seconds: float, *more: object) -> Path:
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}", *more, *FAST, path)
    return path


def shown_at(path: Path) -> list[float]:
    """Seconds of each picture, as FFmpeg plays the file."""
    lines = ffmpeg("-copyts", "-i", path, "-map", "0:v:0", "-f", "framecrc", "-enc_time_base", "1/10000", "-").decode()
    return [int(line.split(",")[2]) / 10_000 for line in lines.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_each_uneven_gap_is_kept_to_the_millisecond(run: Any, make: Make, tmp_path: Path, container: str):
    times = "+".join(f"eq(N,{number})*{time}" for number, time in enumerate(UNEVEN))
    uneven = source(
        *(tmp_path / f"uneven.{container}", "160x90", 25, 1),
        *("-frames:v", len(UNEVEN), "-vf", f"settb=1/1000,setpts='{times}'"),
        *("-fps_mode", "passthrough", "-enc_time_base", "1/1000"),
    )
    made = run(make(uneven, uneven.stat().st_size // 2, effort="fast"))
    assert shown_at(made.path) == pytest.approx([time / 1000 for time in UNEVEN], abs=0.001)


def told_duration(path: Path) -> float:
    """Seconds that the header tells, which players go by."""
    said = subprocess.run([str(find_ffmpeg()), "-i", str(path)], capture_output=True, text=True, check=False).stderr
    hours, minutes, seconds = said.partition("Duration: ")[2].partition(",")[0].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_the_header_lasts_until_the_last_picture_ends(run: Any, make: Make, tmp_path: Path):
    """With B-frames the last packet is decoded long before the last picture is shown."""
    uneven = source(
        *(tmp_path / "uneven.mp4", "160x90", 30, 4),
        *("-vf", "noise=alls=40:allf=t,select='eq(n,0)+eq(n,113)+lt(random(1),0.35)'"),
        *("-fps_mode", "vfr"),
    )
    made = run(make(uneven, uneven.stat().st_size // 2))
    assert made.source.video.vfr
    assert told_duration(made.path) == pytest.approx(made.source.video.duration, abs=0.02)
    assert len(shown_at(made.path)) == made.source.video.frames


def test_what_an_edit_list_hides_stays_hidden(run: Any, make: Make, tmp_path: Path):
    """Cut without encoding: the pictures before the cut are there, marked not to be shown."""
    whole, cut = source(tmp_path / "whole.mp4", "160x90", 25, 2, "-g", 100), tmp_path / "cut.mp4"
    ffmpeg("-ss", 1.2, "-i", whole, "-c", "copy", cut)
    made = run(make(cut, cut.stat().st_size // 3, effort="fast"))
    assert made.result.video.duration == pytest.approx(0.8, abs=0.05)
    assert difference(gray(made.path), gray(whole, at=1.2)) < 6


def test_times_before_zero(run: Any, make: Make, tmp_path: Path):
    whole, early = source(tmp_path / "whole.mp4", "160x90", 25, 1), tmp_path / "early.mkv"
    ffmpeg("-itsoffset", -0.48, "-i", whole, "-c", "copy", "-avoid_negative_ts", "disabled", early)
    made = run(make(early, early.stat().st_size // 2, effort="fast"))
    assert made.result.video.start == 0
    assert made.result.video.frames == pytest.approx(made.source.video.frames, abs=1)


@pytest.mark.parametrize(("rate", "seconds", "frames"), [(1000, 0.3, 300), ("1/10", 60, 6)])
def test_very_fast_and_very_slow(run: Any, make: Make, tmp_path: Path, rate: object, seconds: float, frames: int):
    odd = source(tmp_path / "odd.mp4", "64x48", rate, seconds)
    made = run(make(odd, None, effort="fast"))
    assert made.result.video.frames == frames
    assert made.result.video.duration == pytest.approx(seconds, rel=0.01)


@pytest.mark.parametrize("seconds", [0.04, 10])
def test_one_picture(run: Any, make: Make, tmp_path: Path, seconds: float):
    still = source(tmp_path / "still.mp4", "160x90", 1 / seconds, seconds, "-frames:v", 1)
    made = run(make(still, still.stat().st_size * 2 // 3, effort="fast"))
    assert (made.source.video.frames, made.result.video.frames) == (1, 1)
    assert made.result.duration == pytest.approx(seconds, rel=0.01)
    assert difference(gray(made.path), gray(still)) < 8


@pytest.mark.parametrize("fps", [1e-9, 0.7])
def test_however_few_are_wished_for_one_is_left(run: Any, make: Make, tmp_path: Path, fps: float):
    clip = source(tmp_path / "clip.mp4", "160x90", 25, 2)
    made = run(make(clip, clip.stat().st_size // 2, effort="fast", fps=fps))
    assert made.result.video.frames == 1
    assert made.result.duration == pytest.approx(2, abs=1.0)


def test_an_hour(run: Any, make: Make, tmp_path: Path):
    hour = source(tmp_path / "hour.mkv", "32x32", "1/4", 3600, "-g", 5000)
    made = run(make(hour, hour.stat().st_size // 2, effort="fast"))
    assert made.result.video.duration == pytest.approx(3600, abs=5)
    assert difference(gray(made.path, at=3000), gray(hour, at=3000)) < 25


def test_a_gap_among_the_last_pictures(run: Any, make: Make, tmp_path: Path):
    """MP4 tells when to decode: the length of the last picture is then that of any other."""
    gap = source(
        *(tmp_path / "gap.mkv", "160x90", 10, 1.5, "-vf", "setpts='if(lt(N,11),N,N+6)'"),
        *("-fps_mode", "passthrough"),
    )
    made = run(make(gap, gap.stat().st_size // 2, effort="fast"))
    assert shown_at(made.path) == pytest.approx([n / 10 for n in (*range(11), 17, 18, 19, 20)], abs=0.001)
