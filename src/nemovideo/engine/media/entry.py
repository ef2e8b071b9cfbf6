"""What may enter: sources and wishes that are refused, and those for which nothing need be encoded. Pure."""

from __future__ import annotations

from typing import Literal

from nemovideo.engine.media.coders import LEAST_SIDES
from nemovideo.engine.media.encode import MUXERS
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.rungs import exceeds, ladder
from nemovideo.errors import NoPicture, UnsupportedFile, UsageError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["keeps", "refuse", "refuse_small"]

_FAMILIES = {"mp4": "mp4", "m4v": "mp4", "mov": "mov", "mkv": "mkv", "webm": "webm"}
_WEBM_CODECS = frozenset({"vp8", "vp9", "av1"})


def refuse(source: Media, request: CompressRequest, container: str) -> None:
    """Raise for what no encode can serve.

    Raises:
        NoPicture: the source has sound only.
        UnsupportedFile: it is a still image.
        UsageError: codec and container do not go together.
    """
    name = source.path.name
    if source.kind == "image":
        raise UnsupportedFile(
            f"{name} is a still image, not a video", hint="An image tool (or a photo app) makes images smaller."
        )
    if source.video is None:
        raise NoPicture(f"{name} has no picture, only sound")
    if container not in MUXERS:
        raise UsageError(f"Results cannot be .{container}; they can be {', '.join(sorted(MUXERS))}")
    if container == "webm" and request.codec != "av1":
        raise UsageError(f".webm cannot hold {request.codec}", hint="Ask for AV1, or name an .mp4.")
    if (container, request.audio) in {("webm", "aac"), ("mov", "opus")}:
        raise UsageError(f".{container} cannot hold {request.audio} sound", hint="Ask for another, or name an .mp4.")


def refuse_small(source: Media, request: CompressRequest) -> None:
    """Raise UsageError for a picture smaller than the wished codec can hold."""
    picture, least = ladder(source, request)[0], LEAST_SIDES[request.codec]
    if min(picture.width, picture.height) < least:
        raise UsageError(
            f"{request.codec} cannot hold a picture of {picture.width}x{picture.height}: "
            f"each side must have {least} pixels at least",
            hint="Ask for h264.",
        )


def keeps(
    source: Media, request: CompressRequest, container: str, *, grown: bool = False
) -> Literal["keep", "remux"] | None:
    """Whether the source need only be handed back or re-wrapped; None when it must be encoded.

    Args:
        source: what `probe` found; an intermediate made here is never handed out.
        request: the wish; without a limit only a source that encoding made no smaller is kept.
        container: suffix of the result.
        grown: encoding made it no smaller.
    """
    video = source.video
    if video is None or source.composed or (request.max_bytes is None and not grown):
        return None
    limit = source.size if request.max_bytes is None else request.max_bytes
    if source.size > limit or video.codec != request.codec or exceeds(source, request):
        return None
    if _FAMILIES.get(source.container) == _FAMILIES[container] and not _other_sound(source, request):
        return "keep"
    return None if container == "webm" and video.codec not in _WEBM_CODECS else "remux"


def _other_sound(source: Media, request: CompressRequest) -> bool:
    """Whether its sound is another than was asked for in words: none, or of a named codec."""
    if request.audio == "none":
        return source.audio is not None
    return request.audio in {"aac", "opus"} and any(track.codec != request.audio for track in source.heard)
