"""Why a render failed, as the error that says what to do."""

from __future__ import annotations

from nemovideo.errors import (
    DamagedFile,
    DiskFull,
    ErrorContext,
    FFmpegMissing,
    NemoError,
    NoPicture,
    RenderFailed,
    TargetNotMet,
    UnsupportedFile,
)
from nemovideo.protocol.lifecycle import Render

__all__ = ["error_of"]

_KINDS: dict[str, type[NemoError]] = {
    "damaged": DamagedFile,
    "no_picture": NoPicture,
    "disk_full": DiskFull,
    "ffmpeg_missing": FFmpegMissing,
    "unsupported": UnsupportedFile,
}
"""The codes of an engine of ours (spec, section 10: `error {code, message, least_bytes, permanent}`)."""


def error_of(render: Render) -> NemoError:
    """The error for a failed render."""
    fault = render.error
    context = ErrorContext(phase="render", render_id=render.id)
    if fault is None:
        return RenderFailed(f"The render {render.id} failed; the backend gave no reason.", **context)
    context["code"] = fault.code
    if fault.code == "target_not_met":
        if fault.least_bytes is not None:
            context["hint"] = f"Ask for at least {fault.least_bytes} bytes ({fault.least_bytes / 1e6:.6g} MB)."
        return TargetNotMet(fault.message, least_bytes=fault.least_bytes, **context)
    if kind := _KINDS.get(fault.code or ""):
        return kind(fault.message, **context)
    return RenderFailed(f"The render failed: {fault.message}", permanent=fault.permanent, **context)
