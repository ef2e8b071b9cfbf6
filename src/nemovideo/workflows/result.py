"""What a compression gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.json import JSON

__all__ = ["CompressResult"]


@dataclass(frozen=True, slots=True)
class CompressResult:
    """One video that fits.

    Attributes:
        path: where it lies; the source itself where nothing had to be done and no output was named.
        size, original_size, limit: bytes; the original's is None for a URL whose size was not told.
        ratio: size over original size.
        skipped: whether the source fitted already and nothing was encoded.
        duration: seconds. width, height: pixels as displayed. fps: frames a second.
        codec, audio_codec: as in "h264", "aac"; None where unknown, or for no sound.
        quality: {"vmaf": mean, "vmaf_p5": 5th percentile} where it was measured.
        notes: every choice that was made, in words.
        timeline: the session's draft.
        session_id, render_id: what was made on the backend; None where it was not asked.
        timings: seconds in each phase.
    """

    path: Path
    size: int
    original_size: int | None
    limit: int
    skipped: bool = False
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    codec: str | None = None
    audio_codec: str | None = None
    quality: JSON = None
    notes: tuple[str, ...] = ()
    timeline: Timeline | None = None
    session_id: str | None = None
    render_id: str | None = None
    timings: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def ratio(self) -> float | None:
        """Size over original size."""
        return self.size / self.original_size if self.original_size else None

    def to_json(self) -> dict[str, JSON]:
        """The result as plain JSON values."""
        return {
            "path": str(self.path),
            "size": self.size,
            "original_size": self.original_size,
            "limit": self.limit,
            "ratio": self.ratio,
            "skipped": self.skipped,
            "duration": self.duration,
            "width": self.width,
            "height": self.height,
            "fps": self.fps,
            "codec": self.codec,
            "audio_codec": self.audio_codec,
            "quality": self.quality,
            "notes": list(self.notes),
            "timeline": self.timeline.summary if self.timeline else None,
            "session_id": self.session_id,
            "render_id": self.render_id,
            "timings": {phase: round(seconds, 3) for phase, seconds in self.timings.items()},
        }
