"""Renders on this machine, by the media layer, in the engine's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nemovideo.engine.executors.executor import Facts, RenderOrder, RenderResult
from nemovideo.engine.media.fit import FitReport, fit
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe

__all__ = ["LocalExecutor"]

_REMEMBERED = 64  # files whose facts are kept between upload and render


class LocalExecutor:
    """FFmpeg here."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int, int, int], Media] = {}

    async def inspect(self, path: Path) -> Facts:
        """Probe a file in a jailed process of its own."""
        media = await self._media(path)
        return Facts(media.kind, media.duration or None, media.width or None, media.height or None, media.fps or None)

    async def render(self, order: RenderOrder, on_progress: Callable[[float], None]) -> RenderResult:
        """Bring the source under its request."""
        media = await self._media(order.source)
        report = await fit(
            media,
            order.target,
            order.request,
            container=order.container,
            work=order.work,
            on_progress=on_progress,
        )
        return RenderResult(report.size, report.duration, _report(report))

    async def _media(self, path: Path) -> Media:
        status = await asyncio.to_thread(path.stat)
        key = (str(path), status.st_size, status.st_mtime_ns, status.st_ino)
        if (media := self._seen.get(key)) is None:
            media = await probe(path)
            while len(self._seen) >= _REMEMBERED:
                self._seen.pop(next(iter(self._seen)))
            self._seen[key] = media
        return media


def _report(report: FitReport) -> dict[str, Any]:
    result = {
        "width": report.width,
        "height": report.height,
        "fps": report.fps,
        "codec": report.codec,
        "audio_codec": report.audio_codec,
        "duration": report.duration,
    }
    plan: dict[str, Any] = {**report.plan, "result": result}
    return {"notes": list(report.notes), "plan": plan, "quality": report.quality}
