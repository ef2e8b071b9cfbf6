"""What is compressed: the clips of ../shared/media that the issue names, and a minute of 1080p made of two."""

from __future__ import annotations

import asyncio
import functools
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe

__all__ = ["CACHE", "Case", "MEDIA", "MINUTE", "cases", "made", "measured"]

MEDIA = Path(__file__).parents[3] / "shared" / "media"
CACHE = Path(tempfile.gettempdir()) / "bench60"
"""What is made once and used by every run."""
PATTERNS = ("anim_*", "cam_*", "rot90_*", "screen_1080p_*", "multi_*", "hlg*")
"""The issue's set; with the HLG clip, which "tone-mapped the same way" is about, and the minute they are 20 cases."""
MINUTE = "cam60_1080p.mp4"


@dataclass(frozen=True)
class Case:
    """One clip at one size."""

    source: Path
    share: float

    @property
    def name(self) -> str:
        """`clip@share`, by which results are found."""
        return f"{self.source.stem}@{self.share:g}"

    @property
    def limit(self) -> int:
        """Bytes that the result may have."""
        return int(self.source.stat().st_size * self.share / 100)


def cases(names: list[str], shares: list[float]) -> list[Case]:
    """Each chosen clip at each share: the issue's set, or those whose names begin with one of `names`, or paths."""
    paths = [Path(name) for name in names if Path(name).is_file()]
    prefixes = tuple(name for name in names if not Path(name).is_file())
    if prefixes or not names:
        found = sorted(path for pattern in PATTERNS for path in MEDIA.glob(pattern))
        paths += [path for path in found if not prefixes or path.name.startswith(prefixes)]
        if not prefixes or MINUTE.startswith(prefixes):
            paths.append(made())
    return [Case(path, share) for path in paths for share in shares]


def made() -> Path:
    """60 s of 1080p at 30 frames a second and 6.6 Mb/s, half a dog, half a juggler; made once, then found."""
    target = CACHE / MINUTE
    if target.exists():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    half = "trim=duration=30,setpts=PTS-STARTPTS,scale=1920:1080:flags=bicubic,fps=30,setsar=1,format=yuv420p"
    sources = ("cam_dog_720p30_aac.mp4", "cam_juggle_720p24.mp4")
    part = target.with_name("part.mp4")
    subprocess.run(
        [
            *(str(find_ffmpeg()), "-nostdin", "-v", "error", "-y"),
            *(word for name in sources for word in ("-stream_loop", "3", "-i", str(MEDIA / name))),
            *("-f", "lavfi", "-i", "anoisesrc=color=pink:amplitude=0.1:duration=60:sample_rate=48000:seed=1"),
            *("-filter_complex", f"[0:v]{half}[a];[1:v]{half}[b];[a][b]concat=n=2[v]", "-map", "[v]", "-map", "2:a"),
            *("-c:v", "libx264", "-preset", "veryfast", "-g", "120", "-b:v", "6400k", "-maxrate", "9000k"),
            *("-bufsize", "12000k", "-ac", "2", "-c:a", "aac", "-b:a", "128k", "-t", "60", "-movflags", "+faststart"),
            str(part),
        ],
        check=True,
    )
    return part.rename(target)


@functools.cache
def measured(path: Path) -> Media:
    """What is in a file: the true duration where the header has none, the size upright, the track that is shown."""
    return asyncio.run(probe(path))
