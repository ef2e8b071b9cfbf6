"""What the services that people share videos on accept, as data.

Each row has the largest upload in bytes, and the day the figure was looked up: these limits move (Discord went 8 → 25 →
10 MB within two years), so a preset is a date as much as a number. They were looked up in public pages that agree on
them, the services' own help being out of reach from where this was written. What no two pages agreed on is left out
(Signal, Teams), and so is what has no one limit (iMessage and MMS: the carriers').
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["DEFAULT_MAX_HEIGHT", "PRESETS", "Preset"]

DEFAULT_MAX_HEIGHT = 1080
"""Short side of the result in pixels: the seeds promise "up to 1080x1920"."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One service's limit: `max_bytes` in bytes, looked up on the day `as_of` (ISO date); `what` says what it is."""

    name: str
    max_bytes: int
    as_of: str
    what: str


_LOOKED_UP = "2026-11-20"

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        name: Preset(name, max_bytes, _LOOKED_UP, what)
        for name, max_bytes, what in (
            ("discord", 10_000_000, "an attachment without Nitro"),
            ("discord-nitro", 500_000_000, "an attachment with Nitro"),
            ("discord-nitro-basic", 50_000_000, "an attachment with Nitro Basic"),
            (
                "email",
                14_000_000,
                "what 20 MB of message hold, the least that is common: base64 adds a third",
            ),
            ("github", 10_000_000, "a video in an issue or pull request, on the free plan"),
            ("gmail", 18_000_000, "what 25 MB of message hold, likewise"),
            ("icloud", 14_000_000, "what 20 MB of message hold, without Mail Drop"),
            ("outlook", 14_000_000, "what 20 MB of message hold (Outlook.com)"),
            ("slack", 1_000_000_000, "a file on the free plan"),
            ("telegram", 2_000_000_000, "a file without Premium"),
            ("whatsapp", 16_000_000, "a video sent as media, the least figure told; documents may be larger"),
            ("x", 512_000_000, "a video without Premium"),
        )
    }
)
"""By name; nobody can change it for the rest of the program."""
