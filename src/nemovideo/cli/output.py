"""What a command says, and to whom: a person, a pipe, or a program that wants JSON."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from codecs import lookup
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from nemovideo.errors import DiskFull, OutputNotWritable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nemovideo.display.terminal import ProgressView

__all__ = ["Output", "flush", "silence", "write_json"]

_ROOM = "Send the output where there is room for it."

_UNPRINTABLE = re.compile("[\ud800-\udfff\x7f-\x9f\u2028\u2029]")
"""What no encoding has, a file's name may hold for all that, and what would end a line."""


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
            _put(self.stream, "".join(f"{line}\n" for line in lines))

    def result(self, value: Mapping[str, Any], *lines: str) -> None:
        """Print the outcome once: the JSON object with `--json`, else the lines."""
        if self.json:
            _put(self.stream, _dumps(value, self.stream))
        else:
            self.say(*lines)

    def note(self, *lines: str) -> None:
        """Say something beside the outcome, on stderr, as agents read stdout; with `--json` or `--quiet` nothing."""
        if not self.json and not self.quiet:
            with suppress(OSError):  # whoever reads stderr has left
                sys.stderr.write("".join(f"{line}\n" for line in lines))
                sys.stderr.flush()

    def aside(self, *lines: str) -> None:
        """Say what a person alone may want to know beside the outcome: on stderr, where that is a terminal."""
        if sys.stderr.isatty():
            self.note(*lines)

    def bar(self, *, here: bool = False) -> ProgressView:
        """A bar on stderr where a person looks on, else silence; `here` where this machine does the work."""
        from nemovideo.display.terminal import progress_view  # noqa: PLC0415 - as below

        watched = self.stream.isatty() and sys.stderr.isatty()
        return progress_view(sys.stderr, silent=self.json or self.quiet or not watched, here=here)

    def progress(self, *, here: bool = False) -> ProgressView:
        """The renderer that fits stdout: a bar in a terminal, lines in a pipe, silence where nothing is wanted."""
        from nemovideo.display.terminal import progress_view  # noqa: PLC0415 - commands without progress skip it

        return progress_view(self.stream, silent=self.json or self.quiet, here=here)


def write_json(value: Mapping[str, Any], stream: TextIO) -> None:
    """Write one JSON object as one line.

    Raises:
        DiskFull, OutputNotWritable: it goes into a file, and there is no room for it.
    """
    _put(stream, _dumps(value, stream))


def flush(stream: TextIO) -> None:
    """Hand over what was written now, so that a reader who left is met here and not at interpreter exit."""
    _put(stream, "")


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        silence(stream)
    except OSError as problem:
        silence(stream)
        kind = DiskFull if problem.errno == errno.ENOSPC else OutputNotWritable
        raise kind(f"The output cannot be written: {problem.strerror}.", hint=_ROOM, phase="output") from problem


def silence(stream: TextIO) -> None:
    """Point a stream whose reader has gone at nothing, so that the interpreter's last flush stays quiet."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, stream.fileno())
    finally:
        os.close(null)


def _dumps(value: Mapping[str, Any], stream: TextIO) -> str:
    """One line of JSON: letters as they are where the stream takes all of them, else escaped."""
    encoding: str | None = getattr(stream, "encoding", None)
    plain = encoding is not None and lookup(encoding).name == "utf-8"
    line = json.dumps(value, ensure_ascii=not plain, default=str)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n"
