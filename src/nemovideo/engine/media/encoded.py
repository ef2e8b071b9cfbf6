"""How an encode ended: with a file, or why without one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nemovideo.errors import EngineError

__all__ = ["Encoded", "RateTooLow", "TooLarge"]


class RateTooLow(EngineError):
    """The encoder cannot go as low as it was asked to; the controller takes another way."""


class TooLarge(EngineError):
    """An encode was stopped because it had outgrown its limit.

    Attributes:
        expected: bytes that it would have come to.
    """

    def __init__(self, expected: int) -> None:
        super().__init__(f"The encode would have come to {expected} bytes")
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file that an encode made: its size on disk, the pictures that went in, its packets' bytes where known."""

    file: Path
    size: int
    frames: int
    payload: int | None = None
