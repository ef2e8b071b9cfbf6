"""Parts of a picture as shares of it: one inside another, and as they lie before it is turned and mirrored. Pure."""

from __future__ import annotations

from nemovideo.engine.agent.language import Said

__all__ = ["Box", "WHOLE", "inside", "told_box", "upright"]

Box = tuple[float, float, float, float]
"""x, y, width, height, each a share from 0 to 1."""

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)

_NAMES: dict[Box, Said] = {
    (0.0, 0.0, 0.5, 1.0): {"en": "the left half", "zh": "左半边"},
    (0.5, 0.0, 0.5, 1.0): {"en": "the right half", "zh": "右半边"},
    (0.0, 0.0, 1.0, 0.5): {"en": "the upper half", "zh": "上半部分"},
    (0.0, 0.5, 1.0, 0.5): {"en": "the lower half", "zh": "下半部分"},
}


def inside(outer: Box, part: Box) -> Box:
    """Part of a part, as a part of the whole.

    Example:
        >>> inside((0.5, 0.0, 0.5, 1.0), (0.5, 0.0, 0.5, 0.5))
        (0.75, 0.0, 0.25, 0.5)
    """
    x, y, width, height = outer
    return (
        round(x + width * part[0], 6),
        round(y + height * part[1], 6),
        round(width * part[2], 6),
        round(height * part[3], 6),
    )


def upright(box: Box, rotate: int, flip: str) -> Box:
    """A part of the picture as it is seen, as a part of the picture before it was turned clockwise and then mirrored.

    Example:
        >>> upright((0.0, 0.0, 0.5, 1.0), 0, "h"), upright((0.0, 0.0, 1.0, 0.25), 90, "")
        ((0.5, 0.0, 0.5, 1.0), (0.0, 0.0, 0.25, 1.0))
    """
    x, y, width, height = box
    if "h" in flip:
        x = 1 - x - width
    if "v" in flip:
        y = 1 - y - height
    if rotate == 90:
        x, y, width, height = y, 1 - x - width, height, width
    elif rotate == 180:
        x, y = 1 - x - width, 1 - y - height
    elif rotate == 270:
        x, y, width, height = 1 - y - height, x, height, width
    return round(x, 6), round(y, 6), round(width, 6), round(height, 6)


def told_box(box: Box) -> Said:
    """The part in words: "the left half", "its middle 50% x 50%"."""
    if box in _NAMES:
        return _NAMES[box]
    x, y, width, height = (round(100 * part, 1) for part in box)
    size_en, size_zh = f"{width:g}% of its width and {height:g}% of its height", f"宽 {width:g}%、高 {height:g}%"
    if abs(2 * x + width - 100) < 0.5 and abs(2 * y + height - 100) < 0.5:
        return {"en": f"the middle {size_en}", "zh": f"中间（{size_zh}）的部分"}
    return {"en": f"{size_en}, from {x:g}% / {y:g}% on", "zh": f"{size_zh}的部分，起点 {x:g}% / {y:g}%"}
