"""What is known of a file: as the backend has found it, or by a client's own look, which has no FFmpeg."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nemovideo.errors import DamagedFile, NoPicture, UnsupportedFile
from nemovideo.resources.upload import Upload
from nemovideo.resources.verifying import movie_of
from nemovideo.source import Source

__all__ = ["Facts", "facts_of", "inspect_file"]

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (4, b"ftyp", "mp4"),
    (4, b"moov", "mp4"),
    (4, b"mdat", "mp4"),
    (4, b"wide", "mp4"),
    (4, b"free", "mp4"),
    (0, b"RIFF", "avi"),
    (0, b"\x47", "mpegts"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"FLV", "flv"),
    (0, b"OggS", "ogg"),
    (0, b"\x30\x26\xb2\x75", "asf"),
    (0, b"GIF8", "gif"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found: size in bytes, duration in seconds, the picture in pixels; None where a walk cannot tell."""

    size: int
    container: str
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    codec: str | None = None
    audio_codec: str | None = None


def facts_of(upload: Upload, source: Source, session_id: str) -> Facts:
    """What the backend has found in an upload.

    Raises:
        NoPicture: it is sound alone. UnsupportedFile: it is a still image.
    """
    if upload.kind == "audio":
        raise NoPicture(f"{source.name}: has no video track.", session_id=session_id)
    if upload.kind == "image":
        raise UnsupportedFile(
            f"{source.name}: is a still image.",
            hint="compress takes videos; any image tool makes a picture smaller.",
            session_id=session_id,
        )
    return Facts(
        source.size or upload.size or 0,
        "",
        duration=upload.duration,
        width=upload.width,
        height=upload.height,
        fps=upload.fps,
        codec=upload.codec,
        audio_codec=upload.audio_codec,
    )


def inspect_file(path: Path, *, name: str | None = None) -> Facts:
    """Look at a file; blocks on the disk, so run it in a thread.

    Args:
        path: the file.
        name: what the errors call it.

    Raises:
        UnsupportedFile: it is no video container. DamagedFile: it is cut or its index is broken. NoPicture.
    """
    told, size = name or str(path), path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        container = next((kind for at, magic, kind in _MAGIC if head[at:].startswith(magic)), None)
        if container is None:
            raise UnsupportedFile(f"{told}: is no video, whatever its name says.", hint="Give a video file.")
        if container != "mp4":
            return Facts(size, container)
        try:
            movie = movie_of(file, size)
        except DamagedFile as problem:
            raise DamagedFile(f"{told}: {problem.message}") from problem
    picture, sound = movie.first("video"), movie.first("audio")
    if picture is None:
        raise NoPicture(f"{told}: has no video track.")
    return Facts(
        size,
        container,
        duration=movie.duration or picture.duration or None,
        width=picture.width,
        height=picture.height,
        fps=picture.fps,
        codec=picture.codec,
        audio_codec=sound.codec if sound else None,
    )
