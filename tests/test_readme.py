"""The README's and the documentation's blocks are run as a reader would, with a sample clip as their talk.mp4."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(python|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.skipif(not PAGES[0].is_file(), reason="the README is not beside these tests")


def blocks() -> Iterator[object]:
    for page in PAGES:
        if page.is_file():
            for number, found in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8")), 1):
                yield pytest.param(found[1], found[2], id=f"{page.stem}-{number}-{found[1]}")


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of some seconds, made by the command that the README names."""
    path = tmp_path_factory.mktemp("talk") / "talk.mp4"
    run([sys.executable, "-m", "nemovideo", "sample", str(path), "--seconds", "2"], path.parent, {})
    return path


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What stands in for the cloud."""
    command = [sys.executable, "-m", "nemovideo", "serve", "--port", "0", "--unmetered", "--json"]
    process = subprocess.Popen(
        [*command, "--data", str(tmp_path_factory.mktemp("engine"))], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture
def folder(talk: Path, tmp_path: Path) -> Path:
    shutil.copy(talk, tmp_path / "talk.mp4")
    return tmp_path


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("NEMO_", "SKILL_"))}
    done = subprocess.run(
        command,
        cwd=folder,
        env=kept | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)} | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(("language", "text"), list(blocks()))
def test_block(language: str, text: str, folder: Path, engine: str) -> None:
    cloud = {"NEMO_API_URL": engine}
    if language == "python":
        run([sys.executable, "-W", "error", "-c", text], folder, cloud)
        return
    for line in text.splitlines():
        for part in line.split(" && "):
            words = shlex.split(part, comments=True)
            if not words or words[:3] == ["python", "-m", "pip"]:  # it is installed
                continue
            assert words[0] == "nemovideo", f"a bash block runs nemovideo only; use console for {line!r}"
            run([sys.executable, "-m", *words], folder, cloud)


def test_the_examples_run(folder: Path, engine: str) -> None:
    examples = ROOT / "examples"
    assert "compressed" in run([sys.executable, str(examples / "make_it_fit.py"), "talk.mp4", "0.2"], folder, {})
    assert "render" in run([sys.executable, str(examples / "watch_progress.py"), "talk.mp4", "0.2"], folder, {})
    told = run([sys.executable, str(examples / "against_serve.py"), engine, "talk.mp4", "0.2"], folder, {})
    assert "Timeline" in told


@pytest.mark.skipif(sys.platform == "win32", reason="the memory bench asks POSIX for its high-water mark")
def test_the_benches_run(folder: Path) -> None:
    bench = ROOT / "bench"
    words = ("--all", "--clips", "talk.mp4", "--shares", "20", "--contestants", "fast")
    table = run([sys.executable, "-m", "bench.compress", *words], folder, {"PYTHONPATH": str(ROOT)})
    assert "1 made, 0 out of reach, 0 over or broken, 0 failed" in table
    assert "the whole command" in run([sys.executable, str(bench / "startup.py"), "--runs", "1"], folder, {})
    assert "longest pause" in run([sys.executable, str(bench / "memory.py"), "--megabytes", "5"], folder, {})


def test_what_the_pages_link_to_is_there() -> None:
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
