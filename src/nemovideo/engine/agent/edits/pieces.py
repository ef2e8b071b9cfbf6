"""The pieces that a timeline is made of: laid out with all their times, split, taken out, sped up. Pure.

Times are whole milliseconds. The picture's track leads; words and music follow it (`followers`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isfinite

from nemovideo.engine.agent.edits.timeline import AUDIO, VIDEO, changed, meta, segments
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.wire import JsonObject

__all__ = [
    "Warp",
    "beginning",
    "ending",
    "laid",
    "leading",
    "number_of",
    "parted",
    "simple",
    "sped",
    "speed_of",
    "taken_out",
    "whole_of",
]


def number_of(value: object, default: float) -> float:
    """The value as a finite number; `default` where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return float(value) if isfinite(value) else default


def beginning(piece: JsonObject) -> int:
    """Where a laid piece begins on the timeline."""
    return int(meta(piece)["start"])


def ending(piece: JsonObject) -> int:
    """Where a laid piece ends on the timeline."""
    return beginning(piece) + int(piece["d"])


def leading(draft: JsonObject) -> int:
    """The kind of track that makes the length: the picture's, or the sound's where there is no picture."""
    return VIDEO if segments(draft, VIDEO) else AUDIO


def laid(draft: JsonObject, kind: int, uploads: Sequence[UploadRow]) -> list[JsonObject]:
    """The segments of a kind with `start` and `d` written out, by start.

    What is missing is read as everywhere: a start is the end of the one before, a length goes to the source's end.
    """
    sources = {upload.hash: round(1000 * (upload.duration or 0)) for upload in uploads}
    at, result = 0, list[JsonObject]()
    for piece in segments(draft, kind):
        known = meta(piece)
        start = max(0, round(number_of(known.get("start"), at)))
        left = sources.get(str(known.get("src")), 0) - number_of(known.get("in"), 0)
        length = number_of(piece.get("d"), max(0.0, left) / speed_of(piece))
        at = start + max(0, round(length))
        result.append(changed(piece, start=start) | {"d": at - start})
    return sorted(result, key=beginning)


def whole_of(upload: UploadRow) -> JsonObject:
    """A piece that shows the whole of an upload."""
    return {
        "d": round(1000 * (upload.duration or 0)),
        "m": {"title": upload.filename, "start": 0, "src": upload.hash, "in": 0},
    }


def parted(pieces: Sequence[JsonObject], at: int) -> list[JsonObject]:
    """The pieces, the one that lies over `at` made two; a fade stays at the end that it belongs to."""
    result: list[JsonObject] = []
    for piece in pieces:
        start, end = beginning(piece), ending(piece)
        if not start < at < end:
            result.append(piece)
            continue
        come = round(number_of(meta(piece).get("in"), 0) + (at - start) * speed_of(piece))
        result.append(changed(piece, fade_out=None) | {"d": at - start})
        result.append(changed(piece, fade_in=None, start=at, **{"in": come}) | {"d": end - at})
    return result


@dataclass(frozen=True, slots=True)
class Warp:
    """How an edit moves moments: `moved(t)` is where t lies afterwards, `length` the new length of the whole."""

    moved: Callable[[int], int]
    length: int


def taken_out(pieces: Sequence[JsonObject], spans: Sequence[tuple[int, int]]) -> tuple[list[JsonObject], Warp]:
    """The pieces without what lies in the spans, moved up; fades at the film's two ends stay there.

    Args:
        pieces: one behind the other.
        spans: from and to, in any order; they may overlap.
    """
    gone = _merged(spans)
    cut = list(pieces)
    for start, end in gone:
        cut = parted(parted(cut, start), end)
    kept = [one for one in cut if not any(start <= beginning(one) and ending(one) <= end for start, end in gone)]

    def moved(at: int) -> int:
        return at - sum(min(at, end) - start for start, end in gone if start < at)

    kept = [changed(one, start=moved(beginning(one))) for one in kept if one["d"]]
    return _faded_as(pieces, kept), Warp(moved, ending(kept[-1]) if kept else 0)


def sped(
    pieces: Sequence[JsonObject],
    span: tuple[int, int],
    factor: Callable[[float], float],
    uploads: Sequence[UploadRow] = (),
) -> tuple[list[JsonObject], Warp]:
    """The pieces with what lies in the span at another speed; `factor` makes the new speed of the old.

    A piece that showed one of the uploads to its end does so still: three times as fast and back is as long as before.
    """
    sources = {upload.hash: round(1000 * (upload.duration or 0)) for upload in uploads}
    result: list[JsonObject] = []
    marks: list[tuple[int, int]] = [(0, 0)]
    shift = 0
    for piece in parted(parted(pieces, span[0]), span[1]):
        start, new = beginning(piece) + shift, piece
        if span[0] <= beginning(piece) and ending(piece) <= span[1]:
            was = simple(speed_of(piece))
            speed = simple(factor(float(was)))
            shown = piece["d"] * was
            left = sources.get(str(meta(piece).get("src")), 0) - number_of(meta(piece).get("in"), 0)
            if shown < left < shown + was:  # a whole millisecond more would have been beyond its end
                shown = Fraction(left)
            length = max(1, int(shown / speed + Fraction(1, 100)))  # never beyond what was shown
            new = changed(piece, speed=None if speed == 1 else round(float(speed), 6)) | {"d": length}
        result.append(changed(new, start=start))
        marks += [(beginning(piece), start), (ending(piece), start + int(new["d"]))]
        shift = marks[-1][1] - marks[-1][0]

    def moved(moment: int) -> int:
        for (before, now), (next_before, next_now) in pairwise(marks):
            if moment <= next_before:
                return now + round((moment - before) * (next_now - now) / max(1, next_before - before))
        return moment + shift

    return result, Warp(moved, marks[-1][1])


def simple(speed: float) -> Fraction:
    """The speed, or the simple fraction that six digits of it stand for: 0.333333 is a third, and three of them are 1.

    Example:
        >>> simple(3 * 0.333333), simple(1.25)
        (Fraction(1, 1), Fraction(5, 4))
    """
    near = Fraction(speed).limit_denominator(24)
    return near if abs(near - Fraction(speed)) < 3e-6 * max(1.0, speed) else Fraction(round(speed, 6))


def speed_of(piece: JsonObject) -> float:
    """How fast a piece plays; 1 is as recorded."""
    speed = number_of(meta(piece).get("speed"), 1)
    return speed if speed > 0 else 1.0


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _faded_as(was: Sequence[JsonObject], now: list[JsonObject]) -> list[JsonObject]:
    """A film that was faded in and out stays so when its ends are cut off."""
    if was and now:
        for place, key in ((0, "fade_in"), (-1, "fade_out")):
            fade = number_of(meta(was[place]).get(key), 0)
            if fade and not meta(now[place]).get(key):
                now[place] = changed(now[place], **{key: min(round(fade), int(now[place]["d"]))})
    return now
