"""Runs a flow in the laboratory and looks for what it left: tasks, sockets, open files, unfinished files."""

from __future__ import annotations

import gc
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.conftest import Run
from tests.faults.laboratory import Lab, laboratory

Flow = Callable[[Lab], Awaitable[None]]
InLab = Callable[..., None]


def descriptors() -> list[str]:
    """What this process has open: sockets, files, pipes."""
    if sys.platform != "linux":
        return []
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(entry.readlink()).partition("[")[0])
        except OSError:  # the listing's own
            continue
    return sorted(found)


@pytest.fixture
def in_lab(run: Run[Any], clock: TurnableClock, tmp_path: Path, talk: Path, small: Path, temporary: Path) -> InLab:
    """Run a flow; it fails when anything is left behind, whatever the flow found."""

    def runner(flow: Flow) -> None:
        (tmp_path / "out").mkdir()

        async def within() -> None:
            async with laboratory(tmp_path, talk, small.read_bytes(), clock) as lab:
                await flow(lab)

        gc.collect()
        before = descriptors()
        run(within())
        gc.collect()
        assert descriptors() == before
        assert not [path for path in (tmp_path / "out").iterdir() if path.read_bytes() != small.read_bytes()]
        assert not list((tmp_path / "engine" / "work").iterdir())
        assert not list(temporary.iterdir())

    return runner
