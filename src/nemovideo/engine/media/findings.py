"""What a scan found, judged: a Media, or the reason why the file is none that is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from nemovideo.engine.media.ffmpeg import MAX_PIXELS, READ
from nemovideo.engine.media.media import AudioTrack, Kind, Media, SubtitleTrack, VideoTrack
from nemovideo.engine.media.sniff import IMAGES, NAMES
from nemovideo.errors import DamagedFile, MissingExtra, UnsupportedFile

__all__ = ["oversized", "too_large", "understand"]

_TEXT_SUBTITLES = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
_UNKNOWN = frozenset({0, 2})
_HDR: dict[int, Literal["hlg", "pq"]] = {16: "pq", 18: "hlg"}
_DOLBY_BASE = {1: 16, 4: 18, 6: 16}
"""Transfer of the picture under Dolby Vision by its compatibility: HDR10, HLG, the HDR10 of Blu-ray (2 is SDR)."""
_JARGON = "Consider increasing"
"""Of FFmpeg's advice to those who call it with options; a person has none to give."""
_OVERSIZED = re.compile(r"Picture size ([1-9]\d*x[1-9]\d*) is invalid")
"""FFmpeg's word for it; a side of nothing is damage."""
_FORGIVING = frozenset({"mpegts", "mpeg", "mpegvideo"})
"""Broadcast formats: they may be cut anywhere, so a torn packet at an end is no damage."""


def understand(
    path: Path, size: int, demuxer: str, found: Mapping[str, Any], *, container: str | None = None, said: str = ""
) -> Media:
    """Judge what scan.py found. Pure.

    Raises:
        DamagedFile, UnsupportedFile, MissingExtra: as `probe.probe`.
    """
    if found.get("error") == "missing":
        raise MissingExtra(
            f"PyAV does not load: {found['message']}", hint='Install it with: python -m pip install "nemovideo[engine]"'
        )
    if "error" in found:
        wrong = found["message"] if not said or _JARGON in said else said
        raise DamagedFile(f"{path.name} is damaged: {wrong}")
    tracks: list[Mapping[str, Any]] = found["tracks"]
    shown = next((t for t in tracks if t["index"] == found["shown"]), None)
    sounds = [t for t in tracks if t["kind"] == "audio" and t["packets"] and t["codec"] in READ]
    heard = max(
        sounds,
        key=lambda t: (t["default"], t["channels"], -t["index"]),
        default=None,
    )
    unread = tuple(
        t["codec"] or "unknown" for t in tracks if t["kind"] == "audio" and t["packets"] and t["codec"] not in READ
    )
    if shown is None and heard is None:
        if unread:
            raise UnsupportedFile(f"{path.name}: its sound is coded as {unread[0]}, which is not read here")
        raise UnsupportedFile(f"{path.name} holds neither a picture nor sound")
    if shown is not None and demuxer not in IMAGES:
        _refuse_unread(path, shown)
    _refuse_damage(path, demuxer, found, shown)
    video = _video(path, shown) if shown else None
    audio = _audio(heard) if heard else None
    ends = [(track.start, track.end) for track in (video, audio) if track]
    width, height = _displayed(video) if video else (0, 0)
    return Media(
        path=path,
        size=size,
        container=container or NAMES[demuxer],
        demuxer=demuxer,
        kind=_kind(demuxer, container, video),
        duration=max(end for _, end in ends) - min(start for start, _ in ends),
        width=width,
        height=height,
        fps=video.fps if video else 0.0,
        video=video,
        audio=audio,
        subtitles=tuple(
            SubtitleTrack(
                index=t["index"],
                codec=t["codec"] or "unknown",
                text=t["codec"] in _TEXT_SUBTITLES,
                bytes=t["bytes"],
                packets=t["packets"],
            )
            for t in tracks
            if t["kind"] == "subtitle"
        ),
        video_tracks=sum(t["kind"] == "video" and not t["attached"] for t in tracks),
        audio_tracks=sum(t["kind"] == "audio" for t in tracks),
        unread=unread,
        zero=min((start for start, _ in ends), default=0.0) if found.get("zero") is None else found["zero"],
        more_audio=tuple(_audio(t) for t in sounds if t is not heard),
        data_tracks=sum(t["kind"] in {"data", "attachment"} and not t.get("attached") for t in tracks),
        covers=sum(bool(t.get("attached")) for t in tracks),
    )


def _kind(demuxer: str, container: str | None, video: VideoTrack | None) -> Kind:
    if video is None:
        return "audio"
    still = demuxer in IMAGES or (video.frames <= 1 and (demuxer in {"gif", "apng"} or container in {"avif", "heic"}))
    return "image" if still else "video"


