"""A thousand answers open at once in one client, kept warm by heartbeats: what each weighs, how late the loop is."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from bench.wire import footprint
from bench.wire.server import HEARTBEAT, served
from bench.wire.table import Row, at_most

from nemovideo import AsyncNemoClient, Heartbeat

__all__ = ["streams"]

WEIGHT, LAG = 100.0, 50.0  # KiB a stream; milliseconds, of 99 of 100 looks at the clock
WARM = 20  # streams open while the baseline is taken
BEAT = 0.01  # seconds between two looks


def streams(count: int, beats: int) -> list[Row]:
    """`count` streams, until each has seen `beats` heartbeats; the client is a process of its own, as is the server."""
    with served(Path(__file__)) as port:
        told, idle = asyncio.run(
            _watched([sys.executable, "-m", "bench.wire.streams", *map(str, (port, count, beats))])
        )
    note = f"worst {told['worst']:.0f}; an idle loop beside it p99 {idle:.1f}; opened in {told['opening']:.1f} s"
    lag = at_most(f"{count} chat streams, loop lag p99", told["lag"], LAG, "ms", note)
    if idle > LAG:
        lag = replace(lag, met=None, note=f"{note}: this machine is too busy to tell")
    return [at_most(f"{count} chat streams, memory of each", told["weight"], WEIGHT, "KiB"), lag]


async def _watched(command: list[str]) -> tuple[dict[str, float], float]:
    """What the command tells, and how late a loop with nothing to do was meanwhile: that is the machine, not us."""
    late: list[float] = []
    watcher = asyncio.create_task(_watch(late))
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    told, _ = await process.communicate()
    watcher.cancel()
    return json.loads(told), _of_hundred(late)


async def _client(port: int, count: int, beats: int) -> dict[str, float]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536), most))
    seen = [0] * (WARM + count)
    late: list[float] = []

    async def follow(client: AsyncNemoClient, number: int) -> None:
        async with client.chat.stream(f"session-{number}", "go on") as events:
            async for event in events:
                seen[number] += isinstance(event, Heartbeat)

    client = AsyncNemoClient(base_url=f"http://127.0.0.1:{port}", token="bench")
    async with client, asyncio.TaskGroup() as group:
        tasks = [group.create_task(follow(client, number)) for number in range(WARM)]
        await _seen(seen, WARM, beats)
        before, begun = footprint.held(), time.perf_counter()
        tasks += [group.create_task(follow(client, WARM + number)) for number in range(count)]
        await _seen(seen, WARM + count, 1)
        opening = time.perf_counter() - begun
        tasks.append(group.create_task(_watch(late)))
        await _seen(seen, WARM + count, 1 + beats)
        rise = footprint.held() - before
        for task in tasks:
            task.cancel()
    return {
        "weight": rise * 1024 / count,
        "lag": _of_hundred(late),
        "worst": max(late) * 1000,
        "opening": opening,
    }


def _of_hundred(late: list[float]) -> float:
    """Milliseconds that 99 of 100 looks did not exceed."""
    return sorted(late)[int(len(late) * 0.99)] * 1000


async def _seen(seen: list[int], count: int, beats: int) -> None:
    """Wait until each of the first `count` streams has seen that many heartbeats."""
    while min(seen[:count]) < beats:  # noqa: ASYNC110 — a counter for each event would be part of what is measured
        await asyncio.sleep(HEARTBEAT / 2)


async def _watch(late: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(BEAT)
        late.append(time.perf_counter() - begun - BEAT)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_client(*map(int, sys.argv[1:4])))))
