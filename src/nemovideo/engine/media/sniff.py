"""The container that a file's first bytes show: the one demuxer that may open it. Pure.

FFmpeg is never left to guess: its guesses include playlists, concat scripts and other formats that open further files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["HEAD_BYTES", "IMAGES", "NAMES", "Unread", "announced", "brand", "sniff", "unread"]

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
    "apng": "png",
    "dv": "dv",
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
_STILL = (b"II*\x00", b"MM\x00*", b"8BPS", b"\x00\x00\x00\x0cJXL ", b"\x00\x00\x00\x0cjP  ", b"\xff\x0a")
"""Of pictures for which there is no demuxer here: TIFF, Photoshop, JPEG XL, JPEG 2000."""
_STILL_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "heic"),
}
_ANIMATED_WEBP = 2


@dataclass(frozen=True, slots=True)
class Unread:
    """A kind of file that is known and not read: what to say of it, after its name, and what to do."""

    says: str
    hint: str


def unread(head: bytes) -> Unread | None:
    """Why a file that begins with `head` is not read although its kind is known; None for all others."""
    if head.startswith(_STILL) or (head[:2] == b"BM" and head[6:10] == bytes(4)):
        return Unread("is a still image, not a video", "An image tool (or a photo app) makes images smaller.")
    if head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and head[20:21] and head[20] & _ANIMATED_WEBP:
        return Unread("is an animated WebP, which is not read here", "Export it as a GIF or as a video first.")
    return None


def sniff(head: bytes) -> str | None:
    r"""The name of FFmpeg's demuxer for a file that begins with `head`; None for no media.

    Example:
        >>> sniff(b"\x1aE\xdf\xa3 and so on"), sniff(b"#EXTM3U")
        ('matroska', None)
    """
    if head.startswith(b"\x89PNG") and b"acTL" in head.partition(b"IDAT")[0]:
        return "apng"
    for magic, demuxer in _MAGIC:
        if head.startswith(magic):
            return demuxer
    if head[4:8] in _BOXES:
        return "mov"
    if head[:4] == b"RIFF":
        return {b"AVI ": "avi", b"WAVE": "wav", b"WEBP": "webp_pipe"}.get(head[8:12])
    if _is_transport_stream(head):
        return "mpegts"
    if re.match(rb"\x1f\x07\x00[\x3f\xbf]", head):
        return "dv"
    if re.match(rb"\xff[\xf0-\xf1\xf8-\xf9]", head):
        return "aac"
    if re.match(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x10-\xeb]", head):
        return "mp3"
    return None


def brand(head: bytes) -> str | None:
    """The name of the container where one demuxer reads several: QuickTime and AVIF are no MP4, WebM no Matroska."""
    if head[4:8] == b"ftyp" and head[8:12] == b"qt  ":
        return "mov"
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
        return _STILL_BRANDS[head[8:12]]
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return "webm"
    return None


def announced(head: bytes) -> int | None:
    r"""The size in bytes that a Matroska file says it has; None for others, and for recordings that never knew.

    Example:
        >>> announced(b"\x1aE\xdf\xa3\x81?" + b"\x18S\x80g\x82 and so on")
        13
    """
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return None
    at = 4
    for ahead in (b"", b"\x18S\x80g"):  # the file's own header, then the one segment that is all the rest
        if not head.startswith(ahead, at):
            return None
        at += len(ahead)
        length = 9 - head[at].bit_length() if at < len(head) and head[at] else 0
        if not length or at + length > len(head):
            return None
        size = int.from_bytes(head[at : at + length], "big") - (1 << 7 * length)
        if size == (1 << 7 * length) - 1:  # unknown
            return None
        at += length + size
    return at


def _is_transport_stream(head: bytes) -> bool:
    """Five sync bytes in a row at one of the three packet sizes, a torn first packet allowed."""
    return any(
        start + 4 * size < len(head) and all(head[start + n * size] == 0x47 for n in range(5))
        for size in (188, 192, 204)
        for start in range(size)
    )
