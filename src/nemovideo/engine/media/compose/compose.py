"""A composition into one intermediate file: a picture at a steady rate and 16-bit sound, to be fitted like any source.

First the sound (see `sound`), then the picture: in one run where it holds all the pieces, else in a run for every few
of them, joined without encoding. The intermediate is lossless while that takes little disk, else all but lossless.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nemovideo.engine.media.compose.composition import Composition
from nemovideo.engine.media.compose.lettering import lettered
from nemovideo.engine.media.compose.picture import Drawing
from nemovideo.engine.media.compose.pieces import Piece, batches, pieces
from nemovideo.engine.media.compose.sound import mixed_down, strips
from nemovideo.engine.media.compose.timing import Grid
from nemovideo.engine.media.ffmpeg import READ, THREADS, head, opened
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.progress import Monotone, Step
from nemovideo.errors import DamagedFile, DiskFull, EngineError, UnsupportedFile, UsageError

__all__ = ["Composed", "compose"]

_LOSSLESS = 60 * 640 * 360 * 30
"""Pixels in all up to which the intermediate is lossless: a minute of 360p; beyond, losses below the eye's."""
_QP = 8
_LOSSLESS_BYTES, _BYTES = 1.0, 0.2
"""Bytes a pixel that must be free beforehand (measured: 0.08 to 0.12 of camera clips, 5 MB a second of 1080p30)."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What was made: the intermediate, and what is to be said of it."""

    media: Media
    notes: tuple[str, ...] = ()


async def compose(
    composition: Composition,
    sources: Mapping[str, Media],
    work: Path,
    on_share: Callable[[float], None],
    *,
    picture: bool = True,
) -> Composed:
    """Make the composition.

    Args:
        composition: what `reader.read` made of a draft.
        sources: what `probe` found, by hash.
        work: a folder for the intermediate and the parts; the caller removes it.
        on_share: takes 0..1, never falling.
        picture: False makes the sound alone.

    Returns:
        The intermediate as `probe` finds it, `composed` set; without a picture a WAV.

    Raises:
        UsageError: too much at once, or a sound alone is wanted and there is none.
        UnsupportedFile: a source's picture is of a kind that is not read.
        DamagedFile: a source cannot be decoded.
        DiskFull, EngineError, FFmpegMissing: as they say.
    """
    work = await asyncio.to_thread(work.absolute)
    share = Monotone(on_share)
    grid = Grid.of(composition.fps)
    total = max(1, grid.step(composition.duration))
    picture = picture and bool(composition.pictures)
    _refuse_unread([sources[clip.src] for clip in composition.pictures] if picture else [])
    heard = strips(composition, sources, grid)
    sound = await mixed_down(heard, grid.sample(total), work, share.part(0.0, 0.1 if picture else 1.0))
    notes: tuple[str, ...] = ()
    if picture:
        letterings, notes = await lettered(composition, work)
        drawing = Drawing(composition, sources, grid, letterings)
        runs = batches(pieces(composition, grid), sources)
        made = await _Picture(composition, grid, drawing, work).made(runs, sound, share.part(0.1, 1.0))
    elif sound is None:
        raise UsageError("There is no sound on the timeline.", hint="Ask for a video, or put music on it.")
    else:
        made = sound
    media = replace(await probe(made), composed=True)
    if picture and (media.video is None or media.video.frames != total):
        frames = media.video.frames if media.video else 0
        raise EngineError(f"The timeline has {total} pictures, and {frames} were made of it")
    share(1.0)
    return Composed(media, notes)


