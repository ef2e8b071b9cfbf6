"""Keeping sound and picture in step where they reach a result by different ways. Pure."""

from __future__ import annotations

from nemovideo.engine.media.media import Media

__all__ = ["JUMPING", "delays"]

JUMPING = frozenset({"mpegts", "mpeg", "ogg"})
"""Demuxers of formats whose clock may jump (AVFMT_TS_DISCONT)."""


def delays(media: Media, how: str) -> tuple[str, str]:
    """What to add to the source's times and to those of the sound encoded alone, in seconds, for `-itsoffset`.

    FFmpeg moves every input to zero: by the earliest of all its tracks, or, for formats whose clock may jump, by the
    earliest of those in use. Sound alone in its file always begins at zero.

    Args:
        media: a source with a picture.
        how: what becomes of the sound: "none", "copy" or "encode".
    """
    video = media.video
    sound = min((track.start for track in media.heard), default=None)
    assert video is not None  # noqa: S101  # fit() refuses sources without a picture
    jumps = media.demuxer in JUMPING
    if how == "none" or sound is None:
        return f"{0.0 if jumps else media.zero - video.start:.6f}", "0"
    if how == "copy":
        return "0", "0"
    if jumps:
        return f"{video.start - media.start:.6f}", f"{sound - media.start:.6f}"
    return "0", f"{sound - media.zero:.6f}"
