"""What a person wishes of a compression, and the sentence in which the wish travels.

A wish crosses the wire once, as words: the cloud's agent reads them as anybody would, the engine's agent reads the
same words with `from_sentence`. The two functions are inverse for every request that a program can make; what people
write freely is understood as far as it goes, in English and Chinese.
"""

from __future__ import annotations

import re
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from nemovideo.protocol.presets import PRESETS

__all__ = ["DEFAULT_MAX_HEIGHT", "Audio", "Codec", "CompressRequest", "Effort", "from_sentence", "to_sentence"]

T = TypeVar("T")

Codec = Literal["h264", "hevc", "av1"]
Effort = Literal["fast", "balanced", "best"]
Audio = Literal["auto", "copy", "aac", "opus", "none"]

DEFAULT_MAX_HEIGHT = 1080
"""Short side of the result in pixels: the seeds promise "up to 1080x1920"."""

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
    keep_hdr: bool = False
    keep_metadata: bool = False
    measure_quality: bool = False

    def to_sentence(self) -> str:
        """The words that travel; `CompressRequest.from_sentence` reads them back exactly."""
        return to_sentence(self)

    @classmethod
    def from_sentence(cls, text: str, *, original_bytes: int | None = None) -> CompressRequest | None:
        """The wish in `text`, or None when it wishes no compression; see `from_sentence`."""
        return from_sentence(text, original_bytes=original_bytes)


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
    parts += ["keep HDR"] * request.keep_hdr
    parts += ["keep the metadata"] * request.keep_metadata
    parts += ["measure the quality"] * request.measure_quality
    return ", ".join(parts)


_WISH = re.compile(
    r"compress|shrink|smaller|reduc(?:e|ing)\b|\bfit(?:s|ting)?\b|\b(?:under|below|at most|less than|no more than)\s*\d"
    r"|\d\s*[kmg]i?b\s*(?:or (?:less|smaller|under)|max\b)"
    r"|压缩|缩小|变小|减小|小于|以内",
    re.IGNORECASE,
)
_REFUSAL = re.compile(r"(?:\b(?:don'?t|do not|never)\b|不要|别).{0,12}?(?:compress|shrink|压缩|缩小)", re.IGNORECASE)

