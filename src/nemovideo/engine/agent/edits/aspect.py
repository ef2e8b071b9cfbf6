"""Another shape of the picture: "make it vertical", "16:9 with blurred bars", 「竖屏」. Undone by the former canvas."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL
from nemovideo.engine.agent.edits.aspecttext import Shape, Shaping, shaping_in
from nemovideo.engine.agent.edits.canvas import canvas, even, fills, native, same_shape, sized, snapped, told_shape
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Said, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.timeline import VIDEO, meta, segments, with_meta
from nemovideo.engine.agent.textstyle import color_told
from nemovideo.engine.media.compose.composition import Fill

__all__ = ["ASPECT", "Aspect"]


@dataclass(frozen=True, slots=True)
class Aspect:
    """Give the canvas a shape and say how pictures of another shape fill it.

    Attributes:
        shape: width and height, only their ratio counts; None keeps the shape that the canvas has.
        fill: None is "crop".
        native: the shape of the first clip, whatever `shape` says.
        color: of the bars, as a draft writes it; None is black.
    """

    shape: Shape | None
    fill: Fill | None = None
    native: bool = False
    color: str | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Reshape the canvas."""
        if not segments(scene.draft, VIDEO):
            return ALL.missing(scene.draft)
        now, picture = canvas(scene), native(scene)
        shape: Shape = picture if self.native else (self.shape or snapped(now))
        fill = self.fill or ("crop" if self.shape else None)
        if not self.shape and not self.native and fills(scene):
            return _fills_already()
        if not 1 / 8 <= shape[0] / shape[1] <= 8:
            return _no_shape()
        if same_shape(now, shape) and (self.fill is None or self._is_filled(scene)):
            told = told_shape(*now)
            return Refused(
                "unchanged",
                {"en": f"It is {told} already; nothing was changed.", "zh": f"画面已经是 {told}，没有改动。"},
            )
        color = self.color if fill == "pad" else None
        draft = with_meta(scene.draft, fill=None if self.native or fill == "pad" else fill, fill_color=color)
        usual = {_fitting(shape, picture, "crop"), _fitting(shape, picture, "pad")}
        if not same_shape(now, shape) or now in usual:  # a size that was asked for stays
            draft = sized(draft, *_fitting(shape, now if same_shape(now, picture) else picture, fill))
        size = canvas(Scene(draft, scene.uploads, scene.upload))
        return Done(draft, _told(size, None if self.native else fill, color))

    def inverse(self, scene: Scene) -> Edit:
        """The former canvas and its filling."""
        return former(scene, keys=("width", "height", "fill", "fill_color"))

    def _is_filled(self, scene: Scene) -> bool:
        """Whether the canvas is filled so already."""
        known = meta(scene.draft)
        return (known.get("fill", "pad"), known.get("fill_color")) == (self.fill, self.color)


def _fitting(shape: Shape, picture: Shape, fill: Fill | None) -> tuple[int, int]:
    """The canvas of that shape.

    Cut, it is the largest that lies inside the picture, so that nothing is scaled up. With the whole picture on it,
    its short side is the picture's: 1920x1080 becomes 1080x1920, as phones and services have it.
    """
    ratio, (width, height) = shape[0] / shape[1], picture
    if fill in {None, "crop"}:
        return (even(height * ratio), even(height)) if ratio < width / height else (even(width), even(width / ratio))
    short = min(width, height)
    return (even(short * ratio), even(short)) if ratio >= 1 else (even(short), even(short / ratio))


_FILLED: dict[Fill, Said] = {
    "crop": {
        "en": "what does not fit is cut off; say “with blurred bars” or “with black bars” to keep the whole picture",
        "zh": "超出的部分被裁掉；想保留完整画面，可以说“模糊背景”或“留黑边”",
    },
    "blur": {"en": "the whole picture is kept, over a blurred copy of it", "zh": "完整保留画面，背景为模糊的画面"},
    "pad": {"en": "the whole picture is kept, with black bars", "zh": "完整保留画面，留黑边"},
    "stretch": {"en": "the picture is stretched to it", "zh": "画面被拉伸填满"},
}


def _told(size: tuple[int, int], fill: Fill | None, color: str | None) -> Said:
    shape = f"{told_shape(*size)} ({size[0]}x{size[1]})"
    if fill is None:
        return {"en": f"The picture is {shape} now.", "zh": f"画面现在是 {shape}。"}
    filled = _FILLED[fill]
    if color is not None:
        called = color_told(color)
        filled = {
            "en": f"the whole picture is kept, with {called['en']} bars",
            "zh": f"完整保留画面，留{called['zh']}边",
        }
    return {"en": f"The picture is {shape} now: {filled['en']}.", "zh": f"画面现在是 {shape}：{filled['zh']}。"}


def _fills_already() -> Refused:
    return Refused(
        "unchanged",
        {
            "en": "The picture fills its canvas, so there are no bars. Name a shape: “vertical, blurred bars”.",
            "zh": "画面已铺满画布，没有黑边。请同时说明比例，例如“竖屏，模糊背景”。",
        },
    )


def _no_shape() -> Refused:
    return Refused(
        "shape_range",
        {
            "en": "A picture may be at most eight times as wide as high, or as high as wide. Name another ratio.",
            "zh": "画面的宽高比最多为 8:1 或 1:8，请换一个比例。",
        },
    )


def _read(clause: Clause, _scene: Scene) -> Aspect | None:
    said: Shaping | None = shaping_in(clause.text)
    if said is not None and said.shape is None and not said.native and clause.after == "aspect":
        return None  # "make it vertical, add white bars" is one wish, read as one
    return None if said is None else Aspect(said.shape, said.fill, said.native, said.color)


ASPECT = EditKind(
    "aspect",
    _read,
    {
        "en": 'reshape it: "make it vertical", "1:1 for Instagram", "16:9 with blurred bars"',
        "zh": "改变画面比例：“改成竖屏”、“9:16，模糊背景”、“方形”",
    },
)
