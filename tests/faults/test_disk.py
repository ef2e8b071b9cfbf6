"""A disk that fills up in mid-work: the named error, nothing half-written, and what was there before stays."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.faults.conftest import InLab
from tests.faults.laboratory import Lab

from nemovideo.errors import DiskFull

SCRIPT = """
import asyncio, pathlib, sys
from tests.clock import TurnableClock
from tests.faults.laboratory import laboratory
from nemovideo.errors import NemoError

full, source, out = map(pathlib.Path, sys.argv[1:4])

async def main():
    async with laboratory(pathlib.Path(sys.argv[4]), source, b"x" * 3_000_000, TurnableClock()) as lab:
        async with lab.cell("download") as cell:
            try:
                await cell.client.render.resume(cell.render, out, overwrite=True)
            except NemoError as error:
                print(type(error).__name__, sorted(path.name for path in full.iterdir()))

asyncio.run(main())
"""


def test_a_small_disk(tmp_path: Path, talk: Path) -> None:
    """A file system of one megabyte, mounted for this one process."""
    disk, script = tmp_path / "disk", tmp_path / "script.py"
    disk.mkdir()
    (tmp_path / "out").mkdir()
    script.write_text(SCRIPT)
    mount = f'mount -t tmpfs -o size=1m tmpfs {disk} && echo old > {disk}/talk.mp4 && exec "$@"'
    arguments = [sys.executable, script, disk, talk, disk / "talk.mp4", tmp_path]
    command = ["unshare", "-m", "sh", "-c", mount, "sh", *map(str, arguments)]
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("a mount of one's own is not allowed here")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stdout == "DiskFull ['talk.mp4']\n", done.stderr


def test_it_fills_up_in_mid_download(in_lab: InLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there was room at the start."""

    async def flow(lab: Lab) -> None:
        async with lab.cell("download") as cell:
            cell.output.write_bytes(lab.encoder.content)  # what was there before
            with monkeypatch.context() as patch:
                patch.setattr(os, "fsync", _full)
                with pytest.raises(DiskFull) as caught:
                    await cell.client.render.resume(cell.render, cell.output, overwrite=True)
                assert caught.value.render_id == cell.render
            await cell.client.render.resume(cell.render, cell.output, overwrite=True)

    in_lab(flow)


@pytest.mark.parametrize("where", ["upload", "render"])
def test_the_engines_own_disk(in_lab: InLab, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    async def flow(lab: Lab) -> None:
        async with lab.cell(where) as cell:
            with monkeypatch.context() as patch:
                if where == "upload":
                    patch.setattr(os, "replace", _full)
                else:
                    patch.setattr(lab.encoder, "render", _no_room)
                with pytest.raises(DiskFull):
                    await (cell.act() if where == "upload" else cell.client.render.export(cell.session, cell.output))
            if where == "upload":
                assert await asyncio.to_thread(lambda: list((lab.folder / "engine" / "uploads").iterdir())) == []
                assert (await cell.act()).size
            else:
                await cell.client.render.export(cell.session, cell.output)

    in_lab(flow)


def _full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def _no_room(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
