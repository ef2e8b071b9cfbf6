"""What a person wishes of a compression, and the sentence in which the wish travels.

A wish crosses the wire once, as words: the cloud's agent reads them as anybody would, the engine's agent reads the
same words with `from_sentence`. The two functions are inverse for every request that a program can make; what people
write freely is understood as far as it goes, in English and Chinese.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from nemovideo.protocol.presets import DEFAULT_MAX_HEIGHT
from nemovideo.protocol.sizewords import lifts_limit, limit_in
from nemovideo.protocol.wishwords import Audio, AudioTracks, Codec, Effort, details, only_details, wishes

__all__ = [
    "Audio",
    "AudioTracks",
    "Codec",
    "CompressRequest",
    "DEFAULT_MAX_HEIGHT",
    "Effort",
    "from_sentence",
    "to_sentence",
]

SPOKEN_CODECS: dict[Codec, str] = {"h264": "H.264", "hevc": "HEVC", "av1": "AV1"}
_SPOKEN_AUDIO: dict[Audio, str] = {
    "copy": "keep the audio as it is",
    "aac": "AAC audio",
    "opus": "Opus audio",
    "none": "no audio",
}


class CompressRequest(BaseModel):
    """One compression, as wished for.

    Example:
        >>> CompressRequest(max_bytes=50_000_000).to_sentence()  # doctest: +ELLIPSIS
        'compress this video to under 50MB (at most 50000000 bytes) without losing too much quality, H.264, balanced...'
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    max_bytes: int | None = Field(default=None, ge=1)
    """The most bytes the result may have on disk; None asks for "smaller without visible loss"."""
    codec: Codec = "h264"
    effort: Effort = "balanced"
    max_height: int | None = Field(default=DEFAULT_MAX_HEIGHT, ge=16, le=16_384)
    """The longest allowed short side in pixels; None lifts the ceiling."""
    fps: float | None = Field(default=None, gt=0, le=1000, allow_inf_nan=False)
    """The most frames a second; None keeps the source's."""
    audio: Audio = "auto"
    audio_tracks: AudioTracks = "default"
    """The track that players choose, or all of them: commentaries, other languages."""
    keep_hdr: bool = False
    keep_metadata: bool = False
    measure_quality: bool = False

    def to_sentence(self) -> str:
        """The words that travel; `CompressRequest.from_sentence` reads them back exactly."""
        return to_sentence(self)

    @classmethod
    def from_sentence(
        cls, text: str, *, original_bytes: int | None = None, held: CompressRequest | None = None
    ) -> CompressRequest | None:
        """The wish in `text`, or None when it wishes no compression; see `from_sentence`."""
        return from_sentence(text, original_bytes=original_bytes, held=held)


def to_sentence(request: CompressRequest) -> str:
    """Put a request into the words of the seeds, every number exact."""
    if request.max_bytes is None:
        parts = ["compress this video without losing too much quality"]
    else:
        limit = f"{request.max_bytes / 1e6:.6g}MB (at most {request.max_bytes} bytes)"
        parts = [f"compress this video to under {limit} without losing too much quality"]
    parts += [SPOKEN_CODECS[request.codec], f"{request.effort} effort"]
    if request.max_height is None:
        parts.append("any resolution")
    elif request.max_height != DEFAULT_MAX_HEIGHT:
        parts.append(f"at most {request.max_height}p")
    if request.fps is not None:
        parts.append(f"at most {request.fps!r} fps")
    if request.audio != "auto":
        parts.append(_SPOKEN_AUDIO[request.audio])
    parts += ["keep all audio tracks"] * (request.audio_tracks == "all")
    parts += ["keep HDR"] * request.keep_hdr
    parts += ["keep the metadata"] * request.keep_metadata
    parts += ["measure the quality"] * request.measure_quality
    return ", ".join(parts)


# The whole of what `to_sentence` says: a program leaves nothing open that an earlier wish could fill.
_PROGRAM = re.compile(r"compress this video .*, (?:H\.264|HEVC|AV1), (?:fast|balanced|best) effort\b")


def from_sentence(
    text: str, *, original_bytes: int | None = None, held: CompressRequest | None = None
) -> CompressRequest | None:
    """Read the wish in a person's or a program's words.

    Args:
        text: "compress this video to under 50MB", "fit it into Discord at 720p", "压缩到20MB以内" …
        original_bytes: the source's size in bytes, which a share of it ("to 30 %", "half the size") is taken of.
        held: what was wished of the same video before: words that name no limit add to it.

    Returns:
        The request, or None when the text does not wish for a compression.
    """
    try:
        said = details(text)
        if not wishes(text) and not (said and only_details(text)):
            return None
        limit = limit_in(text, original_bytes)
        if limit is not None:
            said["max_bytes"] = limit
        elif held is not None and not _PROGRAM.match(text):
            said = held.model_dump() | ({"max_bytes": None} if lifts_limit(text) else {}) | said
        return CompressRequest.model_validate(said)
    except (ValueError, OverflowError):  # a number out of range ("0 bytes", "12p") wishes nothing
        return None
