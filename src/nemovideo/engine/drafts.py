"""The draft as this engine writes it, and the order that a render reads out of one (spec, section 10).

All but the five documented keys (`t tt sg d m`) live inside `m`; the compress request is `m.nemovideo` of the draft.
A reader takes what is missing as: start = end of the segment before, in = 0, volume = 1, speed = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from pydantic import ValidationError

from nemovideo.engine.archive import UploadRow
from nemovideo.engine.config import MOST_BYTES
from nemovideo.engine.wire import JsonObject, entries, table
from nemovideo.errors import NemoError, NoPicture, UnsupportedFile
from nemovideo.protocol.compress import CompressRequest

__all__ = ["AUDIO", "Order", "TEXT", "VIDEO", "exportable", "order", "requested", "shows", "timeline_of", "wishing"]

VIDEO, AUDIO, TEXT = 0, 1, 7
_SLACK_MS = 250  # a program that rounds a duration to tenths still means the whole film


@dataclass(frozen=True, slots=True)
class Order:
    """What a render is to do: bring the upload of hash `src`, shown for so many milliseconds, under the request."""

    src: str
    request: CompressRequest
    milliseconds: float


def timeline_of(upload: UploadRow, title: str) -> JsonObject:
    """A new draft that shows the whole of one upload."""
    milliseconds = round((upload.duration or 0) * 1000)
    sound = upload.kind == "audio"
    segment = {
        "d": milliseconds,
        "m": {"title": upload.filename, "start": 0, "src": upload.hash, "in": 0},
    }
    meta: JsonObject = {"title": title}
    if not sound:
        meta |= {"width": upload.width, "height": upload.height, "fps": upload.fps}
    track = {"tt": AUDIO if sound else VIDEO, "sg": [segment], "m": {"name": "Audio" if sound else "Video"}}
    return {"d": milliseconds, "t": [track], "m": meta}


def wishing(draft: JsonObject, request: CompressRequest) -> JsonObject:
    """The draft with the request written into it; nothing else changes."""
    return draft | {"m": table(draft.get("m")) | {"nemovideo": request.model_dump()}}


def requested(draft: JsonObject) -> CompressRequest:
    """The request that a draft carries; the mildest one where it carries none.

    Raises:
        UnsupportedFile: `m.nemovideo` is there and is no request.
    """
    wish = table(draft.get("m")).get("nemovideo")
    try:
        request = CompressRequest() if wish is None else CompressRequest.model_validate(wish)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(("m.nemovideo", *map(str, fault["loc"])))
        raise UnsupportedFile(f"The draft's request cannot be met: {where}: {fault['msg']}.", hint="") from None
    if request.max_bytes is not None and request.max_bytes > MOST_BYTES:
        raise UnsupportedFile(f"The draft's request cannot be met: m.nemovideo.max_bytes: Over {MOST_BYTES}.", hint="")
    return request


def shows(draft: JsonObject | None, upload: UploadRow) -> bool:
    """Whether the upload is on the draft's timeline."""
    return draft is not None and any(
        table(segment.get("m")).get("src") == upload.hash for track in _tracks(draft) for segment in _segments(track)
    )


def exportable(draft: JsonObject) -> bool:
    """Whether some track has a segment (spec, section 4)."""
    return any(True for track in _tracks(draft) for _ in _segments(track))


def order(draft: JsonObject) -> Order:
    """Read what is to be rendered.

    Raises:
        NoPicture: there is sound on the timeline and no video.
        UnsupportedFile: the timeline asks for more than bringing one whole video under a size.
    """
    found = [(track.get("tt"), segment) for track in _tracks(draft) for segment in _segments(track)]
    if not any(kind == VIDEO for kind, _ in found):
        raise NoPicture("The timeline has no video segment, so there is no picture to render.")
    if len(found) != 1:
        raise _unable(f"The timeline has {len(found)} segments; this engine renders one whole video.")
    segment = found[0][1]
    meta, milliseconds = table(segment.get("m")), _number(segment.get("d", 0))
    src = meta.get("src")
    if not isinstance(src, str):
        raise _unable("The video segment names no source (m.src, the upload's hash).")
    if meta.get("in", 0) != 0 or meta.get("speed", 1) != 1 or milliseconds is None:
        raise _unable("The video segment is cut or changes speed; this engine renders one whole video.")
    request = requested(draft)
    volume = meta.get("volume", 1)
    if volume == 0:
        request = request.model_copy(update={"audio": "none"})
    elif volume != 1:
        raise _unable("The video segment changes the volume; this engine keeps the sound or drops it.")
    return Order(src, request, milliseconds)


def whole(order: Order, upload: UploadRow) -> bool:
    """Whether the order's segment is the upload's whole length."""
    return not upload.duration or abs(order.milliseconds - upload.duration * 1000) <= _SLACK_MS


def _number(value: object) -> float | None:
    """The value as a finite number; None when it is none, or an integer beyond all measure."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _unable(message: str) -> NemoError:
    return UnsupportedFile(message, hint="Ask for one upload at a time, uncut.")


def _tracks(draft: JsonObject) -> list[JsonObject]:
    return [track for track in map(table, entries(draft.get("t"))) if track]


def _segments(track: JsonObject) -> list[JsonObject]:
    return [segment for segment in map(table, entries(track.get("sg"))) if segment]
