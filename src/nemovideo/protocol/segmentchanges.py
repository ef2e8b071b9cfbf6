"""What became of one segment, in words: moved, trimmed, retimed, other words, louder, faster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nemovideo.protocol.draft import Segment, Track, told_seconds
from nemovideo.protocol.json import mapping

__all__ = ["Change", "IDS", "one_line", "segment_changes", "subject"]

_LONGEST_LABEL = 60
IDS = frozenset({"id", "uid", "uuid"})
"""Keys of a part that say which it is, and nothing of what it shows."""
_LOOKS = {
    "x": "position", "y": "position", "anchor": "position", "size": "size", "color": "color",
    "fade_in": "fade-in", "fade_out": "fade-out", "rotate": "rotation", "flip": "mirroring", "crop": "crop",
    "fill": "fill",
}  # fmt: skip
_TOLD_OTHERWISE = {"title", "text", "start", "src", "in", "speed", "volume"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one segment.

    Attributes:
        what: the words after "3 pieces", where it happened to several.
        alone: the words for this segment.
        only: the words where it is the only one on its track, or where it happened to all of them.
        same: whether it is the same change to the number, so that two of them are told together already.
    """

    what: str
    alone: str
    only: str | None = None
    same: bool = False


def subject(track: Track, segment: Segment, verb: str, span: str | None = None) -> str:
    """`Title added: 'Paradise Found' (0-3s)`."""
    span = span or segment.span
    if segment.volume != 1.0 and verb in {"added", "removed"}:
        span += f", {_percent(segment.volume)}"
    return f"{_name(track)} {verb}: {_label(track, segment)}({span})"


def segment_changes(track: Track, was: Segment, now: Segment) -> Iterator[Change]:
    """What changed of a segment that stayed, most telling first; nothing where no word of it differs."""
    if was.raw == now.raw and was == now:
        return
    yield from _words(track, was, now)
    yield from _ratio(track, now, "volume", _percent(was.volume), _percent(now.volume))
    yield from _ratio(track, now, "speed", f"{was.speed:.4g}x", f"{now.speed:.4g}x")
    yield from _times(track, was, now)
    yield from _looks(track, was, now)


def _words(track: Track, was: Segment, now: Segment) -> Iterator[Change]:
    before, after = one_line(was.label), one_line(now.label)
    if was.source != now.source and was.source and now.source:
        yield _each(track, now, "replaced")
    elif before != after and track.kind == "text":
        yield Change("with other words", f"{_name(track)} text changed: '{before}' -> '{after}'")
    elif before != after:
        yield Change("renamed", f"{_name(track)} renamed: {before or '-'} -> {after or '-'}")


def _ratio(track: Track, now: Segment, what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        told = f"{what} {before} -> {after}"
        only = f"{_name(track)} {told}"
        yield Change(told, f"{only}: {_label(track, now)}({now.span})", only, same=True)


def _times(track: Track, was: Segment, now: Segment) -> Iterator[Change]:
    """Where it lies and what of its source it shows."""
    moved = _differ(was.start, now.start)
    longer = _differ(was.duration, now.duration)
    cut = _differ(was.source_start, now.source_start)
    if was.speed != now.speed and _same_source(was, now):
        longer = False  # a new speed makes it longer or shorter by itself
    if track.kind == "text" and longer:
        yield _each(track, now, "retimed", f"{was.span} -> {now.span}")
    elif longer:
        verb = "trimmed" if now.duration < was.duration else "extended"
        yield _each(track, now, verb, f"{was.span} -> {now.span}{_from_start(was, now)}")
    elif cut:
        yield _each(track, now, "cut from another part", f"from {told_seconds(now.source_start)}s of its source")
    elif moved:
        by = now.start - was.start
        told = f"{told_seconds(abs(by))}s {'later' if by > 0 else 'earlier'}"
        alone = subject(track, now, "moved", f"{was.span} -> {now.span}")
        yield Change(f"moved {told}", alone, same=True)


def _same_source(was: Segment, now: Segment) -> bool:
    """Whether both show the same stretch of their source: at twice the speed, in half the time."""
    before, after = was.duration * was.speed, now.duration * now.speed
    return abs(before - after) <= 0.01 * max(abs(before), abs(after), 1.0)


def _from_start(was: Segment, now: Segment) -> str:
    off = now.source_start - was.source_start
    return f", first {told_seconds(off)}s cut" if off > 0 and _differ(off, 0.0) else ""


def _looks(track: Track, was: Segment, now: Segment) -> Iterator[Change]:
    """Keys beside the times: the documented ones by name, the rest as "adjusted"."""
    before, after = mapping(was.raw), mapping(now.raw)
    old, new = mapping(before.get("m")), mapping(after.get("m"))
    keys = [key for key in {**old, **new} if key not in _TOLD_OTHERWISE | IDS and old.get(key) != new.get(key)]
    others = any(before.get(key) != after.get(key) for key in {**before, **after} if key not in {"m", "d"} | IDS)
    if keys or others:
        names = dict.fromkeys(_LOOKS[key] for key in keys if key in _LOOKS)
        verb = f"{', '.join(names)} changed" if names else "adjusted"
        yield _each(track, now, verb)


def _each(track: Track, now: Segment, verb: str, span: str | None = None) -> Change:
    return Change(verb, subject(track, now, verb, span))


def _label(track: Track, segment: Segment) -> str:
    label = one_line(segment.label)
    if not label:
        return ""
    return f"'{label}' " if track.kind == "text" else f"{label} "


def _name(track: Track) -> str:
    return one_line(track.name)


def one_line(label: str | None) -> str:
    """A name or a text as one line, not too long to be read."""
    line = " ".join((label or "").split())
    return line if len(line) <= _LONGEST_LABEL else f"{line[: _LONGEST_LABEL - 1]}…"


def _percent(volume: float) -> str:
    return f"{volume * 100:.4g}%"


def _differ(one: float, other: float) -> bool:
    return told_seconds(one) != told_seconds(other)
