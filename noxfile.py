"""The project's chores: `nox` runs what CI runs, `nox -s NAME` one of them, `nox --no-venv` in the current environment.

lint   ruff, checks and format          tests  the whole suite but what takes minutes
types  mypy and pyright, both strict    soak   what takes minutes
docs   Sphinx, warnings are errors      bench  what measures: nox -s bench -- compress|startup|memory|wire|…
build  the wheel, installed alone, tried and tested
lowest the same with the oldest versions that are allowed
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "types", "docs", "build", "lowest", "tests"]
nox.options.reuse_existing_virtualenvs = True

ROOT = Path(__file__).parent
CHECKED = ("src", "tests", "examples", "bench", "docs/conf.py", "noxfile.py")
WHEEL_TESTS = ("tests/protocol", "tests/cli", "tests/test_package.py")
"""What is run against the installed wheel: the pure layer, the command line as a process, the package's shape."""
LOWEST_TESTS = (
    "tests/protocol",
    "tests/transport",
    "tests/resources",
    "tests/flow",
    "tests/engine/media/test_probe.py",
    "tests/engine/media/text",
)
"""What is run with the oldest versions: what stands on aiohttp, pydantic, tenacity, PyAV and Pillow."""


def _install(session: nox.Session) -> None:
    """The project with everything for developers; with --no-venv it is there already."""
    if session.venv_backend != "none":
        session.install("-e", ".[dev]")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    _install(session)
    session.run("ruff", "check", *CHECKED)
    session.run("ruff", "format", "--check", *CHECKED)


@nox.session
def types(session: nox.Session) -> None:
    """Check types twice: the two checkers see different things."""
    _install(session)
    # Each folder of tests has a conftest.py: their names are told apart by their folders.
    session.run("mypy", "--explicit-package-bases", env={"MYPYPATH": "src"})
    session.run("pyright", env={"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})


@nox.session
def tests(session: nox.Session) -> None:
    """Run the test suite but for the soak."""
    _install(session)
    session.run("python", "-m", "pytest", "-m", "not soak", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Run what takes minutes."""
    _install(session)
    session.run("python", "-m", "pytest", "-m", "soak", "--timeout=3600", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; every warning is an error."""
    _install(session)
    session.run("sphinx-build", "-W", "-n", "-q", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure: `nox -s bench -- compress`, `first_example`, `startup`, `memory` or `wire`, and their own options."""
    known = sorted(
        path.stem for path in (ROOT / "bench").iterdir() if path.suffix == ".py" or (path / "__main__.py").exists()
    )
    if not session.posargs or session.posargs[0] not in known:
        session.error(f"say what: nox -s bench -- {'|'.join(known)}")
    _install(session)
    session.run("python", "-m", f"bench.{session.posargs[0]}", *session.posargs[1:])


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel, install it in an environment of its own, away from src, and try and test it there."""
    _prove(session, WHEEL_TESTS)


@nox.session
def lowest(session: nox.Session) -> None:
    """The same with the oldest version that pyproject.toml allows of everything that is used at run time."""
    _prove(session, LOWEST_TESTS, constraints=_lower_bounds())


def _lower_bounds() -> str:
    project = nox.project.load_toml(ROOT / "pyproject.toml")["project"]
    extras = project["optional-dependencies"]
    return "\n".join(
        requirement.replace(">=", "==") for requirement in (*project["dependencies"], *extras["engine"], *extras["cli"])
    )


def _prove(session: nox.Session, tests: tuple[str, ...], *, constraints: str = "") -> None:
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", "dist", ".", external=True)
    (wheel,) = dist.glob("nemovideo-*.whl")
    with tempfile.TemporaryDirectory() as folder:
        away = Path(folder)
        (away / "constraints.txt").write_text(constraints)
        session.run(sys.executable, "-m", "venv", str(away / "venv"), external=True)
        python = str(away / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
        install = (python, "-m", "pip", "install", "-q", "-c", str(away / "constraints.txt"))
        session.run(*install, f"{wheel}[engine,cli]", external=True)
        _try(session, python, away)
        session.run(*install, "pytest", "pytest-timeout", "hypothesis", "blockbuster", "trustme", external=True)
        shutil.copy(ROOT / "pyproject.toml", away)
        shutil.copytree(ROOT / "tests", away / "tests", ignore=shutil.ignore_patterns("__pycache__"))
        with session.chdir(away):
            session.run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, external=True)


def _try(session: nox.Session, python: str, away: Path) -> None:
    """What a new user does first, with the wheel alone."""
    with session.chdir(away):
        nemovideo = (python, "-m", "nemovideo")
        session.run(*nemovideo, "doctor", external=True)
        session.run(*nemovideo, "sample", "sample.mp4", "--seconds", "2", external=True)
        session.run(*nemovideo, "compress", "sample.mp4", "--max-mb", "0.5", "--effort", "fast", external=True)
