"""A fit in one call, and pictures to judge by."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.engine.media.fit import FitReport, fit
from nemovideo.engine.media.media import AudioTrack, Media, VideoTrack
from nemovideo.engine.media.probe import probe
from nemovideo.protocol.compress import CompressRequest


@dataclass(frozen=True)
class Made:
    source: Media
    result: Media
    report: FitReport
    shares: list[float]

    @property
    def path(self) -> Path:
        return self.result.path


Make = Callable[..., Awaitable[Made]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Fit a file and probe the result; checks what holds of every result."""
    number = iter(range(100))

    async def made(source: Path, limit: int | None, *, container: str = "mp4", **wish: Any) -> Made:
        folder = tmp_path / f"fit{next(number)}"
        work = folder / "work"
        work.mkdir(parents=True)
        before = await asyncio.to_thread(source.stat)
        shares: list[float] = []
        media = await probe(source)
        target = folder / f"result.{container}"
        request = CompressRequest(max_bytes=limit, **wish)
        report = await fit(media, target, request, container=container, work=work, on_progress=shares.append)
        result = await probe(target)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert report.size == target.stat().st_size
        assert limit is None or report.size <= limit
        assert sorted(folder.iterdir()) == [target, work]
        after = await asyncio.to_thread(source.stat)
        assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
        return Made(media, result, report, shares)

    return made


def ffmpeg(*arguments: object, level: str = "error") -> bytes:
    """What FFmpeg writes to its output, and what it says there is to say at `level`."""
    command = [str(find_ffmpeg()), "-nostdin", "-hide_banner", "-v", level, "-y", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True)
    return done.stdout if level == "error" else done.stderr


def gray(path: Path, *, at: float = 0.0, side: int = 24, filters: str = "") -> bytes:
    """One picture as FFmpeg shows it, as `side` x `side` gray bytes."""
    chain = f"{filters + ',' if filters else ''}scale={side}:{side}:flags=area,format=gray"
    return ffmpeg("-i", path, "-ss", at, "-frames:v", 1, "-vf", chain, "-f", "rawvideo", "-")[: side * side]


def difference(one: bytes, other: bytes) -> float:
    """Mean absolute difference of two gray pictures, 0..255."""
    assert len(one) == len(other) > 0
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def media(
    *,
    width: int = 1920,
    height: int = 1080,
    fps: float = 25.0,
    seconds: float = 60.0,
    video_bytes: int = 50_000_000,
    audio_bytes: int = 0,
    **fields: Any,
) -> Media:
    """A Media without a file, for what only reckons."""
    whole: dict[str, Any] = {
        "index": 0,
        "codec": "h264",
        "width": width,
        "height": height,
        "sar": (1, 1),
        "rotation": 0,
        "pix_fmt": "yuv420p",
        "frames": round(fps * seconds),
        "keyframes": 1,
        "bytes": video_bytes,
        "start": 0.0,
        "end": seconds,
        "fps": fps,
        "shortest": 1 / fps,
        "vfr": False,
        "interlaced": False,
        "alpha": False,
        "trc": 1,
        "primaries": 1,
        "space": 1,
        "range": 1,
        "hdr": None,
    }
    sound = AudioTrack(
        index=1,
        codec="aac",
        channels=2,
        rate=48000,
        packets=round(seconds * 47),
        bytes=audio_bytes,
        start=0.0,
        end=seconds,
    )
    return Media(
        path=Path("film.mp4"),
        size=video_bytes + audio_bytes,
        container="mp4",
        demuxer=fields.pop("demuxer", "mov"),
        kind="video",
        duration=seconds,
        width=width,
        height=height,
        fps=fps,
        video=VideoTrack(**(whole | fields)),
        audio=sound if audio_bytes else None,
    )
