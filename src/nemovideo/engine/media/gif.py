"""Animated GIFs of any film: made, checked by decoding, named."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from nemovideo.engine.media import normalise
from nemovideo.engine.media.ffmpeg import find_ffmpeg, head, opened
from nemovideo.engine.media.fit import FitReport
from nemovideo.engine.media.giflook import Look
from nemovideo.engine.media.gifsearch import GifSearch, MadeGif
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import exceeds
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.progress import Monotone, Step
from nemovideo.engine.media.verify import deliver
from nemovideo.errors import EngineError, NoPicture, UnsupportedFile
from nemovideo.protocol.compress import CompressRequest

__all__ = ["make_gif"]

_LONG = 30.0
"""Seconds from which on a GIF is worth a word of warning."""
Share = Callable[[float], None]


async def make_gif(
    source: Media, target: Path, request: CompressRequest, *, work: Path, on_progress: Callable[[float], None]
) -> FitReport:
    """Make an animated GIF of the picture, put whole and verified at `target`, or raise and put nothing there.

    Unless the request names other figures, its long side has 480 pixels at most and it shows 12.5 pictures a second
    at most. Under a limit it gets smaller first, then slower and of fewer colours. It plays for ever and has no sound.

    Args:
        source: what `probe` found.
        target: the result's path; a file there is replaced.
        request: max_bytes, max_height and fps count; the codec does not.
        work: an empty folder for temporaries; the caller removes it.
        on_progress: takes 0..1, never falling.

    Raises:
        NoPicture: the source has sound only.
        UnsupportedFile: it is a still image.
        TargetNotMet: nothing fits; `least_bytes` is a limit that works.
        DamagedFile, DiskFull, EngineError, FFmpegMissing: as they say.
    """
    target, work = await asyncio.to_thread(lambda: (target.absolute(), work.absolute()))
    progress = Monotone(on_progress)
    await asyncio.to_thread(find_ffmpeg)
    _refuse(source)
    if _is_one_already(source, request):
        made = await _kept(source, work)
    else:
        search = GifSearch(source, request, work)
        made = await search.best(progress)
        await _check(made, source, progress.part(0.95, 1.0))
    size = await deliver(made.file, target)
    progress(1.0)
    return _report(source, made, size)


def _refuse(source: Media) -> None:
    name = source.path.name
    if source.kind == "image":
        raise UnsupportedFile(
            f"{name} is a still image, not a video", hint="An image tool (or a photo app) makes GIFs of images."
        )
    if source.video is None:
        raise NoPicture(f"{name} has no picture, only sound: no GIF can be made of it")


def _is_one_already(source: Media, request: CompressRequest) -> bool:
    fits = request.max_bytes is None or source.size <= request.max_bytes
    return source.demuxer == "gif" and not source.composed and fits and not exceeds(source, request)


async def _kept(source: Media, work: Path) -> MadeGif:
    copy = work / "kept.gif"
    await asyncio.to_thread(shutil.copyfile, source.path, copy)
    return MadeGif(file=copy, size=source.size, frames=source.video.frames if source.video else 0)


async def _check(made: MadeGif, source: Media, on_share: Share) -> None:
    """Decode the GIF whole; raises EngineError where it is not what it should be."""
    look, video = made.look, source.video
    assert look is not None  # noqa: S101  # for the checkers: a GIF that was made has a look
    assert video is not None  # noqa: S101  # _refuse has seen to it

    def step(now: Step) -> None:
        if now.frame is not None:
            on_share(now.frame / max(1, made.frames))

    command = [*head(), "-xerror", *opened(made.file, "gif"), "-fps_mode", "passthrough", "-f", "null", "-"]
    outcome = await run(command, limits=Limits(wall=300 + 20 * video.duration), on_step=step)
    if outcome.code != 0 or outcome.last.frame != made.frames:
        raise EngineError(f"The GIF does not decode: {outcome.why()}")
    lasts = outcome.last.seconds or 0.0
    if abs(lasts - video.duration) > 0.15 + 1.5 / look.fps:
        raise EngineError(f"The GIF lasts {lasts:.2f} s instead of {video.duration:.2f} s")


def _report(source: Media, made: MadeGif, size: int) -> FitReport:
    look = made.look or Look(source.width, source.height, source.fps)
    if made.look is None:
        notes = ["the source is a GIF already and fits: handed back as it is"]
    else:
        notes = [look.words(), *normalise.notes(source, keep_hdr=False)]
        notes += ["no sound: a GIF has none"] if source.audio else []
        notes += [f"{source.duration:.0f} s are long for a GIF: a video would be far smaller"] * (
            source.duration >= _LONG
        )
    duration = source.video.duration if source.video else source.duration
    result = {
        "width": look.width,
        "height": look.height,
        "fps": round(look.fps, 3),
        "codec": "gif",
        "audio_codec": None,
        "duration": round(duration, 3),
    }
    return FitReport(
        size=size,
        duration=duration,
        width=look.width,
        height=look.height,
        fps=look.fps,
        codec="gif",
        audio_codec=None,
        notes=tuple(notes),
        plan={"action": "encode" if made.look else "keep", "trials": made.trials, "result": result},
    )
