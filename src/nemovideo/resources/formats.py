"""What a render is asked to make: what the caller said, else what the timeline is exported as."""

from __future__ import annotations

from pathlib import Path

from nemovideo.errors import UsageError
from nemovideo.protocol.draft import Timeline

__all__ = ["format_for", "suffix_of"]

_WORDS = {"gif": "a GIF"}


def suffix_of(path: Path) -> str | None:
    """The format that a file's name asks for; None where it has no suffix."""
    return path.suffix.lower().removeprefix(".") or None


def format_for(asked: str | None, timeline: Timeline, *, name: str | None = None) -> str:
    """The format to ask a render for.

    An engine of ours takes "mp4" for the documented default that every agent posts, and makes what the draft says.

    Args:
        asked: "mp4", "webm", "gif" …; None where the caller left it open.
        timeline: what is rendered.
        name: the output, for the error.

    Raises:
        UsageError: a film is asked for, and the timeline is exported as something else.
    """
    drafted = timeline.format
    if asked is None:
        return drafted or "mp4"
    if asked == "mp4" and drafted is not None:
        what = _WORDS.get(drafted, f"sound alone ({drafted.upper()})")
        raise UsageError(
            f"{name or 'The output'}: is to be a film (.mp4), and the timeline is exported as {what}.",
            hint=f'Name the output .{drafted}, or say "make it a video again" first.',
            phase="render",
        )
    return asked
