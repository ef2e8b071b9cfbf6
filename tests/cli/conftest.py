"""The command line as a process, in a world of its own: home, temporary folder and environment are the test's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nemovideo.engine.media.ffmpeg import find_ffmpeg

CLIP = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2", "-f", "lavfi", "-i", "sine=duration=2")


@dataclass
class World:
    """Where one test's commands run."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("work", "home", "temp"):
            (self.folder / name).mkdir()
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("NEMO_", "SKILL_", "XDG_"))}
        self.environment = kept | {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "temp"),
            "PYTHONWARNINGS": "error::ResourceWarning",
        }

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def command(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "nemovideo", *map(str, arguments)]

    def run(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run_command(self.command(*arguments), **environment)

    def run_command(self, command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.work,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def start(self, *arguments: object, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.work,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def left_behind(self) -> list[str]:
        """What lies in the temporary folder."""
        return sorted(str(path.relative_to(self.folder / "temp")) for path in (self.folder / "temp").rglob("*"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture(scope="session")
def ffmpeg() -> Callable[..., Path]:
    """Runs FFmpeg: the last argument is the file that it makes."""
    program = find_ffmpeg()

    def run(*arguments: object) -> Path:
        subprocess.run(
            [program, "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True, capture_output=True
        )
        return Path(str(arguments[-1]))

    return run


@pytest.fixture(scope="session")
def clip_bytes(ffmpeg: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds with sound, some 250 kB."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    ffmpeg(*CLIP, "-c:v", "libx264", "-preset", "veryfast", "-b:v", "1M", "-pix_fmt", "yuv420p", "-c:a", "aac", path)
    return path.read_bytes()


@pytest.fixture
def clip(world: World, clip_bytes: bytes) -> Path:
    path = world.work / "talk.mp4"
    path.write_bytes(clip_bytes)
    return path


@pytest.fixture
def engine(world: World) -> Iterator[str]:
    """The URL of a `nemovideo serve` with credits for everything."""
    process = world.start("serve", "--port", "0", "--data", world.folder / "data", "--unmetered", "--json")
    try:
        yield served_url(process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def served_url(process: subprocess.Popen[str]) -> str:
    """The address in the one JSON line that `serve --json` prints."""
    import json

    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr.read() if process.stderr else "serve said nothing"
    return str(json.loads(line)["url"])
