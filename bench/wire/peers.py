"""The decoders of others, in a folder of their own: no project should need three SDKs to be developed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["install"]

PEERS = ("httpx", "httpx-sse", "openai", "anthropic")
HOME = Path(__file__).parents[2] / ".nox" / f"wire-peers-{sys.version_info.major}.{sys.version_info.minor}"


def install() -> str:
    """Make the peers importable, after everything that is installed already; why not, when they cannot be."""
    complete = HOME / "complete"
    if not complete.exists() or complete.read_text() != " ".join(PEERS):
        command = [sys.executable, "-m", "pip", "install", "-q", "--upgrade", "--target", str(HOME), *PEERS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
        complete.write_text(" ".join(PEERS))
    sys.path.append(str(HOME))
    return ""
