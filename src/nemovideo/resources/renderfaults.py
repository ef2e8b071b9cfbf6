"""Why a render failed, as the error that says what to do."""

from __future__ import annotations

from nemovideo.deadline import Deadline
from nemovideo.errors import (
    DamagedFile,
    DeadlineExceeded,
    DiskFull,
    ErrorContext,
    FFmpegMissing,
    NemoError,
    NoPicture,
    RenderFailed,
    TargetNotMet,
    UnsupportedFile,
)
from nemovideo.protocol.lifecycle import Render, RenderFault

__all__ = ["ENDINGS", "error_of", "fault_of", "overdue", "too_late"]

_KINDS: dict[str, type[NemoError]] = {
    "damaged": DamagedFile,
    "no_picture": NoPicture,
    "disk_full": DiskFull,
    "ffmpeg_missing": FFmpegMissing,
    "unsupported": UnsupportedFile,
}
"""The codes of an engine of ours (spec, section 10: `error {code, message, least_bytes, permanent}`)."""

ENDINGS: tuple[type[NemoError], ...] = (RenderFailed, TargetNotMet, *_KINDS.values())
"""What `error_of` makes of a failed render; `retryable` unless the backend says that it would fail again."""


def error_of(render: Render, session_id: str | None = None) -> NemoError:
    """The error for a failed render."""
    fault = render.error
    context = ErrorContext(phase="render", render_id=render.id, session_id=session_id)
    if fault is None:
        said = f"The render {render.id} failed; the backend gave no reason."
        return RenderFailed(said, **(context | ErrorContext(retryable=True)))
    return fault_of(fault, context)


def fault_of(fault: RenderFault, context: ErrorContext) -> NemoError:
    """The error for what an engine of ours says of work that failed."""
    context |= ErrorContext(code=fault.code, retryable=not fault.permanent)
    if fault.code == "target_not_met":
        if fault.least_bytes is not None:
            context["hint"] = f"Ask for at least {fault.least_bytes} bytes ({fault.least_bytes / 1e6:.6g} MB)."
        context["retryable"] = False  # the same limit stays out of reach, whatever is said of it
        return TargetNotMet(fault.message, least_bytes=fault.least_bytes, **context)
    if kind := _KINDS.get(fault.code or ""):
        return kind(fault.message, **context)
    return RenderFailed(f"The render failed: {fault.message}", permanent=fault.permanent, **context)


def overdue(
    deadline: Deadline, phase: str, render_id: str, session_id: str | None, *, lasting: bool = True
) -> DeadlineExceeded:
    """The error for a render that the caller waits for no longer; `lasting` where it outlives the client."""
    message = f"The render {render_id} was not there within {deadline.seconds:g} s"
    if not lasting:
        return DeadlineExceeded(
            f"{message}; it ends with this client.",
            hint="Give it longer.",
            phase=phase,
            render_id=render_id,
            session_id=session_id,
        )
    return DeadlineExceeded(
        f"{message}; it goes on without us.",
        hint=f"Come back with client.render.resume({render_id!r}, …), from another process if need be.",
        phase=phase,
        render_id=render_id,
        session_id=session_id,
    )


def too_late(deadline: Deadline, session_id: str) -> DeadlineExceeded:
    """The error where the deadline passed before anything was asked for."""
    return DeadlineExceeded(
        f"The state of session {session_id} was not there within {deadline.seconds:g} s; no render was begun.",
        hint="Allow more time.",
        phase="render",
        session_id=session_id,
    )
