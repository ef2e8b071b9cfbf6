"""Watch the work as it goes: python examples/watch_progress.py talk.mp4 50"""

from __future__ import annotations

import asyncio
import sys

from nemovideo import AsyncNemoClient, Progress


def show(progress: Progress) -> None:
    """Print one event; a coroutine function would do as well."""
    share = f"{progress.done / progress.total:4.0%}" if progress.total else "    "
    left = f"{progress.eta:.0f} s left" if progress.eta is not None else ""
    print(f"{progress.phase:<8} {share} {left}".rstrip())


async def main(source: str, megabytes: float) -> None:
    async with AsyncNemoClient.local() as client:
        result = await client.compress(source, max_mb=megabytes, overwrite=True, on_progress=show)
    for phase, seconds in result.timings.items():
        print(f"{phase:<8} {seconds:6.2f} s")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
