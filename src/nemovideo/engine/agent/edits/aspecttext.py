"""Shapes of a picture, and how it is to fill them, in words: "9:16 with blurred bars", 「竖屏，留白边」. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.textstyle import color_in
from nemovideo.engine.agent.wording import Wording, compressing
from nemovideo.engine.media.compose.composition import Fill
from nemovideo.errors import UsageError

__all__ = ["Shape", "Shaping", "shaping_in"]

Shape = tuple[float, float]
"""Width and height, of which only the ratio counts."""

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
    r"(?<![\d:.])([1-9]\d?(?:\.\d{1,2})?)\s*(?::|/|比|x(?=\d{1,2}(?!\d))|\s(?:by|to)\s)\s*([1-9]\d?)(?![\d:]|\.\d)"
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
            (
                "[留加补][^,，。]{0,4}边",
                "[黑白灰红橙黄绿青蓝紫粉色]的?边",
                "不(?:要)?裁",
                "完整保留",
                "保留(?:全部|完整)",
                "适应",
            ),
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
        r"\b(?:make|turn|change|paint|colou?r)\s+the\s+(?:\w+\s+)?(?:bars|borders)\b",
        r"\bbackground\s+blur\b",
        r"\b(?:remove|no|without|get\s+rid\s+of|crop\s+out)\s+(?:the\s+)?black\s+(?:bars|borders)\b",
        r"\bfill\s+the\s+(?:frame|screen|canvas|whole)\b",
    ),
    zh=(
        "模糊背景",
        "背景模糊",
        "模糊边",
        "(?:去掉|去除|不要)黑边",
        "[加留补][^,，。]{0,4}边",
        "黑边(?:去掉|去除|删掉|改|换|变)",
        "(?:填满|铺满|充满)(?:画面|屏幕|全屏)",
    ),
)
_PAPER = Pattern(r"\b(?:white|black|gr[ae]y|red|blue|green|yellow)\s+background\b|[黑白灰红蓝绿黄]色?的?背景")
_EDGE = Pattern("(黑|白|灰|红|橙|黄|绿|青|蓝|紫|粉|金|银)色?的?(?:边|背景|底)")
_BLACK = "black"
_NATIVE = Wording(
    en=(r"\boriginal\s+(?:aspect(?:\s+ratio)?|ratio|shape|format|framing)\b",),
    zh=("原(?:来|始)?的?(?:比例|画幅|宽高比)",),
)
_NOT = Wording(
    en=(r"\b(?:flip(?:ped)?|mirror(?:ed)?|rotate[ds]?|title|text|caption|music|song|line|speed|seconds)\b",),
    zh=("翻转", "旋转", "标题", "字幕", "文字", "音乐"),
)


@dataclass(frozen=True, slots=True)
class Shaping:
    """What words ask of the canvas; `edits.aspect.Aspect` says what each means."""

    shape: Shape | None
    fill: Fill | None = None
    native: bool = False
    color: str | None = None


def shaping_in(text: str) -> Shaping | None:
    """What a plain text asks of the canvas; None where it asks for no such thing."""
    if _NOT.found(text) or compressing(_fitless(text)):
        return None
    fill: Fill | None = next((fill for wording, fill in _FILLS if wording.found(text)), None)
    if fill is None and _PAPER.search(text):
        fill = "pad"
    if _NATIVE.found(text):
        return Shaping(None, native=True)
    color = _color_of_bars(text) if fill == "pad" else None
    if (shape := _shape_in(text)) is not None:
        return Shaping(shape, fill, color=color)
    return Shaping(None, fill, color=color) if fill and _ONLY_FILL.found(text) else None


def _color_of_bars(text: str) -> str | None:
    """The colour that the words name; None for black, which bars are anyway, and for one that nobody knows."""
    try:
        color = color_in(text)
    except UsageError:
        return None
    if color is None and (edge := _EDGE.search(text)):
        color = color_in(f"{edge[1]}色")
    return None if color == _BLACK else color


def _shape_in(text: str) -> Shape | None:
    for ratio in _RATIO.finditer(text):
        shape = float(ratio[1]), float(ratio[2])
        if shape in _KNOWN or (min(shape) > 0 and _RATIO_WORDS.found(text)):
            return shape
    for words, shape in _CHINESE_RATIO.items():
        if words in text:
            return shape
    return next((shape for wording, shape in _SHAPES if wording.found(text)), None)


_BYTES = Pattern(r"\d\s*[kmg]i?b\b|兆")


def _fitless(text: str) -> str:
    """Without "fit": "make it fit 9:16", "fit it into a square" wish no smaller file, as "fit it into 10 MB" does."""
    into = r"(?!\s+(?:\w+\s+){0,3}?into\b)" if _shape_in(text) is None or _BYTES.search(text) else ""
    return re.sub(rf"\bfit(?:s|ting)?\b{into}", " ", text)
