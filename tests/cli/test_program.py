"""The frame of the command: help, version, what it loads, and what becomes of errors."""

from __future__ import annotations

import json
import shlex
import sys

import click
import pytest

from nemovideo._version import __version__
from nemovideo.cli.failures import Interrupted, report
from nemovideo.cli.program import _COMMANDS, run
from nemovideo.errors import DiskFull, TargetNotMet

from .conftest import World


def test_version_and_help(world: World) -> None:
    assert world.run("--version").stdout == f"nemovideo {__version__}\n"
    for arguments in ((), ("--help",), ("compress", "--help"), ("serve", "-h")):
        done = world.run(*arguments)
        assert done.returncode == 0
        assert done.stdout.startswith("Usage: nemovideo")


@pytest.mark.parametrize("command", sorted(_COMMANDS))
def test_help_loads_nothing_heavy(world: World, command: str) -> None:
    look = (
        "import sys; from nemovideo.cli.program import run; "
        f"run([{command!r}, '--help']); "
        "heavy = {'aiohttp', 'rich', 'pydantic', 'yaml', 'nemovideo.client', 'nemovideo.engine'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert world.run_command([sys.executable, "-c", look]).stdout.splitlines()[-1] == "[]"


def test_a_pipe_never_loads_rich(world: World) -> None:
    look = (
        "import sys; from nemovideo.cli.program import run; run(['compress', 'gone.mp4', '--max-mb', '1']); "
        "print('rich' in sys.modules)"
    )
    assert world.run_command([sys.executable, "-c", look]).stdout.splitlines()[-1] == "False"


def test_errors_become_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(DiskFull("out.mp4:\n no room."), []) == 1
    assert capsys.readouterr().err == (
        "error: out.mp4: no room. Free some space, or use another disk: for the output, or by TMPDIR for the work.\n"
    )
    assert report(click.UsageError("bad words"), []) == 2
    assert capsys.readouterr().err == "error: bad words. See: nemovideo --help\n"
    assert report(Interrupted(2), []) == 130
    assert capsys.readouterr().err == "error: Stopped; nothing unfinished was kept.\n"


def test_the_unexpected_is_one_line_and_a_trace_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(RuntimeError("what\nnow"), []) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: Unexpected RuntimeError: what now. This is a fault of nemovideo")
    assert told.count("\n") == 1
    report(RuntimeError("what"), ["--verbose"])
    assert "RuntimeError: what" in capsys.readouterr().err.splitlines()[0]


def test_our_error_in_a_group_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    group = ExceptionGroup("many", [ValueError("other"), ExceptionGroup("inner", [DiskFull("ours")])])
    assert report(ExceptionGroup("outer", [TargetNotMet("too small.", least_bytes=12)]), ["--json"]) == 4
    assert json.loads(capsys.readouterr().out)["error"]["least_bytes"] == 12
    assert report(group, []) == 1
    assert "ours" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="closes a stream with a POSIX shell")
def test_closed_streams_are_no_fault(world: World) -> None:
    command = shlex.join(world.command("compress", "gone.mp4", "--max-mb", 1))
    assert world.run_command(["sh", "-c", f"{command} >&-"]).returncode == 3
    assert world.run_command(["sh", "-c", f"{command} 2>&-"]).returncode == 3


def test_an_interrupt_before_anything_runs_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nemovideo.cli.program.import_module", interrupted)
    assert run(["doctor"]) == 130
    assert capsys.readouterr().err == "error: Stopped; nothing unfinished was kept.\n"
