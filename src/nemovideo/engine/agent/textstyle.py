"""Colour and size of letters in words: "in red", "a small white title", 「红色大字」. Pure; texts are plain."""

from __future__ import annotations

import re

from nemovideo.engine.agent.edits.edit import Refused, Said
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.media.text.color import color_of
from nemovideo.errors import UsageError

__all__ = ["SIZES", "STYLE_TAIL", "color_in", "color_told", "size_factor_in", "size_in", "unknown_color", "unstyled"]

_CHINESE: dict[str, str] = {
    "白": "white", "黑": "black", "红": "red", "黄": "yellow", "绿": "green", "蓝": "blue", "紫": "purple",
    "粉": "pink", "橙": "orange", "橘": "orange", "灰": "gray", "金": "gold", "银": "silver", "棕": "brown",
    "青": "cyan", "天蓝": "skyblue", "深蓝": "darkblue", "浅蓝": "lightblue", "深红": "darkred", "粉红": "pink",
    "深绿": "darkgreen", "浅绿": "lightgreen", "橙红": "orangered", "金黄": "gold", "米": "beige", "咖啡": "brown",
}  # fmt: skip
_NAMES = "|".join(sorted(_CHINESE, key=len, reverse=True))
_COLOR_CHINESE = Pattern(rf"({_NAMES})(?:色|字)|(?:颜色|改|换|变)(?:成|为|改为|改成)?\s*({_NAMES})(?![\u4e00-\u9fff])")
_HEX = Pattern(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])")
_WORDS = Pattern(r"[a-z]+")
_ASKED = Pattern(
    r"\bcolou?r(?:ed)?\s*(?:to|is|in|=|:)?\s*(#?[\w-]+)|\b(?:in|make\s+(?:it|the\s+\w+))\s+(#[\w-]+"
    r"|\w+(?:ish|ple|lue))\b"
    r"|颜色(?:是|为|用|改成|改为|换成|设为|:)?\s*([\w#]{1,8})|([\u4e00-\u9fff])色"
)
# Names of CSS that are said for other things than a colour, or in the phrases that place a text.
_NO_COLORS = frozenset({"tan", "peru", "linen", "snow", "plum", "wheat", "salmon", "tomato", "chocolate", "sienna"})

SIZES: dict[str, str | float] = {"tiny": 0.03, "small": "small", "medium": "medium", "large": "large", "huge": 0.2}
"""What the draft writes for each word; numbers are shares of the canvas's short side."""

_SIZED = {
    "tiny": Wording((r"\b(?:tiny|very\s+small)\b",), ("极小", "很小")),
    "huge": Wording(
        (r"\b(?:huge|giant|enormous|gigantic|massive|very\s+(?:big|large))\b",), ("特大", "巨大", "超大", "很大")
    ),
    "small": Wording((r"\b(?:small|little)\b",), ("小号", "小字", "小一号", "小的字")),
    "large": Wording((r"\b(?:large|big)\b",), ("大号", "大字", "大的字", "大一号")),
    "medium": Wording((r"\b(?:medium|normal)[\s-]+(?:size|text|letters)",), ("中号", "中等")),
}
_PIXELS = Pattern(
    r"\b(?:font\s+)?size\s+(?:of\s+|to\s+|is\s+)?(\d{1,4})\b|(?<!\d)(\d{2,4})\s*(?:px|pt|pixels?|points?"
    r"|号字?|像素)|字号(?:为|改成|改为|设为|:)?\s*(\d{1,4})"
)
_BIGGER = Wording((r"\b(?:bigger|larger|enlarge|increase)\b",), ("大一?[点些]", "放大", "变大", "调大", "加大"))
_SMALLER = Wording((r"\b(?:smaller|shrink|reduce|decrease)\b",), ("小一?[点些]", "缩小", "变小", "调小"))

STYLE_TAIL = Pattern(
    r"\s+(?:in|with)\s+(?:a\s+)?(?:(?:tiny|small|medium|large|big|huge|giant|bold|dark|light|bright|hot)\s+)*"
    r"(?:(?P<color>#?\w+)(?:\s+(?:letters|text|font|colou?r|type))?|letters|text|font|type|size)$"
)
"""Words at the end of a text that is not quoted which say how it looks and not what."""


def color_in(text: str) -> str | None:
    """The colour as a draft writes it, None where none is named.

    Raises:
        UsageError: a colour is asked for that is not known.

    Example:
        >>> color_in("in dark blue"), color_in("红色大字"), color_in("#f80")
        ('darkblue', 'red', '#ff8800')
    """
    if found := _HEX.search(text):
        return "#{:02x}{:02x}{:02x}".format(*color_of(found[0]))
    if found := _COLOR_CHINESE.search(text):
        return _CHINESE[found[1] or found[2]]
    words = _WORDS.findall(text)
    for count in (3, 2, 1):
        for at in range(len(words) - count + 1):
            name = "".join(words[at : at + count])
            if _known(name) and name not in _NO_COLORS:
                return name
    if asked := _ASKED.search(text):
        name = next(group for group in asked.groups() if group)
        return _checked(name)
    return None


def color_told(color: str) -> Said:
    """A colour of a draft as a sentence names it.

    Example:
        >>> color_told("red"), color_told("#ff8800")
        ({'en': 'red', 'zh': '红色'}, {'en': '#ff8800', 'zh': '#ff8800 色'})
    """
    name = next((name for name, english in _CHINESE.items() if english == color), None)
    return {"en": color, "zh": f"{name}色" if name else f"{color} 色"}


def unknown_color(error: UsageError) -> Refused:
    """What to say when a colour is not known."""
    name = error.message.split("'")[1] if "'" in error.message else ""
    return Refused(
        "bad_color",
        {
            "en": f"I do not know the colour “{name}”. Say a common one (white, red, gold) or one like #FFCC00.",
            "zh": f"我不认识颜色“{name}”。请用常见颜色（白色、红色、金色）或 #FFCC00 这样的写法。",
        },
    )


def size_in(text: str) -> str | float | None:
    """The size as a draft writes it: a name, pixels over 1, or a share of the short side; None where none is named."""
    if found := _PIXELS.search(text):
        return float(next(group for group in found.groups() if group))
    return next((SIZES[name] for name, wording in _SIZED.items() if wording.found(text)), None)


def unstyled(text: str) -> str:
    """The text without words that name a size, and without the one colour that it names."""
    for pattern in (_HEX, _COLOR_CHINESE, _PIXELS):
        text = pattern.sub(" ", text)
    for wording in (*_SIZED.values(), _BIGGER, _SMALLER):
        text = wording.without(text)
    try:
        color = color_in(text)
    except UsageError:
        return text
    if color is None:
        return text
    spelled = r"\s*".join(color)  # "dark blue"
    return re.sub(rf"\b{spelled}\b", " ", text, count=1)


def size_factor_in(text: str) -> float | None:
    """By how much letters are to grow: "bigger", "smaller"; None where nothing says so."""
    return 1.4 if _BIGGER.found(text) else 1 / 1.4 if _SMALLER.found(text) else None


def _known(name: str) -> bool:
    try:
        color_of(name)
    except UsageError:
        return False
    return True


def _checked(name: str) -> str:
    color_of(name)
    return name
