"""Another shape of the picture: "make it vertical", "16:9 with blurred bars", 「竖屏」. Undone by the former canvas."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL
from nemovideo.engine.agent.edits.canvas import canvas, even, fills, native, same_shape, sized, snapped, told_shape
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Said, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.timeline import VIDEO, meta, segments, with_meta
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.wording import Wording, compressing
from nemovideo.engine.media.compose.composition import Fill

__all__ = ["ASPECT", "Aspect"]

Shape = tuple[float, float]

_MAKE = (
    r"(?:make|turn|convert|change|reformat|format|reframe|crop|resize|reshape|set|put|want|need|as|in|into|to|for|"
    r"switch|go|it|be|a)"
)
_SHAPES: tuple[tuple[Wording, Shape], ...] = (
    (
        Wording(
            (
                rf"\b{_MAKE}\b[^,.;]{{0,60}}\b(?:vertical|portrait|upright)\b",
                r"^(?:vertical|portrait)\b",
                r"\b(?:tik\s?tok|reels?|shorts|stor(?:y|ies)|snapchat|douyin)\b",
            ),
            ("竖屏", "竖版", "竖向", "竖的", "抖音", "快手", "视频号", "小红书"),
        ),
        (9, 16),
    ),
    (Wording((r"\b(?:square|squared)\b",), ("方形", "正方", "方的", "方屏")), (1, 1)),
    (
        Wording(
            (
                rf"\b{_MAKE}\b[^,.;]{{0,60}}\b(?:landscape|horizontal|wide\s?screen)\b",
                r"^(?:landscape|horizontal|wide\s?screen)\b",
                r"\byou\s?tube\b",
            ),
            ("横屏", "横版", "横向", "横的", "宽屏", "b站", "哔哩哔哩", "油管"),
        ),
        (16, 9),
    ),
    (Wording((r"\b(?:cinematic|cinemascope|ultra\s?wide)\b",), ("电影(?:画幅|比例|宽屏)", "超宽屏")), (2.35, 1)),
    (Wording((r"\binstagram\s+(?:post|feed)\b",), ()), (4, 5)),
    (Wording((r"\binstagram\b",), ("(?<![a-z])ins(?:ta)?(?![a-z])",)), (1, 1)),
)
_RATIO = Pattern(
    r"(?<![\d:.])([1-9]\d?(?:\.\d{1,2})?)\s*(?::|/|比|x(?=\d{1,2}(?!\d))|\s(?:by|to)\s)\s*([1-9]\d?)(?![\d:.])"
)
_KNOWN = {(16, 9), (9, 16), (1, 1), (4, 5), (5, 4), (4, 3), (3, 4), (21, 9), (9, 21), (3, 2), (2, 3), (2.35, 1),
          (2.39, 1), (2.4, 1), (1.85, 1), (2, 1), (1, 2), (18, 9), (9, 18)}  # fmt: skip
_RATIO_WORDS = Wording((r"\b(?:aspect|ratio)\b",), ("比例", "画幅", "宽高比"))
_CHINESE_RATIO = {
    "一比一": (1, 1),
    "十六比九": (16, 9),
    "九比十六": (9, 16),
    "四比三": (4, 3),
    "三比四": (3, 4),
    "四比五": (4, 5),
}
_NO_BARS = r"\b(?:no|without|crop\s+out|remove(?:\s+the)?|get\s+rid\s+of(?:\s+the)?)\s+(?:black\s+)?(?:bars|borders)\b"
_FILLS: tuple[tuple[Wording, Fill], ...] = (
    (Wording((r"\bblur(?:red|ry|ring)?\b",), ("模糊",)), "blur"),
    (Wording((r"\bstretch(?:ed|ing)?\b", r"\bdistort\b"), ("拉伸", "变形")), "stretch"),
    (Wording((_NO_BARS,), ("(?:去掉|不要|没有|去除)黑边", "黑边(?:去掉|去除|删掉)")), "crop"),
    (
        Wording(
            (
                r"\b(?:letter|pillar)\s?box(?:ed|ing)?\b",
                r"\b(?:bars|borders|padding)\b",
                r"\bpad(?:ded)?\b",
                r"\bkeep(?:ing)?\s+(?:everything|all|the\s+(?:whole|entire|full))\b",
                r"\b(?:without|no|don't)\s+crop(?:ping)?\b",
                r"\bfit(?:ting)?\s+(?:everything|all|inside|the\s+(?:whole|entire))\b",
            ),
            ("黑边", "留边", "加边", "不(?:要)?裁", "完整保留", "保留(?:全部|完整)", "适应"),
        ),
        "pad",
    ),
    (Wording((r"\bcrop(?:ped|ping)?\b", r"\bfill(?:ed|ing)?\b"), ("裁", "填满", "铺满", "充满")), "crop"),
)
_ONLY_FILL = Wording(
    en=(
        r"\bblur(?:red|ry)?\s+(?:the\s+)?(?:background|bars|edges|borders|sides)\b",
        r"\b(?:letter|pillar)\s?box\b",
        r"\b(?:add|with|use|put)\s+(?:\w+\s+)?(?:black\s+)?bars\b",
        r"\bbackground\s+blur\b",
        r"\b(?:remove|no|without|get\s+rid\s+of|crop\s+out)\s+(?:the\s+)?black\s+(?:bars|borders)\b",
        r"\bfill\s+the\s+(?:frame|screen|canvas|whole)\b",
    ),
    zh=(
        "模糊背景",
        "背景模糊",
        "模糊边",
        "(?:加|留|去掉|去除|不要)黑边",
        "黑边(?:去掉|去除|删掉)",
        "(?:填满|铺满|充满)(?:画面|屏幕|全屏)",
    ),
)
_NATIVE = Wording(
    en=(r"\boriginal\s+(?:aspect(?:\s+ratio)?|ratio|shape|format|framing)\b",),
    zh=("原(?:来|始)?的?(?:比例|画幅|宽高比)",),
)
_NOT = Wording(
    en=(r"\b(?:flip(?:ped)?|mirror(?:ed)?|rotate[ds]?|title|text|caption|music|song|line|speed|seconds)\b",),
    zh=("翻转", "旋转", "标题", "字幕", "文字", "音乐"),
)


@dataclass(frozen=True, slots=True)
class Aspect:
    """Give the canvas a shape and say how pictures of another shape fill it.

    Attributes:
        shape: width and height, only their ratio counts; None keeps the shape that the canvas has.
        fill: None is "crop".
        native: the shape of the first clip, whatever `shape` says.
    """

    shape: Shape | None
    fill: Fill | None = None
    native: bool = False

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
        if same_shape(now, shape) and (self.fill is None or self.fill == meta(scene.draft).get("fill", "pad")):
            told = told_shape(*now)
            return Refused(
                "unchanged",
                {"en": f"It is {told} already; nothing was changed.", "zh": f"画面已经是 {told}，没有改动。"},
            )
        draft = with_meta(scene.draft, fill=None if self.native or fill == "pad" else fill)
        usual = {_fitting(shape, picture, "crop"), _fitting(shape, picture, "pad")}
        if not same_shape(now, shape) or now in usual:  # a size that was asked for stays
            draft = sized(draft, *_fitting(shape, now if same_shape(now, picture) else picture, fill))
        return Done(draft, _told(canvas(Scene(draft, scene.uploads, scene.upload)), None if self.native else fill))

    def inverse(self, scene: Scene) -> Edit:
        """The former canvas and its filling."""
        return former(scene, keys=("width", "height", "fill"))


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


def _told(size: tuple[int, int], fill: Fill | None) -> Said:
    shape = f"{told_shape(*size)} ({size[0]}x{size[1]})"
    if fill is None:
        return {"en": f"The picture is {shape} now.", "zh": f"画面现在是 {shape}。"}
    return {
        "en": f"The picture is {shape} now: {_FILLED[fill]['en']}.",
        "zh": f"画面现在是 {shape}：{_FILLED[fill]['zh']}。",
    }


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
    text = clause.text
    if _NOT.found(text) or compressing(_fitless(text)):
        return None
    fill: Fill | None = next((fill for wording, fill in _FILLS if wording.found(text)), None)
    if _NATIVE.found(text):
        return Aspect(None, None, native=True)
    if (shape := _shape_in(text)) is not None:
        return Aspect(shape, fill)
    return Aspect(None, fill) if fill and _ONLY_FILL.found(text) else None


def _shape_in(text: str) -> Shape | None:
    for ratio in _RATIO.finditer(text):
        shape = float(ratio[1]), float(ratio[2])
        if shape in _KNOWN or (min(shape) > 0 and _RATIO_WORDS.found(text)):
            return shape
    for words, shape in _CHINESE_RATIO.items():
        if words in text:
            return shape
    return next((shape for wording, shape in _SHAPES if wording.found(text)), None)


def _fitless(text: str) -> str:
    """Without "fit": "make it fit 9:16" wishes no smaller file, as "fit it into …" does."""
    return re.sub(r"\bfit(?:s|ting)?\b(?!\s+(?:\w+\s+)?into\b)", " ", text)


ASPECT = EditKind(
    "aspect",
    _read,
    {
        "en": 'reshape it: "make it vertical", "1:1 for Instagram", "16:9 with blurred bars"',
        "zh": "改变画面比例：“改成竖屏”、“9:16，模糊背景”、“方形”",
    },
)
