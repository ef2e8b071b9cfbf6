"""The command itself: which subcommands there are, and how each of them ends."""

from __future__ import annotations

import os
import sys
from codecs import lookup
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import click

from nemovideo._version import __version__
from nemovideo.cli.failures import Interrupted, report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

__all__ = ["nemovideo", "run"]

_COMMANDS = {
    "ask": "Say what is wanted, in words.",
    "compress": "Make a video fit under a size.",
    "credits": "Show the credits of the account.",
    "doctor": "Look whether everything needed is here.",
    "export": "Render what the session holds and fetch it.",
    "plan": "Tell what a compression would do, without making it.",
    "presets": "List what services take.",
    "sample": "Make a short clip to try things on.",
    "serve": "Run the engine for other programs.",
    "skill": "Install a skill for an agent.",
    "state": "Show what the session holds.",
    "upload": "Put files into the session.",
}


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"nemovideo.cli.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:  # before click sees it, which would print an empty line
            raise Interrupted(2) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nemovideo", message="%(prog)s %(version)s")
def nemovideo() -> None:
    """Make videos fit under a size, on this machine unless told otherwise.

    Exit codes: 0 done, 1 other, 2 usage, 3 input, 4 target, 5 backend, 6 account, 7 missing extra, 130 interrupted.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line; every error becomes one line (or one JSON object) and the exit code returned."""
    arguments = list(arguments) or ["--help"]
    _give_streams()
    try:
        code = nemovideo.main(args=arguments, prog_name="nemovideo", standalone_mode=False)
        _flush()
    except (KeyboardInterrupt, click.Abort):
        return report(Interrupted(2), arguments)
    except Exception as error:  # noqa: BLE001 - the last place: whatever it is, it is told in one line
        return report(error, arguments)
    return code if isinstance(code, int) else 0


def _give_streams() -> None:
    """Give both streams somewhere to go, and every letter a way out.

    Where one was closed before the start (`>&-`) Python has None: what is written there goes nowhere. In a locale that
    knows ASCII alone UTF-8 is written, as what we read there is UTF-8 too.
    """
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as we run
        elif isinstance(stream, TextIOWrapper):
            _widen(cast("TextIOWrapper[BinaryIO]", stream))


def _widen(stream: TextIOWrapper[BinaryIO]) -> None:
    if "PYTHONIOENCODING" not in os.environ and lookup(stream.encoding).name == "ascii":
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _flush() -> None:
    from nemovideo.cli.output import flush  # noqa: PLC0415 - after the command, which may not need it

    flush(sys.stdout)
