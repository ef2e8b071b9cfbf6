"""The container that a file's first bytes show: the one demuxer that may open it. Pure.

FFmpeg is never left to guess: its guesses include playlists, concat scripts and other formats that open further files.
"""

from __future__ import annotations

import re

__all__ = ["HEAD_BYTES", "IMAGES", "NAMES", "brand", "sniff"]

HEAD_BYTES = 4096
"""How many of a file's first bytes `sniff` wants."""

NAMES = {
    "mov": "mp4",
    "matroska": "mkv",
    "mpegts": "ts",
    "mpeg": "mpg",
    "avi": "avi",
    "flv": "flv",
    "asf": "wmv",
    "ogg": "ogv",
    "gif": "gif",
    "mpegvideo": "mpg",
    "mp3": "mp3",
    "wav": "wav",
    "aac": "aac",
    "flac": "flac",
    "png_pipe": "png",
    "jpeg_pipe": "jpg",
    "webp_pipe": "webp",
}
"""Demuxer -> the name that a person knows."""

IMAGES = frozenset({"png_pipe", "jpeg_pipe", "webp_pipe"})

_BOXES = (
    *(
        b"ftyp",
        b"moov",
        b"mdat",
        b"free",
        b"skip",
        b"wide",
        b"pnot",
        b"styp",
        b"moof",
        b"sidx",
        b"uuid",
        b"emsg",
        b"prft",
    ),
)
_MAGIC = (
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"FLV\x01", "flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"OggS", "ogg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpegvideo"),
    (b"\x89PNG\r\n\x1a\n", "png_pipe"),
    (b"\xff\xd8\xff", "jpeg_pipe"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
)


def sniff(head: bytes) -> str | None:
    r"""The name of FFmpeg's demuxer for a file that begins with `head`; None for no media.

    Example:
        >>> sniff(b"\x1aE\xdf\xa3 and so on"), sniff(b"#EXTM3U")
        ('matroska', None)
    """
    for magic, demuxer in _MAGIC:
        if head.startswith(magic):
            return demuxer
    if head[4:8] in _BOXES:
        return "mov"
    if head[:4] == b"RIFF":
        return {b"AVI ": "avi", b"WAVE": "wav", b"WEBP": "webp_pipe"}.get(head[8:12])
    if _is_transport_stream(head):
        return "mpegts"
    if re.match(rb"\xff[\xf0-\xf1\xf8-\xf9]", head):
        return "aac"
    if re.match(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x10-\xeb]", head):
        return "mp3"
    return None


def brand(head: bytes) -> str | None:
    """The name of the container where one demuxer reads several: QuickTime is no MP4, WebM no Matroska."""
    if head[4:8] == b"ftyp" and head[8:12] == b"qt  ":
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return "webm"
    return None


def _is_transport_stream(head: bytes) -> bool:
    """Five sync bytes in a row at one of the three packet sizes, a torn first packet allowed."""
    return any(
        start + 4 * size < len(head) and all(head[start + n * size] == 0x47 for n in range(5))
        for size in (188, 192, 204)
        for start in range(size)
    )
