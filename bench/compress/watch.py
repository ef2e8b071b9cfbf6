"""What a process and all that it started hold while they run: memory, and room on the disk."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Watch"]

BEAT = 0.25  # seconds between two looks; each costs some 2 ms a process
_MIB = 2**20


class Watch:
    """Look at a tree of processes and at a folder until told to stop. Linux only: elsewhere all figures stay 0.

    Attributes:
        memory: MiB at most of all processes together; pages that several share are counted once (PSS).
        disk: MiB at most in the folder, with files that are open there but have no name any more.

    Example::

        watch = Watch(folder, source)
        took = timed(command, on_start=watch.begin)
        watch.end()
    """

    def __init__(self, folder: Path, *spared: Path) -> None:
        self.memory = 0.0
        self.disk = 0.0
        self._folder = folder.resolve()
        self._spared = {_identity(path) for path in spared}
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, pid: int) -> None:
        """Watch `pid` and its descendants from now on."""
        self._thread = threading.Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._done.set()
        if self._thread:
            self._thread.join()

    def _look(self, pid: int) -> None:
        while not self._done.wait(BEAT):
            processes = _tree(pid)
            self.memory = max(self.memory, sum(map(_weight, processes)) / _MIB)
            self.disk = max(self.disk, self._room(processes) / _MIB)

    def _room(self, processes: list[int]) -> int:
        """Bytes on the disk, each file once, however many names it has."""
        found: dict[tuple[int, int], int] = {}
        for path in (*self._folder.rglob("*"), *_nameless(processes, self._folder)):
            with contextlib.suppress(OSError):
                about = path.stat() if path.parent.name == "fd" else path.lstat()
                found[about.st_dev, about.st_ino] = about.st_blocks * 512
        return sum(size for identity, size in found.items() if identity not in self._spared)


def _tree(pid: int) -> list[int]:
    """The process and its descendants, those that it left behind excluded."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            # The name of the program stands in brackets and may hold anything.
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(status.parent.name))
    found = [pid]
    for process in found:
        found += children.get(process, ())
    return found


def _weight(pid: int) -> int:
    with contextlib.suppress(OSError):
        if told := re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE):
            return int(told[1]) * 1024
    return 0


def _nameless(processes: list[int], folder: Path) -> Iterator[Path]:
    for pid in processes:
        with contextlib.suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    name = str(descriptor.readlink())
                    if name.endswith(" (deleted)") and name.startswith(str(folder)):
                        yield descriptor


def _identity(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_dev, about.st_ino
