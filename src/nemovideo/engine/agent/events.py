"""A turn as the chat server's events: camelCase keys, nulls left out, one `data:` line each (spec, section 5)."""

from __future__ import annotations

import json
import uuid

from nemovideo.engine.agent.answer import Turn
from nemovideo.engine.wire import JsonObject

__all__ = ["APP", "HEARTBEAT", "crash", "events_of"]

APP = "nemo_agent"
HEARTBEAT = b": heartbeat\n\n"


def events_of(turn: Turn, *, now: float) -> list[bytes]:
    """The events of one answer: each tool's call and response, the last with the new draft, and the words."""
    invocation = f"e-{uuid.uuid4()}"
    events: list[bytes] = []

    def add(part: JsonObject, role: str, delta: JsonObject) -> None:
        event = {
            "content": {"parts": [part], "role": role},
            "invocationId": invocation,
            "author": APP,
            "actions": {"stateDelta": delta, "artifactDelta": {}, "requestedAuthConfigs": {}},
            "id": str(uuid.uuid4()),
            "timestamp": now,
        }
        events.append(_line(event))

    for call in turn.calls:
        call_id = f"call-{uuid.uuid4().hex[:12]}"
        add({"functionCall": {"id": call_id, "args": call.args, "name": call.name}}, "model", {})
        response = {"id": call_id, "name": call.name, "response": call.response}
        last = turn.draft is not None and call is turn.calls[-1]
        add({"functionResponse": response}, "user", {"draft": turn.draft} if last else {})
    add({"text": turn.text}, "model", {})
    return events


def crash(message: str) -> bytes:
    """The line by which a stream tells that its run has failed."""
    return _line({"error": message})


def _line(value: JsonObject) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
