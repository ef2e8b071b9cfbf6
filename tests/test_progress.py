"""The reporter: throttled, with rate and time left, and deaf to what the callback raises."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.conftest import Run

from nemovideo.progress import Phase, Progress, Reporter


def reported(run: Run[Any], clock: TurnableClock, *steps: tuple[float, float]) -> list[Progress]:
    told: list[Progress] = []

    async def flow() -> None:
        report = Reporter(told.append, clock=clock)
        for seconds, done in steps:
            clock.advance(seconds)
            await report("upload", done, 100.0, "bytes")

    run(flow())
    return told


def test_rate_and_time_left(run: Run[Any], clock: TurnableClock) -> None:
    assert reported(run, clock, (0, 0), (1, 20), (1, 60), (1, 100)) == [
        Progress("upload", 0.0, 100.0, "bytes"),
        Progress("upload", 20.0, 100.0, "bytes", 20.0, 4.0),
        Progress("upload", 60.0, 100.0, "bytes", 30.0, 40.0 / 30.0),
        Progress("upload", 100.0, 100.0, "bytes", 100.0 / 3.0, 0.0),
    ]


def test_too_many_are_dropped_and_the_last_never(run: Run[Any], clock: TurnableClock) -> None:
    told = reported(run, clock, *((0.001, float(done)) for done in range(101)))
    assert [event.done for event in told] == [0.0, 100.0]


def test_a_step_back_is_told_at_once_and_counts_anew(run: Run[Any], clock: TurnableClock) -> None:
    assert reported(run, clock, (0, 0), (1, 60), (0.001, 0), (1, 10)) == [
        Progress("upload", 0.0, 100.0, "bytes"),
        Progress("upload", 60.0, 100.0, "bytes", 60.0, 40.0 / 60.0),
        Progress("upload", 0.0, 100.0, "bytes"),
        Progress("upload", 10.0, 100.0, "bytes", 10.0, 9.0),
    ]


def test_each_phase_begins_anew(run: Run[Any], clock: TurnableClock) -> None:
    told: list[Progress] = []

    async def flow() -> None:
        report = Reporter(told.append, clock=clock)
        await report("connect")
        await report("upload", 5.0, 10.0, "bytes")
        await report("connect")

    run(flow())
    assert [event.phase for event in told] == ["connect", "upload", "connect"]


def test_a_coroutine_function_is_waited_for(run: Run[Any]) -> None:
    told = []

    async def on_progress(event: Progress) -> None:
        await asyncio.sleep(0)
        told.append(event.phase)

    run(Reporter(on_progress)("ask"))
    assert told == ["ask"]


def test_what_it_raises_is_logged_once(run: Run[Any], caplog: pytest.LogCaptureFixture) -> None:
    def on_progress(event: Progress) -> None:
        raise ZeroDivisionError

    async def flow() -> None:
        report = Reporter(on_progress)
        phases: tuple[Phase, ...] = ("connect", "upload", "ask")
        for phase in phases:
            await report(phase)

    run(flow())
    assert len(caplog.records) == 1
    assert "on_progress" in caplog.text


def test_a_cancellation_from_within_is_one(run: Run[Any]) -> None:
    async def on_progress(event: Progress) -> None:
        raise asyncio.CancelledError

    async def flow() -> None:
        with pytest.raises(asyncio.CancelledError):
            await Reporter(on_progress)("ask")

    run(flow())


def test_nobody_listens(run: Run[Any]) -> None:
    run(Reporter(None)("ask"))
