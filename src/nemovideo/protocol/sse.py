"""Bytes into server-sent events: a splitter of lines and an assembler of events.

The rules are those of the WHATWG HTML standard, section 9.2.6. Lines end at LF, CR or CRLF and at nothing else: ADK
servers send U+2028 and U+0085 raw inside a line. Bytes may come in any pieces.
"""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.errors import ProtocolError

__all__ = ["DEFAULT_MAX_EVENT_BYTES", "Comment", "SSEDecoder", "ServerSentEvent"]

DEFAULT_MAX_EVENT_BYTES = 16 * 1024 * 1024
"""The most bytes one event may have. A draft of thousands of segments is some megabytes; more is a runaway server."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event: its `event` name ("message" unless named), its `data`, and the last `id` seen."""

    event: str
    data: str
    id: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that starts with a colon; servers send it to keep a connection warm."""

    text: str


class SSEDecoder:
    r"""Feed it bytes, get events; `truncated` says whether the end came in the middle of one.

    Raises:
        ProtocolError: from `feed`, when one event is larger than `max_event_bytes`; every later call raises again.

    Example:
        >>> SSEDecoder().feed(b"data: hi\n\n")
        [ServerSentEvent(event='message', data='hi', id='')]
    """

    def __init__(self, *, max_event_bytes: int = DEFAULT_MAX_EVENT_BYTES) -> None:
        self._max = max_event_bytes
        self._pending: list[bytes] = []  # pieces of the line that has not ended
        self._after_cr = False
        self._first_line = True
        self._size = 0  # bytes of the event under way, its unfinished line included
        self._data: list[str] = []
        self._event = ""
        self._id = ""
        self._failed = False

    @property
    def truncated(self) -> bool:
        """Whether an unfinished event is held: at the end of a stream, a sign that it was cut."""
        return bool(self._pending or self._data)

    def feed(self, chunk: bytes) -> list[ServerSentEvent | Comment]:
        """Take the next bytes; return what they completed, in order."""
        if self._failed:
            raise self._too_large()
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        if not chunk:
            return []
        self._after_cr = chunk.endswith(b"\r")
        done: list[ServerSentEvent | Comment] = []
        for piece in chunk.splitlines(keepends=True):  # for bytes: LF, CR and CRLF only
            self._size += len(piece)
            if self._size > self._max:
                self._failed = True
                raise self._too_large()
            if piece[-1] in b"\r\n":
                self._pending.append(piece.rstrip(b"\r\n"))
                line = self._pending[0] if len(self._pending) == 1 else b"".join(self._pending)
                self._pending.clear()
                self._line(line, done)
            else:
                self._pending.append(piece)
        return done

    def _line(self, line: bytes, done: list[ServerSentEvent | Comment]) -> None:
        if self._first_line:
            self._first_line = False
            line = line.removeprefix(_BOM)
        if not line:
            self._dispatch(done)
        elif line.startswith(b"data: "):  # nearly every line of this wire
            self._data.append(line[6:].decode("utf-8", "replace"))
        elif line.startswith(b":"):
            done.append(Comment(line[1:].decode("utf-8", "replace").removeprefix(" ")))
        else:
            name, _, value = line.decode("utf-8", "replace").partition(":")
            self._field(name, value.removeprefix(" "))

    def _field(self, name: str, value: str) -> None:
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        # `retry` would set a reconnection time; this wire never reconnects (a message sent twice is billed twice).

    def _dispatch(self, done: list[ServerSentEvent | Comment]) -> None:
        if self._data:
            done.append(ServerSentEvent(self._event or "message", "\n".join(self._data), self._id))
            self._data.clear()
        self._event = ""
        self._size = 0

    def _too_large(self) -> ProtocolError:
        return ProtocolError(f"The server sent one event of more than {self._max} bytes.", phase="ask")
