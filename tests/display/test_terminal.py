"""What the three renderers write, given a stream."""

from __future__ import annotations

import io

import pytest

from nemovideo.display.terminal import (
    BarProgress,
    LineProgress,
    SilentProgress,
    duration,
    progress_view,
    size,
)
from nemovideo.progress import Progress

ROAD = [
    Progress("connect", 0, None, ""),
    Progress("upload", 0, 1000, "bytes"),
    Progress("upload", 555, 1000, "bytes", rate=100.0, eta=4.45),
    Progress("upload", 1000, 1000, "bytes"),
    *(Progress("render", percent, 100, "percent") for percent in (0, 3, 9.9, 10, 11, 42, 100)),
    Progress("download", 10, None, "bytes"),
    Progress("download", 20, None, "bytes"),
    Progress("verify", 0, None, ""),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_are_one_a_phase_and_one_each_ten_percent() -> None:
    stream = io.StringIO()
    with LineProgress(stream) as view:
        for event in ROAD:
            view.update(event)
    assert stream.getvalue().splitlines() == [
        "Connecting",
        "Sending",
        "Sending 50 %",
        "Sending 100 %",
        "Compressing",
        "Compressing 10 %",
        "Compressing 40 %",
        "Compressing 100 %",
        "Fetching",
        "Checking",
    ]


def test_nothing_leaves_for_anywhere_where_this_machine_does_the_work() -> None:
    stream = io.StringIO()
    with progress_view(stream, here=True) as view:
        for event in ROAD:
            view.update(event)
    first_words = list(dict.fromkeys(line.split()[0] for line in stream.getvalue().splitlines()))
    assert first_words == ["Starting", "Reading", "Compressing", "Saving", "Checking"]


def test_the_bar_shows_the_phases_and_leaves_nothing() -> None:
    stream = Terminal()
    with BarProgress(stream) as view:
        for event in ROAD:
            view.update(event)
            view._bar.refresh()
    shown = stream.getvalue()
    assert "Compressing" in shown
    assert "42 %" in shown
    assert "555 bytes of 1.00 kB, 100 bytes/s, 4.5 s left" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_silence() -> None:
    with SilentProgress() as view:
        for event in ROAD:
            view.update(event)


def test_the_stream_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(progress_view(Terminal()), BarProgress)
    assert isinstance(progress_view(io.StringIO()), LineProgress)
    assert isinstance(progress_view(Terminal(), silent=True), SilentProgress)
    assert not isinstance(progress_view(Terminal(), silent=True), LineProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(progress_view(Terminal()), LineProgress)


def test_without_rich_there_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setitem(__import__("sys").modules, "rich.console", None)
    assert isinstance(progress_view(Terminal()), LineProgress)


def test_a_reader_who_leaves_is_no_error() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    with LineProgress(Closed()) as view:
        for event in ROAD:
            view.update(event)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.00 kB"),
        (4_999_999, "4.99 MB"),
        (50_000_000, "50.0 MB"),
        (123_456_789, "123 MB"),
        (2_500_000_000, "2.50 GB"),
    ],
)
def test_sizes_are_cut_and_never_told_larger(count: int, said: str) -> None:
    assert size(count) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (4.21, "4.2 s"), (59, "59 s"), (59.7, "1:00"), (75, "1:15"), (3725, "1:02:05")],
)
def test_times(seconds: float, said: str) -> None:
    assert duration(seconds) == said
