"""Many sounds into one, without getting quieter for it and without clipping. Pure."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["LIMITER", "delayed", "exactly", "mixed"]

LIMITER = "alimiter=limit=0.98:attack=2:release=60:level=disabled:latency=1"
"""Takes back what several sounds, or a loud one, would clip; leaves everything below its limit as it is."""


def delayed(samples: int) -> str:
    """Silence of so many samples before it."""
    return f"adelay=delays={samples}S:all=1" if samples else ""


def exactly(samples: int) -> str:
    """So many samples: cut, or silence behind it.

    Example:
        >>> exactly(96000)
        'apad=whole_len=96000,atrim=end_sample=96000'
    """
    return f"apad=whole_len={samples},atrim=end_sample={samples}"


def mixed(labels: Sequence[str]) -> str:
    """The labelled sounds added up, each as loud as it is.

    Example:
        >>> mixed(["a", "b"])
        '[a][b]amix=inputs=2:duration=longest:dropout_transition=0:normalize=0'
    """
    inputs = "".join(f"[{label}]" for label in labels)
    if len(labels) == 1:
        return f"{inputs}anull"
    return f"{inputs}amix=inputs={len(labels)}:duration=longest:dropout_transition=0:normalize=0"