class _Picture:
    """Makes the pictures of one composition."""

    def __init__(self, composition: Composition, grid: Grid, drawing: Drawing, work: Path) -> None:
        self._grid, self._drawing, self._work = grid, drawing, work
        self._pixels = composition.width * composition.height
        total = self._pixels * grid.step(composition.duration)
        self._qp = 0 if total <= _LOSSLESS else _QP
        self._bytes = int(total * (_BYTES if self._qp else _LOSSLESS_BYTES))

    async def made(
        self, runs: Sequence[Sequence[Piece]], sound: Path | None, on_share: Callable[[float], None]
    ) -> Path:
        """The intermediate with its sound."""
        target = self._work / "composed.mov"
        needed = self._bytes * (2 if len(runs) > 1 else 1)
        free = (await asyncio.to_thread(shutil.disk_usage, self._work)).free
        if needed > free:
            raise DiskFull(
                f"The timeline takes up to {needed / 1e9:.1f} GB of disk while it is put together, "
                f"and {free / 1e9:.1f} GB are free",
                hint="Free some, or make the timeline shorter or its canvas smaller.",
            )
        if len(runs) == 1:
            await self._run(runs[0], target, sound, on_share)
            return await self._without(target, [sound])
        parts: list[Path] = []
        done, total = 0, sum(piece.steps for some in runs for piece in some)
        for number, some in enumerate(runs):
            parts.append(self._work / f"part{number}.mov")
            steps = sum(piece.steps for piece in some)
            await self._run(some, parts[-1], None, _between(on_share, done / total, (done + steps) / total * 0.98))
            done += steps
        await self._join(parts, target, sound)
        return await self._without(target, [*parts, sound])

    async def _without(self, made: Path, used: Sequence[Path | None]) -> Path:
        """The result, once what it was made of is gone."""
        for path in used:
            if path is not None:
                await asyncio.to_thread(path.unlink)
        return made

    async def _run(
        self, some: Sequence[Piece], target: Path, sound: Path | None, on_share: Callable[[float], None]
    ) -> None:
        graph = self._drawing.graph(some, "v")
        steps = sum(piece.steps for piece in some)
        maps = ["-map", "[v]"]
        if sound is not None:
            maps += ["-map", f"{graph.add_input(opened(sound, 'wav'))}:0", "-c:a", "copy"]
        rate = self._grid.rate
        command = [
            *head(),
            *graph.inputs,
            *("-filter_complex_threads", str(THREADS), "-filter_complex", graph.text(), *maps),
            *("-fps_mode", "passthrough", "-enc_time_base:v", f"{rate.denominator}/{rate.numerator}"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-qp", str(self._qp), "-pix_fmt", "yuv420p"),
            *("-g", str(max(1, round(2 * rate))), "-threads:v", str(THREADS), "-map_metadata", "-1"),
            *("-video_track_timescale", str(rate.numerator), "-f", "mov", f"file:{target}"),
        ]

        def step(now: Step) -> None:
            if now.frame is not None:
                on_share(now.frame / steps)

        # As slow as a large source under a small canvas may be: one picture a second, and reading up to a cut.
        limits = Limits(wall=900 + steps * max(1.0, self._pixels / 2e6), file_bytes=self._most(steps))
        outcome = await run(command, limits=limits, cwd=self._work, on_step=step)
        if outcome.decode_errors > 3 + steps // 100:
            names = " or ".join(self._drawing.names(some))
            raise DamagedFile(f"{names} is damaged: parts of it cannot be decoded ({outcome.why()})")
        if outcome.code != 0:
            raise EngineError(f"FFmpeg could not put the timeline together: {outcome.why()}")

    def _most(self, steps: int) -> int:
        """Bytes that no encode of so many pictures reaches: twice what they are uncoded, and the sound."""
        return 3 * self._pixels * steps + round(192_000 * 2 * self._grid.seconds(steps)) + (16 << 20)

    async def _join(self, parts: Sequence[Path], target: Path, sound: Path | None) -> None:
        """The parts one behind the other, as they are."""
        listing = self._work / "parts.txt"
        await asyncio.to_thread(listing.write_text, "".join(f"file '{part.name}'\n" for part in parts), "utf-8")
        inputs = [
            *("-protocol_whitelist", "file,pipe", "-format_whitelist", "concat,mov", "-f", "concat", "-safe", "1"),
            *("-i", f"file:{listing}"),
        ]
        maps = ["-map", "0:v"]
        if sound is not None:
            inputs += opened(sound, "wav")
            maps += ["-map", "1:a"]
        rate = self._grid.rate
        command = [*head(), *inputs, *maps, "-c", "copy", "-map_metadata", "-1"]
        command += ["-video_track_timescale", str(rate.numerator), "-f", "mov", f"file:{target}"]
        outcome = await run(command, limits=Limits(wall=3600), cwd=self._work, on_step=lambda _: None)
        await asyncio.to_thread(listing.unlink)
        if outcome.code != 0:
            raise EngineError(f"FFmpeg could not join the timeline's parts: {outcome.why()}")


def _refuse_unread(shown: Sequence[Media]) -> None:
    for media in shown:
        if media.video is not None and media.video.codec not in READ:
            raise UnsupportedFile(f"{media.path.name}: its picture is coded as {media.video.codec}, not read here")


def _between(on_share: Callable[[float], None], start: float, end: float) -> Callable[[float], None]:
    return lambda share: on_share(start + (end - start) * min(1.0, share))
