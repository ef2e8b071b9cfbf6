"""What is in this file? Asked of a jailed process, never of a library loaded here.

No FFmpeg library is ever loaded into the caller's process: hostile bytes meet PyAV in scan.py, behind jail.py.
"""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from pathlib import Path

from nemovideo.engine.media.findings import oversized, too_large, understand
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.process import Limits, Outcome, run
from nemovideo.engine.media.references import refers_elsewhere
from nemovideo.engine.media.scanner import MEMORY, SCAN, site, take
from nemovideo.engine.media.sniff import HEAD_BYTES, announced, brand, sniff, unread
from nemovideo.errors import DamagedFile, SourceNotFound, UnsupportedFile

__all__ = ["probe"]


async def probe(path: Path) -> Media:
    """Measure a file: demuxed whole, one picture decoded.

    Args:
        path: a local file; it is opened for reading only.

    Raises:
        SourceNotFound: there is no such file, or it may not be read.
        UnsupportedFile: it is no media (empty, a folder, text, a playlist), whatever it is called, or of a codec or
            size that is not read.
        DamagedFile: it is media, but its structure is broken or its end is missing.
        MissingExtra: PyAV is not installed.
        EngineError: the scan did not end in time.
    """
    path = await asyncio.to_thread(path.absolute)
    size, head = await asyncio.to_thread(_first_bytes, path)
    demuxer = sniff(head)
    if what := unread(head):
        raise UnsupportedFile(f"{path.name} {what.says}", hint=what.hint)
    if demuxer is None:
        raise UnsupportedFile(
            f"{path.name} is no video, whatever its name says",
            hint="Give a video file; text and playlists are not read.",
        )
    if (whole := announced(head)) and whole > size:
        raise DamagedFile(f"{path.name} is damaged: the last {whole - size} of its {whole} bytes are missing")
    # Reading is bounded by the disk, walking by some 2 µs a packet; a minute and 10 MB/s more is ample.
    wall = 60 + size / 10e6
    scanner = take()
    outcome = await scanner.ask(demuxer, path, wall=wall) if scanner else Outcome()
    if not outcome.stdout:
        command = [sys.executable, "-I", "-S", SCAN, await asyncio.to_thread(site), demuxer, str(path)]
        outcome = await run(command, limits=Limits(wall=wall, memory=MEMORY, file_bytes=0))
    if outcome.code != 0 or not outcome.stdout:
        raise DamagedFile(f"{path.name} cannot be read: the scan ended with {outcome.why()}")
    said = outcome.why() if outcome.tail else ""
    found = json.loads(outcome.stdout)
    try:
        return understand(path, size, demuxer, found, container=brand(head), said=said)
    except DamagedFile:
        if "error" in found and (sides := oversized(demuxer, head, outcome.tail)):
            raise too_large(path, sides) from None
        if demuxer == "mov" and await asyncio.to_thread(refers_elsewhere, path):
            raise UnsupportedFile(
                f"{path.name} keeps its picture or sound in another file, which is never opened",
                hint="Export it as one self-contained film first.",
            ) from None
        raise


def _first_bytes(path: Path) -> tuple[int, bytes]:
    try:
        # A named pipe would block an ordinary open for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise SourceNotFound(f"There is no file {path}") from None
    except OSError as error:
        raise SourceNotFound(f"{path} cannot be read: {error.strerror}") from error
    try:
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):
            raise UnsupportedFile(f"{path} is a folder, not a video", hint="Name one file in it.")
        if not stat.S_ISREG(about.st_mode):
            raise UnsupportedFile(f"{path} is no regular file")
        if about.st_size == 0:
            raise UnsupportedFile(f"{path.name} is empty")
        return about.st_size, os.read(descriptor, HEAD_BYTES)
    finally:
        os.close(descriptor)
