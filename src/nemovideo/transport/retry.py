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
from nemovideo.limits import Limits
from nemovideo.transport.restraint import Restraint

__all__ = ["Meaning", "backoff", "resuming", "retrying"]

Meaning = Literal["read", "act"]
"""A read changes nothing on the server; an act may."""

_RATE_LIMIT_WAIT = 30.0  # seconds, once (spec, section 8)
_ATTEMPTS = 4
_SILENT_ATTEMPTS = 2
_FIRST, _CAP = 0.5, 8.0  # seconds


def backoff(attempt: int, chance: float) -> float:
    """Seconds to wait after the attempt-th failure: between half and the whole of min(8, 0.5 · 2^(attempt-1)).

    `chance`, in 0..1, chooses. The jitter is taken of the capped value, so that it survives the cap.
    """
    whole: float = min(_CAP, _FIRST * 2 ** min(attempt - 1, 16))
    return whole * (0.5 + 0.5 * chance)


def retrying(
    meaning: Meaning,
    clock: Clock,
    *,
    limits: Limits | None = None,
    restraint: Restraint | None = None,
    chance: Callable[[], float] = random.random,
) -> AsyncRetrying:
    """The policy for one call.

    Args:
        meaning: what the call does.
        clock: what it waits by.
        limits: `retry_after` is the longest wait that a server is granted; a longer one is raised at once.
        restraint: what the client's calls share.
        chance: a number in 0..1, for the jitter.
    """
    longest = (limits or Limits()).retry_after
    slowed = 0
    shared = restraint or Restraint(clock, chance=chance)

    def again(state: RetryCallState) -> bool:
        nonlocal slowed
        error = _error(state)
        if error is None:
            shared.went_well()
            return False
        if (_told(error) or 0.0) > longest:
            return False
        if isinstance(error, RateLimited):
            slowed += 1
            return slowed == 1  # once, whatever else went wrong before or after
        most = _SILENT_ATTEMPTS if _was_silent(error) else _ATTEMPTS
        return state.attempt_number < most and _may_pass(error, meaning) and shared.may_repeat()

    def wait(state: RetryCallState) -> float:
        error = _error(state)
        told = _told(error)
        return backoff(state.attempt_number, chance()) if told is None else shared.told(told)

    return AsyncRetrying(retry=again, wait=wait, sleep=clock.sleep, reraise=True)


def resuming(
    clock: Clock,
    *,
    attempts: int,
    reached: Callable[[], int],
    ours: Callable[[], bool],
    limits: Limits | None = None,
    restraint: Restraint | None = None,
    chance: Callable[[], float] = random.random,
) -> AsyncRetrying:
    """The policy for a transfer that goes on where it broke off.

    Args:
        clock: what it waits by.
        attempts: how many may fail in a row without progress.
        reached: how far it has ever come; only what nobody had before is progress.
        ours: whether the server that failed is the backend, whose word to wait holds for the client's other calls too.
        limits: as for `retrying`.
        restraint: as for `retrying`.
        chance: as for `retrying`.
    """
    longest = (limits or Limits()).retry_after
    shared = restraint or Restraint(clock, chance=chance)
    failures = slowed = furthest = 0

    def again(state: RetryCallState) -> bool:
        nonlocal failures, slowed, furthest
        error = _error(state)
        if error is None or (_told(error) or 0.0) > longest:
            return False
        if isinstance(error, RateLimited):
            slowed += 1
            return slowed == 1
        failures = failures + 1 if reached() <= furthest else 1
        furthest = max(furthest, reached())
        return isinstance(error, TransportError) and error.retryable and failures < attempts

    def wait(state: RetryCallState) -> float:
        told = _told(_error(state))
        if told is None:
            return backoff(failures, chance())
        return shared.told(told) if ours() else told

    return AsyncRetrying(retry=again, wait=wait, sleep=clock.sleep, reraise=True)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _may_pass(error: BaseException, meaning: Meaning) -> bool:
    if isinstance(error, ConnectionFailed):
        return error.retryable
    return meaning == "read" and isinstance(error, TransportError | ProtocolError) and error.retryable


def _was_silent(error: BaseException) -> bool:
    """Whether a call was given up after `silence` without an answer: a server that is at work, or dead.

    The next call may meet another machine behind the same name. A third would not: four of them would be 22 minutes.
    """
    overdue = isinstance(error, TransportError) and isinstance(error.__cause__, TimeoutError)
    return overdue and not isinstance(error, ConnectionFailed)


def _told(error: BaseException | None) -> float | None:
    """How long the server says to wait, in seconds; for a 429 that does not say, what is documented."""
    if isinstance(error, RateLimited):
        return _RATE_LIMIT_WAIT if error.retry_after is None else error.retry_after
    return error.retry_after if isinstance(error, TransportError) else None
