"""How much memory this process holds, and held at most."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

__all__ = ["forget_peak", "held", "peak"]

_STATUS = Path("/proc/self/status")
_MIB = 2**20


def held() -> float:
    """MiB resident now (where the system does not tell: at most so far)."""
    return _told("VmRSS:") if _STATUS.exists() else peak()


def peak() -> float:
    """MiB resident at most, since `forget_peak` where the system can forget it."""
    if _STATUS.exists():
        return _told("VmHWM:")
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / _MIB


def forget_peak() -> None:
    """Begin anew (proc(5), clear_refs)."""
    if _STATUS.exists():
        Path("/proc/self/clear_refs").write_text("5")


def _told(name: str) -> float:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024 / _MIB
