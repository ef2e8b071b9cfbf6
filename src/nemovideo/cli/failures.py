"""How an error is told: one line on stderr, or one JSON object on stdout with `--json`; and its exit code."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import click

from nemovideo.errors import NemoError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Interrupted", "report"]

_DETAILS = (
    "status",
    "code",
    "request_id",
    "phase",
    "retryable",
    "session_id",
    "render_id",
    "least_bytes",
    "retry_after",
    "permanent",
)
"""Attributes of a NemoError that a program may want; those that are set are told with `--json`."""


class Interrupted(Exception):
    """The person, or the system, asked the program to stop with signal `signum`."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum

    def __str__(self) -> str:
        by = "" if self.signum == signal.SIGINT else f" by {signal.Signals(self.signum).name}"
        return f"Stopped{by}; nothing unfinished was kept."


def report(error: BaseException, arguments: Sequence[str]) -> int:
    """Tell an error and return the exit code; `--verbose` among the arguments adds the trace."""
    error = _essence(error)
    message, hint = _words(error, arguments)
    code = _exit_code(error)
    if "--verbose" in arguments:
        import traceback  # noqa: PLC0415 - on this way out only

        traceback.print_exception(error)
    stdout_takes = getattr(error, "phase", None) != "output"
    try:
        if "--json" in arguments and stdout_takes:
            from nemovideo.cli.output import write_json  # noqa: PLC0415 - on this way out only

            details = {name: value for name in _DETAILS if (value := getattr(error, name, None)) not in (None, False)}
            told: dict[str, object] = {"type": _type(error), "message": message, "hint": hint, "exit_code": code}
            if (before := getattr(error, "answer", None)) is not None:
                details["answer"] = str(before)
            write_json({"error": told | details}, sys.stdout)
            return code
    except NemoError:  # stdout takes nothing: then stderr is told, in one line
        pass
    with suppress(OSError):
        click.echo(f"error: {message} {hint or ''}".rstrip(), err=True)
    return code


def _essence(error: BaseException) -> BaseException:
    """The error that a task group wrapped: ours before any other."""
    found = error
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        found = group.subgroup(NemoError) or group
    while isinstance(found, BaseExceptionGroup):
        found = cast("BaseExceptionGroup[BaseException]", found).exceptions[0]
    return found


def _words(error: BaseException, arguments: Sequence[str]) -> tuple[str, str | None]:
    """What happened and what to do next, each on one line."""
    if isinstance(error, NemoError):
        from nemovideo.cli.wording import backend_of, for_shell, message_for_shell  # noqa: PLC0415 - on this way only

        hint = error.hint
        message = message_for_shell(_sentence(error.message))
        return message, for_shell(_one_line(hint), backend_of(arguments)) if hint else None
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else "nemovideo"
        return _sentence(error.format_message()), f"See: {where} --help"
    if isinstance(error, click.ClickException):
        return _one_line(error.format_message()), None
    if isinstance(error, Interrupted):
        return str(error), None
    return (
        _sentence(f"Unexpected {type(error).__name__}: {error}"),
        "This is a fault of nemovideo: run again with --verbose and report what it prints.",
    )


def _type(error: BaseException) -> str:
    return "UsageError" if isinstance(error, click.UsageError) else type(error).__name__


def _exit_code(error: BaseException) -> int:
    if isinstance(error, NemoError | click.ClickException):
        return error.exit_code
    return 128 + error.signum if isinstance(error, Interrupted) else 1


def _sentence(text: str) -> str:
    """One line that another sentence can follow."""
    line = _one_line(text)
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def _one_line(text: str) -> str:
    return " ".join(text.split())
