"""The probe's own process: opens one file with PyAV, walks its packets, prints JSON.

Run through the jail as `python -I -S scan.py SITE DEMUXER FILE`, or with SITE alone: then PyAV is loaded, and the
other two are read from the input as one JSON list. Nothing is decoded but one picture of the chosen video
track (for rotation, interlacing and colours, which headers tell only in part). Imports nothing of the package.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from typing import Any

__all__ = ["main"]

Foreign = Any
"""An object of PyAV: its stubs differ between the versions that are supported."""

# FFmpeg's CodecProperties and dispositions that PyAV names differently between its versions.
_ATTACHED_PICTURE = 1024
_DEFAULT = 1
_CODECS = {
    "libdav1d": "av1",
    "libaom-av1": "av1",
    "libvpx-vp9": "vp9",
    "libvpx": "vp8",
    "libopus": "opus",
    "mp3float": "mp3",
}
"""Decoders that PyAV names instead of what they decode."""
_JUMPING = frozenset({"mpegts", "mpeg", "ogg"})  # as in sync.py
_BACK, _AHEAD = 0.1, 10.0
"""Seconds by which a clock must go back, or ahead, to have jumped (FFmpeg's ts_discontinuity_detect)."""
_DOLBY = re.compile(r"^ +DOVI configuration record: .*\bprofile: (\d+),.*\bcompatibility id: (\d+)", re.MULTILINE)
_LONGEST_LOOK = 90  # packets given to the decoder until it must have shown a picture


def main(argv: list[str]) -> int:
    """Scan the file; prints one JSON object, with `error` in it when the file cannot be walked."""
    site, *asked = argv
    sys.path[:0] = site.split("\0") if "\0" in site else [site]
    try:
        import av  # noqa: PLC0415  # found only through the path given
        import av.error  # noqa: PLC0415
        import av.logging  # noqa: PLC0415
    except ImportError as error:
        _answer({"error": "missing", "message": str(error)})
        return 0
    demuxer, name = asked or json.loads(sys.stdin.readline() or '["", ""]')
    if not name:  # whoever might have asked has gone
        return 0
    av.logging.set_level(av.logging.ERROR)
    av.logging.restore_default_callback()
    options = {"protocol_whitelist": "file,pipe", "format_whitelist": demuxer, "export_side_data": "enhancements"}
    try:
        with av.open(f"file:{name}", format=demuxer, options=options) as container:
            dolby = _dolby(container, av.logging)
            _answer(_scan(container, dolby))
    except (av.error.FFmpegError, OSError, ValueError, MemoryError) as error:
        _answer({"error": "damaged", "message": str(getattr(error, "strerror", None) or error)})
    return 0


def _answer(found: dict[str, Any]) -> None:
    json.dump(found, sys.stdout)
    sys.stdout.flush()


def _dolby(container: Foreign, logging: Foreign) -> dict[int, list[int]]:
    """Track -> [profile, compatibility] of Dolby Vision, which FFmpeg tells only in its description of a file."""
    logging.set_level(logging.INFO)  # the description is a message of this level
    described = str(container.dumps_format())
    logging.set_level(logging.ERROR)
    logging.restore_default_callback()
    found: dict[int, list[int]] = {}
    for part in described.split("\n  Stream #0:")[1:]:
        if told := _DOLBY.search(part):
            found[int(part[: len(part) - len(part.lstrip("0123456789"))])] = [int(told[1]), int(told[2])]
    return found


def _scan(container: Foreign, dolby: dict[int, list[int]]) -> dict[str, Any]:
    tracks = [_track(stream, dolby.get(stream.index)) for stream in container.streams]
    kept = [s for s, t in zip(container.streams, tracks, strict=True) if t["kind"] in {"video", "audio", "subtitle"}]
    pictures = [t for t in tracks if t["kind"] == "video" and not t["attached"]]
    shown = max(pictures, key=lambda t: (t["default"], t["width"] * t["height"]), default=None)
    looker = _Looker(container.streams[shown["index"]]) if shown else None
    jumping = container.format.name in _JUMPING
    walks = {s.index: _Walk(s, jumping=jumping) for s in kept}
    error = None
    try:
        for packet in container.demux(kept) if kept else ():
            walks[packet.stream_index].take(packet)
            if looker and packet.stream_index == looker.index:
                looker.take(packet)
    except (OSError, ValueError) as failure:  # av.FFmpegError is one or the other
        error = str(getattr(failure, "strerror", None) or failure)
    if shown and looker:
        looker.take(None)
        shown["picture"] = looker.found
    for track in tracks:
        if track["index"] in walks:
            track.update(walks[track["index"]].result())
    zero = container.start_time
    return {
        "tracks": tracks,
        "walk_error": error,
        "shown": shown["index"] if shown else None,
        "zero": None if zero is None else zero / 1e6,
    }


def _track(stream: Foreign, dolby: list[int] | None) -> dict[str, Any]:
    context = stream.codec_context
    disposition = int(getattr(stream.disposition, "value", stream.disposition) or 0)
    track: dict[str, Any] = {
        "index": stream.index,
        "kind": stream.type,
        "codec": _CODECS.get(context.name, context.name) if context else None,
        "default": bool(disposition & _DEFAULT),
        "attached": bool(disposition & _ATTACHED_PICTURE),
        "declared": int(stream.frames or 0),
        "language": None if stream.language in {None, "", "und"} else str(stream.language)[:8],
        "dolby": dolby,
        "title": str(stream.metadata.get("title", ""))[:200] or None,
    }
    if stream.type == "video" and context:
        track |= _video(stream, context)
    elif stream.type == "audio" and context:
        track |= {"rate": context.sample_rate or 0, "channels": getattr(context, "channels", 0) or 0}
    return track


def _video(stream: Foreign, context: Foreign) -> dict[str, Any]:
    sar = stream.sample_aspect_ratio or context.sample_aspect_ratio
    guessed = stream.guessed_rate or stream.average_rate
    return {
        "width": context.width or 0,
        "height": context.height or 0,
        "sar": [sar.numerator, sar.denominator] if sar and sar > 0 else [1, 1],
        "pix_fmt": context.pix_fmt,
        "rate": float(guessed) if guessed else 0.0,
        "trc": int(context.color_trc),
        "primaries": int(context.color_primaries),
        "space": int(context.colorspace),
        "range": int(context.color_range),
        "field_order": int(getattr(context, "field_order", 0) or 0),
        "alpha": str(stream.metadata.get("alpha_mode", stream.metadata.get("ALPHA_MODE", "0"))) == "1",
        "tag": str(context.codec_tag),
    }


class _Clock:
    """Follows a track's clock over its jumps as FFmpeg does: what comes after one carries on where the last ended."""

    def __init__(self, tick: float, *, jumping: bool) -> None:
        self._jumping = jumping and tick > 0
        self._back, self._ahead = (round(_BACK / tick), round(_AHEAD / tick)) if self._jumping else (0, 0)
        self._offset = 0
        self._last: int | None = None
        self._length = 0

    def offset(self, packet: Foreign) -> int:
        """Ticks to add to the times of this packet."""
        if not self._jumping or packet.dts is None:
            return self._offset
        now = packet.dts + self._offset
        if self._last is not None:
            due = self._last + self._length
            if now + self._back < self._last or abs(now - due) > self._ahead:
                self._offset += due - now
                now = due
        self._length = packet.duration or (now - self._last if self._last is not None else 0)
        self._last = now
        return self._offset


class _Walk:
    """What the packets of one track add up to."""

    def __init__(self, stream: Foreign, *, jumping: bool) -> None:
        self.tick = float(stream.time_base or 0)
        self.clock = _Clock(self.tick, jumping=jumping)
        self.packets = self.bytes = self.keyframes = self.corrupt = self.discarded = 0
        self.broken: str | None = None
        self.times: list[int] = []
        self.end: int | None = None
        self.keep_times = stream.type == "video"
        self.first: int | None = None
        self.length = _nal_length(stream)
        self.sizes = 0

    def take(self, packet: Foreign) -> None:
        if packet.size == 0 and packet.dts is None:  # the flush packet at the end
            return
        self.packets += 1
        self.bytes += packet.size
        self.keyframes += bool(packet.is_keyframe)
        self.corrupt += bool(packet.is_corrupt)
        self.discarded += bool(packet.is_discard)
        if self.length and self.broken is None and not _whole(memoryview(packet), self.length):
            self.broken = f"its picture {self.packets} is torn: parts of it are missing"
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None or packet.is_discard:
            return
        time += self.clock.offset(packet)
        if self.first is None or time < self.first:
            self.first = time
        end = time + (packet.duration or 0)
        if self.end is None or end > self.end:
            self.end = end
        if self.keep_times:
            self.times.append(time)

    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "packets": self.packets,
            "bytes": self.bytes,
            "keyframes": self.keyframes,
            "corrupt": self.corrupt,
            "discarded": self.discarded,
            "broken": self.broken,
            "start": (self.first or 0) * self.tick,
            "end": (self.end or 0) * self.tick,
        }
        if self.keep_times and self.times:
            found |= self._rhythm()
        return found

    def _rhythm(self) -> dict[str, Any]:
        times = sorted(self.times)
        gaps = sorted(b - a for a, b in itertools.pairwise(times))
        usual = gaps[len(gaps) // 2] if gaps else 0
        span = (times[-1] - times[0]) * self.tick
        mean = span / len(gaps) if gaps else 0.0
        # MP4 stores the distance to the next packet, which is no picture's duration once B-frames reorder them.
        reordered = self.times != times
        last = (usual if reordered else max((self.end or 0) - times[-1], 0)) * self.tick
        steady = not gaps or (gaps[-1] - gaps[0] <= max(2, 0.5 * usual) if usual else False)
        # A length out of all proportion is not believed, unless there is nothing to compare it with.
        hold = last if 0 < last <= 10 * max(mean, 0.04) or not gaps else mean
        return {
            "frames": len(times),
            "span": span,
            "end": times[-1] * self.tick + hold,
            "vfr": not steady,
            "shortest": gaps[0] * self.tick if gaps else 0.0,
            "longest": max(gaps[-1] * self.tick if gaps else 0.0, hold),
        }


def _nal_length(stream: Foreign) -> int:
    """Bytes of the length before each NAL unit where the track is packed so (avcC, hvcC); 0 otherwise."""
    if stream.type != "video" or not stream.codec_context:
        return 0
    extra = bytes(stream.codec_context.extradata or b"")
    if stream.codec_context.name == "h264" and len(extra) > 6 and extra[0] == 1:
        return (extra[4] & 3) + 1
    if stream.codec_context.name == "hevc" and len(extra) > 22 and extra[0] == 1:
        return (extra[21] & 3) + 1
    return 0


def _whole(packet: memoryview, length: int) -> bool:
    """Whether the units' lengths end exactly where the packet does."""
    at, size = 0, len(packet)
    while at + length <= size:
        at += length + int.from_bytes(packet[at : at + length], "big")
    return at == size or (at < size and not any(packet[at:]))


class _Looker:
    """Decodes until the first picture shows, then nothing more."""

    def __init__(self, stream: Foreign) -> None:
        self.index = stream.index
        self.found: dict[str, Any] | None = None
        self._context = stream.codec_context
        self._left = _LONGEST_LOOK
        if self._context is not None:
            self._context.thread_count = 1  # frame threads would hold the first picture back

    def take(self, packet: Foreign) -> None:
        if self.found is not None or self._left <= 0 or self._context is None:
            return
        self._left -= 1
        try:
            frames = self._context.decode(packet)
        except (OSError, ValueError):
            return
        if frames:
            frame = frames[0]
            self.found = {
                "rotation": int(getattr(frame, "rotation", 0) or 0),
                "interlaced": bool(frame.interlaced_frame),
                "pix_fmt": frame.format.name,
                "width": frame.width,
                "height": frame.height,
                "trc": int(getattr(frame, "color_trc", 2)),
                "range": int(frame.color_range),
                "space": int(frame.colorspace),
                "opaque": _opaque(frame),
            }


def _opaque(frame: Foreign) -> bool:
    """Whether nothing shines through a picture whose every pixel has four bytes, the last for that (GIF, PNG)."""
    if frame.format.name not in {"bgra", "rgba"}:
        return False
    plane = frame.planes[0]
    rows = memoryview(plane).cast("B")
    starts = range(0, plane.line_size * frame.height, plane.line_size)
    return all(min(rows[start + 3 : start + 4 * frame.width : 4].tobytes()) == 255 for start in starts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
