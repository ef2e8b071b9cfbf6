"""Two timelines into what changed between them, in words that a person likes.

About 30 % of the cloud's edits end without a word (spec, section 5): then the session's state is compared with what
it was, and these are the words. Nothing is claimed that is not there: a change is told where its words differ.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from math import gcd

from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.draft import Segment, Timeline, Track, told_seconds
from nemovideo.protocol.json import JSON, mapping, sequence
from nemovideo.protocol.pairing import Pairs, pair_segments, pair_tracks
from nemovideo.protocol.segmentchanges import IDS, Change, one_line, segment_changes, subject
from nemovideo.protocol.sizes import told_limit

__all__ = ["changes", "pending"]

_MOST_LINES = 20
_MOST_PIECES = 3  # of one kind on one track, told one by one

_STAMPS = frozenset(
    {"updated_at", "created_at", "modified_at", "update_time", "create_time"}
    | {"updatedAt", "createdAt", "modifiedAt", "updateTime", "createTime"}
)
_EMPTY = Timeline(tracks=(), duration=0.0)


def changes(before: Timeline | None, after: Timeline) -> tuple[str, ...]:
    """What changed from one timeline to the next, each change a short line; none where nothing did.

    Args:
        before: the timeline as it was; None where there was none.
        after: the timeline as it is.

    Example:
        >>> after = Timeline.decode({"t": [{"tt": 7, "sg": [{"d": 3000, "m": {"text": "Paradise Found"}}]}]})
        >>> changes(None, after)
        ("Title added: 'Paradise Found' (0-3s)",)
    """
    was = before or _EMPTY
    if was is after or _same(was.raw, after.raw) or _same(_content(was.raw), _content(after.raw)):
        return ()
    lines = [*_tracks(was, after)]
    if before is not None:
        lines += _whole(before, after)
    lines += _format(was, after)
    lines += _request(was, after)
    if not lines and (before is not None or after.raw):
        return ("The draft changed",)
    if len(lines) > _MOST_LINES:
        hidden = len(lines) - _MOST_LINES + 1
        lines[_MOST_LINES - 1 :] = [f"and {hidden} more changes"]
    return tuple(lines)


def pending(timeline: Timeline) -> tuple[str, ...]:
    """What the next render will do beside showing the timeline: "Will be exported as GIF", "Will be made smaller"."""
    return (*_format(_EMPTY, timeline), *_request(_EMPTY, timeline))


def _same(one: JSON, other: JSON) -> bool:
    """Whether two drafts are equal, where a NaN counts as equal to itself."""
    return bool(one == other) or _written(one) == _written(other)


def _content(draft: JSON) -> JSON:
    """The draft without what a cloud may write anew each time it is asked: ids of its parts, and when it was kept."""
    return _within(_without(draft, IDS | _STAMPS), "t", lambda track: _within(_without(track, IDS), "sg", _piece))


def _piece(raw: JSON) -> JSON:
    return _without(raw, IDS)


def _within(raw: JSON, name: str, each: Callable[[JSON], JSON]) -> JSON:
    """A part of a draft with each item of its list `name` put through; one that has no such list as it is."""
    items = mapping(raw).get(name)
    return {**mapping(raw), name: [each(item) for item in sequence(items)]} if isinstance(items, list) else raw


def _without(raw: JSON, names: frozenset[str]) -> JSON:
    """A part of a draft without these keys, nor in its `m`; deeper ones say what is shown, as an effect's id does."""
    if not isinstance(raw, dict):
        return raw
    kept = _but(raw, names)
    return {**kept, "m": _but(kept["m"], names)} if isinstance(kept.get("m"), dict) else kept


def _but(raw: JSON, names: frozenset[str]) -> dict[str, JSON]:
    return {name: value for name, value in mapping(raw).items() if name not in names}


def _written(draft: JSON) -> str:
    return json.dumps(draft, sort_keys=True, default=repr)


def _tracks(was: Timeline, now: Timeline) -> Iterator[str]:
    tracks = pair_tracks(was.tracks, now.tracks)
    for track in tracks.removed:
        yield from _gone_or_come(track, "removed")
    for before, after in tracks.both:
        if before.name != after.name:
            yield f"Track renamed: {one_line(before.name)} -> {one_line(after.name)}"
        yield from _pieces(before, after)
    for track in tracks.added:
        yield from _gone_or_come(track, "added")
    places = {id(track): place for place, track in enumerate(now.tracks)}
    order = [places[id(after)] for _, after in tracks.both]
    if order != sorted(order):
        yield "Tracks reordered"


