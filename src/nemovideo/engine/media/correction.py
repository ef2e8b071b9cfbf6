"""How many bytes to ask for next, after an encode that missed. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Trial", "next_request"]


_DOWNWARDS = 0.998
_UPWARDS = 0.991
"""Share of the limit, each try 0.003 less. What fits already is not worth a miss: of five raised by 2 to 9 % to 0.995,
four came out at 1.000 to 1.007."""
_BETWEEN, _LAST = 0.98, 0.955
"""Share of the limit aimed at between a try that fits and one that does not, and where no other try follows."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One second pass, in bytes.

    Attributes:
        asked: for the picture.
        size: of the file on disk.
        fixed: what of it was no picture: sound and container.
    """

    asked: float
    size: int
    fixed: int

    @property
    def got(self) -> int:
        """What the picture took."""
        return max(1, self.size - self.fixed)

    def missed(self, limit: int) -> float:
        """What the picture might have taken over what it took."""
        return max(0.02, (limit - self.fixed) / self.got)


def next_request(trials: list[Trial], limit: int, *, last: bool = False) -> float:
    """Bytes to ask for, so that the file ends a little under `limit`; each try leaves a little more room.

    Args:
        trials: so far, oldest first.
        limit: bytes of the whole file.
        last: whether no other try follows: then it is aimed where it fits.

    Example:
        >>> round(next_request([Trial(900_000, 1_100_000, 100_000)], 1_000_000))
        805950
    """
    low = max((trial for trial in trials if trial.size <= limit), key=lambda trial: trial.asked, default=None)
    if low is not None:
        over = [trial for trial in trials if trial.size > limit and trial.asked > low.asked * 1.005]
        if over:
            return _between(low, min(over, key=lambda trial: trial.asked), limit, _LAST if last else _BETWEEN)
    latest = trials[-1]
    missed = latest.missed(limit)
    wanted = missed * ((_UPWARDS if missed > 1 else _DOWNWARDS) - 0.003 * len(trials))
    return latest.asked * math.pow(wanted, 1 / _slope(trials))


def _between(low: Trial, high: Trial, limit: int, share: float) -> float:
    """Between two tries, of which one fits: along the line of both, in logarithms, and never outside of them."""
    aim = max(share, (low.size / limit + 1) / 2) * limit
    width = math.log(high.asked / low.asked)
    rise = math.log(max(1.001, high.got / low.got))
    way = math.log(max(1.0, (aim - low.fixed) / low.got)) / rise
    return low.asked * math.exp(width * min(0.95, max(0.05, way)))


def _slope(trials: list[Trial]) -> float:
    """How the size follows what is asked, in logarithms: 1 for long clips, less where one key picture is most of it."""
    if len(trials) < 2:
        return 1.0
    before, last = trials[-2:]
    if min(before.asked, last.asked) <= 0 or abs(last.asked / before.asked - 1) < 0.005:
        return 1.0
    return min(1.5, max(0.3, math.log(last.got / before.got) / math.log(last.asked / before.asked)))
