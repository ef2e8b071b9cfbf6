"""Clocks that jump: forth by a day, back by an hour, in the middle of everything that waits."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.conftest import Run
from tests.faults.conftest import InLab
from tests.faults.laboratory import Lab

from nemovideo.errors import RateLimited
from nemovideo.testing import NemoEngine

DAY = 86_400.0


@dataclass
class SkewedClock(TurnableClock):
    """Its date is not its duration: somebody sets it, and nothing that waits may notice."""

    skew: float = 0.0

    def now(self) -> float:
        return self.time + self.skew


@pytest.fixture
def skewed() -> SkewedClock:
    return SkewedClock()


@pytest.mark.parametrize("jump", [DAY, -DAY, 3600.0, -3600.0])
def test_the_date_jumps_in_mid_render_and_mid_chat(
    run: Run[Any], nemo_engine: NemoEngine, skewed: SkewedClock, jump: float
) -> None:
    async def flow() -> None:
        async with nemo_engine.client(clock=skewed) as client:
            session = await client.session.create()
            nemo_engine.faults.add(call="chat", heartbeats="all")
            async with client.chat.stream(session, "what can you do?") as events:
                async for _ in events:
                    skewed.skew += jump
                reply = events.reply
            assert reply.text
            assert reply.ended.name == "CLEAN"
            assert (await client.credits.balance()).available == 100

    run(flow())


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_retry_after_as_a_date_that_jumps(in_lab: InLab, clock: TurnableClock, jump: float) -> None:
    """A server whose clock is a day off: its date is over the longest wait, or over already; never a negative sleep."""

    async def flow(lab: Lab) -> None:
        async with lab.cell("credits") as cell:
            lab.faults.add(call="credits", first=1, error=429, retry_after=formatdate(clock.now() + jump, usegmt=True))
            with pytest.raises(RateLimited) if jump > 0 else contextlib.nullcontext():
                await cell.act()
            assert all(0 <= seconds <= 120 for seconds in clock.slept)

    in_lab(flow)


@pytest.mark.parametrize("jump", [8 * DAY, -8 * DAY])
def test_a_token_and_a_date_that_jumps(in_lab: InLab, clock: TurnableClock, jump: float) -> None:
    """Forth over the token's end: a new one. Back before its beginning: it still opens."""

    async def flow(lab: Lab) -> None:
        async with lab.cell("state", anonymous=True) as cell:
            clock.time += jump
            for _ in range(3):
                await cell.act()
            assert cell.sent("token") == (1 if jump > 0 else 0)

    in_lab(flow)


@pytest.mark.parametrize("jump", [700.0, DAY])
def test_a_machine_that_slept_in_mid_render(in_lab: InLab, clock: TurnableClock, jump: float) -> None:
    """Time that is gone when the lid opens ends no render that had no deadline."""

    async def flow(lab: Lab) -> None:
        async with lab.cell("render") as cell:
            lab.encoder.gate = asyncio.Event()
            exporting = asyncio.create_task(cell.client.render.export(cell.session, cell.output))
            await lab.encoder.started.wait()
            clock.advance(jump)
            lab.encoder.gate.set()
            await exporting
            assert cell.output.read_bytes() == lab.encoder.content
            assert cell.acted["render"] == 1

    in_lab(flow)
