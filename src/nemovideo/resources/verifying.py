"""The client's own look at a result before it gets its name: no FFmpeg, a walk over the boxes, a look at both ends.

Source: architecture, "Client: size, hash, a walk over the MP4 boxes".
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nemovideo.errors import DamagedFile
from nemovideo.protocol.matroska import EBML, check_matroska
from nemovideo.protocol.mp4 import Movie, walk
from nemovideo.protocol.othermedia import SIMPLE, check_simple

__all__ = ["Expected", "check_result", "movie_of"]

_MP4 = frozenset({"mp4", "m4v", "mov", "m4a"})
_MATROSKA = frozenset({"mkv", "webm"})
_HEAD = 64  # bytes: an EBML head and the beginning of what follows it


@dataclass(frozen=True, slots=True)
class Expected:
    """What a result should be.

    Attributes:
        container: as asked for, a suffix without its dot.
        sure: whether it is known to have been asked for; otherwise it is the suffix that the file is to have, and the
            render, which another run began, may be of the other family.
        strict: whether it is looked at even where all of it is known to have come.
    """

    container: str
    sure: bool = True
    strict: bool = False


def check_result(path: Path, expected: Expected, *, closely: bool = True) -> None:
    """Look at a file, `closely` at its structure too; blocks on the disk, so run it in a thread.

    Raises:
        UnsupportedFile: it is of another kind. DamagedFile: it is empty, cut, without a track, words
            in place of a film, or its index is broken.
    """
    size = path.stat().st_size
    if not size:
        raise DamagedFile("The file is empty.")
    if expected.container not in _MP4 | _MATROSKA | SIMPLE:
        return
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.lstrip()[:1] in {b"{", b"<"}:
            raise DamagedFile("The file is JSON or a web page.")
        if expected.container in SIMPLE:  # which costs nothing
            file.seek(-1, os.SEEK_END)
            check_simple(expected.container, head, file.read(1), size)
            return
        if not closely:
            return
        matroska = head.startswith(EBML) if not expected.sure else expected.container in _MATROSKA
        if matroska:
            check_matroska(head, size)
        elif not (tracks := movie_of(file, size).tracks):
            raise DamagedFile("The file has no track.")
        elif expected.container == "m4a" and not any(track.kind == "audio" for track in tracks):
            raise DamagedFile("The file has no sound.")


def movie_of(file: BinaryIO, size: int) -> Movie:
    """Walk over the boxes of an open MP4 or MOV file of `size` bytes.

    Raises:
        UnsupportedFile, DamagedFile: as `walk`.
    """

    def read(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    return walk(read, size)
