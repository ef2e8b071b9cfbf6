"""The search for the best GIF under a limit: a small film of the source first, then tries made of that."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nemovideo.engine.media.audio import Sound
from nemovideo.engine.media.encode import Encoded, Job
from nemovideo.engine.media.ffmpeg import head, opened
from nemovideo.engine.media.giflook import LEANER, Look, asked, leaner
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import Picture
from nemovideo.engine.media.process import Limits, Outcome, run
from nemovideo.engine.media.progress import Monotone, Step
from nemovideo.errors import EngineError, TargetNotMet
from nemovideo.protocol.compress import CompressRequest

__all__ = ["GifSearch", "MadeGif"]

_FILM_CRF = 10
"""Of the small film: no loss that 256 colours would show."""
_FULL = 0.8
"""Share of the limit that is well used: no other look is tried."""
_CLOSER = 1.05
"""A last try at a size between two looks is worth it when the picture gets larger by this."""
_RATIO = 0.72
"""What a look takes of the one before, on the mean of the list (measured: 0.66 to 0.79)."""
_TRIES = 5
"""Looks that a search takes, seldom more."""

Share = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeGif:
    """A GIF, before it has its name; without a look it is the source itself."""

    file: Path
    size: int
    frames: int
    look: Look | None = None
    trials: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


class GifSearch:
    """One search for the best GIF that fits; `best` once."""

    def __init__(self, source: Media, request: CompressRequest, work: Path) -> None:
        self._source = source
        self._limit = request.max_bytes
        self._work = work
        self._first = asked(source, request)
        self._trials: list[dict[str, Any]] = []

    async def best(self, progress: Monotone) -> MadeGif:
        """The first look where it fits, else the best of the leaner ones that does.

        Raises:
            TargetNotMet: even the leanest is over; its size is the least limit that works.
        """
        film = await self._film(progress.part(0.0, 0.4))
        made = await self._try(film, self._first, progress.part(0.4, 0.7))
        if self._limit is None or made.size <= self._limit:
            return made
        return await self._leaner(film, made, self._limit, progress.part(0.7, 0.95))

    async def _leaner(self, film: Encoded, first: MadeGif, limit: int, on_share: Share) -> MadeGif:
        """The largest look that fits, each guess made from the size before; then one between two looks."""
        below, above = 0, len(LEANER)  # looks up to `below` are too large, from `above` on they fit
        at, made, best = 0, first, first
        while above - below > 1 and not _FULL * limit <= made.size <= limit:
            guess = at + math.ceil(math.log(limit / made.size) / math.log(_RATIO))
            at = min(max(guess, below + 1), above - 1)
            made = await self._try(film, leaner(self._first, LEANER[at]), _ignored)
            on_share(len(self._trials) / _TRIES)
            if made.size <= limit:
                best, above = made, at
            elif at == len(LEANER) - 1:
                raise self._not_met(made.size, limit)
            else:
                below = at
        closer = self._closer(best, limit)
        if closer is not None and (made := await self._try(film, closer, _ignored)).size <= limit:
            return made
        return best

    def _closer(self, best: MadeGif, limit: int) -> Look | None:
        """The best look as much larger as the limit allows; None when that is hardly larger."""
        look = best.look
        if look is None:
            return None
        factor = min(math.sqrt(0.95 * limit / best.size), self._first.width / look.width)
        return look.scaled(factor) if factor >= _CLOSER else None

    def _not_met(self, least: int, limit: int) -> TargetNotMet:
        return TargetNotMet(
            f"No GIF of {self._source.path.name} fits under {limit} bytes; the least is {least} bytes",
            least_bytes=least,
            hint=f"Allow at least {least} bytes, trim it first, or ask for a video: it takes far less.",
        )

    async def _film(self, on_share: Share) -> Encoded:
        """The source upright, small and in ordinary colours: foreign bytes are decoded once, each try reads this."""
        look = self._first
        picture = Picture(look.width, look.height, look.fps if look.reduced else None)
        request = CompressRequest(max_bytes=self._limit, effort="fast", max_height=None)
        job = Job(
            media=self._source,
            request=request,
            container="mp4",
            work=self._work,
            picture=picture,
            sound=Sound(how="none"),
        )
        return await job.constant(_FILM_CRF, "film", on_share)

    async def _try(self, film: Encoded, look: Look, on_share: Share) -> MadeGif:
        """One GIF: the palette in a run of its own, since in one run with the picture every frame is held in memory."""
        number = len(self._trials) + 1
        palette, gif = self._work / f"palette{number}.png", self._work / f"try{number}.gif"
        chain = look.chain(slower=look.fps < self._first.fps)
        one = ["-frames:v", "1", "-c:v", "png", "-f", "image2", "-update", "1", f"file:{palette}"]
        share = Monotone(on_share)
        await self._run(film, [], ["-vf", f"{chain},{look.palette()}", *one], share.part(0.0, 0.4))
        graph = f"[0:v]{chain}[x];[x][1:v]{look.use()}"
        whole = ["-fflags", "+bitexact", "-loop", "0", "-f", "gif", f"file:{gif}"]
        outcome = await self._run(film, [palette], ["-lavfi", graph, *whole], share.part(0.4, 1.0))
        size = (await asyncio.to_thread(gif.stat)).st_size
        self._trials.append({"picture": f"{look.width}x{look.height}", "colors": look.colors, "size": size})
        return MadeGif(file=gif, size=size, frames=outcome.last.frame or 0, look=look, trials=self._trials)

    async def _run(self, film: Encoded, palette: list[Path], words: list[str], on_share: Share) -> Outcome:
        def step(now: Step) -> None:
            if now.frame is not None:
                on_share(now.frame / max(1, film.frames))

        pixels = 2 * film.frames * self._first.width * self._first.height
        inputs = [*opened(film.file, "mov"), *(word for file in palette for word in opened(file, "png_pipe"))]
        outcome = await run(
            [*head(), *inputs, "-an", "-map_metadata", "-1", *words],
            limits=Limits(wall=120 + pixels / 0.5e6, file_bytes=2 * pixels + (1 << 24)),
            cwd=self._work,
            on_step=step,
        )
        if outcome.code != 0:
            raise EngineError(f"FFmpeg could not make a GIF of {self._source.path.name}: {outcome.why()}")
        return outcome


def _ignored(_share: float) -> None:
    pass
