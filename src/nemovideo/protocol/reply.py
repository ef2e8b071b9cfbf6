"""Chat events into a Reply.

Deltas and the whole text that repeats them are told apart, so that nothing is doubled; texts of separate messages
join with a blank line, parts of one with nothing. A snapshot shares the lists it looks at: it is a view with their
lengths, so that a snapshot on each of 100,000 deltas costs linear time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from nemovideo.protocol.events import ChatEvent, ServerError, StateDelta, Text, ToolCall, ToolResult, Unknown
from nemovideo.protocol.json import JSON, mended
from nemovideo.protocol.speech import Piece, Pieces, Snapshot

__all__ = ["Ended", "Reply", "ReplyBuilder", "Snapshot"]

_ABORTED = "INVOCATION_ABORTED"  # what ADK 2 says of a run whose client has gone (reliability study, section A)


class Ended(StrEnum):
    """How an answer ended."""

    CLEAN = "clean"
    """The server closed the stream after whole events. It does not prove that the work is finished."""
    ERROR = "error"
    """A crash, or an error that nothing followed."""
    CUT = "cut"
    """The connection broke, an answer was overdue, or the stream stopped within an event."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, as far as it came. `str()` gives `told`.

    Attributes:
        text: what the agent said, without its reasoning.
        tool_calls, tool_results: what it did.
        state_changes: keys of the session's state that changed, the last value of each.
        ended: how the stream ended.
        error: the error that ended it, or the last one met.
        recovered: whether the outcome was learnt from the session's state after a cut.
        changes: what changed on the timeline, in words; asked for where the agent said nothing, was cut off, or may
            have been (an answer without length or chunking).
        compared: whether the timeline was compared with what it was before the message; where it was, and `changes`
            is empty, nothing changed.
    """

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    state_changes: dict[str, JSON] | None = None
    ended: Ended = Ended.CLEAN
    error: ServerError | None = None
    recovered: bool = False
    changes: tuple[str, ...] = ()
    compared: bool = False

    @property
    def told(self) -> str:
        """Something to read, always: the text, else what changed, else that nothing did or that nobody knows.

        About 30 % of edits end without a word (spec, section 5).

        Example:
            >>> Reply("", changes=("Title added: 'Paradise Found' (0-3s)",), compared=True).told
            "Title added: 'Paradise Found' (0-3s)"
        """
        said = self.text.strip()
        if said and not (self.recovered and self.changes):
            return said
        if self.changes:
            return mended("\n".join([*([said, ""] if said else []), *self.changes]))
        if self.error is not None:
            return f"The backend's agent failed: {self.error.message}"
        if self.compared:
            return "The backend said nothing and the timeline is unchanged."
        return "The backend said nothing; whether the timeline changed is not known."

    def __str__(self) -> str:
        return self.told


@dataclass(slots=True)
class ReplyBuilder:
    """Feed it chat events; ask for a snapshot at any time and for the Reply at the end."""

    _pieces: Pieces = field(default_factory=Pieces)
    _calls: list[ToolCall] = field(default_factory=list[ToolCall])
    _calls_by_id: dict[str, ToolCall] = field(default_factory=dict[str, ToolCall])
    _results: list[ToolResult] = field(default_factory=list[ToolResult])
    _state: dict[str, JSON] = field(default_factory=dict[str, JSON])
    _error: ServerError | None = None
    _error_is_last: bool = False
    _whole: bool = False

    def add_all(self, events: list[ChatEvent]) -> None:
        """Take the chat events of one server-sent event: its texts are parts of one message.

        The same event may come twice, and its id is no key (spec, section 5). A whole text that repeats the one just
        before, with nothing in between, and a tool call that repeats one of the same id, are taken once: saying them
        twice would tell a person nothing. Deltas are never dropped: "ha", "ha" is a laugh.
        """
        words = [event for event in events if isinstance(event, Text)]
        if words:
            self._say(words[0], "".join(word.text for word in words))
        for event in events:
            self._note(event)

    def _say(self, first: Text, words: str) -> None:
        if not words:
            return  # the last event of a model is often an empty text
        self._error_is_last = False
        self._whole = not first.partial
        piece = Piece(first.author, [words])
        if first.partial:
            self._pieces.add_delta(piece)
        else:
            self._pieces.add_whole(piece)

    def _note(self, event: ChatEvent) -> None:
        match event:
            case ToolCall():
                self._call(event)
            case ToolResult():
                self._results.append(event)
                self._acted(whole=True)
            case StateDelta():
                self._state.update(event.changes)
                self._whole = True
            case ServerError():
                self._error, self._error_is_last = event, True
                self._whole = True
                self._pieces.turn()
            case Unknown(kind="event"):
                self._whole = True
            case _:
                pass

    def _call(self, call: ToolCall) -> None:
        self._acted(whole=False)
        if call.id is not None:
            if self._calls_by_id.get(call.id) == call:
                return
            self._calls_by_id[call.id] = call
        self._calls.append(call)

    def _acted(self, *, whole: bool) -> None:
        self._error_is_last = False
        self._whole = whole
        self._pieces.turn()

    @property
    def crashed(self) -> bool:
        """Whether the run ended with an error line: nothing is to be expected after it."""
        return self._error is not None and self._error.crashed

    @property
    def aborted(self) -> bool:
        """Whether the last word is that the run was stopped because its client had gone."""
        return self._error is not None and self._error_is_last and self._error.code == _ABORTED

    @property
    def whole(self) -> bool:
        """Whether it may be the whole answer: something came, and no delta or tool call waits for what belongs to it.

        A stream without length or chunking ends without an error when it is cut (spec, section 9): there, this is all
        the proof to be had.
        """
        return self._whole and not self._pieces.unfinished

    def snapshot(self) -> Snapshot:
        """The text so far, as a view that later events do not change."""
        return self._pieces.snapshot()

    def build(
        self,
        ended: Ended = Ended.CLEAN,
        *,
        recovered: bool = False,
        changes: tuple[str, ...] = (),
        compared: bool = False,
    ) -> Reply:
        """The Reply, given how the stream ended and what the session's state told."""
        failed = self.crashed or (self._error is not None and self._error_is_last)
        return Reply(
            text=str(self.snapshot()),
            tool_calls=tuple(self._calls),
            tool_results=tuple(self._results),
            state_changes=dict(self._state),
            ended=Ended.ERROR if failed and ended is Ended.CLEAN else ended,
            error=self._error,
            recovered=recovered,
            changes=changes,
            compared=compared,
        )
