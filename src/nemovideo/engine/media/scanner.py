"""A scan that waits: PyAV is loaded, in the jail, before it is known which file it will look at.

Loading PyAV takes some 0.1 s, a ninth of what a cold run may take. A command that is about to load the client, which
takes longer, starts this beside it. One waits at most; whoever probes first takes it, the others start their own.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from nemovideo.engine.media.process import KEPT_ENVIRONMENT, Limits, Outcome, launcher
from nemovideo.errors import EngineError, MissingExtra, NemoError

__all__ = ["MEMORY", "SCAN", "Scanner", "site", "take", "warm_up"]

SCAN = str(Path(__file__).with_name("scan.py"))
MEMORY = 4 << 30
"""Bytes of address space for a scan: PyAV maps some 0.5 GB, and a packet may be as large as its file says."""


@functools.cache
def site() -> str:
    """The folder that holds PyAV, found without importing it."""
    spec = importlib.util.find_spec("av")
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        raise MissingExtra(
            "PyAV, which looks into videos, is not installed",
            hint='Install it with: python -m pip install "nemovideo[engine]"',
        )
    return str(Path(places[0]).parent)


class Scanner:
    """One waiting process. It dies with its parent, and at the end of its input."""

    def __init__(self, site: str) -> None:
        # Its wall time is unknown until the file is: `ask` watches over it.
        limits = Limits(memory=MEMORY, file_bytes=0)
        self._process = subprocess.Popen(
            [*launcher(limits), sys.executable, "-I", "-S", SCAN, site],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ},
        )

    async def ask(self, demuxer: str, path: Path, *, wall: float) -> Outcome:
        """Let it look at a file; it answers once and ends.

        Raises:
            EngineError: it took more than `wall` seconds.
        """
        question = json.dumps([demuxer, str(path)]).encode()
        answering = asyncio.create_task(asyncio.to_thread(self._process.communicate, question))
        try:
            async with asyncio.timeout(wall):
                stdout, stderr = await asyncio.shield(answering)
        except TimeoutError:
            raise EngineError(f"{path.name}: the scan did not end within {wall:.0f} s") from None
        finally:
            self._process.kill()
            await asyncio.wait([answering])
        return Outcome(self._process.returncode, stdout, stderr[-16_384:].decode("utf-8", "replace"))

    def dismiss(self) -> None:
        """End it unasked."""
        self._process.kill()
        self._process.communicate()


_waiting: list[Scanner] = []


def warm_up() -> None:
    """Start a scan that waits. Nothing happens where it cannot be started: the probe itself will say why."""
    if _waiting or not sys.platform.startswith("linux"):  # elsewhere a waiting child has no tie to its parent
        return
    try:
        _waiting.append(Scanner(site()))
    except (NemoError, OSError):
        return
    atexit.register(_dismiss)


def take() -> Scanner | None:
    """The scan that waits, if one does; it is the caller's from now on."""
    return _waiting.pop() if _waiting else None


def _dismiss() -> None:
    for scanner in _waiting:
        scanner.dismiss()
