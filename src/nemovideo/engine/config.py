"""What an engine is told before it starts, and the fixed figures of its trade."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nemovideo.protocol.draft import OTHER_FORMATS

if TYPE_CHECKING:
    from nemovideo.engine.faults.faults import Faults

__all__ = [
    "BODY_LIMIT",
    "CODECS",
    "DAY",
    "DRAFT_LIMIT",
    "EDIT_COST",
    "EngineConfig",
    "LOCAL_FORMATS",
    "MOST_BYTES",
    "OUTPUT_FORMATS",
    "STARTING_CREDITS",
    "TOKEN_LIFE",
    "WIRE_FORMATS",
]

DAY = 86_400.0
TOKEN_LIFE = 7 * DAY
"""Seconds that an anonymous token lives, and in which a client id earns no second one (spec, section 2)."""
STARTING_CREDITS = 100
EDIT_COST = 50
"""Credits for one edit by chat (spec, section 10: "about 50"); a render costs none."""

BODY_LIMIT = 1 << 20
"""Bytes of a JSON body other than a render's."""
DRAFT_LIMIT = 16 << 20
"""Bytes of a render's body: a draft of many thousand segments still fits."""

MOST_BYTES = (1 << 63) - 1
"""The largest limit that is understood: no file is larger, and beyond it rates no longer fit a float."""

CODECS = ("h264", "hevc", "av1")
WIRE_FORMATS = ("mp4", "mov", "avi", "webm", "mkv", "jpg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac")
"""The thirteen of spec section 3, which a public engine takes."""
_FILMS = ("mp4", "m4v", "mov", "mkv", "webm")
OUTPUT_FORMATS = (*_FILMS, *OTHER_FORMATS)
"""Suffixes of what renders can be made in."""
LOCAL_FORMATS = (
    *_FILMS, "avi", "ts", "mts", "m2ts", "mpg", "mpeg", "flv", "3gp", "ogv", "wmv", "gif",
    "mp3", "wav", "m4a", "aac", "flac", "ogg", "opus", "jpg", "jpeg", "png", "webp",
)  # fmt: skip
"""What the embedded engine of `AsyncNemoClient.local()` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConfig:
    """How one engine is set up.

    Attributes:
        data_dir: the engine's own folder: accounts, uploads, renders. One engine at a time may hold it.
        host: the name or address to listen on; also a name that `Host` may carry.
        port: 0 takes a free one.
        metered: whether chat edits cost credits.
        key: a bearer that stands outside of quotas and, from this machine, may send `file:` URLs. None: the one kept
            in `data_dir/key` (mode 0600), made at the first start.
        max_upload_bytes: the most bytes one upload may have; None leaves it to the disk.
        formats: suffixes that an upload may have.
        allow_private_urls: whether uploads by URL may reach private, loopback and link-local addresses.
        tokens_per_address: anonymous tokens that one address earns in seven days.
        renders_at_once: encodes that run side by side; FFmpeg already uses every core.
        faults: what it is to do wrong, and the record of what was asked; None for an engine that does its best.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    metered: bool = True
    key: str | None = None
    max_upload_bytes: int | None = 500_000_000
    formats: tuple[str, ...] = WIRE_FORMATS
    allow_private_urls: bool = False
    tokens_per_address: int = 10
    renders_at_once: int = 1
    faults: Faults | None = None