def _gone_or_come(track: Track, verb: str) -> Iterator[str]:
    """A whole track, told by what it holds."""
    if not track.segments:
        yield f"Track {verb}: {one_line(track.name)} (empty)"
    elif len(track.segments) > _MOST_PIECES:
        end = max(segment.end for segment in track.segments)
        yield f"{one_line(track.name)} track {verb}: {len(track.segments)} pieces (0-{told_seconds(end)}s)"
    else:
        for segment in track.segments:
            yield subject(track, segment, verb)


def _pieces(before: Track, after: Track) -> Iterator[str]:
    """What changed on a track that stayed: alike changes of many pieces in one line."""
    pairs: Pairs[Segment] = pair_segments(before.segments, after.segments, text=after.kind == "text")
    found = [Change("removed", subject(before, piece, "removed")) for piece in pairs.removed]
    found += [change for was, now in pairs.both for change in segment_changes(after, was, now)]
    found += [Change("added", subject(after, piece, "added")) for piece in pairs.added]
    alike = Counter(change.what for change in found)
    told: set[str] = set()
    for change in found:
        count = alike[change.what]
        if count <= (1 if change.same else _MOST_PIECES):
            yield (change.only if len(after.segments) == 1 else None) or change.alone
        elif change.what not in told:
            told.add(change.what)
            everything = change.only if count == len(after.segments) else None
            yield everything or f"{one_line(after.name)}: {count} pieces {change.what}"


def _whole(before: Timeline, after: Timeline) -> Iterator[str]:
    """What changed about the whole: its length, its picture, its name."""
    if before.exportable:
        yield from _told("Duration", f"{told_seconds(before.duration)}s", f"{told_seconds(after.duration)}s")
    yield from _told("Picture size", _size(before), _size(after))
    yield from _told("Frame rate", _rate(before), _rate(after))
    yield from _told("Project renamed:", _title(before), _title(after))
    yield from _told("Picture fill", _fill(before), _fill(after))


def _told(what: str, was: str | None, now: str | None) -> Iterator[str]:
    if was != now and now is not None:
        yield f"{what} {now}" if was is None else f"{what} {was} -> {now}"


def _size(timeline: Timeline) -> str | None:
    """`1080x1920 (9:16)`; the shape where it is one that has a name."""
    width, height = timeline.width, timeline.height
    if not width or not height:
        return None
    shared = gcd(width, height)
    across, down = width // shared, height // shared
    return f"{width}x{height}" + (f" ({across}:{down})" if 0 < across <= 32 and 0 < down <= 32 else "")


def _title(timeline: Timeline) -> str | None:
    return one_line(timeline.title) or None


def _fill(timeline: Timeline) -> str | None:
    """How pictures of another shape fill the canvas: an engine of ours writes it into the draft's `m`."""
    found = mapping(mapping(timeline.raw).get("m")).get("fill")
    return found if isinstance(found, str) else "pad"


def _format(was: Timeline, now: Timeline) -> Iterator[str]:
    if was.format != now.format:
        yield f"Will be exported as {now.format.upper() if now.format else 'a film'}"


def _rate(timeline: Timeline) -> str | None:
    return None if timeline.fps is None else f"{timeline.fps:.6g} fps"


def _request(was: Timeline, now: Timeline) -> Iterator[str]:
    """The request that the render will read: one namespaced key of the draft's `m` (architecture, "The contract")."""
    before, after = _wish(was), _wish(now)
    if before == after:
        return
    if after is None:
        if _raw_wish(now) is None:
            yield "Will no longer be made smaller"
        return
    unasked = set(CompressRequest().to_sentence().split(", "))
    details = [part for part in after.to_sentence().split(", ")[1:] if part not in unasked]
    limit = (
        "Will be made smaller"
        if after.max_bytes is None
        else f"Will be made to fit under {told_limit(after.max_bytes)}"
    )
    yield limit + (f" ({', '.join(details)})" if details else "")


def _raw_wish(timeline: Timeline) -> JSON:
    return mapping(mapping(timeline.raw).get("m")).get("nemovideo")


def _wish(timeline: Timeline) -> CompressRequest | None:
    try:
        return CompressRequest.model_validate(_raw_wish(timeline))
    except ValueError:  # none, or no request of ours
        return None
