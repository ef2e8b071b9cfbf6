"""Sessions: where one project's uploads, chat and draft live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from nemovideo.backend import BackendProfile
from nemovideo.errors import ProtocolError
from nemovideo.protocol.envelope import Call
from nemovideo.protocol.json import mapping, text
from nemovideo.transport.caller import Caller

__all__ = ["Connect", "Session", "SessionLike", "SessionResource", "session_id_of"]

Connect: TypeAlias = Callable[[], Awaitable[Caller]]
"""Opens the client where it is not open yet, and gives its way to the backend."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session; `id` is what every other call needs, and what a later program comes back with."""

    id: str
    task_id: str | None = None
    user_id: str | None = None


SessionLike: TypeAlias = Session | str
"""A Session, or its id as a program remembered it."""


def session_id_of(session: SessionLike) -> str:
    """The id of either."""
    return session if isinstance(session, str) else session.id


class SessionResource:
    """`client.session`."""

    def __init__(self, connect: Connect, *, language: str, learn: Callable[[BackendProfile], None]) -> None:
        self._connect = connect
        self._language = language
        self._learn = learn

    async def create(self, name: str = "project", *, language: str | None = None) -> Session:
        """Create a session.

        Args:
            name: what the project is called.
            language: the language that the backend answers in ("en", "zh"); the client's unless given.

        Raises:
            AuthenticationError: the token is bad. TransportError: no usable answer came.

        Example:
            >>> session = await client.session.create()  # doctest: +SKIP

        Source: spec, section 2, "session".
        """
        caller = await self._connect()
        call = Call("POST", "/api/tasks/me/with-session/nemo_agent", phase="connect")
        answer = await caller.post(call, json={"task_name": name, "language": language or self._language})
        fields = mapping(answer)
        session_id = text(fields.get("session_id"))
        if session_id is None:
            raise ProtocolError("The backend made a session without an id.", phase="connect")
        self._learn(BackendProfile.from_session(answer))
        user_id = text(fields.get("user_id")) or caller.credentials.user_id
        caller.credentials.user_id = user_id
        return Session(session_id, text(fields.get("task_id")), user_id)

    async def claim_link(self, session: Session) -> str:
        """A link with which a person takes an anonymous session over into an account; it holds no bearer token.

        Raises:
            ProtocolError: the backend gave no claim token.
        """
        caller = await self._connect()
        call = Call("POST", "/api/auth/claim-token", session_id=session.id)
        answer = await caller.post(call, json={"task_id": session.task_id, "session_id": session.id})
        claim = text(mapping(answer).get("claim_token"))
        if claim is None:
            raise ProtocolError("The backend gave no claim token.", session_id=session.id)
        return f"{caller.web_url}/workspace/claim?ct={claim}"
