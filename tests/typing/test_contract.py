"""contract.py holds: both checkers accept it, line by line, and it speaks of every public call."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from nemovideo import AsyncNemoClient

ROOT = Path(__file__).parents[2]
CONTRACT = Path(__file__).with_name("contract.py")
RESOURCES = ("session", "upload", "chat", "credits", "state", "render")
INNER = {"chat.close", "chat.connect", "upload.opened", "upload.measured"}
CHECKERS = {
    "mypy": ("mypy", "--no-error-summary", f"--cache-dir={ROOT / '.mypy_cache'}"),
    "pyright": ("pyright", "--pythonpath", sys.executable),
}

pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="a checkout, with its settings")


def checked(checker: str, path: Path) -> tuple[int, str]:
    if find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed")
    command = [sys.executable, "-m", *CHECKERS[checker], str(path)]
    environment = os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "MYPYPATH": "src"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_checkers_agree(checker: str) -> None:
    code, said = checked(checker, CONTRACT)
    assert code == 0, said


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_broken_promise_is_seen(checker: str, tmp_path: Path) -> None:
    text = CONTRACT.read_text(encoding="utf-8")
    wrong = [
        ("client.credits.balance(), Balance", "client.credits.balance(), Balance | None"),
        ('client.compress("talk.mp4", max_gb=1)', 'client.compress("talk.mp4", max_mb=1)'),
    ]
    for right, instead in wrong:
        assert text.count(right) == 2
        text = text.replace(right, instead)
    broken = tmp_path / "broken.py"
    broken.write_text(text, encoding="utf-8")
    code, said = checked(checker, broken)
    assert code == 1
    assert len([line for line in said.splitlines() if "error:" in line or " - error" in line]) == 4, said


def spoken_of(function: str) -> set[str]:
    """The calls `client.…` that a function of the contract makes, `room.name`."""
    tree = ast.parse(CONTRACT.read_text(encoding="utf-8"))
    (body,) = (node for node in tree.body if getattr(node, "name", "") == function)
    chains = {ast.unparse(node) for node in ast.walk(body) if isinstance(node, ast.Attribute)}
    return {chain.removeprefix("client.") for chain in chains if chain.startswith("client.")}


def calls() -> Iterator[str]:
    client = AsyncNemoClient("https://cloud.example", "t")
    rooms: dict[str, type] = {"": AsyncNemoClient, **{f"{room}.": type(getattr(client, room)) for room in RESOURCES}}
    for room, kind in rooms.items():
        for name, _ in inspect.getmembers(kind, lambda member: callable(member) or isinstance(member, property)):
            if not name.startswith("_") and f"{room}{name}" not in INNER:
                yield f"{room}{name}"


def test_every_public_call_is_in_it() -> None:
    public = set(calls()) - {"local"}
    assert public <= spoken_of("asynchronous")
    assert {name.replace("aclose", "close") for name in public} <= spoken_of("blocking")
