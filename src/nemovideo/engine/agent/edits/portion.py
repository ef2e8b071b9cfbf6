"""The segments that an edit is done to: of some clips, or of a stretch of them, which is split off for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips
from nemovideo.engine.agent.edits.edit import Refused, Scene
from nemovideo.engine.agent.edits.pieces import beginning, ending, laid, parted
from nemovideo.engine.agent.edits.scope import stretches
from nemovideo.engine.agent.edits.timeline import AUDIO, VIDEO, segments, with_segments
from nemovideo.engine.agent.language import Said
from nemovideo.engine.agent.spans import Span
from nemovideo.engine.agent.spoken import stretch
from nemovideo.engine.wire import JsonObject

__all__ = ["Portion", "portion", "told_portion"]


@dataclass(frozen=True, slots=True)
class Portion:
    """A draft in which `places` are the segments of a kind that are meant, from 0; `stretch` is what was split off."""

    draft: JsonObject
    places: frozenset[int]
    stretch: tuple[int, int] | None = None


def portion(scene: Scene, clips: Clips = ALL, span: Span | None = None, kind: int = VIDEO) -> Portion | Refused:
    """Find them; refused where there is no such clip or where the span lies beyond the end.

    Of the sound's own tracks (`AUDIO`) all segments are meant, whatever the clips are.
    """
    if span is None:
        found = clips.places(scene.draft) if kind == VIDEO else frozenset(range(len(segments(scene.draft, kind))))
        return Portion(scene.draft, found) if found else clips.missing(scene.draft)
    bounds = stretches(scene, [span], clips)
    if isinstance(bounds, Refused):
        return bounds
    start, end = bounds[0]
    pieces = parted(parted(laid(scene.draft, kind, scene.uploads), start), end)
    inside = frozenset(n for n, one in enumerate(pieces) if start <= beginning(one) and ending(one) <= end)
    if not inside:
        return _silent_there(start, end) if kind == AUDIO else clips.missing(scene.draft)
    return Portion(with_segments(scene.draft, kind, pieces), inside, (start, end))


def told_portion(clips: Clips, part: Portion) -> Said:
    """As a sentence names it: "the video", "clip 2", "0:02–0:05"."""
    if part.stretch is None:
        return clips.told()
    told = stretch(*part.stretch)
    return {"en": told, "zh": f" {told} "}


def _silent_there(start: int, end: int) -> Refused:
    told = stretch(start, end)
    return Refused(
        "no_music",
        {
            "en": f"No music plays at {told}, so nothing was changed. Name a time at which it does.",
            "zh": f"{told} 没有音乐，没有改动。请指出有音乐的时间。",
        },
    )
