"""Clients of the real engine: its own in this process, and one that is served."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

from nemovideo import AsyncNemoClient
from nemovideo.engine.server import EngineConfig, EngineServer

Flow = Callable[[AsyncNemoClient], Awaitable[None]]
OnEngine = Callable[..., None]


@pytest.fixture(params=["local", "served"])
def on_engine(request: pytest.FixtureRequest, run: Run[Any], tmp_path_factory: pytest.TempPathFactory) -> OnEngine:
    """Run a flow with a client of its own engine, and with one of a served engine that knows it by an anonymous token.

    The served engine lives on the client's loop, where the detector of blocking calls watches it too.
    """

    def runner(flow: Flow, **config: Any) -> None:
        async def locally() -> None:
            async with AsyncNemoClient.local() as client:
                await flow(client)

        async def served() -> None:
            folder = tmp_path_factory.mktemp("engine")
            async with (
                EngineServer(EngineConfig(data_dir=folder, **({"metered": False} | config))) as server,
                AsyncNemoClient(server.base_url) as client,
            ):
                await flow(client)
                assert client.token_source in {"anonymous", "none"}  # the latter where nothing had to be asked

        run(locally() if request.param == "local" else served())

    return runner


def ffmpegs() -> set[int]:
    """Programs that this process has started, at any depth, and that still run: FFmpeg and the probe."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "stat").read_text()
            except OSError:
                continue
            fields = told.rpartition(")")[2].split()
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    found = {os.getpid()}
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found - {os.getpid()}
        found |= more


async def no_ffmpeg_runs() -> bool:
    return not await asyncio.to_thread(ffmpegs)
