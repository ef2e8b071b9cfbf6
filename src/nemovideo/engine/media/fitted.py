"""What the controller hands on: a file under the limit and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import Picture

__all__ = ["Fitted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A file under the limit, before it is verified and named."""

    file: Path
    size: int
    action: str
    frames: int
    duration: float
    width: int
    height: int
    fps: float
    codec: str
    audio_codec: str | None
    picture: Picture
    notes: tuple[str, ...]
    lost: int = 0
    """Pictures of the source that could not be decoded, or had the time of another: recordings that begin midway."""
    plan: dict[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def of_source(cls, source: Media, file: Path, action: str, notes: tuple[str, ...]) -> Fitted:
        """The source's own picture in `file`."""
        video = source.video
        return cls(
            file=file,
            size=source.size,
            action=action,
            frames=video.frames if video else 0,
            duration=source.duration,
            width=source.width,
            height=source.height,
            fps=source.fps,
            codec=video.codec if video else "",
            audio_codec=source.audio.codec if source.audio else None,
            picture=Picture(source.width, source.height),
            notes=notes,
        )
