"""When a call is made again, and after how long: the policy as a table."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clock import TurnableClock
from tests.conftest import Run

from nemovideo.errors import (
    AuthenticationError,
    ConnectionFailed,
    NemoError,
    OutOfCredits,
    PlanError,
    ProtocolError,
    RateLimited,
    SessionNotFound,
    TransportError,
    UnsupportedFile,
)
from nemovideo.transport.retry import LONGEST_WAIT, Meaning, backoff, retrying

PASSES = TransportError("cut", retryable=True)
REFUSED = ConnectionFailed("refused", retryable=True)


def tried(error: BaseException, meaning: Meaning, run: Run[Any], *, times: int = 99) -> tuple[int, list[float]]:
    """How often a call is made that fails with `error` the first `times` times, and the waits in between."""
    clock, calls = TurnableClock(), 0

    async def call() -> str:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise error
        return "done"

    async def flow() -> None:
        if times < 99:
            assert await retrying(meaning, clock, chance=lambda: 1.0)(call) == "done"
            return
        with pytest.raises(type(error)) as caught:
            await retrying(meaning, clock, chance=lambda: 1.0)(call)
        assert caught.value is error  # and not tenacity's own

    run(flow())
    return calls, clock.slept


@pytest.mark.parametrize(
    ("error", "read", "act"),
    [
        (PASSES, 4, 1),
        (TransportError("a closed client"), 1, 1),
        (REFUSED, 4, 4),
        (ConnectionFailed("no such name"), 1, 1),
        (ProtocolError("html"), 1, 1),
        (ProtocolError("odd but passing", retryable=True), 4, 1),
        (RateLimited("slow"), 2, 2),
        (RateLimited("slow", retry_after=3.0), 2, 2),
        (RateLimited("slow", retry_after=LONGEST_WAIT), 2, 2),
        (RateLimited("slow", retry_after=LONGEST_WAIT + 1), 1, 1),
        (AuthenticationError("no"), 1, 1),
        (PlanError("no"), 1, 1),
        (OutOfCredits("no"), 1, 1),
        (SessionNotFound("no"), 1, 1),
        (UnsupportedFile("no"), 1, 1),
        (NemoError("no", retryable=True), 1, 1),
        (KeyError("a bug"), 1, 1),
    ],
)
def test_how_often(error: BaseException, read: int, act: int, run: Run[Any]) -> None:
    assert tried(error, "read", run)[0] == read
    assert tried(error, "act", run)[0] == act


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (PASSES, [0.5, 1.0, 2.0]),
        (RateLimited("slow"), [30.0]),
        (RateLimited("slow", retry_after=7.0), [7.0]),
        (RateLimited("slow", retry_after=0.0), [0.0]),
    ],
)
def test_after_how_long(error: BaseException, waits: list[float], run: Run[Any]) -> None:
    assert tried(error, "read", run)[1] == waits


def test_a_fault_that_passes_is_not_seen(run: Run[Any]) -> None:
    assert tried(PASSES, "read", run, times=2) == (3, [0.5, 1.0])


@given(st.integers(1, 500), st.floats(0, 1))
def test_the_wait_is_bounded_and_its_jitter_survives_the_cap(attempt: int, chance: float) -> None:
    wait = backoff(attempt, chance)
    assert 0.25 <= wait <= 8.0
    if attempt > 5:
        assert wait == pytest.approx(4.0 + 4.0 * chance)
