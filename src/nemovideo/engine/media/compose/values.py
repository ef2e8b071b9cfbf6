"""The single values of a draft's segment, each checked, each refused with its place and its range. Pure."""

from __future__ import annotations

from math import isfinite
from typing import Any, TypeVar, cast, get_args

from nemovideo.engine.media.compose.composition import Anchor, Fill, Place
from nemovideo.errors import UsageError

__all__ = ["FASTEST", "Fields", "LARGEST_SIDE", "entries", "table", "told"]

Choice = TypeVar("Choice", bound=str)

LARGEST_SIDE = 8192
"""Pixels of a side of the canvas, as of a source's picture."""
FASTEST = 240.0
"""Pictures a second that a timeline is put together at, at most: a grid of thousands fills the disk."""
_LONGEST_TEXT = 2000  # characters; more cannot be read on a screen
_NAMED_SIZES = {"small": 0.05, "medium": 0.08, "normal": 0.08, "large": 0.14}
_HINT = "Change the draft, then render it again."


def table(value: object) -> dict[str, Any]:
    """The value as a JSON object; an empty one when it is none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def entries(value: object) -> list[object]:
    """The value as a JSON array; an empty one when it is none."""
    return cast("list[object]", value) if isinstance(value, list) else []


def told(value: object) -> str:
    """A value as a message shows it."""
    word = repr(value) if isinstance(value, str) else str(value)
    return word if len(word) <= 40 else f"{word[:39]}…"


class Fields:
    """A segment, or the draft itself, with its place in the draft."""

    def __init__(self, thing: object, where: str) -> None:
        self.where = where
        self._thing = table(thing)
        self._meta = table(self._thing.get("m"))

    def wrong(self, key: str, why: str) -> UsageError:
        """The error that refuses a key."""
        place = f"{self.where}.{key}" if self.where else key
        return UsageError(f"{place}: {why}", hint=_HINT)

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        """`m.key`, from `least` to `most`; `default` where it is missing."""
        found = self._meta.get(key)
        return default if found is None else self._checked(f"m.{key}", found, least, most)

    def _checked(self, key: str, value: object, least: float, most: float) -> float:
        number = _number(value)
        if number is None or not least <= number <= most:
            raise self.wrong(key, f"from {least:.12g} to {most:.12g}, and not {told(value)}.")
        return number

    def length(self) -> float | None:
        """`d` in milliseconds; None where it is missing, or 0 as of an upload whose length nobody knows."""
        found = self._thing.get("d")
        return None if found is None else self._checked("d", found, 0.0, 1e9) or None

    def word(self, key: str, otherwise: str) -> str:
        """`m.key`, which must be text."""
        found = self._meta.get(key)
        if not isinstance(found, str) or not found:
            raise self.wrong(f"m.{key}", otherwise)
        if len(found) > _LONGEST_TEXT:
            raise self.wrong(f"m.{key}", f"longer than {_LONGEST_TEXT} characters.")
        return found

    def speed(self) -> float:
        """How many times as fast."""
        return self.number("speed", 1.0, least=0.1, most=100.0)

    def fade(self, key: str, duration: float) -> float:
        """Milliseconds, as many as there are at most."""
        return min(duration, self.number(key, 0.0, least=0.0, most=1e9))

    def rotation(self) -> int:
        """Degrees clockwise: 0, 90, 180, 270."""
        found = self._meta.get("rotate", 0)
        number = _number(found)
        if number is None or number % 90:
            raise self.wrong("m.rotate", f"0, 90, 180 or 270 degrees clockwise, and not {told(found)}.")
        return int(number % 360)

    def flip(self) -> str:
        """Mirrored as "h", "v", "hv", or "" for not at all."""
        found = self._meta.get("flip") or ""
        if found not in ("", "h", "v", "hv", "vh"):
            raise self.wrong("m.flip", f'"h", "v" or "hv", and not {told(found)}.')
        return "hv" if found == "vh" else str(found)

    def crop(self) -> tuple[float, float, float, float] | None:
        """x, y, width, height as shares, all within the picture."""
        found = self._meta.get("crop")
        if found is None:
            return None
        shares = [_number(share) for share in entries(found)]
        if len(shares) == 4 and all(share is not None and 0 <= share <= 1 for share in shares):
            x, y, width, height = cast("list[float]", shares)
            if width >= 0.01 and height >= 0.01 and x + width <= 1.0005 and y + height <= 1.0005:
                return (x, y, min(width, 1 - x), min(height, 1 - y))
        raise self.wrong("m.crop", f"[x, y, width, height] as shares of the picture, and not {told(found)}.")

    def fill(self, default: Fill) -> Fill:
        """How the canvas is filled."""
        return self._choice("fill", cast("tuple[Fill, ...]", get_args(Fill)), default)

    def anchor(self) -> Anchor:
        """The place that a text leans on."""
        return self._choice("anchor", cast("tuple[Anchor, ...]", get_args(Anchor)), "center")

    def _choice(self, key: str, choices: tuple[Choice, ...], default: Choice) -> Choice:
        found = self._meta.get(key)
        if found is None:
            return default
        chosen = next((choice for choice in choices if choice == found), None)
        if chosen is None:
            raise self.wrong(f"m.{key}", f"one of {', '.join(choices)}, and not {told(found)}.")
        return chosen

    def share(self, key: str) -> float | None:
        """`m.key` from 0 to 1; None where it is missing."""
        return None if self._meta.get(key) is None else self.number(key, 0.0, least=0.0, most=1.0)

    def place(self) -> Place | None:
        """Where a picture over the picture stands; None where nothing is said of it."""
        x, y = self.share("x"), self.share("y")
        size = None if self._meta.get("size") is None else self.number("size", 1.0, least=0.01, most=1.0)
        if x is None and y is None and size is None:
            return None
        return (0.5 if x is None else x, 0.5 if y is None else y, 0.3 if size is None else size)

    def text_size(self, short_side: float) -> float:
        """A line's height as a share of the canvas's short side; numbers over 1 are pixels."""
        found = self._meta.get("size")
        if isinstance(found, str) and found in _NAMED_SIZES:
            return _NAMED_SIZES[found]
        size = self.number("size", 0.08, least=0.0, most=LARGEST_SIDE)
        size = size / short_side if size > 1 else size
        if not 0.01 <= size <= 1:
            raise self.wrong("m.size", f"from 0.01 to 1 of the short side (or pixels), and not {told(found)}.")
        return size

    def color(self, key: str, default: str) -> str:
        """As it is written; whoever paints knows the names."""
        found = self._meta.get(key)
        if found is None:
            return default
        if not isinstance(found, str) or not 0 < len(found) <= 32:
            raise self.wrong(f"m.{key}", f'like "#FFCC00" or "yellow", and not {told(found)}.')
        return found

    def side(self, key: str, default: int, *, sources: tuple[int, int]) -> int:
        """A side of the canvas in pixels, made even; `sources` has the least and the largest of what is on it."""
        least, most = min(2, sources[0]), max(LARGEST_SIDE, sources[1])
        return max(2, int(self.number(key, float(default), least=least, most=most)) // 2 * 2)

    def rate(self, default: float, *, sources: float) -> float:
        """Pictures a second that are asked for, up to `FASTEST` or the fastest of the `sources`."""
        found = self._meta.get("fps")
        if found is None:
            return default
        most = max(FASTEST, sources * 1.001)
        if (number := _number(found)) is None or not 0 < number <= most:
            raise self.wrong("m.fps", f"over 0 and up to {FASTEST:g}, and not {told(found)}.")
        return number


def _number(value: object) -> float | None:
    """The value as a finite number; None when it is none, or an integer beyond all measure."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None
