"""nemovideo as a user runs it: the whole command, imports and all."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.compress.clips import Case
from bench.compress.stopwatch import Timed, timed

from nemovideo.protocol.compress import Codec, Effort

__all__ = ["OURS", "compressed", "reason"]

OURS: dict[str, tuple[Codec, Effort]] = {
    "fast": ("h264", "fast"),
    "balanced": ("h264", "balanced"),
    "best": ("h264", "best"),
    "av1": ("av1", "balanced"),
    "hevc": ("hevc", "balanced"),
}
"""Contestant → codec and effort."""


def compressed(case: Case, target: Path, contestant: str) -> Timed:
    """`nemovideo compress` in a process of its own."""
    codec, effort = OURS[contestant]
    command = [sys.executable, "-m", "nemovideo", "compress", str(case.source), "-o", str(target), "-y", "--json"]
    return timed([*command, "--max-bytes", str(case.limit), "--codec", codec, "--effort", effort, "--backend", "local"])


def reason(output: str) -> str:
    """Why it ended without a result, in its own words."""
    try:
        told = json.loads(output)["error"]
        return f"{told['type']}: {told['message']}"
    except (ValueError, KeyError, TypeError):
        return ""
