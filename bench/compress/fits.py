"""Does every clip fit, and play? One row a clip and limit: limit, size, fill, seconds, picture size.

Every clip of ../shared/media but the damaged ones. Where a limit is out of reach, the row names the least that works,
and the row under it proves it. `plays` is FFmpeg decoding the result to its end without a word.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.compress.clips import MEDIA

from nemovideo import AsyncNemoClient, CompressResult, NemoError, TargetNotMet
from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.protocol.compress import Codec, Effort

__all__ = ["Wish", "complaint", "fits"]

HEAD = f"{'clip':<34} {'limit':>9} {'size':>9} {'fill':>6} {'seconds':>7} {'picture':>10}  plays"


@dataclass(frozen=True)
class Wish:
    """What every row has in common."""

    codec: Codec
    effort: Effort
    folder: Path


@dataclass(frozen=True)
class Row:
    """One compression that was tried."""

    clip: Path
    limit: int
    seconds: float
    result: CompressResult | None
    least: int | None = None
    complaint: str = ""
    label: str = ""

    @property
    def fill(self) -> float | None:
        return self.result.size / self.limit if self.result else None

    def __str__(self) -> str:
        name = (self.label or self.clip.name)[:34]
        if self.result is None:
            why = f"out of reach, least {self.least}" if self.least else self.complaint
            return f"{name:<34} {self.limit:>9} {'-':>9} {'-':>6} {self.seconds:>7.2f} {'-':>10}  {why}"
        picture = f"{self.result.width}x{self.result.height}"
        fill = f"{self.fill:>6.3f}" if self.result.size <= self.limit else "  OVER"
        return (
            f"{name:<34} {self.limit:>9} {self.result.size:>9} {fill} {self.seconds:>7.2f} {picture:>10}"
            f"  {self.complaint or 'yes'}"
        )


async def fits(names: list[str], shares: list[float], wish: Wish) -> int:
    """Try and print; 1 when a row is over its limit, does not play, or an error had no way out."""
    rows: list[Row] = []
    print(f"codec {wish.codec}, effort {wish.effort}\n{HEAD}")
    async with AsyncNemoClient.local() as client:
        for clip in chosen(names):
            for share in shares:
                limit = int(clip.stat().st_size * share / 100)
                rows.append(await attempt(client, clip, limit, wish))
                print(rows[-1], flush=True)
                if rows[-1].least:
                    proof = await attempt(client, clip, rows[-1].least, wish, label="  the least, tried")
                    rows.append(proof)
                    print(proof, flush=True)
    return summary(rows)


def chosen(names: list[str]) -> list[Path]:
    """The clips that are named, else every one that is whole and has a picture."""
    if names:
        return [Path(name) if Path(name).exists() else MEDIA / name for name in names]
    return sorted(path for path in MEDIA.iterdir() if path.suffix != ".md" and not path.name.startswith("err_"))


async def attempt(client: AsyncNemoClient, clip: Path, limit: int, wish: Wish, *, label: str = "") -> Row:
    """Compress once; whatever comes is a row."""
    target = wish.folder / f"{clip.stem}.mp4"
    begun = time.perf_counter()
    try:
        result = await client.compress(
            clip, target, max_bytes=limit, codec=wish.codec, effort=wish.effort, overwrite=True
        )
    except TargetNotMet as error:
        return Row(clip, limit, time.perf_counter() - begun, None, error.least_bytes, "no least named", label)
    except NemoError as error:
        return Row(clip, limit, time.perf_counter() - begun, None, None, f"{type(error).__name__}: {error}", label)
    seconds = time.perf_counter() - begun
    return Row(clip, limit, seconds, result, None, await asyncio.to_thread(complaint, Path(result.path)), label)


def complaint(path: Path) -> str:
    """What FFmpeg has to say when it decodes the whole file; nothing, when all is well."""
    command = [str(find_ffmpeg()), "-nostdin", "-v", "error", "-i", f"file:{path}"]
    command += ["-enc_time_base", "demux", "-f", "null", "-"]  # by frame rate, a VFR clip's frames would share a tick
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return " ".join(done.stderr.split())[:80] or (
        "" if done.returncode == 0 else f"FFmpeg ended with {done.returncode}"
    )


def summary(rows: list[Row]) -> int:
    """Print the totals."""
    made = [row for row in rows if row.result is not None]
    bad = [row for row in made if row.complaint or (row.fill or 0) > 1]
    lost = [row for row in rows if row.result is None and row.least is None]
    fills = [row.fill for row in made if row.fill is not None]
    least = sum(row.least is not None for row in rows)
    print(
        f"\n{len(made)} made, {least} out of reach, {len(bad)} over or broken, {len(lost)} failed; "
        f"fill median {statistics.median(fills) if fills else 0:.3f}, least {min(fills, default=0):.3f}; "
        f"{sum(row.seconds for row in rows):.1f} s in all"
    )
    return 1 if bad or lost else 0
