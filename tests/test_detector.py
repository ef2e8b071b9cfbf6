"""The tests' own ground: a blocking call of nemovideo on any loop is seen, and so is a task that is left."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from blockbuster import BlockingError
from tests.clock import TurnableClock
from tests.conftest import Run

from nemovideo.transport.part import check_output


async def block(folder: Path) -> None:
    check_output(folder / "a.mp4", overwrite=False)


def test_a_blocking_call_on_the_loop_is_seen(run: Run[Any], tmp_path: Path) -> None:
    with pytest.raises(BlockingError):
        run(block(tmp_path))


def test_a_blocking_call_on_the_loop_of_another_thread_is_seen(run: Run[Any], tmp_path: Path) -> None:
    with pytest.raises(BlockingError):
        run(asyncio.to_thread(asyncio.run, block(tmp_path)))


def test_a_blocking_call_in_a_thread_is_fine(run: Run[Any], tmp_path: Path) -> None:
    run(asyncio.to_thread(check_output, tmp_path / "a.mp4", overwrite=False))


def test_a_task_that_is_left_is_seen(run: Run[Any]) -> None:
    async def flow() -> None:
        asyncio.get_running_loop().kept = asyncio.create_task(asyncio.sleep(3600))  # type: ignore[attr-defined]

    with pytest.raises(AssertionError, match="left running"):
        run(flow())


def test_every_test_has_a_world_of_its_own(world: Path, tmp_path: Path) -> None:
    assert Path(tempfile.gettempdir()) == world / "t"
    assert world in platformdirs.user_cache_path("nemovideo").parents
    assert not {name for name in os.environ if name.startswith("NEMO_") and name != "NEMO_FFMPEG"}
    assert list(tmp_path.iterdir()) == []


def test_the_clock_turns_fifteen_minutes_in_no_time(run: Run[Any], clock: TurnableClock) -> None:
    async def flow() -> None:
        began = clock.monotonic()
        await clock.sleep(900)
        assert clock.monotonic() - began == 900
        waiting = asyncio.create_task(clock.within(60, asyncio.Event().wait()))
        await clock.turn(61)
        with pytest.raises(TimeoutError):
            await waiting
        assert await clock.within(60, asyncio.sleep(0, "done")) == "done"
        assert await clock.within(None, asyncio.sleep(0, "done")) == "done"

    run(flow())
