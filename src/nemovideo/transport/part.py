"""The unfinished file beside an output: made there, written down as ours, gone if the work fails."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sys
import uuid
from collections.abc import AsyncGenerator
from pathlib import Path

from nemovideo.cancellation import done_or_undone, finished
from nemovideo.errors import DiskFull, NemoError, OutputExists, OutputNotWritable
from nemovideo.ownership import PART_SUFFIX, Claim, claim

__all__ = ["check_output", "disk_error", "part_for", "place"]


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@contextlib.asynccontextmanager
async def part_for(output: Path, *, overwrite: bool) -> AsyncGenerator[Path]:
    """A name for the unfinished file, in the output's own folder so that a rename finishes it.

    Raises:
        OutputExists, OutputNotWritable: before anything is sent.
    """
    await asyncio.to_thread(check_output, output, overwrite=overwrite)
    # 32 characters of the name say whose it is, and leave room for the rest in a file system that counts bytes.
    part = output.with_name(f".{output.name[:32]}.{uuid.uuid4().hex[:8]}{PART_SUFFIX}")
    claimed = await done_or_undone(lambda: _begin(part), lambda begun: _drop(part, begun))
    try:
        yield part
    finally:
        # Nothing stays behind, also while we are being cancelled, and more than once.
        await finished(asyncio.to_thread(_drop, part, claimed))


def _begin(part: Path) -> Claim:
    claimed = claim(part)
    try:
        part.open("xb").close()  # the one test of "may be written" that does not lie
    except OSError as problem:
        claimed.release()
        if problem.errno in _NO_ROOM:
            raise disk_error(problem, part) from problem
        raise OutputNotWritable(f"{part.parent}: may not be written: {problem.strerror}.") from problem
    return claimed


def _drop(part: Path, claimed: Claim) -> None:
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
    claimed.release()


def check_output(output: Path, *, overwrite: bool) -> None:
    """Raise when `output` could not be written; blocks, so run it in a thread."""
    folder = output.parent
    if not folder.is_dir():
        raise OutputNotWritable(f"{folder}: no such folder.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputNotWritable(f"{folder}: may not be written.")
    if output.is_dir():
        raise OutputNotWritable(f"{output}: is a folder.", hint="Name a file in it.")
    if output.exists() and not overwrite:
        raise OutputExists(f"{output}: exists already.")


def place(part: Path, output: Path, *, overwrite: bool) -> None:
    """Give a whole, verified file its final name, atomically; blocks, so run it in a thread.

    Raises:
        OutputExists: someone made `output` meanwhile and it may not be overwritten.
    """
    try:
        if overwrite:
            part.replace(output)
        else:
            _rename_new(part, output)
        if sys.platform != "win32":
            _sync_folder(output.parent)
    except FileExistsError:
        raise OutputExists(f"{output}: exists already.", phase="verify") from None
    except OSError as problem:
        raise disk_error(problem, output) from problem


def _sync_folder(folder: Path) -> None:
    """Make the new name itself outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename_new(part: Path, output: Path) -> None:
    try:
        os.link(part, output)  # unlike rename, it never replaces
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if output.exists():
            raise FileExistsError(output) from None
        part.replace(output)
    else:
        part.unlink()


def disk_error(problem: OSError, path: Path, *, phase: str = "download") -> NemoError:
    """What the disk did, as the error that says what to do."""
    if problem.errno in _NO_ROOM:
        return DiskFull(f"{path.parent}: no room for the result.", phase=phase)
    return OutputNotWritable(f"{path}: cannot be written: {problem.strerror}.", phase=phase)
