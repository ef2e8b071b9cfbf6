"""A result is believed only after it was decoded whole; then, and only then, it gets its name."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from nemovideo.engine.media.encode import MUXERS
from nemovideo.engine.media.ffmpeg import head, opened
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.progress import Step
from nemovideo.errors import DiskFull, EngineError

__all__ = ["OtherLength", "deliver", "verify"]

_DEMUXERS = {"mp4": "mov", "mov": "mov", "matroska": "matroska", "webm": "matroska"}


class OtherLength(EngineError):
    """A result that decodes, but lasts longer or shorter than its source."""


async def verify(
    file: Path,
    container: str,
    *,
    frames: int,
    duration: float,
    sound: bool,
    slack: float = 0.1,
    on_share: Callable[[float], None] | None = None,
) -> None:
    """Decode `file` to its end and compare it with what it should be.

    Args:
        file: the result.
        container: its suffix.
        frames: pictures it must hold.
        duration: seconds it must last.
        sound: whether it must have sound; every track of it is decoded.
        slack: seconds that the duration may differ.
        on_share: progress, 0..1.

    Raises:
        EngineError: it does not decode, or differs: the engine's own fault, never the caller's.
        OtherLength: the same, of its duration.
    """

    def step(now: Step) -> None:
        if on_share and now.frame is not None:
            on_share(now.frame / max(1, frames))

    # The loop filter changes no bit that is read: without it the check costs a third less.
    options = ("-skip_loop_filter", "all", "-err_detect", "explode")
    command = [
        *head(),
        "-xerror",
        *opened(file, _DEMUXERS[MUXERS[container]], options=options),
        *("-map", "0:v:0", *(["-map", "0:a"] if sound else []), "-fps_mode", "passthrough", "-f", "null", "-"),
    ]
    outcome = await run(command, limits=Limits(wall=300 + 20 * duration), on_step=step)
    if outcome.code != 0 or outcome.decode_errors:
        raise EngineError(f"The result does not decode: {outcome.why()}")
    if outcome.last.frame != frames:
        raise EngineError(f"The result holds {outcome.last.frame} pictures instead of {frames}")
    lasted = outcome.last.seconds or 0.0
    if abs(lasted - duration) > slack + 0.05:
        raise OtherLength(f"The result lasts {lasted:.2f} s instead of {duration:.2f} s")


async def deliver(file: Path, target: Path) -> int:
    """Give a whole file its final name, in one step; returns its size in bytes.

    Raises:
        DiskFull: the target's disk has no room.
    """
    return await asyncio.to_thread(_deliver, file, target)


def _deliver(file: Path, target: Path) -> int:
    try:
        with file.open("rb+") as written:
            os.fsync(written.fileno())
        try:
            file.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _across(file, target)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(f"No space left on the disk of {target.name}") from error
        raise
    return target.stat().st_size


def _across(file: Path, target: Path) -> None:
    """Copy to the other disk under a name of its own, then rename there."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with file.open("rb") as source, part.open("wb") as written:
            shutil.copyfileobj(source, written, 1 << 20)
            written.flush()
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
