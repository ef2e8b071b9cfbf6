"""Why work failed, as the wire tells it: `{code, message, least_bytes, permanent}` (spec, section 10)."""

from __future__ import annotations

from nemovideo import errors
from nemovideo.engine.wire import JsonObject

__all__ = ["failure", "wire_error"]

_CODES: tuple[tuple[type[errors.NemoError], str, bool], ...] = (
    (errors.TargetNotMet, "target_not_met", True),
    (errors.DamagedFile, "damaged", True),
    (errors.NoPicture, "no_picture", True),
    (errors.DiskFull, "disk_full", False),
    (errors.FFmpegMissing, "ffmpeg_missing", True),
    (errors.SourceNotFound, "engine", True),
    (errors.UsageError, "unsupported", True),
    (errors.NemoError, "engine", False),
)
"""Error, its code on the wire, and whether the same work would fail again; the first that fits counts."""


def wire_error(error: errors.NemoError, message: str) -> JsonObject:
    """An error with the words that its account is told."""
    code, permanent = next((code, permanent) for kind, code, permanent in _CODES if isinstance(error, kind))
    least = error.least_bytes if isinstance(error, errors.TargetNotMet) else None
    return failure(code, message, permanent=permanent, least_bytes=least)


def failure(code: str, message: str, *, permanent: bool, least_bytes: int | None = None) -> JsonObject:
    """A failure that is no error of ours, a cancelled render for one."""
    return {"code": code, "message": message, "least_bytes": least_bytes, "permanent": permanent}
