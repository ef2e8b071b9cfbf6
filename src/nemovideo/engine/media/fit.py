"""Make it fit: the one controller that keeps, remuxes or encodes, and never hands out a byte over the limit."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nemovideo.engine.media import normalise, quality
from nemovideo.engine.media.controller import Controller
from nemovideo.engine.media.entry import keeps, refuse, refuse_small
from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.engine.media.fitted import Fitted
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.progress import Monotone
from nemovideo.engine.media.remux import remux
from nemovideo.engine.media.sync import JUMPING
from nemovideo.engine.media.verify import OtherLength, deliver, verify
from nemovideo.errors import EngineError, UnsupportedFile
from nemovideo.protocol.compress import CompressRequest

__all__ = ["FitReport", "fit"]

IDENTICAL = {"vmaf": 100.0, "vmaf_p5": 100.0}
"""The quality of a picture that no encoder has touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitReport:
    """What was made, and why it is as it is.

    Attributes:
        size: bytes on disk.
        duration: seconds.
        width, height: of the result as displayed.
        notes: each choice in words.
        plan: the same in numbers: action, rung, rates, passes …
        quality: VMAF against the source when it was asked for.
    """

    size: int
    duration: float
    width: int
    height: int
    fps: float
    codec: str
    audio_codec: str | None
    notes: tuple[str, ...]
    plan: dict[str, Any]
    quality: dict[str, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return {
            "size": self.size,
            "duration": self.duration,
            "width": self.width,
            "height": self.height,
            "fps": self.fps,
            "codec": self.codec,
            "audio_codec": self.audio_codec,
            "notes": list(self.notes),
            "plan": self.plan,
            "quality": self.quality,
        }


async def fit(
    source: Media,
    target: Path,
    request: CompressRequest,
    *,
    container: str,
    work: Path,
    on_progress: Callable[[float], None],
) -> FitReport:
    """Make `source` fit and put the result at `target`, whole and verified, or raise and put nothing there.

    Args:
        source: what `probe` found.
        target: the result's path; a file there is replaced.
        request: the wish.
        container: "mp4", "m4v", "mov", "mkv" or "webm".
        work: an empty folder for statistics and temporaries; the caller removes it.
        on_progress: takes 0..1, never falling.

    Raises:
        NoPicture: the source has sound only.
        UnsupportedFile: it is a still image.
        UsageError: codec and container do not go together.
        TargetNotMet: nothing fits; `least_bytes` is a limit that works.
        DamagedFile, DiskFull, EngineError, FFmpegMissing: as they say.
    """
    target, work = await asyncio.to_thread(lambda: (target.absolute(), work.absolute()))
    progress = Monotone(on_progress)
    source = source.with_every_sound() if request.audio_tracks == "all" else source
    await asyncio.to_thread(find_ffmpeg)  # looks into folders the first time; raises when there is none
    refuse(source, request, container)
    fitted = await _kept(source, request, container, work)
    if fitted is None:
        refuse_small(source, request)
        fitted = await Controller(source, request, container, work, progress.part(0.0, 0.92)).run()
        grown = request.max_bytes is None and fitted.size >= source.size and not source.composed
        smaller = await _kept(source, request, container, work, grown=True) if grown else None
        if smaller is None:
            await _check_encode(source, fitted, container, progress.part(0.92, 1.0))
        fitted = smaller or fitted
    judged = None
    if request.measure_quality and fitted.action != "encode":
        judged = dict(IDENTICAL)
        fitted = replace(fitted, notes=(*fitted.notes, "quality not measured: every picture is the source's own"))
    elif request.measure_quality:
        kept_hdr = request.keep_hdr and source.hdr and request.codec != "h264"
        judged = await quality.measure(source, fitted.file, container, fitted.picture, work, hdr=kept_hdr)
    size = await deliver(fitted.file, target)
    if request.max_bytes is not None and size > request.max_bytes:
        await asyncio.to_thread(target.unlink)
        raise EngineError(f"The result grew to {size} bytes on its way to {target.name}")
    progress(1.0)
    return _report(source, request, fitted, size, judged)


async def _kept(
    source: Media, request: CompressRequest, container: str, work: Path, *, grown: bool = False
) -> Fitted | None:
    """The source as it is, or only re-wrapped, when that is all it takes; None when it must be encoded."""
    action = keeps(source, request, container, grown=grown)
    if action == "keep":
        copy = work / f"kept.{container}"
        await asyncio.to_thread(shutil.copyfile, source.path, copy)
        return Fitted.of_source(source, copy, "keep", ("the source fits already: handed back as it is",))
    if action is None:
        return None
    limit = source.size if request.max_bytes is None else request.max_bytes
    copied = await remux(source, request, container, work, limit)
    if copied is None:
        return None
    try:
        await _check(source, copied, container, lambda _: None)
    except EngineError:  # what the copy shows is not what the source shows, or the source is damaged: encoding tells
        await asyncio.to_thread(copied.file.unlink)
        return None
    return copied


async def _check_encode(source: Media, fitted: Fitted, container: str, on_share: Callable[[float], None]) -> None:
    try:
        await _check(source, fitted, container, on_share)
    except OtherLength as error:
        if source.demuxer not in JUMPING:
            raise
        # Another try would end the same: the scan and FFmpeg do not agree on how long this recording is.
        raise UnsupportedFile(
            f"The clock of {source.path.name} jumps in a way that cannot be followed: {error.message}",
            hint="Join or re-record its parts with another tool first.",
        ) from error


async def _check(source: Media, fitted: Fitted, container: str, on_share: Callable[[float], None]) -> None:
    # MP4 tells distances of decoding, which of the last picture may be any gap of an uneven film.
    uneven = source.video.longest if source.video and source.video.vfr else 0.0
    await verify(
        fitted.file,
        container,
        frames=fitted.frames,
        duration=fitted.duration,
        sound=fitted.audio_codec is not None,
        slack=uneven + max(0.1, (1.5 + fitted.lost) / max(fitted.fps, 0.1)),
        on_share=on_share,
    )


def _report(
    source: Media, request: CompressRequest, fitted: Fitted, size: int, judged: dict[str, float] | None
) -> FitReport:
    notes = list(fitted.notes)
    if fitted.action == "encode":
        notes += normalise.notes(source, keep_hdr=request.keep_hdr and request.codec != "h264")
        if request.keep_hdr and source.hdr and request.codec == "h264":
            notes.append("HDR cannot be kept in H.264 that plays everywhere: ask for HEVC or AV1")
    if fitted.action != "keep":
        notes += _dropped(source)
    result = {
        "width": fitted.width,
        "height": fitted.height,
        "fps": round(fitted.fps, 3),
        "codec": fitted.codec,
        "audio_codec": fitted.audio_codec,
        "duration": round(fitted.duration, 3),
    }
    return FitReport(
        size=size,
        duration=fitted.duration,
        width=fitted.width,
        height=fitted.height,
        fps=fitted.fps,
        codec=fitted.codec,
        audio_codec=fitted.audio_codec,
        notes=tuple(notes),
        plan={**fitted.plan, "action": fitted.action, "result": result},
        quality=judged,
    )


def _dropped(source: Media) -> list[str]:
    said: list[str] = []
    if source.video_tracks > 1:
        said.append(f"{source.video_tracks - 1} more picture track(s) left out: the largest default one was taken")
    silenced = source.audio_tracks - len(source.heard)
    if silenced > 0 and source.heard:
        which = "they are of kinds not read here" if source.every_sound else "the default one was taken"
        said.append(f"{silenced} more sound track(s) left out: {which}")
    if source.unread and source.audio is None:
        said.append(f"sound left out: it is coded as {source.unread[0]}, which is not read here")
    if images := [track for track in source.subtitles if not track.text]:
        said.append(f"{len(images)} subtitle track(s) made of pictures left out")
    if source.covers:
        said.append("cover picture left out")
    if source.data_tracks:
        said.append(f"{source.data_tracks} data track(s) left out")
    return said
