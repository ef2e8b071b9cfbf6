"""Each skill's own instructions, followed with a shell: on this machine, and against a served engine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import pytest
import yaml
from tests.cli.conftest import World, clip_bytes, engine, ffmpeg, world
from tests.skills.instructions import Block, blocks, outputs
from tests.skills.recorder import Recorder

__all__ = ["clip_bytes", "engine", "ffmpeg", "world"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the skills' commands are for a POSIX shell")

MB = 1_000_000
CONSTANT_RATE = ("-b:v", "12M", "-minrate", "12M", "-maxrate", "12M", "-bufsize", "2M", "-x264-params", "nal-hrd=cbr")
PROMISED = {
    "video-compressor-panda": {
        "talk-small.mp4": 2 * MB,
        "titled.mp4": 3 * MB,
        "party-small.mp4": 2 * MB,
        "lecture-small.mp4": 1 * MB,
        "rough.mp4": 2 * MB,
        "final.mp4": 1 * MB,
    },
    "free-video-compressor": {
        "talk-2mb.mp4": 2 * MB,
        "cut.mp4": 3 * MB,
        "small-party.mp4": 2 * MB,
        "small-lecture.mp4": 2 * MB,
        "party-1mb.mp4": 1 * MB,
        "lecture-1mb.mp4": 1 * MB,
        "draft.mp4": 2 * MB,
        "polished.mp4": 1 * MB,
    },
}
"""What a reader who follows a skill to the letter ends up with, in bytes at most."""
FRAMES = {"titled.mp4": (20, 30), "cut.mp4": (20, 30)}
"""How many pictures those have that were trimmed to the first second."""


@pytest.fixture(scope="session")
def clip(ffmpeg: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds filled up to a constant rate: larger than every limit in the skills, and quickly brought under it."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    picture = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2")
    sound = ("-f", "lavfi", "-i", "sine=duration=2")
    ffmpeg(*picture, *sound, "-c:v", "libx264", *CONSTANT_RATE, "-pix_fmt", "yuv420p", path)
    assert path.stat().st_size > 2.5 * MB
    return path.read_bytes()


@pytest.fixture
def shell(world: World, clip: bytes) -> World:
    """A world with the clips that the skills speak of, and `nemovideo` on its path."""
    for name in ("talk.mp4", "party.mp4", "lecture.mp4"):
        (world.work / name).write_bytes(clip)
    tools = world.folder / "bin"
    tools.mkdir()
    (tools / "nemovideo").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m nemovideo "$@"\n')
    (tools / "nemovideo").chmod(0o755)
    world.environment["PATH"] = f"{tools}{os.pathsep}{world.environment['PATH']}"
    return world


def installed(shell: World, name: str, to: Path) -> Path:
    done = shell.run("skill", "install", name, "--to", to)
    assert done.returncode == 0, done.stderr
    return to / name


def follow(shell: World, folder: Path, found: list[Block], **environment: str) -> None:
    """Run each block as it stands."""
    for block in found:
        command = ["bash", "-euo", "pipefail", "-c", block.script]
        done = shell.run_command(command, SKILL_DIR=str(folder), **environment)
        assert done.returncode == 0, f"{block.heading}:\n{block.script}\n{done.stdout}\n{done.stderr}"


def check_promises(shell: World, name: str) -> None:
    promised = PROMISED[name]
    made = {path.name for path in shell.work.iterdir()} - {"talk.mp4", "party.mp4", "lecture.mp4"}
    assert made == set(promised)
    for file, limit in promised.items():
        path = shell.work / file
        assert 0 < path.stat().st_size <= limit, file
        with av.open(str(path)) as container:
            least, most = FRAMES.get(file, (45, 55))
            assert least <= sum(1 for _ in container.decode(video=0)) <= most, file


@pytest.mark.parametrize("name", PROMISED)
def test_on_this_machine(shell: World, name: str) -> None:
    folder = installed(shell, name, shell.folder / "skills")
    found = [block for block in blocks(folder / "SKILL.md") if not block.installs and not block.for_the_cloud]
    assert found
    follow(shell, folder, found)
    check_promises(shell, name)


@pytest.mark.parametrize(
    ("name", "place", "platform"),
    [("video-compressor-panda", ".clawhub/skills", "clawhub"), ("free-video-compressor", ".cursor/skills", "cursor")],
)
def test_against_a_served_engine(shell: World, engine: str, name: str, place: str, platform: str) -> None:
    folder = installed(shell, name, shell.folder / "home" / place)
    found = [block for block in blocks(folder / "SKILL.md") if not block.installs and not block.for_this_machine]
    assert any(block.for_the_cloud for block in found)
    with Recorder(engine) as recorder:
        follow(shell, folder, found, NEMO_BACKEND="cloud", NEMO_API_URL=recorder.url)
    check_promises(shell, name)
    version = yaml.safe_load((folder / "SKILL.md").read_text(encoding="utf-8").split("---\n")[1])["version"]
    sent = {
        tuple(passed.headers.get(f"x-skill-{key}") for key in ("source", "version", "platform"))
        for passed in recorder.calls
    }
    assert sent == {(name, version, platform)}
    assert sum(passed.call.startswith("POST /api/render/proxy/lambda") for passed in recorder.calls) >= len(
        PROMISED[name]
    )


@pytest.mark.parametrize("name", PROMISED)
def test_no_output_is_forgotten_here(shell: World, name: str) -> None:
    folder = installed(shell, name, shell.folder / "skills")
    assert outputs(blocks(folder / "SKILL.md")) <= set(PROMISED[name])


@pytest.mark.parametrize("name", PROMISED)
def test_the_install_blocks_are_the_extras_that_there_are(shell: World, name: str) -> None:
    found = [each.script for each in blocks(installed(shell, name, shell.folder) / "SKILL.md") if each.installs]
    assert found == [f'python -m pip install "{what}[engine,cli]"\n' for what in ("nemovideo", ".")]
    assert subprocess.run([sys.executable, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0
