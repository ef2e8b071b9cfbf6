"""Bytes into server-sent events: a splitter of lines and an assembler of events.

The rules are those of the WHATWG HTML standard, section 9.2.6. Lines end at LF, CR or CRLF and at nothing else: ADK
servers send U+2028 and U+0085 raw inside a line. Bytes may come in any pieces.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nemovideo.errors import ProtocolError

__all__ = ["Comment", "DEFAULT_MAX_EVENT_BYTES", "SSEDecoder", "ServerSentEvent"]

DEFAULT_MAX_EVENT_BYTES = 16 * 1024 * 1024
"""The most bytes one event may have. A draft of thousands of segments is some megabytes; more is a runaway server."""

_BOM = b"\xef\xbb\xbf"
_SIGNS_OF_LIFE = ("heartbeat", "ping")
"""Names of events that say all that there is to say: without data the standard drops them, here they are comments."""

_PLAIN = re.compile(r"^data: ?(.*)\n\n", re.MULTILINE)
"""An event of one data line and nothing else, as nearly every one of this wire is; it has two line ends."""


class ServerSentEvent(NamedTuple):
    """One event: its `event` name ("message" unless named), its `data`, and the last `id` seen."""

    # A tuple, like Comment: frozen, and made in half the time of a frozen dataclass, which is most of decoding.
    event: str
    data: str
    id: str


class Comment(NamedTuple):
    """A line that starts with a colon; servers send it to keep a connection warm."""

    text: str


class SSEDecoder:
    r"""Feed it bytes, get events; `truncated` says whether the end came in the middle of one.

    What is held between two calls is the event under way and nothing else, as bytes and never as a list of pieces, so
    that `max_event_bytes` bounds the memory too.

    Raises:
        ProtocolError: from `feed`, when one event is larger than `max_event_bytes`; every later call raises again.

    Example:
        >>> SSEDecoder().feed(b"data: hi\n\n")
        [ServerSentEvent(event='message', data='hi', id='')]
    """

    def __init__(self, *, max_event_bytes: int = DEFAULT_MAX_EVENT_BYTES) -> None:
        self._max = max_event_bytes
        self._line = bytearray()  # the line that has not ended
        self._after_cr = False
        self._at_start = True
        self._size = 0  # bytes of the fields of the event under way; comments are no part of it
        self._data = bytearray()  # its data lines, each with a line end
        self._event = ""
        self._id = ""
        self._failed = False

    @property
    def truncated(self) -> bool:
        """Whether an unfinished event is held: at the end of a stream, a sign that it was cut."""
        return bool(self._line or self._data)

    def feed(self, chunk: bytes) -> list[ServerSentEvent | Comment]:
        """Take the next bytes; return what they completed, in order."""
        if self._failed:
            raise self._too_large()
        if self._after_cr or b"\r" in chunk:
            chunk = self._with_lf_only(chunk)
        end = chunk.rfind(b"\n") + 1
        done = self._lines(bytes(self._line) + chunk[:end]) if end else []
        if end:
            self._line.clear()
        self._line += chunk[end:]
        self._check_size(self._size + len(self._line))
        return done

    def _with_lf_only(self, chunk: bytes) -> bytes:
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if chunk:
            self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _lines(self, lines: bytes) -> list[ServerSentEvent | Comment]:
        """Take whole lines, the last line end included."""
        if self._at_start:
            self._at_start = False
            lines = lines.removeprefix(_BOM)
        if not self._size and len(lines) <= self._max:
            text = lines.decode("utf-8", "replace")
            plain: list[str] = _PLAIN.findall(text)
            if 2 * len(plain) == text.count("\n"):
                return [ServerSentEvent._make(("message", data, self._id)) for data in plain]
        done: list[ServerSentEvent | Comment] = []
        for line in lines.split(b"\n")[:-1]:
            if not line:
                self._dispatch(done)
            elif line.startswith(b":"):
                done.append(Comment(_text(line[1:].removeprefix(b" "))))
            else:
                self._size += len(line) + 1
                self._check_size(self._size)
                self._field(line)
        return done

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data += value
            self._data += b"\n"
        elif name == b"event":
            self._event = _text(value)
        elif name == b"id" and b"\0" not in value:
            self._id = _text(value)
        # `retry` would set a reconnection time; this wire never reconnects (a message sent twice is billed twice).

    def _dispatch(self, done: list[ServerSentEvent | Comment]) -> None:
        if self._data:
            done.append(ServerSentEvent(self._event or "message", _text(self._data[:-1]), self._id))
            self._data.clear()
        elif self._event in _SIGNS_OF_LIFE:
            done.append(Comment(self._event))
        self._event = ""
        self._size = 0

    def _check_size(self, size: int) -> None:
        if size > self._max:
            self._failed = True
            self._line.clear()
            self._data.clear()
            raise self._too_large()

    def _too_large(self) -> ProtocolError:
        return ProtocolError(f"The server sent one event of more than {self._max} bytes.", phase="ask")


def _text(value: bytes | bytearray) -> str:
    return value.decode("utf-8", "replace")
