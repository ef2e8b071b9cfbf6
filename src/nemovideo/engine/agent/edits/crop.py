"""Show a part of the picture: "crop to the left half", "zoom in 2x", 「裁掉上面」「画面放大两倍」."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips, clips_in, each
from nemovideo.engine.agent.edits.boxes import WHOLE, Box, inside, told_box, upright
from nemovideo.engine.agent.edits.canvas import box_of, canvas, native, sized
from nemovideo.engine.agent.edits.croptext import Cropping, cropping_in
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.portion import Portion, portion, told_portion
from nemovideo.engine.agent.edits.timeline import VIDEO, changed, meta, segments
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Span, span_in
from nemovideo.engine.wire import JsonObject

__all__ = ["CROP", "Crop"]

_LEAST = 0.02  # of a side: less is a line and no picture
_NO_CROPPING = Pattern(r"\W*(?:(?:but|with)\s+)?no\s+crop(?:ping)?(?:\s+please)?\W*")


@dataclass(frozen=True, slots=True)
class Crop:
    """Show only `box` of what is shown now: x, y, width, height as shares of it.

    Attributes:
        box: None shows the whole picture again.
        zoom: the canvas stays, and the part fills it; else the canvas becomes the part's own size.
    """

    box: Box | None
    clips: Clips = ALL
    zoom: bool = False
    span: Span | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Cut the picture."""
        part = portion(scene, self.clips, self.span)
        if isinstance(part, Refused):
            return part
        if self.box is None:
            return self._widened(scene, part)
        if not _is_part(self.box):
            return _no_part()
        box = self.box
        draft = each(part.draft, VIDEO, lambda n, one: _cut(one, box) if n in part.places else one)
        if not self.zoom and len(part.places) == len(segments(draft, VIDEO)):
            width, height = canvas(scene)
            draft = sized(draft, width * box[2], height * box[3])
        told, shown = told_portion(self.clips, part), told_box(box)
        return Done(
            draft,
            {
                "en": f"I {'zoomed in on' if self.zoom else 'cropped'} {told['en']}: it shows {shown['en']}.",
                "zh": f"已{'放大' if self.zoom else '裁剪'}{told['zh']}：现在显示{shown['zh']}。",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The parts that were shown, and the canvas."""
        return former(scene, VIDEO, keys=("width", "height"))

    def _widened(self, scene: Scene, part: Portion) -> Done | Refused:
        draft = each(part.draft, VIDEO, lambda n, one: changed(one, crop=None) if n in part.places else one)
        if draft == part.draft:
            return Refused(
                "unchanged",
                {
                    "en": "The picture is not cropped, so it is whole already; nothing was changed.",
                    "zh": "画面没有裁剪过，已经是完整的，没有改动。",
                },
            )
        if len(part.places) == len(segments(draft, VIDEO)):
            width, height = native(Scene(draft, scene.uploads, scene.upload))
            draft = sized(draft, width, height)
        told = told_portion(self.clips, part)
        return Done(draft, {"en": f"I show all of {told['en']} again.", "zh": f"已恢复{told['zh']}的完整画面。"})


def _cut(segment: JsonObject, box: Box) -> JsonObject:
    known = meta(segment)
    part = upright(box, int(known.get("rotate") or 0), str(known.get("flip") or ""))
    return changed(segment, crop=list(inside(box_of(segment), part)))


def _is_part(box: Box) -> bool:
    x, y, width, height = box
    fits = x >= 0 and y >= 0 and x + width <= 1.0001 and y + height <= 1.0001
    return fits and width >= _LEAST and height >= _LEAST and box != WHOLE


def _no_part() -> Refused:
    return Refused(
        "crop_range",
        {
            "en": "That leaves no picture, or is more than there is. Name a part of it, as in “crop 10% off the top”.",
            "zh": "这样裁剪后没有画面，或超出了画面范围。请指出其中一部分，例如“裁掉上面10%”。",
        },
    )


def _is_cropped(scene: Scene) -> bool:
    return any(meta(one).get("crop") for one in segments(scene.draft, VIDEO))


def _read(clause: Clause, scene: Scene) -> Crop | None:
    if _NO_CROPPING.fullmatch(clause.text) and (clause.after == "aspect" or not _is_cropped(scene)):
        return None  # it tells how another shape is to be filled
    said: Cropping | None = cropping_in(clause.text, native(scene))
    return None if said is None else Crop(said.box, clips_in(clause, scene), said.zoom, span_in(clause.text))


CROP = EditKind(
    "crop",
    _read,
    {
        "en": 'show a part: "crop to the left half", "crop 10% off the top", "zoom in 2x"',
        "zh": "裁剪画面：“裁掉上面10%”、“只保留左半边”、“画面放大两倍”",
    },
)
