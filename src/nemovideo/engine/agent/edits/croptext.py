"""Which part of a picture words speak of: to be kept, to be cut away, or to be zoomed in on. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.edits.boxes import Box
from nemovideo.engine.agent.numbers import NUMBER, factor_in, number, share_in
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.wording import Wording

__all__ = ["Cropping", "cropping_in"]

_CROPS = Wording(
    en=(
        (
            r"\b(?:crop|trim|cut|chop|shave|slice|take)(?:ped|ping|ting)?\b[^,.;]*\b(?:off|from|away"
            r"|out)\b[^,.;]*\b(?:top|bottom|left|right|sides?|edges?)\b"
        ),
        r"\b(?:crop|trim|cut|chop|shave|slice)\b[^,.;]*\b(?:top|bottom|left|right|sides?|edges?)\b[^,.;]*\boff\b",
        r"\bcrop(?:ped|ping)?\b",
        r"\b(?:keep|show)\s+only\s+the\s+(?:top|bottom|upper|lower|left|right|middle|cent(?:er|re))\b",
        r"\bremove\s+the\s+(?:top|bottom|left|right)\s+(?:\w+\s+)?(?:half|third|quarter|part|edge|side)\b",
    ),
    zh=(
        "裁(?:剪|切|掉|去|成|到)?",
        "(?:切|剪|去)掉(?:画面)?的?(?:上|下|左|右|顶|底|四周)",
        "只(?:要|保留|留|显示)(?:画面)?的?(?:上|下|左|右|中)",
        "保留(?:画面)?的?(?:上|下|左|右|中)",
    ),
)
_ZOOMS = Wording(
    en=(r"\bzoom(?:ed|ing)?\b", r"\bpunch\s+in\b"),
    zh=(
        "(?:画面|视频|镜头)[^,，。]{0,4}放大",
        "放大(?:画面|视频|镜头|中间|中心|左|右|上|下|一倍|两倍)",
        f"^放大(?:到)?\\s*(?:{NUMBER}\\s*(?:倍|%))?$",
        "拉近",
    ),
)
_WIDENS = Wording(
    en=(
        r"\buncrop\b",
        r"\bzoom\s+(?:back\s+)?out\b",
        r"\b(?:remove|undo|no|cancel)\s+(?:the\s+)?(?:crop(?:ping)?|zoom)\b",
        r"\bshow\s+the\s+(?:whole|full|entire)\s+(?:picture|frame|image)\b",
    ),
    zh=("取消裁剪", "恢复裁剪", "不(?:要)?裁剪了", "显示(?:完整|全部)(?:的)?画面", "取消放大", "画面缩回"),
)
_OTHER = Wording(
    en=(r"\b(?:silence|silent|pauses?|audio|sound|black bars|titles?|text|captions?|logo|music)\b",),
    zh=("静音", "声音", "标题", "字", "空白", "黑边", "音"),
)
_TIME = Wording(
    en=(r"\b(?:seconds|(?<=\d )second|secs?|minutes?|mins?|beginning|start|end|intro|outro)\b", r"\d\s*s\b", r"\d:\d"),
    zh=("秒", "分钟", "开头", "结尾", "片头", "片尾"),
)
_SHAPE = Pattern(
    r"(?<![\d:.])\d{1,2}(?:\.\d+)?\s*(?::|：|比)\s*\d{1,2}(?!\d)|\b(?:square|vertical|portrait|landscape|widescreen)\b"
    r"|竖|横|方形|正方"
)
_PIXELS = Pattern(r"(?<!\d)(\d{2,5})\s*(?:x|×|\*|by)\s*(\d{2,5})(?!\d)")
_STRIP = Pattern(rf"({NUMBER})\s*(?:px|pixels?|像素)")

_SIDES = {
    "top": Wording((r"\b(?:top|upper)\b",), ("上", "顶")),
    "bottom": Wording((r"\b(?:bottom|lower)\b",), ("下", "底")),
    "left": Wording((r"\bleft\b",), ("左",)),
    "right": Wording((r"\bright\b",), ("右",)),
}
_MIDDLE = Wording((r"\b(?:cent(?:er|re)|middle)\b",), ("中间", "中心", "中央", "正中"))
_AROUND = Wording(
    (r"\b(?:all|each|every|the)\s+(?:four\s+)?(?:sides|edges|borders)\b", r"\ball\s+around\b"),
    ("四周", "四边", "周围", "每边"),
)
_BOTH = Wording((r"\b(?:both|two|the)\s+sides\b", r"\bleft\s+and\s+right\b"), ("两边", "两侧", "左右"))
_BOTH_ENDS = Wording((r"\btop\s+and\s+bottom\b",), ("上下",))
_AWAY = Wording(
    en=(r"\b(?:off|away|from|out)\b", r"\b(?:cut|remove|chop|shave|slice)\b"),
    zh=("裁掉", "裁去", "切掉", "剪掉", "去掉"),
)
_PARTS = {
    "half": Wording((r"\bhalf\b",), ("半", "二分之一")),
    "third": Wording((r"\bthird\b",), ("三分之一",)),
    "quarter": Wording((r"\bquarter\b",), ("四分之一",)),
}
_SHARES = {"half": 0.5, "third": 1 / 3, "quarter": 0.25}
_EDGE = 0.1  # what "crop the top" takes away, where nothing says how much
_ZOOM = 1.5  # what "zoom in" is, likewise


@dataclass(frozen=True, slots=True)
class Cropping:
    """A part to be shown, None for the whole again; `zoom` where the canvas is to stay."""

    box: Box | None
    zoom: bool = False


def cropping_in(text: str, size: tuple[float, float]) -> Cropping | None:
    """What a plain text asks of a picture of `size` pixels; None where it asks for no such thing."""
    if _OTHER.found(text):
        return None
    if _WIDENS.found(text):
        return None if _SHAPE.search(text) else Cropping(None)  # "1:1, no cropping" tells how it becomes square
    if _ZOOMS.found(text):
        return Cropping(_zoomed(text), zoom=True)
    if not _CROPS.found(text) or _SHAPE.search(text) or _TIME.found(text):
        return None
    if pixels := _PIXELS.search(text):
        width, height = int(pixels[1]) / size[0], int(pixels[2]) / size[1]
        return Cropping(_rounded(*_leaning(text, width, height), width, height))
    box = _cut_away(text, size) if _takes_away(text) else _kept(text)
    return None if box is None else Cropping(box)


def _takes_away(text: str) -> bool:
    """Whether the part is to go: "crop the top 10%" takes it away, "crop the left half" shows it."""
    if re.search(r"\bcrop(?:ped|ping)?\s+(?:\w+\s+){0,3}?(?:to|down to|in on)\b|只|保留|成|到", text):
        return False
    if _AWAY.found(text):
        return True
    small = (share := _share(text)) is None or share < 0.5
    return small and _MIDDLE.found(text) is None and bool(_sides(text) or _AROUND.found(text))


def _cut_away(text: str, size: tuple[float, float]) -> Box | None:
    """All but a strip at each side that is named."""
    sides = {"top", "bottom", "left", "right"} if _AROUND.found(text) else _sides(text)
    if _BOTH.found(text) and not _AROUND.found(text):
        sides |= {"left", "right"}
    if not sides:
        return None
    strip, share = _STRIP.search(text), _share(text)
    wide = number(strip[1]) / size[0] if strip else (_EDGE if share is None else share)
    high = number(strip[1]) / size[1] if strip else (_EDGE if share is None else share)
    left, top = wide * ("left" in sides), high * ("top" in sides)
    return _rounded(left, top, 1 - left - wide * ("right" in sides), 1 - top - high * ("bottom" in sides))


def _kept(text: str) -> Box | None:
    """The part at the sides that are named, or the middle."""
    share, sides = _share(text), _sides(text)
    if not sides and _MIDDLE.found(text) is None and share is None:
        return None
    part = 0.5 if share is None else share
    across = bool(sides & {"left", "right"})
    down = bool(sides & {"top", "bottom"})
    middle = not (across or down)
    width = part if across or middle else 1.0
    height = part if down or middle else 1.0
    return _rounded(*_leaning(text, width, height), width, height)


def _zoomed(text: str) -> Box:
    share = share_in(text)
    factor = (share if share and share > 1 else 1 + (share or 0)) if share is not None else (factor_in(text) or _ZOOM)
    if re.search(r"一倍", text):  # 「放大一倍」 is twice as large
        factor = 2.0
    part = 1 / factor if factor > 1 else 1.0
    return _rounded(*_leaning(text, part, part), part, part)


def _leaning(text: str, width: float, height: float) -> tuple[float, float]:
    """Where a part of that size begins that leans on the sides that are named, else in the middle."""
    sides = _sides(text)
    x = 0.0 if "left" in sides else 1 - width if "right" in sides else (1 - width) / 2
    y = 0.0 if "top" in sides else 1 - height if "bottom" in sides else (1 - height) / 2
    return x, y


def _sides(text: str) -> set[str]:
    """The sides that are named; two that face each other lean on none."""
    return {name for name, wording in _SIDES.items() if wording.found(text)}


def _share(text: str) -> float | None:
    share = share_in(text)
    return share if share is not None else next((_SHARES[n] for n, words in _PARTS.items() if words.found(text)), None)


def _rounded(x: float, y: float, width: float, height: float) -> Box:
    return round(x, 6), round(y, 6), round(width, 6), round(height, 6)
