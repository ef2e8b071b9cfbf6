"""A draft into a Composition: lenient where the protocol gives a default, in words where it cannot be met. Pure.

A message begins with the place that is meant: `t[0].sg[2].m.speed: from 0.1 to 100, and not -1.`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nemovideo.engine.media.compose import values
from nemovideo.engine.media.compose.composition import Clip, Composition, Fill, Footage, Text
from nemovideo.engine.media.compose.values import Fields, told
from nemovideo.errors import NoPicture, UsageError

__all__ = ["LONGEST", "MOST_SEGMENTS", "named", "read"]

LONGEST = 12 * 3600.0
"""Seconds that a timeline may last: over that one render would fill a disk."""
MOST_SEGMENTS = 500
"""Segments that a timeline may have."""
_STILL = 5000.0  # milliseconds that a still image is shown where its segment does not say
_SLACK = 250.0  # a program that rounds a duration to tenths still means the whole film
_VIDEO, _AUDIO, _TEXT = 0, 1, 7


@dataclass(frozen=True, slots=True)
class _Track:
    """One track that is understood: its type, and its segments with the place of each in the draft."""

    kind: int
    segments: tuple[Fields, ...]


def named(draft: Mapping[str, object]) -> tuple[str, ...]:
    """The hashes of the sources that the draft names, each once.

    Raises:
        UsageError: a segment of picture or sound names none, or there are too many segments.
    """
    found = [one for track in _tracks(draft) if track.kind != _TEXT for one in track.segments]
    return tuple(dict.fromkeys(one.word("src", "names no source: the hash of an upload.") for one in found))


def read(draft: Mapping[str, object], footage: Mapping[str, Footage], *, silent: bool = False) -> Composition:
    """The draft as checked values.

    Args:
        draft: as spec section 10 writes it; keys that are not known are passed over.
        footage: of every source that `named` finds.
        silent: whether the picture is not wanted: then the length is that of whatever is heard.

    Raises:
        NoPicture: a picture is wanted, and there is no segment of video.
        UsageError: a value cannot be met; the message names it.

    Example:
        >>> film = Footage(kind="video", duration=4000, width=640, height=360, fps=25)
        >>> read({"t": [{"tt": 0, "sg": [{"m": {"src": "ab", "in": 1000}}]}]}, {"ab": film}).pictures[0].duration
        3000.0
    """
    tracks = _tracks(draft)
    notes = _left_out(draft)
    pictures = tuple(_pictures(tracks, footage, notes, Fields(draft, "").fill("pad")))
    if not pictures and not silent:
        raise NoPicture("The timeline has no video segment, so there is no picture to render.")
    sounds = tuple(sorted(_sounds(tracks, footage, notes), key=lambda clip: clip.start))
    duration = max((clip.end for clip in pictures or sounds), default=0.0)
    if not 0 < duration <= LONGEST * 1000:
        raise UsageError(
            f"The timeline lasts {duration / 1000:.6g} s; it can last up to {LONGEST:g} s and not nothing.",
            hint="Shorten it, then render it again.",
        )
    texts = tuple(_texts(tracks, duration, _short_side(draft, pictures, footage)))
    width, height, asked = _canvas(draft, pictures, footage)
    ends = [*(clip.end for clip in sounds), *(text.end for text in texts)]
    if late := sum(end > duration + _SLACK for end in ends):
        notes.append(f"{late} segment(s) of sound or text last beyond the picture: cut at its end")
    return Composition(
        width=width,
        height=height,
        fps=min(asked, values.FASTEST),
        asked_fps=asked if asked > values.FASTEST else 0.0,
        duration=duration,
        pictures=pictures,
        sounds=tuple(_within(clip, duration) for clip in sounds if clip.start < duration),
        texts=tuple(replace(text, duration=min(text.duration, duration - text.start)) for text in texts),
        notes=tuple(notes),
        ground=Fields(draft, "").color("fill_color", "black"),
    )


def _tracks(draft: Mapping[str, object]) -> list[_Track]:
    tracks: list[_Track] = []
    count = 0
    for number, track in enumerate(values.entries(draft.get("t"))):
        kind = values.table(track).get("tt")
        segments = values.entries(values.table(track).get("sg"))
        if isinstance(kind, bool) or kind not in (_VIDEO, _AUDIO, _TEXT):
            continue
        count += len(segments)
        if count > MOST_SEGMENTS:
            raise UsageError(
                f"The timeline has over {MOST_SEGMENTS} segments.", hint="Render it in parts, then join these."
            )
        fields = (Fields(one, f"t[{number}].sg[{place}]") for place, one in enumerate(segments) if values.table(one))
        tracks.append(_Track(int(kind), tuple(fields)))
    return tracks


def _left_out(draft: Mapping[str, object]) -> list[str]:
    """A note for each track with segments that is of no known type."""
    tracks = [values.table(track) for track in values.entries(draft.get("t"))]
    unknown = [t for t in tracks if values.entries(t.get("sg")) and t.get("tt") not in (_VIDEO, _AUDIO, _TEXT)]
    return [f"a track of an unknown type ({told(track.get('tt'))}) left out" for track in unknown]


def _pictures(tracks: list[_Track], footage: Mapping[str, Footage], notes: list[str], fill: Fill) -> Iterator[Clip]:
    """The clips of all video tracks: the first that has any is the picture, the others lie over it in order."""
    shown = [track for track in tracks if track.kind == _VIDEO and track.segments]
    for layer, track in enumerate(shown):
        clips: list[Clip] = []
        end = 0.0
        for fields in track.segments:
            clip = _clip(fields, footage, end, notes, fill)
            if clip is not None:
                clips.append(replace(clip, layer=layer, place=fields.place() if layer else None))
                end = clip.end
        yield from _one_at_a_time(clips, notes)


def _sounds(tracks: list[_Track], footage: Mapping[str, Footage], notes: list[str]) -> Iterator[Clip]:
    for track in tracks:
        end = 0.0
        for fields in track.segments if track.kind == _AUDIO else ():
            if (clip := _clip(fields, footage, end, notes, None)) is not None:
                end = clip.end
                yield clip


def _clip(
    fields: Fields, footage: Mapping[str, Footage], after: float, notes: list[str], fill: Fill | None
) -> Clip | None:
    """The segment as a clip, no longer than its source lasts; None when nothing of that is left.

    `fill` is how a picture fills the canvas unless it says so itself; None on a track of sound.
    """
    src = fields.word("src", "names no source: the hash of an upload.")
    source = footage[src]
    picture = fill is not None
    if picture and source.kind == "audio":
        raise fields.wrong("m.src", "has sound only: it belongs on a track of sound.")
    if not picture and source.kind == "image":
        raise fields.wrong("m.src", "is a still image, which has no sound.")
    begin, speed = fields.number("in", 0.0, least=0.0, most=LONGEST * 1000), fields.speed()
    wanted = fields.length()
    if source.duration is None:
        duration = _STILL if wanted is None else wanted
    else:
        left = (source.duration - begin) / speed
        duration = left if wanted is None else min(wanted, left)
        if duration <= 0:
            notes.append(f"{fields.where} begins where its source has ended already: left out")
            return None
        if wanted is not None and wanted > left + _SLACK:
            notes.append(f"{fields.where} is cut at its source's end, {wanted - left:.0f} ms early")
    clip = Clip(
        src=src,
        start=fields.number("start", after, least=0.0, most=LONGEST * 1000),
        duration=duration,
        source_start=begin,
        speed=speed,
        volume=fields.number("volume", 1.0, least=0.0, most=4.0),
        fade_in=fields.fade("fade_in", duration),
        fade_out=fields.fade("fade_out", duration),
    )
    if fill is None:
        return clip
    return replace(clip, rotate=fields.rotation(), flip=fields.flip(), crop=fields.crop(), fill=fields.fill(fill))


def _one_at_a_time(clips: list[Clip], notes: list[str]) -> Iterator[Clip]:
    """In order of their starts; where two overlap the later one is shown."""
    ordered = sorted(clips, key=lambda clip: clip.start)
    for clip, later in zip(ordered, [*ordered[1:], None], strict=True):
        if later is None or clip.end <= later.start:
            yield clip
            continue
        if clip.end > later.start + _SLACK:
            notes.append(f"two segments overlap at {later.start / 1000:.6g} s: the later one is shown")
        if later.start > clip.start:
            yield _within(clip, later.start)


def _within(clip: Clip, end: float) -> Clip:
    """The clip, cut at `end` of the timeline."""
    duration = min(clip.duration, end - clip.start)
    return replace(clip, duration=duration, fade_in=min(clip.fade_in, duration), fade_out=min(clip.fade_out, duration))


def _texts(tracks: list[_Track], duration: float, short_side: float) -> Iterator[Text]:
    for track in tracks:
        end = 0.0
        for fields in track.segments if track.kind == _TEXT else ():
            start = fields.number("start", end, least=0.0, most=LONGEST * 1000)
            wanted = fields.length()
            length = duration - start if wanted is None else wanted
            end = start + max(0.0, length)
            said = fields.word("text", "has no text to show.")
            if start >= duration or length <= 0 or not said.strip():
                continue
            x, y = fields.share("x"), fields.share("y")
            yield Text(
                text=said,
                start=start,
                duration=length,
                anchor=fields.anchor(),
                x=x if y is None else (0.5 if x is None else x),
                y=y if x is None else (0.5 if y is None else y),
                size=fields.text_size(short_side),
                color=fields.color("color", "#FFFFFF"),
                fade_in=fields.fade("fade_in", length),
                fade_out=fields.fade("fade_out", length),
            )


def _canvas(
    draft: Mapping[str, object], pictures: tuple[Clip, ...], footage: Mapping[str, Footage]
) -> tuple[int, int, float]:
    """Width, height and rate: the draft's own, else those of the first picture; what a source has may be asked for."""
    if not pictures:
        return 0, 0, 0.0
    fields, first = Fields(draft, ""), footage[pictures[0].src]
    shown = [one for one in footage.values() if one.width and one.height]
    sides = [side for one in shown for side in (one.width, one.height)] or [2]
    width, height = (
        fields.side(key, own, sources=(min(sides), max(sides)))
        for key, own in (("width", first.width), ("height", first.height))
    )
    return width, height, fields.rate(first.fps or 25.0, sources=max((one.fps for one in shown), default=0.0))


def _short_side(draft: Mapping[str, object], pictures: tuple[Clip, ...], footage: Mapping[str, Footage]) -> float:
    width, height, _ = _canvas(draft, pictures, footage)
    return float(min(width, height) or 1)
