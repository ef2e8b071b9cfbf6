"""The bottom: the least encode there is, and what may be got between it and a limit just above."""

from __future__ import annotations

from dataclasses import replace

from nemovideo.engine.media.analysis import chosen
from nemovideo.engine.media.audio import Sound, encode_sound, leanest
from nemovideo.engine.media.coders import FLOOR_CRF
from nemovideo.engine.media.encode import Job, RateTooLow
from nemovideo.engine.media.fitted import Fitted
from nemovideo.engine.media.rungs import floor
from nemovideo.engine.media.search import CORRECTIONS, Search, part
from nemovideo.errors import TargetNotMet

__all__ = ["from_the_floor", "least"]

_LONG = 250
"""Pictures of the floor encode from which on B-frames save more than they cost."""
_WORTH_A_TRY = 0.8
"""Share of the floor's size under which no rate is tried either."""


async def from_the_floor(search: Search, limit: int, *, untried: bool = False) -> Fitted:
    """The least encode there is; where it leaves room, something better between it and the limit.

    Where it is over and all rates are `untried`, one is tried: it may get a little under what a quality does.

    Raises:
        TargetNotMet: it is over; its size is the least limit that works.
    """
    source = search.source
    lowest, sound = await least(search)
    near = untried and lowest.size > limit >= lowest.size * _WORTH_A_TRY
    if (limit >= lowest.size * 1.1 or near) and (made := await _near(search, lowest, sound, limit)):
        return made
    if lowest.size > limit:
        raise TargetNotMet(
            f"{source.path.name} cannot be made to fit under {limit} bytes; the least is {lowest.size} bytes",
            least_bytes=lowest.size,
            hint=f"Allow at least {lowest.size} bytes, or trim the video first.",
        )
    return lowest


async def least(search: Search) -> tuple[Fitted, Sound]:
    """The coarsest encode of the smallest picture with the least of sounds. Knows no limit.

    Without B-frames MP4's index is smaller, with them the pictures are: of a long clip both are made, in one reading.
    """
    sound = leanest(search.source, search.request, search.container)
    sound = await encode_sound(search.source, sound, search.work, "lean")
    picture = floor(search.source, search.request)
    job = replace(search.job(picture, sound), lean=True, reorder=False, subtitles=())
    both = search.request.codec != "av1" and picture.frames(search.source) >= _LONG
    jobs = [job, replace(job, reorder=True)] if both else [job]
    crf = FLOOR_CRF[search.request.codec]
    made = await job.constants(crf, [(it, search.name()) for it in jobs], part(search.on_share, 0.3, 0.5))
    for one in made:
        search.trials.append({"picture": f"{picture.width}x{picture.height}", "size": one.size, "floor": True})
    best, encoded = min(zip(jobs, made, strict=True), key=lambda pair: pair[1].size)
    return search.fitted(best, encoded, ("the smallest picture there is: the limit leaves no more",)), sound


async def _near(search: Search, least: Fitted, sound: Sound, limit: int) -> Fitted | None:
    source = search.source
    choice = chosen(source, search.request, search.container, sound, limit)
    under = least.size > limit
    picture = least.picture if under else choice.picture
    if choice.budget.video <= 0 or (under and picture.frames(source) < _LONG):
        return None
    job: Job = replace(search.job(picture, sound), lean=True, reorder=under, subtitles=())
    try:
        await job.first_pass(search.rate(choice.budget.video), part(search.on_share, 0.5, 0.6))
    except RateTooLow:
        return None
    corrections = 0 if under else CORRECTIONS
    return await search.aimed(job, choice.budget.video, limit, (0.6, 0.8), corrections=corrections)
