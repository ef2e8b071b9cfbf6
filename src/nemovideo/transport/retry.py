"""When a call is made again: tenacity policies, as values, in one layer.

What decides is the meaning of the call, not its verb alone. A read may be repeated freely. Anything else is repeated
only when it surely did not arrive (no connection was made) or was surely refused (429): the backend documents no
idempotency key, and a chat message that is sent twice runs, and bills, twice (spec, section 5).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Literal

from tenacity import AsyncRetrying, RetryCallState

from nemovideo.clock import Clock
from nemovideo.errors import ConnectionFailed, ProtocolError, RateLimited, TransportError

__all__ = ["LONGEST_WAIT", "Meaning", "backoff", "retrying"]

Meaning = Literal["read", "act"]
"""A read changes nothing on the server; an act may."""

LONGEST_WAIT = 120.0
"""Seconds: a `Retry-After` over this is raised at once, not slept (spec, section 10)."""

_RATE_LIMIT_WAIT = 30.0  # seconds, once (spec, section 8)
_ATTEMPTS = 4
_FIRST, _CAP = 0.5, 8.0  # seconds


def backoff(attempt: int, chance: float) -> float:
    """Seconds to wait after the attempt-th failure: between half and the whole of min(8, 0.5 · 2^(attempt-1)).

    `chance`, in 0..1, chooses. The jitter is taken of the capped value, so that it survives the cap.
    """
    whole: float = min(_CAP, _FIRST * 2 ** (attempt - 1))
    return whole * (0.5 + 0.5 * chance)


def retrying(meaning: Meaning, clock: Clock, *, chance: Callable[[], float] = random.random) -> AsyncRetrying:
    """The policy for one call."""

    def again(state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimited):
            return state.attempt_number == 1 and (error.retry_after or 0.0) <= LONGEST_WAIT
        if state.attempt_number >= _ATTEMPTS:
            return False
        if isinstance(error, ConnectionFailed):
            return error.retryable
        return meaning == "read" and isinstance(error, TransportError | ProtocolError) and error.retryable

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimited):
            return _RATE_LIMIT_WAIT if error.retry_after is None else error.retry_after
        return backoff(state.attempt_number, chance())

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)

    return AsyncRetrying(retry=again, wait=wait, sleep=sleep, reraise=True)