_UNITS = {"k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30, "兆": 10**6, "千兆": 10**9}
# A bare k follows its number, of two digits or more: "4K" is a picture's size, not a file's.
_SIZE = re.compile(
    r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s*(?:(?P<unit>[kmg]i?)b(?:ytes?)?|(?P<bytes>bytes?)|(?P<bare>(?<=\d\d)k|[mg]|千?兆))(?![a-z])",
    re.IGNORECASE,
)
_LIMITING = re.compile(
    r"(?:under|below|within|at most|than|max(?:imum)?(?: of)?|to|into|in|fits?|be|it|limit(?: is| of)?"
    r"|≤|<=?|小于|不超过|低于|到|成|至|为)\s*(?:an?\b|about|around|大约|约)?\s*\(?$",
    re.IGNORECASE,
)
_LIMITING_AFTER = re.compile(r"^\s*(?:or (?:less|smaller|under)|max\b|limit\b|tops\b|以内|以下|之内)", re.IGNORECASE)
_EXACT = re.compile(r"\bat most (\d+) bytes\b", re.IGNORECASE)
_PERCENT_OF = re.compile(
    r"(?:\bto|到|成|至|为)\s*(?:about\s*)?(\d{1,2}(?:\.\d+)?)\s*[%％]|(\d{1,2}(?:\.\d+)?)\s*[%％]\s*of\b"
)
_PERCENT_OFF = re.compile(
    r"\bby\s*(\d{1,2}(?:\.\d+)?)\s*%|(\d{1,2}(?:\.\d+)?)\s*[%％]\s*(?:smaller|less|off)|减少\s*(\d{1,2})\s*[%％]"
)
_HALF = re.compile(r"\bhalf\b|一半", re.IGNORECASE)

_HEIGHT = re.compile(r"(?<![\d.])(\d{2,5})p\b", re.IGNORECASE)
_FPS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(?:fps\b|frames (?:a|per) second)", re.IGNORECASE)
_CODECS: tuple[tuple[re.Pattern[str], Codec], ...] = (
    (re.compile(r"\b(?:hevc|h\.?265|x265)\b", re.IGNORECASE), "hevc"),
    (re.compile(r"\bav1\b", re.IGNORECASE), "av1"),
)
_EFFORTS: tuple[tuple[re.Pattern[str], Effort], ...] = (
    (re.compile(r"\bfast effort\b|\bas (?:fast|quick(?:ly)?) as possible\b|\bquickly\b|尽快", re.IGNORECASE), "fast"),
    (re.compile(r"\bbest effort\b|\bbest (?:possible )?quality\b|最好的?画质|最佳画质", re.IGNORECASE), "best"),
)
_AUDIO: tuple[tuple[re.Pattern[str], Audio], ...] = (
    (re.compile(r"\b(?:no|without|drop the|remove the) (?:audio|sound)\b|去掉声音|不要声音", re.IGNORECASE), "none"),
    (re.compile(r"\bkeep the audio as it is\b", re.IGNORECASE), "copy"),
    (re.compile(r"\baac audio\b", re.IGNORECASE), "aac"),
    (re.compile(r"\bopus audio\b", re.IGNORECASE), "opus"),
)


def from_sentence(text: str, *, original_bytes: int | None = None) -> CompressRequest | None:
    """Read the wish in a person's or a program's words.

    Args:
        text: "compress this video to under 50MB", "fit it into Discord at 720p", "压缩到20MB以内" …
        original_bytes: the source's size in bytes, which a share of it ("to 30 %", "half the size") is taken of.

    Returns:
        The request, or None when the text does not wish for a compression.
    """
    if not _WISH.search(text) or _REFUSAL.search(text):
        return None
    fps = _FPS.search(text)
    said = text.lower()
    try:
        return CompressRequest(
            max_bytes=_limit(text, original_bytes),
            codec=_first(_CODECS, text, "h264"),
            effort=_first(_EFFORTS, text, "balanced"),
            max_height=_height(text),
            fps=float(fps[1]) if fps else None,
            audio=_first(_AUDIO, text, "auto"),
            keep_hdr="keep hdr" in said,
            keep_metadata="keep the metadata" in said,
            measure_quality="measure the quality" in said,
        )
    except (ValueError, OverflowError):  # a number out of range ("0 bytes", "12p") wishes nothing
        return None


def _first(said: tuple[tuple[re.Pattern[str], T], ...], text: str, otherwise: T) -> T:
    """The value of the first pattern that the text holds."""
    return next((value for pattern, value in said if pattern.search(text)), otherwise)


def _height(text: str) -> int | None:
    """The ceiling of the short side in pixels; None where the text lifts it."""
    if "any resolution" in text.lower():
        return None
    if height := _HEIGHT.search(text):
        return int(height[1])
    return 2160 if re.search(r"\b4k\b", text, re.IGNORECASE) else DEFAULT_MAX_HEIGHT


def _limit(text: str, original_bytes: int | None) -> int | None:
    """The limit in bytes that the text names: exactly, in megabytes, as a share, or by a service's name."""
    if exact := _EXACT.search(text):
        return int(exact[1])
    sizes = list(_SIZE.finditer(text))
    limiting = [
        size for size in sizes if _LIMITING.search(text[: size.start()]) or _LIMITING_AFTER.match(text[size.end() :])
    ]
    if limiting:
        return min(_bytes(size) for size in limiting)
    if original_bytes:
        if _HALF.search(text):
            return max(1, original_bytes // 2)
        if of := _PERCENT_OF.search(text):
            return max(1, int(original_bytes * float(of[1] or of[2]) / 100))
        if off := _PERCENT_OFF.search(text):
            return max(1, int(original_bytes * (1 - float(off[1] or off[2] or off[3]) / 100)))
    named = [preset.max_bytes for name, preset in PRESETS.items() if _names(text, name)]
    return min(named, default=None)


def _bytes(size: re.Match[str]) -> int:
    if size["bytes"]:
        return int(float(size["number"]))
    return int(float(size["number"]) * _UNITS[(size["unit"] or size["bare"]).lower()])


def _names(text: str, service: str) -> bool:
    # "x" is a letter before it is a service: only "on X", "for X", "to X" name it.
    if service == "x":
        return re.search(r"\b(?:on|for|to) (?:X|x\.com|twitter)\b", text) is not None
    return re.search(rf"\b{re.escape(service.replace('-', ' '))}\b", text.replace("-", " "), re.IGNORECASE) is not None
