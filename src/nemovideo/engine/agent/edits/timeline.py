"""What edits do to a draft's tracks and segments: JSON in, new JSON out, everything unknown kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from nemovideo.engine.drafts import AUDIO, TEXT, VIDEO
from nemovideo.engine.wire import JsonObject, entries, table

__all__ = ["AUDIO", "TEXT", "VIDEO", "changed", "length", "meta", "placed", "segments", "with_meta", "with_segments"]

_NAMES = {VIDEO: "Video", AUDIO: "BGM", TEXT: "Title"}


def meta(thing: JsonObject) -> JsonObject:
    """The `m` of a draft, track or segment."""
    return table(thing.get("m"))


def segments(draft: JsonObject, kind: int) -> list[JsonObject]:
    """All segments of the tracks of that kind (`VIDEO`, `AUDIO`, `TEXT`), in order."""
    tracks = [table(track) for track in entries(draft.get("t"))]
    return [table(one) for track in tracks if track.get("tt") == kind for one in entries(track.get("sg"))]


def with_segments(draft: JsonObject, kind: int, new: Sequence[JsonObject], *, name: str | None = None) -> JsonObject:
    """The draft with these segments on its first track of that kind, and none on its others.

    The track is made where there is none, and goes where there are no segments. `name` names a track that is made.
    The draft's length follows.
    """
    tracks: list[JsonObject] = []
    given = not new
    for track in map(table, entries(draft.get("t"))):
        if track.get("tt") != kind:
            tracks.append(track)
        elif not given:
            tracks.append(track | {"sg": list(new)})
            given = True
    if not given:
        tracks.append({"tt": kind, "sg": list(new), "m": {"name": name or _NAMES[kind]}})
    whole = draft | {"t": tracks}
    return whole | {"d": length(whole)}


def with_meta(draft: JsonObject, **values: object) -> JsonObject:
    """The draft, track or segment with these keys in its `m`; None takes a key away."""
    kept = meta(draft) | values
    return draft | {"m": {key: value for key, value in kept.items() if value is not None}}


changed = with_meta
"""The same, said of a segment."""


def placed(pieces: Sequence[JsonObject]) -> list[JsonObject]:
    """The segments one behind the other from 0, each with its start in milliseconds."""
    at, result = 0, list[JsonObject]()
    for piece in pieces:
        result.append(changed(piece, start=at))
        at += int(piece.get("d") or 0)
    return result


def length(draft: JsonObject) -> int:
    """Milliseconds of the timeline: its picture's end, or that of whatever it has where there is no picture."""
    for kind in (VIDEO, AUDIO, TEXT):
        if found := segments(draft, kind):
            return max(int(meta(one).get("start") or 0) + int(one.get("d") or 0) for one in found)
    return 0
