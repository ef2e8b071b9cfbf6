"""A turn as the chat server's events: camelCase keys, nulls left out, one `data:` line each (spec, section 5)."""

from __future__ import annotations

import json
import uuid

from nemovideo.engine.agent.turn import Turn
from nemovideo.engine.wire import JsonObject

__all__ = ["APP", "HEARTBEAT", "crash", "events_of"]

APP = "nemo_agent"
HEARTBEAT = b": heartbeat\n\n"


def events_of(turn: Turn, *, now: float) -> list[bytes]:
    """The events of one answer: the tool's call, its response with the new draft, the words."""
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

    if turn.call is not None:
        call_id = f"call-{uuid.uuid4().hex[:12]}"
        add({"functionCall": {"id": call_id, "args": turn.call.args, "name": turn.call.name}}, "model", {})
        response = {"id": call_id, "name": turn.call.name, "response": turn.call.response}
        add({"functionResponse": response}, "user", {} if turn.draft is None else {"draft": turn.draft})
    add({"text": turn.text}, "model", {})
    return events


def crash(message: str) -> bytes:
    """The line by which a stream tells that its run has failed."""
    return _line({"error": message})


def _line(value: JsonObject) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
