"""The draft as this engine writes it, and the request that it carries (spec, section 10).

All but the five documented keys (`t tt sg d m`) live inside `m`; the compress request is `m.nemovideo` of the draft.
A reader takes what is missing as: start = end of the segment before, in = 0, volume = 1, speed = 1.
"""

from __future__ import annotations

from pydantic import ValidationError

from nemovideo.engine.archive import UploadRow
from nemovideo.engine.config import MOST_BYTES
from nemovideo.engine.wire import JsonObject, entries, table
from nemovideo.errors import UnsupportedFile
from nemovideo.protocol.compress import CompressRequest

__all__ = ["AUDIO", "TEXT", "VIDEO", "exportable", "requested", "shows", "timeline_of", "wishing"]

VIDEO, AUDIO, TEXT = 0, 1, 7


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


def _tracks(draft: JsonObject) -> list[JsonObject]:
    return [track for track in map(table, entries(draft.get("t"))) if track]


def _segments(track: JsonObject) -> list[JsonObject]:
    return [segment for segment in map(table, entries(track.get("sg"))) if segment]