def _refuse_unread(path: Path, shown: Mapping[str, Any]) -> None:
    codec, width, height = shown["codec"], shown["width"], shown["height"]
    if codec is not None and codec not in READ:
        raise UnsupportedFile(f"{path.name}: its picture is coded as {codec}, which is not read here")
    if width * height > MAX_PIXELS:
        raise too_large(path, f"{width}x{height}")


def oversized(demuxer: str, head: bytes, said: str) -> str | None:
    r"""Sides beyond all measure, as a file's head or FFmpeg tells them; such a file shows nothing, and is not damaged.

    Example:
        >>> oversized("gif", b"GIF89a\xff\xff\xff\xff", "")
        '65535x65535'
    """
    if demuxer == "gif" and len(head) >= 10:
        width, height = (int.from_bytes(head[at : at + 2], "little") for at in (6, 8))
        return f"{width}x{height}" if width * height > MAX_PIXELS else None
    told = _OVERSIZED.search(said)
    return told[1] if told else None


def too_large(path: Path, sides: str) -> UnsupportedFile:
    """The error for a picture of so many pixels."""
    return UnsupportedFile(
        f"{path.name}: its picture of {sides} is larger than is read here",
        hint=f"Up to {MAX_PIXELS} pixels are read, as 8192x8192 has.",
    )


def _refuse_damage(path: Path, demuxer: str, found: Mapping[str, Any], shown: Mapping[str, Any] | None) -> None:
    wrong: str | None = found["walk_error"]
    if shown is not None and wrong is None:
        if shown["broken"]:
            wrong = shown["broken"]
        elif not shown.get("frames"):
            wrong = "its picture track holds no picture"
        elif not shown["width"] or not shown["height"] or shown["codec"] is None:
            wrong = "its picture track cannot be understood"
        elif demuxer not in _FORGIVING and shown["corrupt"]:
            wrong = "packets are torn: the end of the file is missing"
        elif shown["packets"] < shown["declared"] and demuxer == "mov":
            wrong = f"{shown['declared'] - shown['packets']} of its {shown['declared']} pictures are missing"
    if wrong:
        raise DamagedFile(f"{path.name} is damaged: {wrong}")


def _video(path: Path, track: Mapping[str, Any]) -> VideoTrack:
    profile, base = track.get("dolby") or (0, 0)
    if profile and not base:
        raise UnsupportedFile(
            f"{path.name}: its picture is Dolby Vision of profile {profile}, whose colours are not read here",
            hint="Export it as HDR10, HLG or SDR first; Dolby Vision over one of these (profile 8) is read.",
        )
    picture: Mapping[str, Any] = track.get("picture") or {}
    trc: int = picture.get("trc", 2) if picture.get("trc", 2) not in _UNKNOWN else track["trc"]
    if trc in _UNKNOWN:
        trc = _DOLBY_BASE.get(base, 2)
    duration = track["end"] - track["start"]
    mean = track["frames"] / duration if duration > 0 else 25.0
    declared = track["rate"]
    # A steady rhythm is better told by the header's fraction; a declared rate that packets contradict is not believed.
    fps = declared if not track["vfr"] and declared and abs(declared - mean) < 0.05 * mean else mean
    return VideoTrack(
        index=track["index"],
        codec=track["codec"],
        width=track["width"],
        height=track["height"],
        sar=(track["sar"][0], track["sar"][1]),
        rotation=int(picture.get("rotation", 0)),
        pix_fmt=picture.get("pix_fmt") or track["pix_fmt"] or "unknown",
        frames=track["frames"],
        keyframes=track["keyframes"],
        bytes=track["bytes"],
        start=track["start"],
        end=track["end"],
        fps=min(fps, 1000.0),
        shortest=track["shortest"],
        vfr=track["vfr"],
        interlaced=bool(picture.get("interlaced")) or track["field_order"] > 1,
        alpha=bool(track["alpha"]) or "a" in (picture.get("pix_fmt") or "").split("p")[0][3:],
        trc=trc,
        primaries=track["primaries"],
        space=picture.get("space", track["space"]),
        range=2 if (picture.get("pix_fmt") or "").startswith("yuvj") else picture.get("range", track["range"]),
        hdr=_HDR.get(trc),
        longest=track["longest"],
        dolby=f"{profile}.{base}" if profile else None,
        opaque=bool(picture.get("opaque")),
    )


def _audio(track: Mapping[str, Any]) -> AudioTrack:
    names = ("index", "codec", "channels", "rate", "packets", "bytes", "start", "end", "discarded", "language", "title")
    return AudioTrack(**{name: track[name] for name in names})


def _displayed(video: VideoTrack) -> tuple[int, int]:
    """Width and height as shown: pixels made square by widening (never fewer lines), then turned."""
    over, under = video.sar
    width, height = video.width, video.height
    if over > under:
        width = round(width * over / under)
    elif over < under:
        height = round(height * under / over)
    return (height, width) if video.rotation % 180 in range(45, 136) else (width, height)
