"""Clips of a few pictures: no rate to control, and starting FFmpeg costs more than the encode.

A size is searched for by quality: two encodes side by side, then the logarithm of the size, which is close to linear in
CRF, says what to try next.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

from nemovideo.engine.media.encode import Encoded, Job
from nemovideo.engine.media.process import plain_errors
from nemovideo.protocol.compress import Codec

__all__ = ["BRIEF", "Guess", "by_quality", "next_crf"]

BRIEF = 13
"""Pictures under which a clip is a moment: its size jumps with the rate rather than slides."""

_FIRST: dict[Codec, tuple[float, float]] = {"h264": (24.0, 36.0), "hevc": (25.0, 37.0), "av1": (32.0, 50.0)}
_RANGE: dict[Codec, tuple[float, float]] = {"h264": (8.0, 51.0), "hevc": (8.0, 51.0), "av1": (6.0, 63.0)}
"""From where more bits only repeat the source's own losses, to each encoder's coarsest."""
_AIM = 0.975
_ENOUGH = 0.93
_MORE = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """A quality, and the size in bytes that it gave."""

    crf: float
    size: int


def next_crf(guesses: list[Guess], limit: int, codec: Codec) -> float:
    """The quality to try next: where the line through the two guesses around (or next to) the limit meets the aim.

    Example:
        >>> round(next_crf([Guess(24, 40_000), Guess(36, 10_000)], 20_513, "h264"), 2)
        30.0
    """
    ordered = sorted(guesses, key=lambda guess: abs(math.log(guess.size / limit)))
    near, far = ordered[0], next((g for g in ordered[1:] if g.crf != ordered[0].crf), ordered[-1])
    slope = (math.log(far.size) - math.log(near.size)) / (far.crf - near.crf) if far.crf != near.crf else -0.12
    slope = min(slope, -0.03)  # sizes that do not fall with quality come from the container alone
    found = near.crf + (math.log(limit * _AIM) - math.log(near.size)) / slope
    least, most = _RANGE[codec]
    found = min(most, max(least, found))
    return math.ceil(found) if codec == "av1" else round(found, 2)  # SVT-AV1 counts in whole steps


async def by_quality(job: Job, limit: int, name: Callable[[], str], told: Callable[[Encoded], None]) -> Encoded | None:
    """The largest encode under `limit` bytes that a few tries find; None when none fits.

    Args:
        job: what to encode.
        limit: bytes of the whole file.
        name: gives a fresh file name for each try.
        told: hears of each try.
    """
    codec = job.request.codec
    with plain_errors():
        async with asyncio.TaskGroup() as group:
            first = [group.create_task(job.constant(crf, name())) for crf in _FIRST[codec]]
    made = [(crf, task.result()) for crf, task in zip(_FIRST[codec], first, strict=True)]
    for _ in range(_MORE):
        best = max((encoded.size for _, encoded in made if encoded.size <= limit), default=0)
        crf = next_crf([Guess(crf, encoded.size) for crf, encoded in made], limit, codec)
        if best >= limit * _ENOUGH or any(crf == tried for tried, _ in made):
            break
        made.append((crf, await job.constant(crf, name())))
    for _, encoded in made:
        told(encoded)
    return max((encoded for _, encoded in made if encoded.size <= limit), key=lambda e: e.size, default=None)
