"""State: what the backend holds of a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.envelope import Call, path_segment
from nemovideo.protocol.json import JSON, mapping, sequence
from nemovideo.resources.session import Connect, SessionLike, session_id_of

__all__ = ["State", "StateResource"]


@dataclass(frozen=True, slots=True)
class State:
    """A session's state; `raw` is the answer whole, the rest looks into it."""

    raw: JSON

    @property
    def _state(self) -> Mapping[str, JSON]:
        return mapping(mapping(self.raw).get("state"))

    @property
    def draft(self) -> JSON:
        """The draft as the backend gave it: what a render sends back, untouched. None while there is none."""
        return self._state.get("draft")

    @property
    def video_infos(self) -> list[JSON]:
        """The uploads, as the backend tells them."""
        return sequence(self._state.get("video_infos"))

    @property
    def timeline(self) -> Timeline:
        """The draft, decoded."""
        return Timeline.decode(self.draft)


class StateResource:
    """`client.state`."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    async def get(self, session: SessionLike) -> State:
        """The session's state.

        Raises:
            SessionNotFound: the backend does not know the session.

        Source: spec, section 2, "state".
        """
        caller = await self._connect()
        session_id = session_id_of(session)
        call = Call("GET", f"/api/state/nemo_agent/me/{path_segment(session_id)}/latest", session_id=session_id)
        return State(await caller.get(call))

    async def timeline(self, session: SessionLike) -> Timeline:
        """The session's draft as a Timeline.

        Example:
            >>> print(await client.state.timeline(session))  # doctest: +SKIP
            Timeline (1 track): 1. Video: talk.mp4 (0-10s)
        """
        return (await self.get(session)).timeline
