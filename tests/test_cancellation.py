"""Threads go on when their caller is cancelled; what they made is undone."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import aiofiles
import pytest
from tests.conftest import Run

from nemovideo.cancellation import done_or_undone, kept


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
