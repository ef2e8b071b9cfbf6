"""Another frame rate: "make it 30 fps", 「改成30帧」. Its opposite is the former rate."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.timeline import VIDEO, meta, segments, with_meta
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.wording import compressing, forbidden, holds_request

__all__ = ["FPS", "Fps"]

_RATE = Pattern(
    r"(?<![a-z0-9.])(\d{1,3}(?:\.\d{1,3})?)\s*(?:fps\b|frames\s+(?:a|per|/)\s*(?:second|s)\b|帧)"
    r"|\b(?:frame\s?rate|fps)\s+(?:to|of|at|is)\s+(\d{1,3}(?:\.\d{1,3})?)|(?:帧率|帧数)\D{0,5}?(\d{1,3}(?:\.\d{1,3})?)"
)
_NATIVE = Pattern(r"\boriginal\s+(?:frame\s?rate|fps)\b|原(?:来|始)?的?帧率")
_NOT = Pattern(r"\b(?:gif|first|last|frame\s+\d)\b|第\s*\d+\s*帧|前\s*\d+\s*帧")
_LEAST, _MOST = 1.0, 240.0  # a player's patience, and what cameras record


@dataclass(frozen=True, slots=True)
class Fps:
    """Give the canvas a frame rate; None is that of the first clip."""

    fps: float | None

    def apply(self, scene: Scene) -> Done | Refused:
        """Set it."""
        if not segments(scene.draft, VIDEO):
            return ALL.missing(scene.draft)
        source = _source(scene)
        fps = self.fps if self.fps is not None else source
        if fps is None or not _LEAST <= fps <= _MOST:
            return Refused(
                "fps_range",
                {
                    "en": f"A frame rate goes from {_LEAST:g} to {_MOST:g} fps. Name one in that range.",
                    "zh": f"帧率范围是 {_LEAST:g} 到 {_MOST:g}，请在其中选一个。",
                },
            )
        if source is not None and fps > source + 0.5:
            return Refused(
                "not_more_frames",
                {
                    "en": f"It stays at {source:.4g} fps: the source has no more pictures a second to show.",
                    "zh": f"保持 {source:.4g} 帧：源视频每秒没有更多画面。",
                },
            )
        draft = with_meta(scene.draft, fps=fps)
        return Done(draft, {"en": f"It has {fps:.4g} fps now.", "zh": f"帧率现在是 {fps:.4g}。"})

    def inverse(self, scene: Scene) -> Edit:
        """The former rate."""
        return former(scene, keys=("fps",))


def _source(scene: Scene) -> float | None:
    """The highest rate among the clips on the timeline."""
    shown = {meta(one).get("src") for one in segments(scene.draft, VIDEO)}
    return max((one.fps for one in scene.uploads if one.hash in shown and one.fps), default=None)


def _read(clause: Clause, scene: Scene) -> Fps | None:
    text = clause.text
    if compressing(text) or holds_request(scene.draft) or _NOT.search(text):
        return None
    if _NATIVE.search(text):
        return Fps(None)
    if (said := _RATE.search(text)) is None or forbidden(text, said.start()):
        return None
    return Fps(float(next(group for group in said.groups() if group)))


FPS = EditKind("fps", _read, {"en": 'change the frame rate: "make it 24 fps"', "zh": "改帧率：“改成24帧”"})
