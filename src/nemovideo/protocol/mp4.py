"""A walk over the boxes of an MP4 or MOV file: is it whole, and what is inside?

The client has no FFmpeg; this is how it looks at a result (and at a source that already fits) all the same. Boxes are
those of ISO/IEC 14496-12; only headers and a few small tables are read, never the media itself.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nemovideo.errors import DamagedFile, UnsupportedFile

__all__ = ["Movie", "MovieTrack", "Reader", "walk"]

Reader = Callable[[int, int], bytes]
"""Gives up to `length` bytes at `offset`."""

_LARGEST_MOOV = 256 * 1024 * 1024  # bytes; hours of video have some 10 MB
_CODECS = {
    "avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc", "av01": "av1", "vp09": "vp9", "mp4v": "mpeg4",
    "mp4a": "aac", "Opus": "opus", "ac-3": "ac3", "ec-3": "eac3", "fLaC": "flac", ".mp3": "mp3",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MovieTrack:
    """One track: `kind` is "video", "audio" or another handler's four letters; duration in seconds."""

    kind: str
    codec: str
    duration: float
    samples: int
    width: int = 0
    height: int = 0
    rotation: int = 0

    @property
    def fps(self) -> float | None:
        """Mean frames a second."""
        return self.samples / self.duration if self.duration and self.samples else None


@dataclass(frozen=True, slots=True)
class Movie:
    """What a file holds; duration in seconds."""

    duration: float
    tracks: tuple[MovieTrack, ...]
    fragmented: bool = False

    def first(self, kind: str) -> MovieTrack | None:
        """The first track of a kind."""
        return next((track for track in self.tracks if track.kind == kind), None)


def walk(read: Reader, size: int) -> Movie:
    """Look through a file of `size` bytes.

    Raises:
        UnsupportedFile: it does not begin like an MP4 or MOV.
        DamagedFile: a box reaches over the end of the file, media or index (`moov`) are missing, or it is broken.
    """
    boxes = list(_top_level(read, size))
    if not boxes or boxes[0][0] not in {"ftyp", "moov", "mdat", "wide", "free", "skip", "styp"}:
        raise UnsupportedFile("The file is no MP4.", hint="")
    moov = next((box for box in boxes if box[0] == "moov"), None)
    if moov is None:
        raise DamagedFile("The file has no index (moov box): it was cut before its writer had finished.")
    kinds = {kind for kind, _, _ in boxes}
    if not kinds & {"mdat", "moof"}:
        raise DamagedFile("The file has an index and no media (mdat box): it was cut.")
    _, start, end = moov
    if end - start > _LARGEST_MOOV:
        raise DamagedFile("The file's index (moov box) is absurdly large.")
    try:
        return _movie(read(start, end - start), fragmented="moof" in kinds)
    except (struct.error, IndexError, ZeroDivisionError, RecursionError) as problem:
        raise DamagedFile("The file's index (moov box) is broken.") from problem


def _top_level(read: Reader, size: int) -> Iterator[tuple[str, int, int]]:
    position = 0
    while position + 8 <= size:
        header = read(position, 16)
        if len(header) < 8:
            raise DamagedFile("The file became shorter while it was looked at.")
        length, kind = struct.unpack_from(">I4s", header)
        body = position + 8
        if length == 1 and len(header) == 16:
            (length,) = struct.unpack_from(">Q", header, 8)
            body += 8
        elif length == 0:
            length = size - position
        if length < body - position or position + length > size:
            if position == 0:
                raise UnsupportedFile("The file is no MP4.", hint="")
            missing = position + length - size
            raise DamagedFile(f"The file ends within its {kind.decode('latin-1')} box: {missing} bytes are missing.")
        yield kind.decode("latin-1"), body, position + length
        position += length


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, body)
            body += 8
        stop = end if length == 0 else start + length
        if stop > end or stop < body:
            raise IndexError(kind)
        yield kind.decode("latin-1"), body, stop
        start = stop


def _movie(moov: bytes, *, fragmented: bool) -> Movie:
    duration = 0.0
    tracks: list[MovieTrack] = []
    for kind, start, end in _boxes(moov, 0, len(moov)):
        if kind == "mvhd":
            duration = _duration(moov, start)
        elif kind == "trak":
            tracks.append(_track(moov, start, end))
    return Movie(duration, tuple(tracks), fragmented)


def _duration(data: bytes, start: int) -> float:
    """Seconds, from an `mvhd` or `mdhd` box of either version."""
    if data[start] == 1:
        timescale, ticks = struct.unpack_from(">IQ", data, start + 20)
    else:
        timescale, ticks = struct.unpack_from(">II", data, start + 12)
    unknown = ticks in {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}
    return 0.0 if unknown else ticks / timescale


def _track(data: bytes, start: int, end: int) -> MovieTrack:
    found: dict[str, int] = {}
    for kind, body in _inner(data, start, end, {"tkhd", "mdhd", "hdlr", "stsd", "stsz", "stz2"}):
        found.setdefault(kind, body)  # QuickTime writes a second hdlr, for data, into minf
    handler = data[found["hdlr"] + 8 : found["hdlr"] + 12].decode("latin-1") if "hdlr" in found else "????"
    entry = found.get("stsd")
    codec = data[entry + 12 : entry + 16].decode("latin-1") if entry is not None else "????"
    sizes = found.get("stsz", found.get("stz2"))
    width, height, rotation = _picture(data, found["tkhd"]) if "tkhd" in found else (0, 0, 0)
    return MovieTrack(
        kind={"vide": "video", "soun": "audio"}.get(handler, handler),
        codec=_CODECS.get(codec, codec.strip()),
        duration=_duration(data, found["mdhd"]) if "mdhd" in found else 0.0,
        samples=struct.unpack_from(">I", data, sizes + 8)[0] if sizes is not None else 0,
        width=width,
        height=height,
        rotation=rotation,
    )


def _inner(data: bytes, start: int, end: int, wanted: set[str]) -> Iterator[tuple[str, int]]:
    for kind, body, stop in _boxes(data, start, end):
        if kind in wanted:
            yield kind, body
        if kind in {"mdia", "minf", "stbl"}:
            yield from _inner(data, body, stop, wanted)


def _picture(data: bytes, start: int) -> tuple[int, int, int]:
    """Displayed width and height in pixels, and the rotation in degrees clockwise, from a `tkhd` box."""
    matrix_at = start + (52 if data[start] == 1 else 40)
    a, b = struct.unpack_from(">ii", data, matrix_at)
    width, height = (value >> 16 for value in struct.unpack_from(">II", data, matrix_at + 36))
    rotation = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}.get((_sign(a), _sign(b)), 0)
    return (height, width, rotation) if rotation in {90, 270} else (width, height, rotation)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
