"""What a compression would do, told before it is done: the answer of `client.plan`.

A plan travels as the response of a tool call named `plan` (design, "The contract"): no wire but the chat is needed.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Plan"]


class Plan(BaseModel):
    """One plan. Sizes are bytes, times seconds, sides pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    action: Literal["keep", "remux", "encode", "impossible"]
    """Handed back as it is, re-wrapped, encoded; or out of reach, and `least_bytes` says what would work."""
    limit: int | None
    """The limit that was asked for; None without one."""
    size: int | None = None
    """Expected bytes of the result."""
    quality: float | None = None
    """Expected VMAF, mean; None where no sample could be judged."""
    seconds: float | None = None
    """Expected time of the encode on this machine."""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    duration: float = 0.0
    codec: str = ""
    preset: str = ""
    """The encoder's own preset."""
    passes: int = 0
    video_kbps: float = 0.0
    audio: str = ""
    """What becomes of the sound, in words."""
    least_bytes: int | None = None
    notes: tuple[str, ...] = Field(default=())
    """Each choice and its reason."""
