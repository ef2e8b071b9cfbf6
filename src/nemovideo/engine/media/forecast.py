"""What an encode would give, told without encoding: the same analysis, and a trial where the film is short."""

from __future__ import annotations

import asyncio
from pathlib import Path

from nemovideo.engine.media import normalise
from nemovideo.engine.media.analysis import Analysis, analyse, best
from nemovideo.engine.media.audio import plan_sound
from nemovideo.engine.media.coders import PLEASING_CRF
from nemovideo.engine.media.controller import passes
from nemovideo.engine.media.encode import Job
from nemovideo.engine.media.entry import keeps, refuse, refuse_small
from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.engine.media.floor import least
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import more_than_source
from nemovideo.engine.media.rungs import Picture, ladder
from nemovideo.engine.media.search import Search
from nemovideo.protocol.compress import CompressRequest, Effort
from nemovideo.protocol.plan import Plan

__all__ = ["foresee"]

_FILL = 0.985
"""Share of its limit that a result takes."""
_GAIN: dict[Effort, float] = {"fast": 0.5, "balanced": 2.5, "best": 3.5}
"""VMAF that an effort's presets bring over the samples' veryfast."""
_DEARER: dict[Effort, float] = {"fast": 0.9, "balanced": 2.2, "best": 5.0}
"""Time of an effort's encode over that of the samples, for the same pixels and threads."""
_FIXED = 0.7
"""Seconds that starting programs, verifying and naming take at least."""


async def foresee(source: Media, request: CompressRequest, container: str, work: Path) -> Plan:
    """Plan a compression without doing it.

    Args:
        source: what `probe` found.
        request: the wish.
        container: suffix of the result.
        work: an empty folder; the caller removes it.

    Returns:
        The plan; "impossible" with `least_bytes` where no encode fits.

    Raises:
        NoPicture, UnsupportedFile, UsageError, EngineError, DiskFull, FFmpegMissing: as `fit` does.
    """
    work = await asyncio.to_thread(work.absolute)
    await asyncio.to_thread(find_ffmpeg)
    source = source.with_every_sound() if request.audio_tracks == "all" else source
    refuse(source, request, container)
    if kept := keeps(source, request, container):
        return _kept(source, request, kept, container)
    refuse_small(source, request)
    limit = request.max_bytes
    if limit is None:
        return _pleasing(source, request, container, work)
    analysis = await analyse(source, request, container, work, limit, judge=True)
    if analysis.choice.starved:
        return await _starved(source, request, container, work, limit)
    return _encode(source, request, container, work, analysis)


def _kept(source: Media, request: CompressRequest, action: str, container: str) -> Plan:
    said = "the source fits already: it is handed back as it is"
    if action == "remux":
        said = f"the source fits already: only its container is changed, from {source.container} to {container}"
    return Plan(
        action="keep" if action == "keep" else "remux",
        limit=request.max_bytes,
        size=source.size,
        quality=100.0,
        seconds=0.1 + source.size / 200e6,
        width=source.width,
        height=source.height,
        fps=source.fps,
        duration=source.duration,
        codec=source.video.codec if source.video else "",
        audio="sound kept as it is" if source.audio else "no sound",
        notes=(said,),
    )


def _pleasing(source: Media, request: CompressRequest, container: str, work: Path) -> Plan:
    picture = ladder(source, request)[0]
    sound = plan_sound(source, request, container, None)
    job = Job(media=source, request=request, container=container, work=work, picture=picture, sound=sound)
    note = f"constant quality (CRF {PLEASING_CRF[request.codec]}), no limit named"
    return _plan(source, request, job, passes=1, notes=(note,))


async def _starved(source: Media, request: CompressRequest, container: str, work: Path, limit: int) -> Plan:
    """By the one encode that proves it: the smallest picture there is, which takes little more than reading."""
    begun = asyncio.get_running_loop().time()
    search = Search(source, request, container, work, lambda _: None)
    lowest, sound = await least(search)
    took = asyncio.get_running_loop().time() - begun
    fits = lowest.size <= limit
    said = "the limit leaves room for little more than the smallest picture" if fits else "the smallest picture is over"
    job = search.job(lowest.picture, sound)
    plan = _plan(source, request, job, passes=1 if fits else 0, size=lowest.size, seconds=took, notes=(said,))
    return plan if fits else plan.model_copy(update={"action": "impossible", "least_bytes": lowest.size})


def _encode(source: Media, request: CompressRequest, container: str, work: Path, analysis: Analysis) -> Plan:
    choice, picture, limit = analysis.choice, analysis.choice.picture, analysis.limit
    job = Job(media=source, request=request, container=container, work=work, picture=picture, sound=analysis.sound)
    video = source.video
    assert video is not None  # noqa: S101  # refuse() has seen to it
    most = more_than_source(source, request.codec, picture)
    size = int(min(limit * _FILL, most + choice.budget.audio + choice.budget.overhead))
    judged = best(analysis.judged) if analysis.judged else None
    quality = min(100.0, judged.vmaf + _GAIN[request.effort]) if judged else None
    seconds = _seconds(analysis, source, request) if judged else None
    notes = (analysis.words, *_said(source, request, picture))
    return _plan(
        source, request, job, passes=passes(source, request), size=size, quality=quality, seconds=seconds, notes=notes
    )


def _seconds(analysis: Analysis, source: Media, request: CompressRequest) -> float:
    judged, frames = best(analysis.judged), analysis.choice.picture.frames(source)
    reading = analysis.samples.pace if analysis.samples else 0.0
    return _FIXED + frames * (2 * reading + judged.pace * _DEARER[request.effort] / 1.8)


def _said(source: Media, request: CompressRequest, picture: Picture) -> list[str]:
    said = [f"picture made smaller ({picture.rung:g} of the allowed size): it looks better at this size"]
    said = said if picture.rung < 1 else []
    if picture.fps is not None:
        said.append(f"pictures a second reduced to {picture.fps:.3g}")
    return said + normalise.notes(source, keep_hdr=request.keep_hdr and request.codec != "h264")


def _plan(
    source: Media,
    request: CompressRequest,
    job: Job,
    *,
    passes: int,
    notes: tuple[str, ...],
    size: int | None = None,
    quality: float | None = None,
    seconds: float | None = None,
) -> Plan:
    picture, sound = job.picture, job.sound
    taken = None if size is None else max(0, size - sound.bytes)
    return Plan(
        action="encode",
        limit=request.max_bytes,
        size=size,
        quality=None if quality is None else round(quality, 1),
        seconds=None if seconds is None else round(seconds, 1),
        width=picture.width,
        height=picture.height,
        fps=round(picture.fps or source.fps, 3),
        duration=round(source.duration, 3),
        codec=request.codec,
        preset=job.preset,
        passes=passes,
        video_kbps=0.0 if taken is None else round(taken * 8e-3 / max(source.duration, 0.02), 1),
        audio=sound.words(),
        notes=notes,
    )
