"""The interface between the engine's queue and whatever encodes.

Paths and plain values only: an order can cross to another machine as JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from nemovideo.engine.media.compose.composition import Composition
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.plan import Plan

__all__ = ["Executor", "Facts", "PlanOrder", "RenderOrder", "RenderResult", "SOUNDS"]

SOUNDS = frozenset({"mp3", "m4a", "wav", "aac"})
"""Containers of results without a picture."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file is: kind "video", "audio" or "image"; duration in seconds; the displayed size in pixels; codecs."""

    kind: str
    duration: float | None
    width: int | None
    height: int | None
    fps: float | None
    codec: str | None = None
    audio_codec: str | None = None


@dataclass(frozen=True, slots=True)
class RenderOrder:
    """One encode.

    Attributes:
        source: is only read; of a timeline, its first.
        target: appears when it is whole.
        container: its suffix, which says what is made: a film, a "gif", or sound alone.
        work: an empty private folder.
        composition: what is to be put together first, out of `sources`, by hash; None where `source` itself is meant.
        notes: what was found already, for the report.
    """

    source: Path
    target: Path
    request: CompressRequest
    container: str
    work: Path
    composition: Composition | None = None
    sources: dict[str, Path] = field(default_factory=dict[str, Path])
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """What a render of the whole `source` to `request` would do; `work` is an empty private folder for samples."""

    source: Path
    request: CompressRequest
    container: str
    work: Path


@dataclass(frozen=True, slots=True)
class RenderResult:
    """What came out: size in bytes, duration in seconds, and the report that travels with it."""

    size: int
    duration: float
    report: dict[str, Any]
    """notes, plan, quality (spec, section 10); plan["result"] describes the file."""


class Executor(Protocol):
    """Looks at files, plans and renders. Cancelling kills what was started and waits until that is gone."""

    async def inspect(self, path: Path) -> Facts:
        """Look at a file.

        Raises:
            UnsupportedFile: it is no media.
            DamagedFile: its structure is broken.
        """
        ...

    async def plan(self, order: PlanOrder) -> Plan:
        """Foresee what a render would make, without making it.

        Raises:
            NemoError: NoPicture, DamagedFile, DiskFull, FFmpegMissing, EngineError.
        """
        ...

    async def render(self, order: RenderOrder, on_progress: Callable[[float], None]) -> RenderResult:
        """Render; `on_progress` takes 0..1.

        Raises:
            NemoError: TargetNotMet, NoPicture, DamagedFile, DiskFull, FFmpegMissing, EngineError.
        """
        ...
