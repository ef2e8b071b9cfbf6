"""What a file holds: plain values, measured by the probe from packets, not believed from headers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

__all__ = ["AudioTrack", "Kind", "Media", "SubtitleTrack", "VideoTrack", "media_from_json"]

Kind = Literal["video", "audio", "image"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTrack:
    """The picture that is shown: the largest default one, attached covers left out.

    Attributes:
        width, height: coded size in pixels, before rotation and pixel aspect.
        rotation: degrees counter-clockwise to turn for display.
        frames: pictures counted in packets.
        start, end: seconds of the first and after the last picture.
        fps: pictures a second; the mean when the gaps vary (vfr).
        shortest: the shortest gap between two pictures, in seconds.
        bytes: of its packets.
        trc, primaries, space, range: colour, in the numbers of ISO/IEC 23091-2 (range: 1 limited, 2 full).
        hdr: "hlg", "pq" or None.
        longest: the longest that a picture is shown, in seconds; 0 where that was not measured.
        dolby: Dolby Vision's profile and the kind of its base picture ("8.4" lies over HLG), or None.
        opaque: whether nothing shines through its first picture, although its format could let it.
    """

    index: int
    codec: str
    width: int
    height: int
    sar: tuple[int, int]
    rotation: int
    pix_fmt: str
    frames: int
    keyframes: int
    bytes: int
    start: float
    end: float
    fps: float
    shortest: float
    vfr: bool
    interlaced: bool
    alpha: bool
    trc: int
    primaries: int
    space: int
    range: int
    hdr: Literal["hlg", "pq"] | None
    dolby: str | None = None
    longest: float = 0.0
    opaque: bool = False

    @property
    def duration(self) -> float:
        """Seconds from the first picture to the end of the last."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTrack:
    """The sound that is heard: the default track, else the one with most channels.

    Attributes:
        discarded: packets that an edit list trims away, counted in `packets` too.
        language, title: as the file names them; None where it does not.
    """

    index: int
    codec: str
    channels: int
    rate: int
    packets: int
    bytes: int
    start: float
    end: float
    discarded: int = 0
    language: str | None = None
    title: str | None = None

    @property
    def duration(self) -> float:
        """Seconds of sound."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleTrack:
    """A track of subtitles; `text` tells those made of words from those made of pictures."""

    index: int
    codec: str
    text: bool
    bytes: int
    packets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One file.

    Attributes:
        container: the name a person knows ("mp4", "mkv", "ts"); `demuxer` is FFmpeg's.
        duration: seconds from the first to the end of the last packet of the chosen tracks.
        width, height: as displayed: upright, with square pixels.
        unread: codecs of the sound tracks that are left out because they are not read here.
        zero: the time of the file that FFmpeg calls zero: its earliest of all tracks.
        composed: whether it was made here as an intermediate: its bytes tell nothing of the picture, and it is never
            handed out as it is.
        covers: pictures attached to it, which are no tracks of the film.
        more_audio: the other sound tracks that are read here.
        every_sound: whether they are wanted too.
    """

    path: Path
    size: int
    container: str
    demuxer: str
    kind: Kind
    duration: float
    width: int
    height: int
    fps: float
    video: VideoTrack | None
    audio: AudioTrack | None
    subtitles: tuple[SubtitleTrack, ...] = ()
    video_tracks: int = 0
    audio_tracks: int = 0
    data_tracks: int = 0
    zero: float = 0.0
    unread: tuple[str, ...] = ()
    composed: bool = False
    more_audio: tuple[AudioTrack, ...] = ()
    every_sound: bool = False
    covers: int = 0

    @property
    def hdr(self) -> bool:
        """Whether the picture is of high dynamic range (HLG or PQ)."""
        return self.video is not None and self.video.hdr is not None

    @property
    def start(self) -> float:
        """The earliest time of the chosen tracks, in seconds."""
        return min((track.start for track in (self.video, *self.heard) if track is not None), default=0.0)

    @property
    def heard(self) -> tuple[AudioTrack, ...]:
        """The sound tracks that a result takes over, in the file's order."""
        if self.audio is None:
            return ()
        return tuple(sorted((self.audio, *(self.more_audio if self.every_sound else ())), key=lambda it: it.index))

    def with_every_sound(self) -> Media:
        """The same file with all its sound tracks heard, and as long as the longest of them."""
        whole = replace(self, every_sound=True)
        ends = [track.end for track in (self.video, *whole.heard) if track is not None]
        return replace(whole, duration=max(ends, default=0.0) - whole.start)

    def to_json(self) -> dict[str, Any]:
        """A JSON object that `media_from_json` reads back."""
        return asdict(self) | {"path": str(self.path)}


def media_from_json(fields: Mapping[str, Any]) -> Media:
    """The Media that `Media.to_json` wrote down."""
    track: dict[str, Any] = dict(fields["video"] or {})
    if track:
        track["sar"] = (track["sar"][0], track["sar"][1])
    parts: dict[str, Any] = {
        "path": Path(fields["path"]),
        "video": VideoTrack(**track) if track else None,
        "audio": AudioTrack(**fields["audio"]) if fields["audio"] else None,
        "subtitles": tuple(SubtitleTrack(**subtitle) for subtitle in fields["subtitles"]),
        "unread": tuple(fields["unread"]),
        "more_audio": tuple(AudioTrack(**sound) for sound in fields.get("more_audio", ())),
    }
    return Media(**{**fields, **parts})
