"""What a render's report tells of its result, and what is said of a source that was handed back without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from nemovideo.protocol.json import JSON, mapping, sequence
from nemovideo.protocol.lifecycle import Render

__all__ = ["Report"]

_IDENTICAL: JSON = {"vmaf": 100.0, "vmaf_p5": 100.0}
_NOT_MEASURED = "quality not measured: every picture is the source's own"


@dataclass(frozen=True, slots=True)
class Report:
    """A report as far as it is known; empty where the backend gives none.

    Attributes:
        kept: whether the engine handed the source back without encoding it.
        file: what the result is: its size in pixels, codecs, duration.
        notes: every choice, in words.
        quality: as measured.
    """

    kept: bool = False
    file: Mapping[str, JSON] = field(default_factory=dict[str, JSON])
    notes: tuple[str, ...] = ()
    quality: JSON = None

    @classmethod
    def of(cls, render: Render | None) -> Self:
        """What came with a render."""
        told = mapping(render.report if render else None)
        plan = mapping(told.get("plan"))
        notes = tuple(str(note) for note in sequence(told.get("notes")))
        return cls(plan.get("action") == "keep", mapping(plan.get("result")), notes, told.get("quality"))

    def of_source(self, note: str, *, measured: bool) -> Report:
        """The same of a source that is its own result: `note` where nothing else is told, its quality if `measured`."""
        notes, quality = self.notes or (note,), self.quality
        if measured and quality is None:
            notes, quality = (*notes, _NOT_MEASURED), _IDENTICAL
        return replace(self, kept=True, notes=notes, quality=quality)
