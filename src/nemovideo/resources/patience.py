"""How long an answer may take, and when a wait is told."""

from __future__ import annotations

from nemovideo.clock import Clock
from nemovideo.limits import Limits
from nemovideo.protocol.events import StillWorking

__all__ = ["Patience"]


class Patience:
    """The timers of one answer: moments, not tasks, so that a thousand of them cost nothing.

    Source: spec, section 10.
    """

    __slots__ = ("_begun", "_clock", "_last_byte", "_last_told", "_last_word", "_limits")

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._begun = self._last_byte = self._last_word = self._last_told = clock.monotonic()

    def byte(self) -> None:
        """Something came, a heartbeat perhaps."""
        self._last_byte = self._clock.monotonic()

    def word(self) -> None:
        """What came last was more than a heartbeat."""
        self._last_word = self._last_byte

    @property
    def telling(self) -> float:
        """Seconds until the wait is to be told; negative once it is overdue."""
        return max(self._last_told, self._last_word) + self._limits.still_working - self._clock.monotonic()

    @property
    def left(self) -> float:
        """Seconds until the next thing to do: telling the wait, or giving up."""
        soonest = min(moment for moment, _ in self._deadlines())
        return max(0.0, min(soonest - self._clock.monotonic(), self.telling))

    def tell(self) -> StillWorking:
        """Tell the wait."""
        self._last_told = self._clock.monotonic()
        return StillWorking(self._last_told - self._begun)

    @property
    def over(self) -> str | None:
        """Why the answer as a whole takes too long, where it does."""
        return self._passed(self._deadlines()[:1])

    @property
    def only_heartbeats(self) -> str | None:
        """Why there is no point in waiting on, where what came was nothing but heartbeats for too long.

        By when they came, not by now: whoever reads slowly finds more than that behind them, perhaps.
        """
        moment, reason = self._deadlines()[2]
        return reason if self._last_byte >= moment else None

    @property
    def overdue(self) -> str | None:
        """Why there is no point in waiting on, where there is none."""
        return self._passed(self._deadlines())

    def _passed(self, deadlines: tuple[tuple[float, str], ...]) -> str | None:
        now = self._clock.monotonic()
        return next((reason for moment, reason in deadlines if now >= moment), None)

    def _deadlines(self) -> tuple[tuple[float, str], ...]:
        limits = self._limits
        return (
            (self._begun + limits.chat, f"the answer took more than {limits.chat:g} s"),
            (self._last_byte + limits.silence, f"the server sent nothing for {limits.silence:g} s"),
            (
                self._last_word + limits.only_heartbeats,
                f"the server sent nothing but heartbeats for {limits.only_heartbeats:g} s",
            ),
        )
