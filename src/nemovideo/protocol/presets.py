"""What the services that people share videos on accept, as data.

Each row has the largest upload in bytes, and the day the figure was last known to be true: these limits move
(Discord went 8 → 25 → 10 MB within two years), so a preset is a date as much as a number.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """One service's limit: `max_bytes` in bytes, true on the day `as_of` (ISO date), from `source`."""

    name: str
    max_bytes: int
    as_of: str
    source: str


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("discord", 10_000_000, "2024-09-12", "Discord help centre, file attachments without Nitro"),
        Preset("discord-nitro-basic", 50_000_000, "2024-09-12", "Discord help centre, Nitro Basic"),
        Preset("email", 20_000_000, "2025-06-01", "Outlook.com attachment limit"),
        Preset("gmail", 18_000_000, "2025-06-01", "Gmail's 25 MB counts the base64 form, 4/3 of the file"),
        Preset("slack", 1_000_000_000, "2025-06-01", "Slack help centre, file size limit"),
        Preset("telegram", 2_000_000_000, "2025-06-01", "Telegram FAQ, files up to 2 GB"),
        Preset("whatsapp", 16_000_000, "2025-06-01", "WhatsApp media messages; documents may be larger"),
        Preset("x", 512_000_000, "2025-06-01", "X help centre, videos without Premium"),
    )
}
