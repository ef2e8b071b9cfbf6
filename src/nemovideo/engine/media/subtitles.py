"""Subtitles: those made of words come along where they cost next to nothing. Pure."""

from __future__ import annotations

from nemovideo.engine.media.media import Media

__all__ = ["coder", "cost", "kept"]

_SHARE = 0.03
"""Of the limit: words that take more are left out for the picture's sake."""


def kept(media: Media, limit: int | None) -> tuple[int, ...]:
    """Indices of the tracks that come along under a limit in bytes."""
    text = tuple(track.index for track in media.subtitles if track.text)
    return text if limit is None or cost(media, text) < _SHARE * limit else ()


def cost(media: Media, indices: tuple[int, ...]) -> int:
    """Bytes that these tracks will take, container included."""
    return sum(track.bytes + 24 * track.packets + 500 for track in media.subtitles if track.index in indices)


def coder(container: str) -> list[str]:
    """The words that choose the encoder of words for this container."""
    return ["-c:s", {"mkv": "srt", "webm": "webvtt"}.get(container, "mov_text")]
