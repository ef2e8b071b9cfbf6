"""One deadline for several steps of work."""

from __future__ import annotations

from nemovideo.clock import Clock

__all__ = ["Deadline"]


class Deadline:
    """So many seconds from now; None is never.

    Args:
        clock: what measures it.
        seconds: from this moment on.
    """

    def __init__(self, clock: Clock, seconds: float | None) -> None:
        self.clock = clock
        self.seconds = seconds
        self._end = None if seconds is None else clock.monotonic() + seconds

    @property
    def left(self) -> float | None:
        """Seconds left, 0.0 once it is over; None for ever."""
        return None if self._end is None else max(0.0, self._end - self.clock.monotonic())
