"""Cancelled at every await: the cancellation arrives, nothing stays behind, and the client goes on working."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

import pytest
from tests.faults.conftest import InLab
from tests.faults.laboratory import WISH, Cell, Lab

LIMIT = 200_000


class CancelledAt:
    """Runs a coroutine and cancels its task at the n-th time that it waits."""

    def __init__(self, work: Coroutine[Any, Any, Any], nth: int) -> None:
        self._work, self._nth, self.waits = work, nth, 0

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        send: Callable[[], Any] = lambda: next(steps)  # noqa: E731
        while True:
            try:
                waited_for = send()
            except StopIteration as end:
                return end.value
            self.waits += 1
            if self.waits == self._nth:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            try:
                sent = yield waited_for
            except BaseException as error:  # noqa: BLE001 -- handed on, as it came
                send = _thrower(steps, error)
            else:
                send = _sender(steps, sent)


def _thrower(steps: Generator[Any, Any, Any], error: BaseException) -> Callable[[], Any]:
    return lambda: steps.throw(error)


def _sender(steps: Generator[Any, Any, Any], value: Any) -> Callable[[], Any]:
    return lambda: steps.send(value)


async def compress(cell: Cell) -> Any:
    return await cell.client.compress(cell.lab.source, cell.output, max_bytes=LIMIT)


async def send(cell: Cell) -> Any:
    return await cell.client.chat.send(cell.session, WISH)


async def upload(cell: Cell) -> Any:
    return await cell.client.upload.file(cell.session, cell.lab.source)


async def export(cell: Cell) -> Any:
    return await cell.client.render.export(cell.session, cell.output)


FLOWS = [("session", compress), ("chat", send), ("upload", upload), ("render", export)]
Work = Callable[[Cell], Coroutine[Any, Any, Any]]


@pytest.mark.parametrize(("stand", "work"), FLOWS)
def test_at_every_await(in_lab: InLab, stand: str, work: Work) -> None:
    async def flow(lab: Lab) -> None:
        for nth in range(1, 1000):
            async with lab.cell(stand) as cell:
                steps = CancelledAt(work(cell), nth)
                outcome = await asyncio.create_task(_outcome(steps))
                if steps.waits < nth:
                    assert outcome == "done"
                    assert nth > 2
                    return
                await _nothing_is_wrong(cell, outcome, f"await {nth}")
        raise AssertionError("it never ends")

    in_lab(flow)


@pytest.mark.parametrize(("stand", "work"), FLOWS)
def test_at_every_turn_of_the_loop(in_lab: InLab, stand: str, work: Work) -> None:
    """Also while the flow's own task waits for others: a connection, a thread, the engine's answer."""

    async def flow(lab: Lab) -> None:
        turns = 1
        while True:
            async with lab.cell(stand) as cell:
                task = asyncio.create_task(_outcome(work(cell)))
                for _ in range(turns):
                    await asyncio.sleep(0)
                if not task.cancel():
                    assert await task == "done"
                    return
                await _nothing_is_wrong(cell, await task, f"turn {turns}")
            turns = max(turns + 1, turns * 5 // 4)

    in_lab(flow)


@pytest.mark.parametrize(("stand", "work"), [("session", compress), ("render", export)])
def test_the_render_is_cancelled_too(in_lab: InLab, stand: str, work: Work) -> None:
    async def flow(lab: Lab) -> None:
        async with lab.cell(stand) as cell:
            lab.encoder.gate = asyncio.Event()
            task = asyncio.create_task(_outcome(work(cell)))
            await lab.encoder.started.wait()
            while not cell.sent("status"):  # noqa: ASYNC110 -- the record has no event
                await asyncio.sleep(0.001)
            task.cancel()
            assert await task == "cancelled"
            assert lab.encoder.running == 0
            assert cell.sent("cancel") == 1

    in_lab(flow)


async def _nothing_is_wrong(cell: Cell, outcome: str, when: str) -> None:
    assert outcome == "cancelled", f"at {when}: {outcome}"
    assert not [act for act, times in cell.acted.items() if times > 1], f"at {when}: {cell.acted}"
    if cell.output.exists():
        assert cell.output.read_bytes() == cell.lab.encoder.content, f"at {when}"
        cell.output.unlink()
    if cell.session.id != "none":  # the session is not held by what was cancelled
        assert (await cell.client.chat.send(cell.session, "what can you do?")).text


async def _outcome(work: Awaitable[Any]) -> str:
    try:
        await work
    except asyncio.CancelledError:
        return "cancelled"
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is not the cancellation
        return repr(error)
    return "done"
