"""Progress as a person sees it: a bar in a terminal, plain lines in a pipe, or nothing.

The three renderers do the same two things: they are context managers, and their `update` takes the `Progress` events
of a client's `on_progress`. rich is imported by the bar alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, TextIO

from nemovideo.protocol.sizes import told_size as size

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.progress import TaskID

    from nemovideo.progress import Progress

__all__ = ["BarProgress", "LineProgress", "ProgressView", "SilentProgress", "duration", "progress_view", "size"]

_DOING = {
    "connect": "Connecting",
    "upload": "Sending",
    "ask": "Asking",
    "render": "Compressing",
    "download": "Fetching",
    "verify": "Checking",
}
_DOING_HERE = _DOING | {"connect": "Starting", "upload": "Reading", "ask": "Planning", "download": "Saving"}
"""The same where all of it stays on this machine."""
_STEP = 10  # percent between two lines in a pipe


class ProgressView(Protocol):
    """What shows progress: enter it, give it events, leave it."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """End, and leave the terminal as it was."""

    def update(self, progress: Progress) -> None:
        """Show one event."""


class SilentProgress:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def update(self, progress: Progress) -> None:
        """Look away."""


class LineProgress(SilentProgress):
    """One line a phase, and one each ten percent of it, for pipes and logs."""

    def __init__(self, stream: TextIO, *, here: bool = False) -> None:
        self._doing = _DOING_HERE if here else _DOING
        self._stream: TextIO | None = stream
        self._phase: str | None = None
        self._told = 0

    def update(self, progress: Progress) -> None:
        """Write a line when the phase is new or has moved by ten percent."""
        new = progress.phase != self._phase
        step = _STEP * int(percent(progress) // _STEP)
        if not new and step <= self._told:
            return
        self._phase, self._told = progress.phase, step
        share = f" {step} %" if step or not new else ""
        self._write(f"{self._doing.get(progress.phase, progress.phase)}{share}\n")

    def _write(self, line: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(line)
            self._stream.flush()
        except BrokenPipeError:  # the reader has left; the work goes on
            self._stream = None


class BarProgress:
    """A live bar, erased when it ends. Importing rich happens here, before any loop runs."""

    def __init__(self, stream: TextIO, *, here: bool = False) -> None:
        from rich.console import Console  # noqa: PLC0415 - costs some 0.1 s that only a terminal should pay
        from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

        self._doing = _DOING_HERE if here else _DOING
        self._bar = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            TextColumn("{task.fields[share]}"),
            TextColumn("{task.fields[detail]}", style="dim"),
            console=Console(file=stream, highlight=False),
            transient=True,
            refresh_per_second=8,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def update(self, progress: Progress) -> None:
        """Move the bar."""
        if self._task is None:
            self._task = self._bar.add_task("", share="", detail="")
        measured = bool(progress.total)
        share = f"{percent(progress):3.0f} %" if measured else ""
        self._bar.update(
            self._task,
            description=self._doing.get(progress.phase, progress.phase),
            total=progress.total or None,
            completed=progress.done if measured else 0,
            share=share,
            detail=_detail(progress),
        )


def progress_view(stream: TextIO, *, silent: bool = False, here: bool = False) -> ProgressView:
    """The renderer for a stream: silent when told so, a bar in a terminal that can, lines otherwise.

    Args:
        stream: where to.
        silent: show nothing.
        here: whether this machine does the work, which nothing leaves.
    """
    if silent:
        return SilentProgress()
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        try:
            return BarProgress(stream, here=here)
        except ModuleNotFoundError:  # click is here and rich is not: lines do as well
            return LineProgress(stream, here=here)
    return LineProgress(stream, here=here)


def percent(progress: Progress) -> float:
    """How much of the phase is done, 0 to 100; 0 when nobody knows."""
    if not progress.total:
        return 0.0
    return min(100.0, max(0.0, 100.0 * progress.done / progress.total))


def _detail(progress: Progress) -> str:
    parts: list[str] = []
    if progress.unit == "bytes" and progress.total:
        parts.append(f"{size(int(progress.done))} of {size(int(progress.total))}")
    if progress.unit == "bytes" and progress.rate:
        parts.append(f"{size(int(progress.rate))}/s")
    if progress.eta is not None and progress.eta >= 1:
        parts.append(f"{duration(progress.eta)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A time as people say it.

    Example:
        >>> duration(4.21), duration(75), duration(3725)
        ('4.2 s', '1:15', '1:02:05')
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
