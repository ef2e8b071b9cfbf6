"""Many processes at once: one anonymous token for all of them, and one client id."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from pathlib import Path
from typing import Any

from tests.cloud import CREDITS, TOKEN, Cloud
from tests.conftest import Run

PROGRAM = """
import asyncio, sys
from nemovideo import AsyncNemoClient

async def main() -> None:
    async with AsyncNemoClient(sys.argv[1]) as client:
        print((await client.credits.balance()).available, client.token_source)

asyncio.run(main())
"""
MANY = 4


async def processes(url: str, number: int) -> list[str]:
    """What so many programs say that are started at once."""
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        for _ in range(number)
    ]
    said = await asyncio.gather(*(process.communicate() for process in started))
    return sorted(out.decode().strip() for out, _ in said)


def test_processes_at_once_fetch_one_token(run: Run[Any], world: Path) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud:
            said = await processes(cloud.url, MANY)
            assert said == ["100.0 anonymous"] + ["100.0 file"] * (MANY - 1)
            assert len(cloud.sent(TOKEN)) == 1
            assert len({sent.headers["authorization"] for sent in cloud.sent(CREDITS)}) == 1
            assert await processes(cloud.url, 1) == ["100.0 file"]  # and so does the next run of a script

    run(flow())
    folder = world / "config" / "nemovideo"
    kept = json.loads((folder / "tokens.json").read_text())
    assert len(kept) == 1  # by origin
    assert {path.name for path in folder.iterdir()} == {"client_id", "tokens.json", "tokens.lock"}
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_whose_kept_token_was_forgotten_renew_it_once(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud:
            await processes(cloud.url, 1)
            cloud.token = None
            assert [said[:5] for said in await processes(cloud.url, 3)] == ["100.0"] * 3
            assert len(cloud.sent(TOKEN)) == 2

    run(flow())
