"""A whole process and its time: the clock's, and the processor's of everything that it started and waited for."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

__all__ = ["Timed", "timed"]


@dataclass(frozen=True)
class Timed:
    """How a command ended.

    Attributes:
        code: its exit status; -1 where it was killed for taking too long.
        seconds: by the clock, from its start to its end.
        cpu: seconds of processor, user and system, its children included.
        output: what it printed to stdout.
        said: the last line of stderr.
    """

    code: int
    seconds: float
    cpu: float
    output: str
    said: str

    def __add__(self, later: Timed) -> Timed:
        """Two commands, one after the other."""
        return Timed(later.code, self.seconds + later.seconds, self.cpu + later.cpu, later.output, later.said)


def timed(
    command: list[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    on_start: Callable[[int], None] = lambda _: None,
) -> Timed:
    """Run a command to its end, with nothing of this process's own on its way.

    Args:
        command: the program and its arguments.
        cwd: where it runs.
        env: what is added to this process's environment.
        on_start: called with its process id.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=said, cwd=cwd, env={**os.environ, **(env or {})}
        )
        on_start(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)  # it is reaped: Popen need not look for it again
        return Timed(
            process.returncode,
            seconds,
            usage.ru_utime + usage.ru_stime,
            _text(output),
            (_text(said).strip().splitlines() or [""])[-1],
        )


def _text(file: IO[bytes]) -> str:
    return os.pread(file.fileno(), 1 << 20, 0).decode("utf-8", "replace")
