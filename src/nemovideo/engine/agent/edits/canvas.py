"""The canvas of a draft and the pictures on it: sizes in pixels, always even. Pure."""

from __future__ import annotations

from math import gcd

from nemovideo.engine.agent.edits.edit import Scene
from nemovideo.engine.agent.edits.timeline import VIDEO, meta, segments, with_meta
from nemovideo.engine.wire import JsonObject, entries

__all__ = ["LARGEST", "box_of", "canvas", "even", "fills", "native", "same_shape", "sized", "snapped", "told_shape"]

LARGEST = 8192
"""Pixels of a side; no encoder here takes more."""

_SHAPES = ((16, 9), (9, 16), (1, 1), (4, 5), (5, 4), (4, 3), (3, 4), (21, 9), (3, 2), (2, 3))
_SMALLEST = 16  # pixels of a side; x264 and the scaler are sure of no less


def even(pixels: float) -> int:
    """The nearest even number of pixels, at least a few."""
    return max(_SMALLEST, 2 * round(pixels / 2))


def canvas(scene: Scene) -> tuple[int, int]:
    """Width and height of the draft's canvas; the upload's where the draft names none."""
    known = meta(scene.draft)
    width, height = known.get("width"), known.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return scene.upload.width or 1920, scene.upload.height or 1080


def sized(draft: JsonObject, width: float, height: float) -> JsonObject:
    """The draft with another canvas."""
    return with_meta(draft, width=even(width), height=even(height))


def box_of(segment: JsonObject) -> tuple[float, float, float, float]:
    """The part of its source that a segment shows: x, y, width, height as shares."""
    box = [float(part) for part in entries(meta(segment).get("crop")) if isinstance(part, int | float)]
    return (box[0], box[1], box[2], box[3]) if len(box) == 4 else (0.0, 0.0, 1.0, 1.0)


def native(scene: Scene) -> tuple[float, float]:
    """Width and height of the first clip's picture as it is shown, cut and turned, without any scaling."""
    first = next(iter(segments(scene.draft, VIDEO)), None)
    return canvas(scene) if first is None else _picture(scene, first)


def fills(scene: Scene) -> bool:
    """Whether every clip has the canvas's shape, so that nothing of it is bare or cut off."""
    return all(same_shape(_picture(scene, one), canvas(scene)) for one in segments(scene.draft, VIDEO))


def _picture(scene: Scene, first: JsonObject) -> tuple[float, float]:
    source = next((one for one in scene.uploads if one.hash == meta(first).get("src")), scene.upload)
    if not source.width or not source.height:
        return canvas(scene)
    box = box_of(first)
    width, height = source.width * box[2], source.height * box[3]
    return (height, width) if meta(first).get("rotate") in {90, 270} else (width, height)


def same_shape(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two sizes have one shape, within what even numbers of pixels blur."""
    return abs(one[0] / one[1] / (other[0] / other[1]) - 1) < 0.012  # 608x1080 is 9:16 too, 0.9 % off


def snapped(size: tuple[float, float]) -> tuple[float, float]:
    """The shape that a size of even numbers stands for: 9:16 for 608x1080; itself where it is none that has a name."""
    return next((shape for shape in _SHAPES if same_shape(size, shape)), size)


def told_shape(width: int, height: int) -> str:
    """The shape in small numbers where they say it, "9:16"; else "2.35:1"."""
    wide, high = snapped((width, height))
    if wide < width:
        return f"{wide:g}:{high:g}"
    common = gcd(width, height)
    if max(width, height) // common < 30:
        return f"{width // common}:{height // common}"
    return f"{width / height:.2f}:1"
