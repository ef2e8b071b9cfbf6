"""What a command says on stdout, and to whom: a person, a pipe, or a program that wants JSON."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nemovideo.display.terminal import ProgressView


@dataclass
class Output:
    """The words of one command.

    A reader who goes away (`| head -1`) silences it and nothing else: the work goes on.
    """

    json: bool = False
    quiet: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stdout)

    def __post_init__(self) -> None:
        if (
            sys.__stdout__ is not None and self.stream is sys.__stdout__
        ):  # a file's name may hold bytes that no encoding knows
            sys.__stdout__.reconfigure(errors="backslashreplace")

    def say(self, *lines: str) -> None:
        """Print lines for a person; with `--json` or `--quiet` nothing."""
        if not self.json and not self.quiet:
            self._write("".join(f"{line}\n" for line in lines))

    def result(self, value: Mapping[str, Any], *lines: str) -> None:
        """Print the outcome once: the JSON object with `--json`, else the lines."""
        if self.json:
            self._write(_dumps(value))
        else:
            self.say(*lines)

    def progress(self) -> ProgressView:
        """The renderer that fits: a bar in a terminal, lines in a pipe, silence where nothing is wanted."""
        from nemovideo.display.terminal import progress_view  # noqa: PLC0415 - commands without progress skip it

        return progress_view(self.stream, silent=self.json or self.quiet)

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            silence(self.stream)


def write_json(value: Mapping[str, Any], stream: TextIO) -> None:
    """Write one JSON object as one line."""
    stream.write(_dumps(value))
    stream.flush()


def silence(stream: TextIO) -> None:
    """Point a stream whose reader has gone at nothing, so that the interpreter's last flush stays quiet."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, stream.fileno())
    finally:
        os.close(null)


def _dumps(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, default=str) + "\n"
