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
from nemovideo.limits import Limits
from nemovideo.transport.restraint import Restraint
from nemovideo.transport.retry import Meaning, backoff, retrying

LONGEST_WAIT = Limits().retry_after
PASSES = TransportError("cut", retryable=True)
SILENT = TransportError("silent", retryable=True)
SILENT.__cause__ = TimeoutError()
TOO_LATE = ConnectionFailed("not in time", retryable=True)
TOO_LATE.__cause__ = TimeoutError()
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
        (SILENT, 2, 1),
        (TOO_LATE, 4, 4),
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


def test_those_who_failed_together_do_not_come_back_together() -> None:
    """At the cap, too, where a jitter of the uncapped value would have become none."""
    waits = [backoff(20, number / 99) for number in range(100)]
    assert (min(waits), max(waits)) == (4.0, 8.0)
    assert len(set(waits)) == 100


@pytest.mark.parametrize(("said", "read"), [(3.0, 4), (LONGEST_WAIT, 4), (LONGEST_WAIT + 1, 1)])
def test_an_overloaded_server_is_granted_its_wait_on_reads(said: float, read: int, run: Run[Any]) -> None:
    busy = TransportError("503", retryable=True, retry_after=said)
    calls, waits = tried(busy, "read", run)
    assert calls == read
    assert waits[:1] == [said][: read - 1]
    assert tried(busy, "act", run) == (1, [])


def test_the_longest_wait_is_the_clients_to_say(run: Run[Any]) -> None:
    async def flow(longest: float) -> int:
        clock, calls = TurnableClock(), 0

        async def call() -> None:
            nonlocal calls
            calls += 1
            raise RateLimited("slow", retry_after=60.0)

        with pytest.raises(RateLimited):
            await retrying("read", clock, limits=Limits(retry_after=longest))(call)
        return calls

    assert run(flow(59.0)) == 1
    assert run(flow(60.0)) == 2


def test_when_most_calls_fail_they_are_not_repeated_any_more(run: Run[Any]) -> None:
    async def flow() -> None:
        clock, calls = TurnableClock(), 0
        restraint = Restraint(clock, budget=6)

        async def call(*, fails: bool = True) -> None:
            nonlocal calls
            calls += 1
            if fails:
                raise PASSES

        for _ in range(5):
            with pytest.raises(TransportError):
                await retrying("read", clock, restraint=restraint)(call)
        assert calls == 4 + 4 + 1 + 1 + 1
        for _ in range(50):
            await retrying("read", clock, restraint=restraint)(call, fails=False)
        calls = 0
        with pytest.raises(TransportError):
            await retrying("read", clock, restraint=restraint)(call)
        assert calls == 4  # what went well has made it good, up to what it was

    run(flow())


@pytest.mark.parametrize("order", [(PASSES, RateLimited("slow")), (RateLimited("slow"), PASSES)])
def test_a_429_is_waited_for_once_whatever_else_went_wrong(order: tuple[Exception, ...], run: Run[Any]) -> None:
    async def flow() -> None:
        clock, faults = TurnableClock(), [*order]

        async def call() -> str:
            if faults:
                raise faults.pop(0)
            return "done"

        assert await retrying("read", clock, chance=lambda: 1.0)(call) == "done"
        assert 30.0 in clock.slept
        faults += [RateLimited("slow"), *order]
        with pytest.raises(RateLimited):
            await retrying("read", clock, chance=lambda: 1.0)(call)

    run(flow())
