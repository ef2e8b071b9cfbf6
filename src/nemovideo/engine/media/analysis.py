"""The look that an encode and its forecast share: sound, budget and picture for a limit, by table or by samples."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from nemovideo.engine.media import subtitles
from nemovideo.engine.media.audio import Sound, plan_sound
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import Choice, choose, easy, share_out
from nemovideo.engine.media.process import plain_errors
from nemovideo.engine.media.rungs import Picture, ladder
from nemovideo.engine.media.samples import Judged, Samples
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Analysis", "analyse", "best", "chosen"]

_SAMPLED_FROM = {"balanced": 15.0, "best": 1.0}
"""Seconds of film from which samples cost little beside the encode; under it the table does."""
_TIE = 0.3
"""VMAF under which two rungs look the same: the lower is smaller to store and quicker to play."""
_NEAR_THE_TOP = 1.2
"""VMAF between two neighbours under which the best rung lies between them: a third would look worse (measured: by 2.7
where they were 0.4 apart, the same where they were 1.8 apart)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What was found out before encoding under a limit.

    Attributes:
        limit: bytes of the whole file.
        sound: what is planned for it.
        subtitles: indices of the tracks that come along.
        choice: picture and budget.
        judged: what samples said, in the order of trying; empty where the table decided.
        samples: for more tries, where they were cut.
    """

    limit: int
    sound: Sound
    subtitles: tuple[int, ...]
    choice: Choice
    judged: tuple[Judged, ...] = ()
    samples: Samples | None = None

    @property
    def words(self) -> str:
        """How the picture's size was chosen, for the notes."""
        if not self.judged:
            return "picture size by rule (bits a pixel)"
        if len(self.judged) == 1:
            return f"picture size by rule (bits a pixel); a sample of it scores VMAF {self.judged[0].vmaf:.1f}"
        tries = ", ".join(f"{it.picture.width}x{it.picture.height} {it.vmaf:.1f}" for it in self.judged)
        return f"picture size by samples (VMAF at this rate: {tries})"


def chosen(
    source: Media, request: CompressRequest, container: str, sound: Sound, limit: int, *, below: float | None = None
) -> Choice:
    """The table's choice under `limit` bytes, subtitles taken off."""
    words = subtitles.kept(source, request.max_bytes)
    return choose(
        source,
        request,
        limit=limit - subtitles.cost(source, words),
        container=container,
        audio_bytes=sound.bytes,
        audio_packets=sound.packets,
        below=below,
    )


async def analyse(
    source: Media, request: CompressRequest, container: str, work: Path, limit: int, *, judge: bool = False
) -> Analysis:
    """Find sound, budget and picture for `limit` bytes.

    Args:
        source: what `probe` found.
        request: the wish.
        container: suffix of the result.
        work: folder for the samples.
        limit: bytes of the whole file.
        judge: sample even where an encode would not, since the expected quality is asked for.
    """
    sound = plan_sound(source, request, container, limit)
    words = subtitles.kept(source, request.max_bytes)
    choice = chosen(source, request, container, sound, limit)
    plain = Analysis(limit=limit, sound=sound, subtitles=words, choice=choice)
    video = source.video
    # A screen changes in jumps: bursts say little of it (they chose a rung 17 VMAF too high where bits were few).
    searching = request.effort != "fast" and source.duration >= _SAMPLED_FROM[request.effort] and not easy(source)
    if video is None or choice.starved or not (searching or judge):
        return plain
    samples = Samples(source, request, work)
    rungs = [replace(it, fps=choice.picture.fps) for it in ladder(source, request)]
    if not await samples.cut(rungs[0]):
        return plain
    rate = choice.budget.video * 8 / max(video.duration, 0.02)
    at = next(n for n, it in enumerate(rungs) if it.rung == choice.picture.rung)
    judged = await (_climb(samples, rungs, at, rate) if searching else _try(samples, [choice.picture], rate))
    if not judged:
        return plain
    picture = best(judged).picture
    budget = share_out(
        source, picture, choice.budget.limit, container, (sound.bytes, sound.packets), reorder=choice.reorder
    )
    return replace(plain, choice=replace(choice, picture=picture, budget=budget), judged=tuple(judged), samples=samples)


def best(judged: list[Judged] | tuple[Judged, ...]) -> Judged:
    """The one that looks best; of those as good as it the smallest.

    Example:
        >>> best([Judged(Picture(960, 540), 80.0, 70.0, 0.1), Judged(Picture(640, 360), 79.8, 70.0, 0.1)]).vmaf
        79.8
    """
    most = max(it.vmaf for it in judged)
    return min((it for it in judged if it.vmaf > most - _TIE), key=lambda it: it.picture.width * it.picture.height)


async def _climb(samples: Samples, rungs: list[Picture], at: int, rate: float) -> list[Judged]:
    """The rung of the table and the one above side by side, then on in the direction that looks better."""
    judged = await _try(samples, rungs[max(0, at - 1) : at + 1] if at else rungs[:2], rate)
    places = {it.rung: n for n, it in enumerate(rungs)}
    for _ in range(2):
        if not judged:
            return judged
        tried = {places[it.picture.rung] for it in judged}
        now = places[best(judged).picture.rung]
        step = next((n for n in (now + 1, now - 1) if 0 <= n < len(rungs) and n not in tried), None)
        near = abs(judged[0].vmaf - judged[1].vmaf) < _NEAR_THE_TOP if len(judged) == 2 else True
        if step is None or near:
            break
        judged += await _try(samples, [rungs[step]], rate)
    return judged


async def _try(samples: Samples, pictures: list[Picture], rate: float) -> list[Judged]:
    with plain_errors():
        async with asyncio.TaskGroup() as group:
            tries = [group.create_task(samples.judge(picture, rate)) for picture in pictures]
    return [found for it in tries if (found := it.result()) is not None]
