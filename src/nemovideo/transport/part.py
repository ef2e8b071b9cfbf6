"""The unfinished file beside an output: made there, written down as ours, gone if the work fails."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator
from pathlib import Path

from nemovideo.cancellation import done_or_undone
from nemovideo.errors import OutputExists, OutputNotWritable
from nemovideo.ownership import PART_SUFFIX, Claim, claim

__all__ = ["check_output", "part_for"]


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
        dropping = asyncio.create_task(asyncio.to_thread(_drop, part, claimed))
        try:
            await asyncio.shield(dropping)
        except asyncio.CancelledError:
            await asyncio.wait([dropping])  # nothing stays behind, also while we are being cancelled
            raise


def _begin(part: Path) -> Claim:
    claimed = claim(part)
    try:
        part.open("xb").close()  # the one test of "may be written" that does not lie
    except OSError as problem:
        claimed.release()
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
    if output.is_dir():
        raise OutputNotWritable(f"{output}: is a folder.", hint="Name a file in it.")
    if output.exists() and not overwrite:
        raise OutputExists(f"{output}: exists already.")
