"""Which files go together in one call, and which answer belongs to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nemovideo.errors import ProtocolError
from nemovideo.protocol.json import JSON, mapping, text
from nemovideo.source import Source

__all__ = ["MOST_FILES", "batches", "in_order"]

MOST_FILES = 32
"""Files of one call: as many as an engine of ours takes."""


def batches(sources: Sequence[Source], at: Sequence[int], whole: int | None) -> list[list[int]]:
    """Put the sources at these places into as few calls as can be, in their order.

    Args:
        sources: all of them.
        at: the places of those that are meant.
        whole: the bytes that one call may have; None for as many as there are.
    """
    made: list[list[int]] = []
    room = 0
    for place in at:
        size = sources[place].size or 0
        if not made or len(made[-1]) == MOST_FILES or (whole is not None and size > room):
            made.append([])
            room = whole or 0
        made[-1].append(place)
        room -= size
    return made


def in_order(sent: Sequence[str], files: Sequence[JSON], session_id: str) -> list[Mapping[str, JSON]]:
    """The answer's entry for each file sent: by its place, or by name where the backend has put them otherwise.

    Args:
        sent: the names, in order.
        files: what the backend told of the files it has.
        session_id: for the error.

    Raises:
        ProtocolError: fewer were told than sent; it names the missing.
    """
    told = [mapping(entry) for entry in files]
    names = [text(entry.get("filename")) or "" for entry in told]
    if len(set(sent)) == len(sent) and Counter(sent) <= Counter(names):
        return [told[names.index(name)] for name in sent]
    if len(told) >= len(sent):
        return told[: len(sent)]
    raise ProtocolError(_missing(sent, names), phase="upload", session_id=session_id)


def _missing(sent: Sequence[str], names: Sequence[str]) -> str:
    if not names:
        return "The backend took the upload and named no file."
    counted = f"The backend took {len(sent)} files and named {len(names)}"
    if not Counter(names) <= Counter(sent):
        return f"{counted}, under other names: {', '.join(names)}."  # so that nobody can say which are missing
    return f"{counted}; missing: {', '.join((Counter(sent) - Counter(names)).elements())}."
