"""Is the wire spoken fast enough, and lightly? One table: what, target, figure, met or not.

    nox -s bench -- wire [--only decode,typed,transfer,streams,imports] [--quick]

Everything is a ratio or a difference within one run on loopback, with the servers in processes of their own and the
contenders in turn, so that a busy machine is busy for all of them. `--quick` is for trying it out: fewer events, fewer
rounds, smaller files. The peers (httpx-sse, openai, anthropic) are installed into `.nox/` the first time.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from bench.wire.decoding import decoders, typed
from bench.wire.imports import imports
from bench.wire.streams import streams
from bench.wire.table import HEAD, Row
from bench.wire.transfer import transfer

FULL: dict[str, Callable[[], list[Row]]] = {
    "decode": lambda: decoders(100_000, rounds=5),
    "typed": lambda: typed(100_000, rounds=5),
    "transfer": lambda: transfer(500, rounds=7),
    "streams": lambda: streams(1000, beats=10),
    "imports": lambda: imports(15),
}
QUICK: dict[str, Callable[[], list[Row]]] = {
    "decode": lambda: decoders(10_000, rounds=3),
    "typed": lambda: typed(10_000, rounds=3),
    "transfer": lambda: transfer(50, rounds=3),
    "streams": lambda: streams(200, beats=3),
    "imports": lambda: imports(5),
}


def main(chosen: list[str], *, quick: bool) -> int:
    """Measure and print; 1 when a target is missed."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {_load()}\n\n{HEAD}")
    missed = False
    for name in chosen:
        for row in (QUICK if quick else FULL)[name]():
            missed |= row.met is False
            print(row, flush=True)
    print(f"\nload {_load()}")
    return int(missed)


def _load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def _names(given: str) -> list[str]:
    names = given.split(",")
    if unknown := set(names) - set(FULL):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: not one of {', '.join(FULL)}")
    return names


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=_names, default=list(FULL), help=",".join(FULL))
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    sys.exit(main(arguments.only, quick=arguments.quick))
