"""What FFmpeg says with `-progress`: key=value lines, a block ended by `progress=`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Monotone", "Step", "parse"]


@dataclass(frozen=True, slots=True)
class Step:
    """One block of `-progress`.

    Attributes:
        frame: frames written so far; None before the first picture or without one.
        seconds: time of the last packet written, in seconds; None when not known yet.
        total_size: bytes written so far; None where FFmpeg cannot tell.
        ended: whether this is the last block.
    """

    frame: int | None = None
    seconds: float | None = None
    total_size: int | None = None
    ended: bool = False


def parse(buffer: bytes) -> tuple[list[Step], bytes]:
    r"""Take the whole blocks off `buffer`.

    Returns:
        The steps in order, and the bytes of the block that has not ended yet.

    Example:
        >>> parse(b"frame=12\nout_time_us=500000\ntotal_size=N/A\nprogress=continue\nframe=1")
        ([Step(frame=12, seconds=0.5, total_size=None, ended=False)], b'frame=1')
    """
    steps: list[Step] = []
    fields: dict[bytes, bytes] = {}
    rest = 0
    start = 0
    while (end := buffer.find(b"\n", start)) >= 0:
        key, _, value = buffer[start:end].partition(b"=")
        start = end + 1
        fields[key.strip()] = value.strip()
        if key.strip() == b"progress":
            microseconds = _number(fields.get(b"out_time_us"))
            steps.append(
                Step(
                    frame=_number(fields.get(b"frame")),
                    seconds=None if microseconds is None else microseconds / 1e6,
                    total_size=_number(fields.get(b"total_size")),
                    ended=value.strip() == b"end",
                )
            )
            fields = {}
            rest = start
    return steps, buffer[rest:]


def _number(value: bytes | None) -> int | None:
    try:
        return None if value is None else int(value)
    except ValueError:  # N/A
        return None


class Monotone:
    """Hands on shares of 0..1 that never fall, and drops those that say nothing new."""

    def __init__(self, sink: Callable[[float], None]) -> None:
        self._sink = sink
        self._last = -1.0

    def __call__(self, share: float) -> None:
        """Report `share` when it is at least half a percent ahead, or the end."""
        share = min(1.0, max(0.0, share))
        if share >= self._last + 0.005 or (share == 1.0 and self._last < 1.0):
            self._last = share
            self._sink(share)

    def part(self, start: float, end: float) -> Callable[[float], None]:
        """A sink for 0..1 that fills the part from `start` to `end`."""
        return lambda share: self(start + (end - start) * min(1.0, max(0.0, share)))
