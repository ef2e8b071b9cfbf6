"""A local client where the extra `engine` is not installed: said by its constructor, with the line to install it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HIDE = """
import importlib.machinery
real = importlib.machinery.PathFinder.find_spec
importlib.machinery.PathFinder.find_spec = classmethod(
    lambda kind, name, path=None, target=None: None if name in {hidden!r} else real(name, path, target)
)
from nemovideo import AsyncNemoClient, NemoClient, NemoError
for kind in (AsyncNemoClient, NemoClient):
    try:
        kind.local()
    except NemoError as error:
        print(type(error).__name__, error.exit_code, error)
    else:
        print("made")
"""


def made(tmp_path: Path, hidden: set[str], **environment: str) -> list[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NEMO_")}
    done = subprocess.run(
        [sys.executable, "-c", HIDE.format(hidden=hidden)],
        env=kept | {"PATH": str(tmp_path), "HOME": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()


def program(folder: Path) -> Path:
    path = folder / "ffmpeg"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("hidden", [{"av"}, {"av", "imageio_ffmpeg"}])
def test_without_pyav(hidden: set[str], tmp_path: Path) -> None:
    for line in made(tmp_path, hidden):
        assert line.startswith("MissingExtra 7 PyAV, which looks into videos, is not installed. ")
        assert 'python -m pip install "nemovideo[engine]"' in line


def test_without_any_ffmpeg(tmp_path: Path) -> None:
    for line in made(tmp_path, {"imageio_ffmpeg"}):
        assert line.startswith("FFmpegMissing 7 No FFmpeg was found. ")
        assert 'python -m pip install "nemovideo[engine]"' in line


def test_a_systems_ffmpeg_stands_in(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    named = program(tmp_path / "elsewhere")
    assert made(tmp_path, {"imageio_ffmpeg"}, NEMO_FFMPEG=str(named)) == ["made", "made"]
    program(tmp_path)
    assert made(tmp_path, {"imageio_ffmpeg"}) == ["made", "made"]
