"""Where an export goes that was given no name: a free one, made from what is on the timeline, in place of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from nemovideo.protocol.draft import OTHER_FORMATS, Timeline
from nemovideo.protocol.json import mapping, text
from nemovideo.resources.state import State

__all__ = ["destination", "said_format", "short_side"]

_FORMATS = "|".join((*OTHER_FORMATS, "mp4", "m4v", "mov", "mkv", "webm"))
_UNTITLED = {"project", "untitled", "nemo"}  # what a session is called that nobody named
_LONGEST = 60  # characters, of at most 4 bytes: with a number and a suffix under the 255 bytes of every file system


def destination(output: Path | None, said: str | None, state: State, *, format: str | None = None) -> Path:  # noqa: A002 — the wire's own word
    """The file to export to; looks at the disk, so run it in a thread.

    Args:
        output: a file, which is taken as it is, or a folder; None for the current one.
        said: a name out of the person's own words, "export it as talk.mp4".
        state: the session, which the name is made from where nobody gave one.
        format: what is to be made, where it was said; else what the timeline is exported as.
    """
    suffix = f".{format or state.timeline.format or 'mp4'}"
    if output is not None and not output.is_dir():
        return output
    folder = output or Path.cwd()
    if said is not None:
        named = folder / Path(said).expanduser()
        if not named.is_dir():
            return named if named.suffix else named.with_name(f"{named.name}{suffix}")
        folder = named
    name = _name(state)
    return next(path for path in _candidates(folder, name, suffix) if not path.exists() and not path.is_symlink())


def short_side(said: str) -> int | None:
    """The short side in pixels that an export was asked for with; None where nothing was said of it.

    Example:
        >>> short_side("export it in 720p"), short_side("export it as talk_720p.mp4")
        (720, None)
    """
    found = re.search(r"(?<![a-z0-9_./-])(\d{3,4})p(?![a-z0-9_/-]|\.[a-z0-9])", said, re.IGNORECASE)
    return int(found[1]) if found else None


def said_format(said: str) -> str | None:
    """The format that an export was asked for with; None where nothing was said of it.

    Example:
        >>> said_format("export it as MP3"), said_format("导出为GIF"), said_format("export it as talk.gif")
        ('mp3', 'gif', None)
    """
    found = re.search(rf"(?<![a-z0-9_./-])({_FORMATS})(?![a-z0-9_/-]|\.[a-z0-9])", said, re.IGNORECASE)
    return found[1].lower() if found else None


def _candidates(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    yield folder / f"{name}{suffix}"
    for number in count(2):
        yield folder / f"{name}-{number}{suffix}"


def _name(state: State) -> str:
    timeline = state.timeline
    title = _safe(timeline.title or "")
    if title and title.lower() not in _UNTITLED:
        return title
    return _safe(_upload_name(state, timeline)) or title or "video"


def _upload_name(state: State, timeline: Timeline) -> str:
    """The first film on the timeline, else the first upload, without its suffix."""
    labels = (segment.label for track in timeline.tracks if track.kind == "video" for segment in track.segments)
    uploads = (text(mapping(info).get("filename")) for info in state.video_infos)
    found = next((name for name in (*labels, *uploads) if name), "")
    return re.sub(r"\.[A-Za-z0-9]{2,4}$", "", found)


def _safe(name: str) -> str:
    """A name that is a file's on every system: no folder, nothing hidden, no control letters, not too long."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff/\\:*?\"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", name)
    return " ".join(plain.split())[:_LONGEST].strip(" .-")
