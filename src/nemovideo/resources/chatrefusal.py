"""Refusals that come as an answer: an error envelope where a stream of events was asked for (spec, section 8).

A gateway may send it with the status 200 and without saying that it is JSON, or as the data of an event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nemovideo.errors import AuthenticationError, NemoError, ProtocolError
from nemovideo.protocol.endpoints import Call
from nemovideo.protocol.envelope import decode_answer
from nemovideo.protocol.events import ChatEvent, Unknown
from nemovideo.protocol.json import JSON, dump, mapping, parse
from nemovideo.transport.caller import Caller

__all__ = ["Opening", "refusal", "refusal_among"]

_MOST = 1024 * 1024  # bytes of an envelope; more is none
_LINE = re.compile(rb"(?:^|[\r\n])(?:data|event|id|retry)?:")  # of server-sent events
_EVENT_KEYS = frozenset({"author", "content", "actions", "invocationId", "invocation_id", "partial", "type", "error"})


class Opening:
    """Holds a body back as long as it may be one JSON object and no event stream, whose lines never begin with `{`."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._passes = False

    def take(self, chunk: bytes) -> bytes:
        """Take the next bytes; return what may be read as events."""
        if self._passes:
            return chunk
        self._held += chunk
        begun = self._held.removeprefix(b"\xef\xbb\xbf").lstrip()
        if begun.startswith(b"{") and len(self._held) <= _MOST and not _LINE.search(self._held):
            return b""
        self._passes = bool(begun)
        return self.rest()

    def rest(self) -> bytes:
        """Return what is held, and hold nothing."""
        held = bytes(self._held)
        self._held.clear()
        return held


def refusal(caller: Caller, call: Call, status: int, headers: Mapping[str, str], body: bytes) -> NemoError | None:
    """What a body says that is one JSON object; None where it is none."""
    try:
        value: JSON = parse(body.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    headers, body = caller.redacted_headers(headers), caller.redacted(dump(value))
    try:
        decode_answer(call, status, headers, body, now=caller.clock.now(), account=caller.account)
    except NemoError as problem:
        if isinstance(problem, AuthenticationError):
            problem.hint = caller.credentials.refused_late()
        return problem
    return ProtocolError(f"The answer to {call} is JSON, and no stream of events.", session_id=call.session_id)


def refusal_among(events: list[ChatEvent], caller: Caller, call: Call) -> NemoError | None:
    """What an event says that is an error envelope, and none of the agent's."""
    for event in events:
        if isinstance(event, Unknown) and event.kind == "event":
            fields = mapping(event.raw)
            code = fields.get("code")
            if isinstance(code, int) and not isinstance(code, bool) and code and not _EVENT_KEYS & fields.keys():
                return refusal(caller, call, 200, {}, dump(fields))
    return None
