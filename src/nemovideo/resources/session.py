"""Sessions: where one project's uploads, chat and draft live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, cast
from urllib.parse import quote

from nemovideo.backend import BackendProfile
from nemovideo.errors import ProtocolError, UsageError
from nemovideo.protocol.endpoints import CLAIM, SESSION, STATE
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
    """The id of either.

    Raises:
        UsageError: it is neither.
    """
    given = cast("object", session)
    if isinstance(given, Session):
        return given.id
    if isinstance(given, str):
        return given
    raise UsageError(f"A {type(given).__name__} is no session.", hint="Give a Session, or its id as a string.")


class SessionResource:
    """`client.session`."""

    def __init__(self, connect: Connect, *, language: str, learn: Callable[[BackendProfile], Awaitable[None]]) -> None:
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
        call = SESSION.call()
        answer = await caller.post(call, json={"task_name": name, "language": language or self._language})
        fields = mapping(answer)
        session_id = text(fields.get("session_id"))
        if session_id is None:
            raise ProtocolError("The backend made a session without an id.", phase="connect")
        await self._learn(BackendProfile.from_session(answer))
        user_id = text(fields.get("user_id")) or caller.credentials.user_id
        caller.credentials.user_id = user_id
        return Session(session_id, text(fields.get("task_id")), user_id)

    async def claim_link(self, session: SessionLike) -> str:
        """A link with which a person takes an anonymous session over into an account; it holds no bearer token.

        Args:
            session: a Session or its id; the task's id, where it is not known, is asked for.

        Raises:
            SessionNotFound: the backend does not know the session. ProtocolError: it gave no claim token.

        Example:
            >>> print(await client.session.claim_link(session))  # doctest: +SKIP
            https://nemovideo.com/workspace/claim?ct=clm_…

        Source: spec, section 2, "claim token".
        """
        caller = await self._connect()
        session_id = session_id_of(session)
        task_id = session.task_id if isinstance(session, Session) else None
        call = CLAIM.call(session_id=session_id)
        wanted = {"task_id": task_id or await _task_of(caller, session_id), "session_id": session_id}
        claim = text(mapping(await caller.post(call, json=wanted)).get("claim_token"))
        if claim is None:
            raise ProtocolError("The backend gave no claim token.", phase="connect", session_id=session_id)
        return f"{caller.web_url}/workspace/claim?ct={quote(claim, safe='')}"


async def _task_of(caller: Caller, session_id: str) -> str:
    answer = await caller.get(STATE.call(session_id=session_id, phase="connect"))
    found = text(mapping(answer).get("task_id"))
    if found is None:
        raise ProtocolError(
            f"The state of session {session_id} does not tell the task it belongs to.",
            hint="Give the Session that client.session.create() returned; it knows its task_id.",
            phase="connect",
            session_id=session_id,
        )
    return found
