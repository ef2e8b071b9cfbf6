"""What keeps one client from adding to a storm: a cool-down that its calls share, and a budget of repetitions."""

from __future__ import annotations

import random
from collections.abc import Callable

from nemovideo.clock import SYSTEM_CLOCK, Clock

__all__ = ["Restraint"]

_SPREAD = 0.1  # of the wait, at most: those who waited together do not come back together
_BUDGET = 100  # repetitions that are not yet made good by a success; as many as botocore's standard mode allows


class Restraint:
    """Shared by the calls of one client.

    Nothing in it is held while somebody waits, so that a call may be cancelled at any moment.

    Example:
        >>> restraint = Restraint()
        >>> restraint.told(30.0)
        30.0
        >>> restraint.may_repeat()
        True
    """

    def __init__(
        self, clock: Clock = SYSTEM_CLOCK, *, chance: Callable[[], float] = random.random, budget: int = _BUDGET
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._until = float("-inf")
        self._full = self._budget = budget

    def told(self, seconds: float) -> float:
        """A call was told to wait: from now on all do. Gives how long this one waits.

        The first to be told waits as long as it was told; whoever is told meanwhile, a little longer.
        """
        now = self._clock.monotonic()
        first = self._until <= now
        self._until = max(self._until, now + seconds)
        return seconds if first else self._spread(self._until - now)

    async def cooled(self) -> None:
        """Come back when nobody has to wait any more."""
        while (left := self._until - self._clock.monotonic()) > 0:
            await self._clock.sleep(self._spread(left))

    def may_repeat(self) -> bool:
        """Whether a failed call may be made again: not when most calls fail, so that a server can get up again."""
        if self._budget <= 0:
            return False
        self._budget -= 1
        return True

    def went_well(self) -> None:
        """A call succeeded, which makes one repetition good."""
        self._budget = min(self._full, self._budget + 1)

    def _spread(self, seconds: float) -> float:
        return seconds * (1.0 + _SPREAD * self._chance())
