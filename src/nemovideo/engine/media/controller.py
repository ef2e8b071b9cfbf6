"""The search for an encode under the limit: analysis, sound, picture, the size on disk, and what is done about it."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from pathlib import Path

from nemovideo.engine.media.analysis import Analysis, analyse, chosen
from nemovideo.engine.media.audio import encode_sound, plan_sound
from nemovideo.engine.media.coders import PLEASING_CRF
from nemovideo.engine.media.encode import Job, TooLarge
from nemovideo.engine.media.fitted import Fitted
from nemovideo.engine.media.floor import from_the_floor
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.moment import BRIEF, by_quality
from nemovideo.engine.media.plan import easy, more_than_source
from nemovideo.engine.media.process import plain_errors
from nemovideo.engine.media.rungs import ladder
from nemovideo.engine.media.search import Search, Share, part
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Controller", "passes"]

_ONCE_FROM = 25.0
"""Seconds from which one pass lands near enough: measured -2 to +7.5 % on 10 s, 0.5 % on 18 s and more."""
_GENEROUS_CRF = 18
"""Quality at which more bits show nothing more: tried first where a limit leaves room for it."""
_GENEROUS = 0.1
"""Bits a pixel that leave room for it."""


class Controller:
    """One search; `run` once."""

    def __init__(self, source: Media, request: CompressRequest, container: str, work: Path, on_share: Share) -> None:
        self._search = Search(source, request, container, work, on_share)

    async def run(self) -> Fitted:
        """Find the best encode that fits.

        Raises:
            TargetNotMet: even the floor encode is over; its size is the least limit that works.
        """
        search = self._search
        limit = search.request.max_bytes
        if limit is None:
            return await self._pleasing()
        analysis = await analyse(search.source, search.request, search.container, search.work, limit)
        if analysis.choice.starved:
            return await from_the_floor(search, limit, untried=True)
        search.notes.append(analysis.words)
        return await self._from_the_top(analysis) or await from_the_floor(search, limit)

    async def _pleasing(self) -> Fitted:
        """No limit: a quality at which no loss is seen."""
        search = self._search
        source, request = search.source, search.request
        sound = await encode_sound(source, plan_sound(source, request, search.container, None), search.work, "sound")
        job = search.job(ladder(source, request)[0], sound)
        crf = PLEASING_CRF[request.codec]
        made = await job.constant(crf, search.name(), search.on_share)
        return search.fitted(job, made, (f"constant quality (CRF {crf}), no limit named",))

    async def _from_the_top(self, analysis: Analysis) -> Fitted | None:
        """The planned picture, then one rung less; None when neither fits."""
        search, choice, limit = self._search, analysis.choice, analysis.limit
        job = replace(search.job(choice.picture, analysis.sound), reorder=choice.reorder)
        if job.picture.frames(search.source) < BRIEF:
            return await self._of_a_moment(job, limit)
        job = replace(job, sound=await encode_sound(search.source, job.sound, search.work, "sound"))
        video = replace(choice.budget, audio=job.sound.bytes).video
        once = passes(search.source, search.request) == 1
        if _generous(job, video):
            made = await self._by_quality_first(job, video, limit)
        else:
            if not once:
                await job.first_pass(search.rate(video), part(search.on_share, 0.05, 0.3))
            made = await search.aimed(job, video, limit, (0.05 if once else 0.3, 0.85), once=once)
        if made:
            return made
        lower = chosen(search.source, search.request, search.container, job.sound, limit, below=choice.picture.rung)
        if lower.picture.rung >= choice.picture.rung or lower.starved:
            return None
        job = replace(job, picture=lower.picture, reorder=lower.reorder)
        await job.first_pass(search.rate(lower.budget.video), part(search.on_share, 0.85, 0.9))
        return await search.aimed(job, int(lower.budget.video * 0.97), limit, (0.9, 0.97))

    async def _by_quality_first(self, job: Job, video: int, limit: int) -> Fitted | None:
        """A high quality in one pass; where it does not fit, its statistics serve a second."""
        search = self._search
        try:
            made = await job.quality_pass(_GENEROUS_CRF, search.name(), part(search.on_share, 0.05, 0.5), limit)
            search.tell(job, made.size)
            taken = made.size if made.payload is None else made.payload - job.sound.bytes
            if made.size <= limit and taken <= more_than_source(search.source, search.request.codec, job.picture):
                return search.fitted(job, made, (f"high quality (CRF {_GENEROUS_CRF}) fits already in one pass",))
            await asyncio.to_thread(made.file.unlink)
        except TooLarge:
            await job.first_pass(search.rate(video), part(search.on_share, 0.3, 0.5))
        return await search.aimed(job, video, limit, (0.5, 0.85))

    async def _of_a_moment(self, job: Job, limit: int) -> Fitted | None:
        """A clip of a few pictures: by quality; None when no quality fits."""
        search = self._search
        with plain_errors():
            job = replace(job, sound=await encode_sound(search.source, job.sound, search.work, "sound"))
            best = await by_quality(job, limit, search.name, lambda made: search.tell(job, made.size))
        return None if best is None else search.fitted(job, best)


def passes(source: Media, request: CompressRequest) -> int:
    """How many times the picture is encoded: once where a person is in a hurry and one pass lands near enough.

    Of a screen one pass does not: it gave still pictures what the moving ones lacked (5th percentile 5, filled 0.64).
    """
    hurry = request.effort == "fast" and request.codec == "h264" and not easy(source)
    return 1 if hurry and source.duration >= _ONCE_FROM else 2


def _generous(job: Job, video: int) -> bool:
    """Whether a limit is so high that a quality decides and not the limit (H.264: one pass leaves statistics)."""
    if job.request.codec != "h264":
        return False
    room = math.inf if job.media.composed else more_than_source(job.media, "h264", job.picture)
    pixels = job.picture.width * job.picture.height * max(1, job.picture.frames(job.media))
    composed = job.media.composed and video * 8 / pixels >= _GENEROUS
    return composed or video >= room
