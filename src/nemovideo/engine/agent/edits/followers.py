"""What follows the picture when its length changes: words stay with what they stood on, music with the whole. Pure.

A piece of music is not cut in its middle: it begins where it began and ends earlier, and goes on, from its beginning
again where it must, when the film that it lay under to the end becomes longer.
"""

from __future__ import annotations

from collections.abc import Sequence

from nemovideo.engine.agent.edits.pieces import Warp, beginning, ending, laid, leading, number_of, speed_of
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO, changed, meta, with_segments
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.wire import JsonObject

__all__ = ["followed"]

_NEAR = 50  # ms: a rounded end is still the end


def followed(draft: JsonObject, pieces: Sequence[JsonObject], warp: Warp, uploads: Sequence[UploadRow]) -> JsonObject:
    """The draft with new leading pieces, and its words and music where the warp puts them."""
    kind = leading(draft)
    length = max((ending(piece) for piece in laid(draft, kind, uploads)), default=0)
    new = draft
    if kind == VIDEO:
        music = [_relaid(bed, length, warp, uploads) for bed in _beds(laid(draft, AUDIO, uploads))]
        new = with_segments(new, AUDIO, [piece for bed in music for piece in bed])
    words = [_moved(piece, length, warp) for piece in laid(draft, TEXT, uploads)]
    new = with_segments(new, TEXT, [piece for piece in words if piece["d"] > 0])
    return with_segments(new, kind, pieces)


def _moved(piece: JsonObject, length: int, warp: Warp) -> JsonObject:
    start, end = _edges(beginning(piece), ending(piece), length, warp)
    return _fitting(changed(piece, start=start) | {"d": max(0, end - start)})


def _edges(start: int, end: int, length: int, warp: Warp) -> tuple[int, int]:
    """Where something lies afterwards; what lay over the whole lies over the whole."""
    if start <= _NEAR and end >= length - _NEAR:
        return 0, warp.length
    return warp.moved(start), min(warp.moved(end), max(warp.length, warp.moved(start)))


def _beds(pieces: Sequence[JsonObject]) -> list[list[JsonObject]]:
    """Pieces of music that lie one right behind the other, together."""
    beds: list[list[JsonObject]] = []
    for piece in pieces:
        if beds and beginning(piece) <= ending(beds[-1][-1]) + 1:
            beds[-1].append(piece)
        else:
            beds.append([piece])
    return beds


def _relaid(bed: list[JsonObject], length: int, warp: Warp, uploads: Sequence[UploadRow]) -> list[JsonObject]:
    """The same music from its new start to its new end."""
    start, end = _edges(beginning(bed[0]), ending(bed[-1]), length, warp)
    if ending(bed[-1]) >= length - _NEAR:
        end = warp.length
    result: list[JsonObject] = []
    at = start
    for piece in bed + _more(bed, end - start, uploads):
        lasts = min(int(piece["d"]), end - at)
        if lasts <= 0:
            break
        result.append(changed(piece, start=at, fade_out=None) | {"d": lasts})
        at += lasts
    if result:
        result[-1] = _fitting(changed(result[-1], fade_out=meta(bed[-1]).get("fade_out")))
    return result


def _more(bed: list[JsonObject], wanted: int, uploads: Sequence[UploadRow]) -> list[JsonObject]:
    """What comes behind a bed that is too short: the rest of its source, then the source anew."""
    missing = wanted - sum(int(piece["d"]) for piece in bed)
    durations = {upload.hash: 1000 * (upload.duration or 0) for upload in uploads}
    last, first = bed[-1], bed[0]
    result: list[JsonObject] = []
    come = number_of(meta(last).get("in"), 0) + int(last["d"]) * speed_of(last)
    rest = int((durations.get(str(meta(last).get("src")), 0) - come) / speed_of(last))
    if missing > 0 and rest > _NEAR:
        result.append(changed(last, fade_in=None, **{"in": round(come)}) | {"d": rest})
        missing -= rest
    again = int(durations.get(str(meta(first).get("src")), 0) / speed_of(first))
    while missing > 0 and again > _NEAR:
        result.append(changed(first, fade_in=None, **{"in": 0}) | {"d": again})
        missing -= again
    return result


def _fitting(piece: JsonObject) -> JsonObject:
    """The piece with its fades no longer than itself."""
    lasts = int(piece["d"])
    fades = {key: min(number_of(meta(piece).get(key), 0), lasts) or None for key in ("fade_in", "fade_out")}
    return changed(piece, **{key: value for key, value in fades.items() if key in meta(piece)})
