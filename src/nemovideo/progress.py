"""The one Progress event, and the reporter that hands it to a callback."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nemovideo.clock import SYSTEM_CLOCK, Clock

__all__ = ["Phase", "Progress", "ProgressCallback", "Reporter"]

logger = logging.getLogger(__name__)

Phase = Literal["connect", "upload", "ask", "render", "download", "verify"]

_INTERVAL = 0.1  # seconds between two events of one phase: what an eye, or a notebook, can follow


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is.

    Attributes:
        phase: connect, upload, ask, render, download or verify.
        done, total: in `unit`; total is None where it is not known. `done` goes back where something begins again.
        unit: "bytes", "percent", or "" for a phase that is only begun and ended.
        rate: units a second; eta: seconds left; None while unknown.
    """

    phase: Phase
    done: float
    total: float | None
    unit: Literal["bytes", "percent", ""]
    rate: float | None = None
    eta: float | None = None


ProgressCallback: TypeAlias = Callable[[Progress], object] | Callable[[Progress], Awaitable[object]]
"""A function or a coroutine function. What it raises is logged once and kept from the work."""


class Reporter:
    """Throttles events, adds rate and time left, and keeps the callback's exceptions from the work."""

    def __init__(self, callback: ProgressCallback | None, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._callback = callback
        self._clock = clock
        self._phase: Phase | None = None
        self._started = self._last = 0.0
        self._first = self._done = 0.0
        self._complained = False

    async def __call__(
        self, phase: Phase, done: float = 0.0, total: float | None = None, unit: Literal["bytes", "percent", ""] = ""
    ) -> None:
        """Report; events that follow one another too quickly are dropped.

        A phase's first and last are not, nor is a step back: rate and time left are then counted anew.
        """
        if self._callback is None:
            return
        now = self._clock.monotonic()
        if phase != self._phase or done < self._done:
            self._phase, self._started, self._first = phase, now, done
        elif now - self._last < _INTERVAL and (total is None or done < total):
            return
        self._last, self._done = now, done
        rate = (done - self._first) / (now - self._started) if now > self._started and done > self._first else None
        eta = (total - done) / rate if rate and total is not None else None
        await self._hand_over(self._callback, Progress(phase, done, total, unit, rate, eta))

    async def _hand_over(self, callback: ProgressCallback, event: Progress) -> None:
        try:
            result = callback(event)
            if inspect.isawaitable(result):
                await result
        except Exception:
            if not self._complained:
                self._complained = True
                logger.warning("on_progress raised; the work goes on without telling it again how", exc_info=True)
