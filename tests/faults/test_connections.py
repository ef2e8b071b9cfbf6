"""Connections that are no more, never were, or belong to a loop that has closed; a token that expires under many."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.conftest import Run
from tests.faults.conftest import InLab
from tests.faults.laboratory import Lab

from nemovideo import AsyncNemoClient
from nemovideo.errors import ConnectionFailed, StreamInterrupted
from nemovideo.testing import NemoEngine


def test_a_connection_that_the_server_has_closed(run: Run[Any], nemo_engine: NemoEngine, clock: TurnableClock) -> None:
    """A read goes on over a new one; an act is never sent again on suspicion."""

    async def flow() -> None:
        async with nemo_engine.client(clock=clock) as client:
            session = await client.session.create()
            await asyncio.to_thread(nemo_engine.restart)
            assert (await client.credits.balance()).available == 100
            await asyncio.to_thread(nemo_engine.restart)
            with contextlib.suppress(StreamInterrupted):
                assert (await client.chat.send(session, "what can you do?")).text
            chats = [asked for asked in nemo_engine.requests if asked.call == "chat" and asked.accepted]
            assert len(chats) <= 1

    run(flow())


def test_a_backend_that_is_not_there(run: Run[Any], nemo_engine: NemoEngine, clock: TurnableClock) -> None:
    async def flow() -> None:
        async with nemo_engine.client(clock=clock) as client:
            await asyncio.to_thread(nemo_engine.stop)
            for call in (client.credits.balance, client.session.create):
                with pytest.raises(ConnectionFailed):
                    await call()

    run(flow())


@pytest.mark.parametrize("url", ["http://nobody.invalid", "https://{engine}"])
def test_no_such_name_and_no_tls(run: Run[Any], nemo_engine: NemoEngine, clock: TurnableClock, url: str) -> None:
    async def flow() -> None:
        address = url.format(engine=nemo_engine.base_url.removeprefix("http://"))
        async with AsyncNemoClient(address, "a-token", clock=clock, trust_env=False) as client:
            for call in (client.credits.balance, client.session.create):
                with pytest.raises(ConnectionFailed) as caught:
                    await call()
                assert "a-token" not in repr(caught.value)
        assert nemo_engine.requests == ()

    run(flow())


def test_a_client_whose_loop_has_closed(run: Run[Any], nemo_engine: NemoEngine) -> None:
    client = nemo_engine.client()

    async def once() -> None:
        assert (await client.credits.balance()).available == 100

    run(once())
    run(once())
    run(client.aclose())


def test_one_renewal_for_all(in_lab: InLab) -> None:
    """Twenty calls meet the same expired token: one asks for another, the rest wait for it."""

    async def flow(lab: Lab) -> None:
        async with lab.cell("state", anonymous=True) as cell:
            lab.faults.add(call="state", first=1, expire=True)
            async with asyncio.TaskGroup() as group:
                states = [group.create_task(cell.act()) for _ in range(20)]
            assert {str(state.result().raw) for state in states} == {str(states[0].result().raw)}
            assert cell.sent("token") == 1

    in_lab(flow)
