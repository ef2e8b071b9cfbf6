"""How much of the picture is left: VMAF of the result against the source, made comparable the same way."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from nemovideo.engine.media import normalise
from nemovideo.engine.media.ffmpeg import THREADS, head, opened
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.rungs import Picture

__all__ = ["measure"]


async def measure(
    source: Media,
    result: Path,
    container: str,
    picture: Picture,
    work: Path,
    *,
    every: int = 1,
    hdr: bool = False,
    threads: int = THREADS,
) -> dict[str, float] | None:
    """Mean and 5th percentile of VMAF at the source's displayed size, the result scaled up bicubic.

    Args:
        source: the reference; turned, tone-mapped and deinterlaced as for the encode.
        result: the file to judge.
        container: its suffix.
        picture: what it was encoded at.
        work: folder for the log.
        every: judge each n-th picture.
        hdr: whether the result kept the source's high dynamic range; it is judged as ordinary screens show it.
        threads: of the judge.

    Pictures are compared in their order, not by their times, which containers round: both sides were dropped by the
    same rule. Where that rule left one out because it had no time of its own, the last ones go unjudged.

    Returns:
        {"vmaf": mean, "vmaf_p5": 5th percentile}, or None where this FFmpeg has no libvmaf.
    """
    video = source.video
    if video is None:
        return None
    full = replace(picture, width=source.width // 2 * 2, height=source.height // 2 * 2)
    reference = normalise.chain(source, full)
    log = f"{result.stem}-vmaf.json"
    judge = f"libvmaf=log_fmt=json:log_path={log}:n_threads={threads}:n_subsample={every}:shortest=1"
    graph = (
        f"[0:v:0]{_shown(source, full, hdr=hdr)},settb=1/25,setpts=N[d];"
        f"[1:{video.index}]{reference},settb=1/25,setpts=N[r];[d][r]{judge}"
    )
    demuxer = "matroska" if container in {"mkv", "webm"} else "mov"
    command = [
        *head(),
        *opened(result, demuxer),
        *opened(source.path, source.demuxer, decoder=normalise.decoder(video)),
        *("-filter_complex", graph, "-fps_mode", "passthrough", "-f", "null", "-"),
    ]
    outcome = await run(command, limits=Limits(wall=600 + 60 * source.duration), cwd=work, on_step=lambda _: None)
    written = work / log
    if outcome.code != 0 or not await asyncio.to_thread(written.is_file):
        return None
    scores = sorted(_scores(await asyncio.to_thread(written.read_text)))
    if not scores:
        return None
    return {"vmaf": round(sum(scores) / len(scores), 2), "vmaf_p5": round(scores[int(0.05 * len(scores))], 2)}


def _shown(source: Media, full: Picture, *, hdr: bool) -> str:
    """The filters that bring the result to the displayed size, and to an ordinary screen."""
    video = source.video
    if hdr and video is not None:
        upright = replace(video, sar=(1, 1), rotation=0, interlaced=False, alpha=False, vfr=True)
        return normalise.chain(replace(source, video=upright), replace(full, fps=None))
    return f"scale=w={full.width}:h={full.height}:flags=bicubic,format=yuv420p,setsar=1"


def _scores(log: str) -> list[float]:
    return [float(frame["metrics"]["vmaf"]) for frame in json.loads(log)["frames"]]
