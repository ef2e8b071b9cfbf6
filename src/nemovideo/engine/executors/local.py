"""Renders on this machine, by the media layer, in the engine's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nemovideo.engine.executors.executor import SOUNDS, Facts, PlanOrder, RenderOrder, RenderResult
from nemovideo.engine.media.compose.compose import compose
from nemovideo.engine.media.compose.words import words
from nemovideo.engine.media.fit import FitReport, fit
from nemovideo.engine.media.forecast import foresee
from nemovideo.engine.media.gif import make_gif
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe
from nemovideo.engine.media.progress import Monotone
from nemovideo.engine.media.soundtrack import extract_sound
from nemovideo.errors import NemoError
from nemovideo.protocol.plan import Plan

__all__ = ["LocalExecutor"]

_COMPOSING = 0.35
"""Share of a render that putting its timeline together takes: one decode and a quick encode of several."""
_REMEMBERED = 64  # files whose facts are kept between upload and render


class LocalExecutor:
    """FFmpeg here."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int, int, int], Media] = {}

    async def inspect(self, path: Path) -> Facts:
        """Probe a file in a jailed process of its own."""
        media = await self._media(path)
        return Facts(
            media.kind,
            media.duration or None,
            media.width or None,
            media.height or None,
            media.fps or None,
            media.video.codec if media.video else None,
            media.audio.codec if media.audio else None,
        )

    async def plan(self, order: PlanOrder) -> Plan:
        """Look and sample, as a render would begin, and stop there."""
        return await foresee(await self._media(order.source), order.request, order.container, order.work)

    async def render(self, order: RenderOrder, on_progress: Callable[[float], None]) -> RenderResult:
        """Put the timeline together where there is one, and bring the source, or that, under its request."""
        if order.composition is None:
            report = await _result(await self._media(order.source), order, order.work, on_progress)
            return RenderResult(report.size, report.duration, _report(report, order.notes))
        progress = Monotone(on_progress)
        parts, work = order.work / "parts", order.work / "result"
        for folder in (parts, work):
            await asyncio.to_thread(folder.mkdir)
        sources = {src: await self._media(path) for src, path in order.sources.items()}
        film = order.container not in SOUNDS
        made = await compose(order.composition, sources, parts, progress.part(0.0, _COMPOSING), picture=film)
        try:
            report = await _result(made.media, order, work, progress.part(_COMPOSING, 1.0))
        except NemoError as error:  # nobody knows our intermediate by its name
            error.message = _capital(error.message.replace(made.media.path.name, "the timeline"))
            raise
        notes = (*words(order.composition, sources, picture=film), *order.notes, *made.notes)
        return RenderResult(report.size, report.duration, _report(report, notes))

    async def _media(self, path: Path) -> Media:
        status = await asyncio.to_thread(path.stat)
        key = (str(path), status.st_size, status.st_mtime_ns, status.st_ino)
        if (media := self._seen.get(key)) is None:
            media = await probe(path)
            while len(self._seen) >= _REMEMBERED:
                self._seen.pop(next(iter(self._seen)))
            self._seen[key] = media
        return media


async def _result(source: Media, order: RenderOrder, work: Path, on_progress: Callable[[float], None]) -> FitReport:
    """Make what the container says: a film, a GIF, or sound alone."""
    target, request, container = order.target, order.request, order.container
    if container == "gif":
        return await make_gif(source, target, request, work=work, on_progress=on_progress)
    if container in SOUNDS:
        return await extract_sound(source, target, request, container=container, work=work, on_progress=on_progress)
    return await fit(source, target, request, container=container, work=work, on_progress=on_progress)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _report(report: FitReport, notes: tuple[str, ...]) -> dict[str, Any]:
    result = {
        "width": report.width,
        "height": report.height,
        "fps": report.fps,
        "codec": report.codec,
        "audio_codec": report.audio_codec,
        "duration": report.duration,
    }
    plan: dict[str, Any] = {**report.plan, "result": result}
    return {"notes": [*notes, *report.notes], "plan": plan, "quality": report.quality}
