"""How much of the picture is left: VMAF of the result against the source, made comparable the same way."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from nemovideo.engine.media import normalise
from nemovideo.engine.media.ffmpeg import THREADS, head, opened
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import Picture
from nemovideo.engine.media.process import Limits, run

__all__ = ["measure"]

_LOG = "vmaf.json"


async def measure(
    source: Media, result: Path, container: str, picture: Picture, work: Path, *, every: int = 1
) -> dict[str, float] | None:
    """Mean and 5th percentile of VMAF at the source's displayed size, the result scaled up bicubic.

    Args:
        source: the reference; turned, tone-mapped and deinterlaced as for the encode.
        result: the file to judge.
        container: its suffix.
        picture: what it was encoded at.
        work: folder for the log.
        every: judge each n-th picture.

    Returns:
        {"vmaf": mean, "vmaf_p5": 5th percentile}, or None where this FFmpeg has no libvmaf.
    """
    video = source.video
    if video is None:
        return None
    full = replace(picture, width=source.width // 2 * 2, height=source.height // 2 * 2)
    reference = normalise.chain(source, full)
    distorted = f"scale=w={full.width}:h={full.height}:flags=bicubic,format=yuv420p,setsar=1"
    judge = f"libvmaf=log_fmt=json:log_path={_LOG}:n_threads={THREADS}:n_subsample={every}"
    graph = (
        f"[0:v:0]{distorted},settb=AVTB,setpts=PTS-STARTPTS[d];"
        f"[1:{video.index}]{reference},settb=AVTB,setpts=PTS-STARTPTS[r];[d][r]{judge}"
    )
    demuxer = "matroska" if container in {"mkv", "webm"} else "mov"
    command = [
        *head(),
        *opened(result, demuxer),
        *opened(source.path, source.demuxer, decoder=normalise.decoder(video)),
        *("-filter_complex", graph, "-fps_mode", "passthrough", "-f", "null", "-"),
    ]
    outcome = await run(command, limits=Limits(wall=600 + 60 * source.duration), cwd=work, on_step=lambda _: None)
    log = work / _LOG
    if outcome.code != 0 or not await asyncio.to_thread(log.is_file):
        return None
    scores = sorted(_scores(await asyncio.to_thread(log.read_text)))
    if not scores:
        return None
    return {"vmaf": round(sum(scores) / len(scores), 2), "vmaf_p5": round(scores[int(0.05 * len(scores))], 2)}


def _scores(log: str) -> list[float]:
    return [float(frame["metrics"]["vmaf"]) for frame in json.loads(log)["frames"]]
