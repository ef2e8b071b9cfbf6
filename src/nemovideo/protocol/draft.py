"""The draft with its short keys into a Timeline that a person can read.

Five keys are documented: `t` tracks, `tt` track type, `sg` segments, `d` duration in milliseconds, `m` metadata
(spec, section 4). Real drafts carry more, so the raw object is kept whole and is what a render sends.
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from nemovideo.protocol.json import JSON, mapping, number, sequence, text

__all__ = ["OTHER_FORMATS", "OtherFormat", "Segment", "Timeline", "Track", "TrackKind", "told_seconds"]

TrackKind = Literal["video", "audio", "text", "other"]
OtherFormat = Literal["gif", "mp3", "m4a", "wav", "aac"]
OTHER_FORMATS: tuple[OtherFormat, ...] = get_args(OtherFormat)
"""What a timeline may be exported as beside a film, as an engine of ours writes it into the draft's `m.format`."""

_KINDS: dict[int, TrackKind] = {0: "video", 1: "audio", 7: "text"}
_NAMES: dict[TrackKind, str] = {"video": "Video", "audio": "Audio", "text": "Title", "other": "Track"}


class Segment(BaseModel):
    """One piece on a track. Times are seconds; `volume` and `speed` are 1.0 for unchanged."""

    model_config = ConfigDict(frozen=True)

    start: float
    """Where it begins on the timeline."""
    duration: float
    label: str | None = None
    """The text that it shows, or its title."""
    volume: float = 1.0
    source: str | None = None
    """What it is cut from: an upload's hash."""
    source_start: float = 0.0
    """Where it begins in its source."""
    speed: float = 1.0
    raw: JSON = Field(default=None, exclude=True, repr=False)
    """The segment as the draft has it, whose keys are more than the documented ones."""

    @property
    def end(self) -> float:
        """Seconds on the timeline where it ends."""
        return self.start + self.duration

    @property
    def span(self) -> str:
        """`0-4.5s`."""
        return f"{told_seconds(self.start)}-{told_seconds(self.end)}s"


class Track(BaseModel):
    """One track: what it is, what it is called, and its segments in order."""

    model_config = ConfigDict(frozen=True)

    kind: TrackKind
    type_number: int | None
    name: str
    segments: tuple[Segment, ...] = ()

    @property
    def summary(self) -> str:
        """As in the documented summary, ``BGM: Lo-fi (0-10s, 35%)``."""
        if not self.segments:
            return f"{self.name}: (empty)"
        return f"{self.name}: " + ", ".join(self._told(segment) for segment in self.segments)

    def _told(self, segment: Segment) -> str:
        span = segment.span
        if segment.volume != 1.0:
            span += f", {segment.volume * 100:.3g}%"
        if segment.label is None:
            return f"({span})"
        label = f'"{segment.label}"' if self.kind == "text" else segment.label
        return f"{label} ({span})"


class Timeline(BaseModel):
    """A draft, decoded; `raw` is the draft itself, untouched.

    Example:
        >>> Timeline.decode({"t": [{"tt": 0, "sg": [{"d": 10000, "m": {"title": "city"}}]}]}).summary
        'Timeline (1 track): 1. Video: city (0-10s)'
    """

    model_config = ConfigDict(frozen=True)

    tracks: tuple[Track, ...]
    duration: float
    """Seconds."""
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    title: str | None = None
    format: OtherFormat | None = None
    """What it is exported as, where that is no film."""
    raw: JSON = None

    @classmethod
    def decode(cls, draft: JSON) -> Timeline:
        """Read a draft, whatever it holds; what is missing is taken as spec section 10 says."""
        fields, meta = mapping(draft), mapping(mapping(draft).get("m"))
        tracks = tuple(_track(track) for track in sequence(fields.get("t")))
        longest = max((segment.end for track in tracks for segment in track.segments), default=0.0)
        declared = number(fields.get("d"))
        width, height = number(meta.get("width")), number(meta.get("height"))
        return cls(
            tracks=tracks,
            duration=declared / 1000 if declared is not None else longest,
            width=int(width) if width else None,
            height=int(height) if height else None,
            fps=number(meta.get("fps")),
            title=text(meta.get("title")),
            format=next((one for one in OTHER_FORMATS if one == meta.get("format")), None),
            raw=draft,
        )

    @property
    def exportable(self) -> bool:
        """Whether the draft can be rendered: some track has a segment."""
        return any(track.segments for track in self.tracks)

    @property
    def summary(self) -> str:
        """The documented one-line summary of every track."""
        count = len(self.tracks)
        head = f"Timeline ({count} track{'' if count == 1 else 's'})"
        if not count:
            return f"{head}: empty"
        return f"{head}: " + " ".join(f"{n}. {track.summary}" for n, track in enumerate(self.tracks, 1))

    def __str__(self) -> str:
        return self.summary


def _track(track: JSON) -> Track:
    fields = mapping(track)
    found = number(fields.get("tt"))
    type_number = None if found is None else int(found)
    kind = _KINDS.get(type_number, "other") if type_number is not None else "other"
    segments: list[Segment] = []
    for raw in sequence(fields.get("sg")):
        before = segments[-1].end if segments else 0.0
        segments.append(_segment(raw, before))
    name = text(mapping(fields.get("m")).get("name")) or _NAMES[kind]
    return Track(kind=kind, type_number=type_number, name=name, segments=tuple(segments))


def _segment(segment: JSON, before: float) -> Segment:
    fields = mapping(segment)
    meta = mapping(fields.get("m"))
    start, volume, speed = number(meta.get("start")), number(meta.get("volume")), number(meta.get("speed"))
    return Segment(
        start=before if start is None else start / 1000,
        duration=(number(fields.get("d")) or 0.0) / 1000,
        label=text(meta.get("text")) or text(meta.get("title")),
        volume=1.0 if volume is None else volume,
        source=text(meta.get("src")),
        source_start=(number(meta.get("in")) or 0.0) / 1000,
        speed=speed if speed and speed > 0 else 1.0,
        raw=segment,
    )


def told_seconds(value: float) -> str:
    """Seconds as a summary writes them: `3`, `4.5`, `3725`."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
