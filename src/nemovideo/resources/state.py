"""State: what the backend holds of a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.endpoints import STATE
from nemovideo.protocol.json import JSON, mapping, sequence, text
from nemovideo.resources.session import Connect, SessionLike, session_id_of

__all__ = ["State", "StateResource"]

_KNOWN = ("draft", "video_infos", "canvas_config", "generated_media", "video_analyses")


@dataclass(frozen=True, slots=True)
class State:
    """A session's state; `raw` is the answer whole, the rest looks into it and is empty where nothing is told.

    Example:
        >>> state = State({"task_name": "project", "state": {"draft": {"t": []}, "video_infos": [{"fps": 25}]}})
        >>> state.task_name, state.video_infos, state.canvas_config
        ('project', [{'fps': 25}], {})

    Source: spec, section 2, "state".
    """

    raw: JSON = field(repr=False)

    @property
    def _state(self) -> Mapping[str, JSON]:
        answer = mapping(self.raw)
        inner = mapping(answer.get("state"))
        return inner if inner or not any(key in answer for key in _KNOWN) else answer

    @property
    def draft(self) -> JSON:
        """The draft as the backend gave it: what a render sends back, untouched. None while there is none."""
        return self._state.get("draft")

    @property
    def timeline(self) -> Timeline:
        """The draft, decoded."""
        return Timeline.decode(self.draft)

    @property
    def video_infos(self) -> list[JSON]:
        """The uploads, as the backend tells them."""
        return _entries(self._state.get("video_infos"))

    @property
    def canvas_config(self) -> Mapping[str, JSON]:
        """The picture that the project is cut for, as the backend tells it."""
        return mapping(self._state.get("canvas_config"))

    @property
    def generated_media(self) -> list[JSON]:
        """What the agent made: pictures, voices, music, as the backend tells them."""
        return _entries(self._state.get("generated_media"))

    @property
    def video_analyses(self) -> list[JSON]:
        """What the backend found in the uploads, as it tells it."""
        return _entries(self._state.get("video_analyses"))

    @property
    def session_id(self) -> str | None:
        """The session, where it is told."""
        return text(mapping(self.raw).get("session_id"))

    @property
    def task_id(self) -> str | None:
        """The task that the session belongs to, where it is told."""
        return text(mapping(self.raw).get("task_id"))

    @property
    def task_name(self) -> str | None:
        """What the project is called, where it is told."""
        return text(mapping(self.raw).get("task_name"))

    @property
    def user_id(self) -> str | None:
        """Whose session it is, where it is told; an anonymous one begins with `anon_`."""
        return text(mapping(self.raw).get("user_id")) or text(self._state.get("user_id"))


def _entries(value: JSON) -> list[JSON]:
    """A list as it is; an object by its values, since nothing says that a backend may not key them."""
    return list(mapping(value).values()) or sequence(value)


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
        return State(await caller.get(STATE.call(session_id=session_id_of(session))))

    async def timeline(self, session: SessionLike) -> Timeline:
        """The session's draft as a Timeline.

        Raises:
            SessionNotFound: the backend does not know the session.

        Example:
            >>> print(await client.state.timeline(session))  # doctest: +SKIP
            Timeline (1 track): 1. Video: talk.mp4 (0-10s)
        """
        return (await self.get(session)).timeline
