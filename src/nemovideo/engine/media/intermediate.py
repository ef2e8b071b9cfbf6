"""A picture written down once more by ourselves, made ordinary: what is read instead of the source. Pure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nemovideo.engine.media.media import Media
from nemovideo.engine.media.rungs import Picture

__all__ = ["DEMUXER", "intermediate"]

DEMUXER = "matroska"
"""What FFmpeg reads it with."""


def intermediate(source: Media, picture: Picture, file: Path, *, frames: int, seconds: float) -> Media:
    """The Media of `file`, which holds `frames` pictures of `source` at `picture`, upright, square, 8-bit, alone."""
    video = source.video
    assert video is not None  # noqa: S101  # nothing is written of sources without a picture
    fps = picture.fps or video.fps
    track = replace(
        video,
        index=0,
        codec="h264",
        width=picture.width,
        height=picture.height,
        sar=(1, 1),
        rotation=0,
        pix_fmt="yuv420p",
        frames=frames,
        start=0.0,
        end=seconds,
        fps=fps,
        interlaced=False,
        alpha=False,
        dolby=None,
        hdr=None,
        trc=1 if video.hdr else video.trc,
        primaries=1 if video.hdr else video.primaries,
        space=1 if video.hdr or video.space == 0 else video.space,
        range=1,
    )
    return replace(
        source,
        path=file,
        container="mkv",
        demuxer=DEMUXER,
        duration=seconds,
        width=picture.width,
        height=picture.height,
        fps=fps,
        video=track,
        audio=None,
        more_audio=(),
        subtitles=(),
        zero=0.0,
        composed=True,
    )
