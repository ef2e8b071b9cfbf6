"""Chat events into a Reply.

Deltas and the whole text that repeats them are told apart, so that nothing is doubled; texts of separate messages
join with a blank line, parts of one with nothing. A snapshot shares the lists it looks at: it is a view with two
lengths, so that a snapshot on each of 100,000 deltas costs linear time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nemovideo.protocol.events import ChatEvent, ServerError, StateDelta, Text, ToolCall, ToolResult
from nemovideo.protocol.json import JSON

__all__ = ["Ended", "Reply", "ReplyBuilder", "Snapshot"]

_NOISE = "i encountered a temporary issue"  # spec, section 5: a trailing line of the backend after good answers


class Ended(StrEnum):
    """How an answer ended."""

    CLEAN = "clean"
    """The server closed the stream after whole events. It does not prove that the work is finished."""
    ERROR = "error"
    """A crash, or an error that nothing followed."""
    CUT = "cut"
    """The connection broke, or the stream stopped within an event."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The text as it stood at one event; `str()` gives it."""

    _messages: list[str]
    _message_count: int
    _deltas: list[str]
    _delta_count: int

    def __str__(self) -> str:
        texts = self._messages[: self._message_count]
        if self._delta_count:
            texts = [*texts, "".join(self._deltas[: self._delta_count])]
        return "\n\n".join(texts)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, as far as it came.

    Attributes:
        text: what the agent said, without its reasoning.
        tool_calls, tool_results: what it did.
        state_changes: keys of the session's state that changed, the last value of each.
        ended: how the stream ended.
        error: the error that ended it, or the last one met.
        recovered: whether the outcome was learnt from the session's state after a cut.
    """

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    state_changes: dict[str, JSON] | None = None
    ended: Ended = Ended.CLEAN
    error: ServerError | None = None
    recovered: bool = False


class ReplyBuilder:
    """Feed it chat events; ask for a snapshot at any time and for the Reply at the end."""

    def __init__(self) -> None:
        self._messages: list[str] = []
        self._deltas: list[str] = []
        self._calls: list[ToolCall] = []
        self._results: list[ToolResult] = []
        self._state: dict[str, JSON] = {}
        self._error: ServerError | None = None
        self._error_is_last = False

    def add_all(self, events: list[ChatEvent]) -> None:
        """Take the chat events of one server-sent event: its texts are parts of one message."""
        words = [event for event in events if isinstance(event, Text)]
        if words:
            self._text("".join(word.text for word in words), partial=words[0].partial)
        for event in events:
            match event:
                case ToolCall():
                    self._calls.append(event)
                case ToolResult():
                    self._results.append(event)
                case StateDelta():
                    self._state.update(event.changes)
                case ServerError():
                    self._error = event
                case _:
                    continue
        if any(isinstance(event, Text | ToolCall | ToolResult) for event in events):
            self._error_is_last = False
        if any(isinstance(event, ServerError) for event in events):
            self._error_is_last = True

    def _text(self, words: str, *, partial: bool) -> None:
        if partial:
            self._deltas.append(words)
            return
        # A whole text repeats the deltas before it, so it takes their place. The lists of deltas are never emptied:
        # older snapshots look at them.
        self._deltas = []
        if words:
            self._messages.append(words)

    def snapshot(self) -> Snapshot:
        """The text so far, as a view that later events do not change."""
        return Snapshot(self._messages, len(self._messages), self._deltas, len(self._deltas))

    def build(self, ended: Ended = Ended.CLEAN, *, recovered: bool = False) -> Reply:
        """The Reply, given how the stream ended."""
        crashed = self._error is not None and (self._error.crashed or self._error_is_last)
        return Reply(
            text=self._without_noise(str(self.snapshot())),
            tool_calls=tuple(self._calls),
            tool_results=tuple(self._results),
            state_changes=dict(self._state),
            ended=Ended.ERROR if crashed and ended is Ended.CLEAN else ended,
            error=self._error,
            recovered=recovered,
        )

    def _without_noise(self, text: str) -> str:
        before, separator, last = text.rpartition("\n\n")
        if separator and before.strip() and last.strip().lower().startswith(_NOISE):
            return before
        return text
