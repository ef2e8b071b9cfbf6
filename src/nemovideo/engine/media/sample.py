"""A clip to try things with: moving shapes and a chord, from FFmpeg's own sources."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from nemovideo.engine.media.ffmpeg import THREADS, find_ffmpeg, head
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.verify import deliver
from nemovideo.errors import EngineError, OutputNotWritable

__all__ = ["make_sample"]

_CHORD = "0.12*(sin(2*PI*220*t)+sin(2*PI*277.18*t)+sin(2*PI*329.63*t))*(0.6+0.4*sin(2*PI*0.5*t))"


async def make_sample(target: Path, *, seconds: float = 10) -> None:
    """Write a 720p clip with sound to `target` (.mp4), some 1 MB a second, replacing what is there.

    Args:
        target: the path; its folder must exist.
        seconds: how long it lasts.

    Raises:
        OutputNotWritable: the folder is missing or may not be written.
        EngineError, DiskFull, FFmpegMissing: as they say.
    """
    target = await asyncio.to_thread(target.absolute)
    await asyncio.to_thread(find_ffmpeg)
    try:
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix=".nemovideo-", dir=target.parent)
    except OSError as error:
        raise OutputNotWritable(f"{target.parent} cannot be written: {error.strerror}") from error
    try:
        made = Path(folder.name, "sample.mp4")
        await _render(made, seconds)
        await deliver(made, target)
    finally:
        await asyncio.to_thread(folder.cleanup)


async def _render(made: Path, seconds: float) -> None:
    # Both are drawn small and made large: drawn at full size they take longer than the whole of the encode.
    sky = "gradients=s=320x180:r=30:c0=0x1b2a49:c1=0xe4572e:c2=0xf3a712:c3=0x29335c:nb_colors=4:speed=0.02:seed=7"
    shapes = "life=s=160x90:r=10:mold=12:life_color=0xfff4d6:death_color=0x2e4a7d:seed=11"
    graph = (
        "[1:v]fps=30,format=gbrp[b];[0:v]scale=160:90,format=gbrp[a];[a][b]blend=all_mode=softlight,format=yuv420p,"
        "scale=1280:720:flags=neighbor,noise=alls=9:allf=t[v]"
    )
    command = [
        *head(),
        *("-f", "lavfi", "-i", sky, "-f", "lavfi", "-i", shapes),
        *("-f", "lavfi", "-i", f"aevalsrc={_CHORD}|{_CHORD}:s=48000", "-filter_complex", graph),
        *("-map", "[v]", "-map", "2:a", "-t", f"{seconds:.3f}", "-threads", str(THREADS)),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-b:v", "8M", "-pix_fmt", "yuv420p"),
        *(
            "-c:a",
            "aac",
            "-b:a",
            "128k",
            "-movflags",
            "+faststart",
            "-fflags",
            "+bitexact",
            "-f",
            "mp4",
            f"file:{made}",
        ),
    ]
    outcome = await run(command, limits=Limits(wall=120 + 20 * seconds), on_step=lambda _: None)
    if outcome.code != 0:
        raise EngineError(f"FFmpeg could not make a sample: {outcome.why()}")
