"""Threads go on when their caller is cancelled; what they made is undone."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any

import aiofiles
import pytest
from tests.conftest import Run

from nemovideo.cancellation import done_or_undone, ended, finished, kept


def test_the_result_is_given(run: Run[Any]) -> None:
    undone: list[int] = []
    assert run(done_or_undone(lambda: 7, undone.append)) == 7
    assert undone == []


def test_an_error_is_raised(run: Run[Any]) -> None:
    def fail() -> int:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        run(done_or_undone(fail, lambda _: None))


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_a_cancellation_waits_and_undoes(ends: str, run: Run[Any]) -> None:
    begun, go_on, undone = threading.Event(), threading.Event(), list[int]()

    def work() -> int:
        begun.set()
        go_on.wait()
        if ends == "badly":
            raise OSError("full")
        return 7

    async def flow() -> None:
        task = asyncio.create_task(done_or_undone(work, undone.append))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(flow())
    assert undone == ([7] if ends == "well" else [])


@pytest.mark.parametrize("turns", range(6))
def test_no_file_is_lost(turns: int, run: Run[Any], tmp_path: Path) -> None:
    """A file that was left open would be a ResourceWarning, and so an error."""
    path = tmp_path / "a"
    path.touch()

    async def flow() -> None:
        async def work() -> None:
            async with kept(aiofiles.open(path, "rb")) as file:
                await file.read()

        task = asyncio.create_task(work())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    run(flow())


@pytest.mark.parametrize("turns", range(1, 8))
def test_no_file_is_lost_to_two_cancellations(turns: int, run: Run[Any], tmp_path: Path) -> None:
    """Whoever cancels may do so twice, as aiohttp does with what writes a request."""
    path = tmp_path / "a"
    path.touch()

    async def use() -> None:
        async with kept(aiofiles.open(path, "rb")) as file:
            await file.read()

    async def flow() -> None:
        task = asyncio.create_task(use())
        for _ in range(turns):
            await asyncio.sleep(0)
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    run(flow())


def test_clearing_up_is_waited_for_however_often_one_is_cancelled(run: Run[Any]) -> None:
    gate, cleared = asyncio.Event(), list[int]()

    async def clear_up() -> None:
        await gate.wait()
        cleared.append(1)

    async def flow() -> None:
        waiting = asyncio.create_task(ended(asyncio.create_task(clear_up())))
        for _ in range(3):
            await asyncio.sleep(0)
            waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done()
        gate.set()
        assert isinstance(await waiting, asyncio.CancelledError)

    run(flow())
    assert cleared == [1]


def test_what_clears_up_is_finished_however_often_it_is_cancelled(run: Run[Any]) -> None:
    async def flow() -> None:
        go, done = asyncio.Event(), list[str]()

        async def clear_up() -> str:
            await go.wait()
            done.append("cleared")
            return "result"

        async def patient() -> str:
            return await finished(clear_up())

        waiting = asyncio.create_task(patient())
        for _ in range(3):
            await asyncio.sleep(0)
            waiting.cancel()
        assert not waiting.done()
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert done == ["cleared"]
        assert await patient() == "result"

    run(flow())


def test_a_failure_of_what_clears_up_is_no_news_beside_a_cancellation(run: Run[Any]) -> None:
    async def flow() -> None:
        async def fail() -> None:
            await asyncio.sleep(0)
            raise ValueError("no")

        waiting = asyncio.create_task(finished(fail()))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(ValueError, match="no"):
            await finished(fail())

    run(flow())
