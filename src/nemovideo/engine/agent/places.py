"""The nine places of a picture in words: "in the bottom right", 「左上角」. Pure; texts are plain (`moments.plain`)."""

from __future__ import annotations

from nemovideo.engine.agent.language import Said
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.media.compose.composition import Anchor

__all__ = ["PLACE_NAMES", "place_in", "placeless", "unplaced"]

_AT = r"(?:\b(?:at|in|on|to|into|near|along|towards?)\s+)?(?:the\s+)?(?:very\s+)?"
_CORNER = (
    r"(?:[\s-]+(?:corner|side|edge|of\s+the\s+(?:screen|picture|video|frame)|hand(?:\s+(?:side|corner))?"
    r"|cent(?:er|re)))*\b"
)
_UP, _DOWN, _MID = r"\b(?:top|upper)", r"\b(?:bottom|lower)", r"\b(?:cent(?:er|re)|middle)"
_BEFORE = "(?:放?在|到|至|于|位于)?"
_AFTER = "(?:位置|的位置|处)?"

_PLACES: tuple[tuple[Anchor, Wording], ...] = (
    (
        "top-left",
        Wording(
            (rf"{_AT}{_UP}[\s-]+left{_CORNER}", rf"{_AT}\bleft[\s-]+top{_CORNER}"),
            (f"{_BEFORE}左上(?:角|方)?{_AFTER}",),
        ),
    ),
    (
        "top-right",
        Wording(
            (rf"{_AT}{_UP}[\s-]+right{_CORNER}", rf"{_AT}\bright[\s-]+top{_CORNER}"),
            (f"{_BEFORE}右上(?:角|方)?{_AFTER}",),
        ),
    ),
    ("bottom-left", Wording((rf"{_AT}{_DOWN}[\s-]+left{_CORNER}",), (f"{_BEFORE}左下(?:角|方)?{_AFTER}",))),
    ("bottom-right", Wording((rf"{_AT}{_DOWN}[\s-]+right{_CORNER}",), (f"{_BEFORE}右下(?:角|方)?{_AFTER}",))),
    (
        "left",
        Wording(
            (
                rf"{_AT}{_MID}[\s-]+left{_CORNER}",
                rf"\b(?:on|to|at|in)\s+the\s+(?:very\s+)?left{_CORNER}",
                r"\bleft\s+side\b",
            ),
            (f"{_BEFORE}(?:画面)?(?:左边|左侧|左面|最左){_AFTER}",),
        ),
    ),
    (
        "right",
        Wording(
            (
                rf"{_AT}{_MID}[\s-]+right{_CORNER}",
                rf"\b(?:on|to|at|in)\s+the\s+(?:very\s+)?right{_CORNER}",
                r"\bright\s+side\b",
            ),
            (f"{_BEFORE}(?:画面)?(?:右边|右侧|右面|最右){_AFTER}",),
        ),
    ),
    (
        "top",
        Wording(
            (rf"{_AT}\btop(?!\s+of\s+(?:it|that)){_CORNER}",),
            (f"{_BEFORE}(?:画面|屏幕|视频)?的?(?:顶部|顶端|上方|上面|最上(?:面|方)?|上边|正上方){_AFTER}",),
        ),
    ),
    (
        "bottom",
        Wording(
            (rf"{_AT}\bbottom{_CORNER}",),
            (f"{_BEFORE}(?:画面|屏幕|视频)?的?(?:底部|底端|下方|下面|最下(?:面|方)?|下边|底下|正下方){_AFTER}",),
        ),
    ),
    (
        "center",
        Wording(
            (rf"{_AT}(?:\bdead\s+)?{_MID}{_CORNER}", r"\bcent(?:ered|red)\b"),
            (f"{_BEFORE}(?:画面|屏幕|视频)?的?(?:居中|正?中间|正?中央|正?中心){_AFTER}(?:显示)?",),
        ),
    ),
    ("bottom-right", Wording((r"\b(?:at|in|into)\s+(?:the|a)\s+corner\b",), (f"{_BEFORE}角落",))),
)

PLACE_NAMES: dict[Anchor, Said] = {
    "top-left": {"en": "top left", "zh": "左上角"},
    "top": {"en": "top", "zh": "顶部"},
    "top-right": {"en": "top right", "zh": "右上角"},
    "left": {"en": "left", "zh": "左侧"},
    "center": {"en": "centre", "zh": "中间"},
    "right": {"en": "right", "zh": "右侧"},
    "bottom-left": {"en": "bottom left", "zh": "左下角"},
    "bottom": {"en": "bottom", "zh": "底部"},
    "bottom-right": {"en": "bottom right", "zh": "右下角"},
}
"""How a sentence names each."""


def place_in(text: str) -> Anchor | None:
    """The place that the words name; None where they name none.

    Example:
        >>> place_in("in the bottom right"), place_in("放在左上角"), place_in("for 3 seconds")
        ('bottom-right', 'top-left', None)
    """
    return next((anchor for anchor, wording in _PLACES if wording.found(text)), None)


def unplaced(text: str) -> str:
    """The text without any words that name a place."""
    for _, wording in _PLACES:
        text = wording.without(text)
    return text


def placeless(text: str) -> str:
    """The text without a place that ends it: "hello at the top" is "hello"."""
    for _, wording in _PLACES:
        found = wording.last(text)
        if found is not None and not text[found.end() :].strip(" .,!"):
            return text[: found.start()].rstrip()
    return text
