"""What an import costs over what it stands on: whole fresh processes, in turn, medians.

Processor time, which is what the clock would show on a machine with nothing else to do: an import waits for nobody.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

from bench.wire.table import Row, at_most

__all__ = ["imports"]

ALLOWED = 60.0  # milliseconds
STATEMENTS = {
    "bare": "pass",
    "package": "import nemovideo",
    "ground": "import aiohttp, pydantic",
    "client": "from nemovideo import AsyncNemoClient",
}


def imports(rounds: int) -> list[Row]:
    """The package over bare Python, and its client over aiohttp and pydantic."""
    took: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for number in range(rounds + 1):
        for name, statement in STATEMENTS.items():
            seconds = _run(statement)
            if number:  # the first round writes the bytecode and warms the file cache
                took[name].append(seconds)
    middle = {name: statistics.median(times) * 1000 for name, times in took.items()}
    return [
        at_most("import nemovideo, over bare Python", middle["package"] - middle["bare"], ALLOWED, "ms"),
        at_most(
            "AsyncNemoClient, over aiohttp and pydantic",
            middle["client"] - middle["ground"],
            ALLOWED,
            "ms",
            f"{middle['client']:.0f} over {middle['ground']:.0f} ms",
        ),
    ]


def _run(statement: str) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = _spent()
    subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
    return _spent() - before


def _spent() -> float:
    """Processor seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
