"""Which sound may be taken over as it is, and why it may not. Pure."""

from __future__ import annotations

from nemovideo.engine.media.media import AudioTrack, Media
from nemovideo.protocol.compress import CompressRequest

__all__ = ["copyable", "uncopied"]

_COPYABLE = {
    "mp4": frozenset({"aac", "mp3"}),
    "m4v": frozenset({"aac", "mp3"}),
    "mov": frozenset({"aac", "mp3"}),
    "mkv": frozenset({"aac", "mp3", "opus", "vorbis", "ac3", "eac3", "flac"}),
    "webm": frozenset({"opus", "vorbis"}),
}
_ASKED = {
    "mp4": frozenset({"ac3", "eac3", "opus"}),
    "m4v": frozenset({"ac3", "eac3", "opus"}),
    "mov": frozenset({"ac3", "eac3"}),
}
"""What they may carry beside, though not every player takes it: copied there only where it is asked for."""
_PRIMING = 3
"""Packets that an encoder may need before its first sound, marked to be thrown away."""


def copyable(track: AudioTrack, request: CompressRequest, container: str) -> bool:
    """Whether a track may go into `container` as it is, by the wish and by what such a file carries."""
    return (
        _carried(track, request, container)
        and request.audio in {"auto", "copy", track.codec}
        and not _trimmed(track, container)
    )


def _carried(track: AudioTrack, request: CompressRequest, container: str) -> bool:
    asked = request.audio != "auto" and track.codec in _ASKED.get(container, frozenset())
    return asked or track.codec in _COPYABLE.get(container, frozenset())


def _trimmed(track: AudioTrack, container: str) -> bool:
    """Whether a copy would bring back what was cut off: Matroska has no edit lists (an encoder's priming aside)."""
    return track.discarded > _PRIMING and container in {"mkv", "webm"}


def uncopied(media: Media, request: CompressRequest, container: str) -> str:
    """Why a copy that was asked for is none, in words; "" where none was asked for."""
    if request.audio != "copy":
        return ""
    if media.composed:
        return "not copied: the sound of an edited timeline is made anew"
    odd = next((track for track in media.heard if not _carried(track, request, container)), None)
    if odd is not None:
        return f"not copied: {odd.codec} is not for .{container} files here"
    return f"not copied: it was trimmed, and a copy in .{container} would bring that back"
