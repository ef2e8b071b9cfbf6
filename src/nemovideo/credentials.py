"""Which token goes with a call, and what happens when it is refused.

Order: the one that was given, NEMO_TOKEN (for the origin of NEMO_API_URL only), the one kept on disk, a new anonymous
one. A token that the user gave is never replaced; an anonymous one is renewed once, by one task for all.
"""

from __future__ import annotations

import asyncio
import copy
import uuid
from collections.abc import Awaitable, Callable
from typing import Literal, NoReturn

from nemovideo.cancellation import done_or_undone
from nemovideo.clock import SYSTEM_CLOCK, Clock
from nemovideo.errors import AuthenticationError, NemoError, ProtocolError, RateLimited, UsageError
from nemovideo.looplock import LoopLock
from nemovideo.protocol.json import JSON
from nemovideo.settings import Settings, config_dir, origin
from nemovideo.tokenfile import StoredToken, TokenFile

__all__ = ["Credentials", "FetchToken", "Source"]

FetchToken = Callable[[str], Awaitable[JSON]]
"""Asks the backend for an anonymous token; takes the client id, gives the answer's `data`."""

Source = Literal["argument", "environment", "file", "anonymous", "none"]

_MARGIN = 300.0  # seconds before its end at which a token counts as expired: a render may take minutes
_SHORTEST_SECRET = 6  # characters
_MOST_SECRETS = 8  # tokens that are remembered to be hidden; a new one comes in days
_LOCK_RETRY = 0.05  # seconds between looks at another process that fetches a token
_LOCK_PATIENCE = 60.0  # seconds after which it is taken for dead


class Credentials:
    """The token for one base URL; `source` says where it came from, `user_id` whose it is, where known."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None,
        settings: Settings,
        file: TokenFile | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._origin = origin(base_url)
        self._file = file or TokenFile(config_dir())
        self._clock = clock
        self._lock = LoopLock()
        self._client_id = self._settings_client_id = settings.client_id
        self._tokens: list[str] = []
        self._failures = 0
        self._failure: NemoError | None = None
        self._refused: str | None = None
        self.user_id: str | None = None
        self.source: Source = "none"
        self._token = token.strip() or None if token else None
        if self._token is not None:
            self.source = "argument"
        elif settings.token is not None and origin(settings.api_url) == self._origin:
            self._token, self.source = settings.token, "environment"
        if self._token is not None and not _fits_a_header(self._token):
            raise AuthenticationError(
                "The token has characters that no header can carry.", hint="Copy it again, whole."
            )
        self._note(self._token or "")
        if self._client_id is not None and not _fits_a_header(self._client_id):
            raise UsageError(
                "NEMO_CLIENT_ID has characters that no header can carry.", hint="Give a UUID, or leave it unset."
            )

    def __repr__(self) -> str:
        return f"Credentials(origin={self._origin!r}, source={self.source!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials are not pickled; make a client in each process")

    @property
    def anonymous(self) -> bool:
        """Whether the token is one that we asked for ourselves, and so may ask for again."""
        return self.source not in {"argument", "environment"}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: every token there was. One of a few letters is none: they stand in any answer."""
        return tuple(self._tokens)

    def _note(self, token: str) -> None:
        if len(token) >= _SHORTEST_SECRET and token not in self._tokens:
            self._tokens = [*self._tokens, token][-_MOST_SECRETS:]

    @property
    def refused_hint(self) -> str:
        """What to do when the backend will not have the token."""
        return {
            "argument": "Check the token that was given, or give none to get an anonymous one.",
            "environment": "Check NEMO_TOKEN, or leave it unset to get an anonymous token.",
        }.get(
            self.source, "The backend refuses a new anonymous token too: register and set NEMO_TOKEN, or work locally."
        )

    def refused_late(self) -> str:
        """The token was refused by an answer that had begun: the next call gets another, where it is anonymous.

        Returns what to do.
        """
        if not self.anonymous:
            return self.refused_hint
        if self._token is not None:
            self._token, self._refused = None, self._token
        return "The anonymous token has run out. Send the message again: a new token is asked for."

    def learn(self, user_id: str | None) -> None:
        """Whose the token is, as an answer of the backend told it; `me` tells nothing."""
        if user_id and user_id != "me":
            self.user_id = user_id

    async def token(self, fetch: FetchToken) -> str:
        """The bearer token; asks for an anonymous one where there is none.

        Raises:
            RateLimited: this client has had its token. TransportError, ProtocolError: none could be had. Whoever waited
            for a fetch that failed gets its error, and does not ask once more.
        """
        if self._token is not None:
            return self._token
        return await self._single(fetch)

    async def renew(self, refused: str, fetch: FetchToken) -> bool:
        """After a 1001: get another anonymous token, once for all tasks. False when the token was the user's."""
        if not self.anonymous:
            return False
        if self._token == refused:
            self._token, self._refused = None, refused
        await self.token(fetch)
        return True

    async def _single(self, fetch: FetchToken) -> str:
        begun = self._failures
        async with self._lock.here():
            if self._token is not None:
                return self._token
            if self._failure is not None and self._failures != begun:
                raise copy.copy(self._failure)
            try:
                return await self._obtain(fetch)
            except NemoError as error:
                self._failures, self._failure = self._failures + 1, copy.copy(error)
                raise

    async def _obtain(self, fetch: FetchToken) -> str:
        waited = 0.0
        while True:
            lock = await done_or_undone(self._file.try_lock, self._give_back)
            try:
                kept = await asyncio.to_thread(self._file.read, self._origin)
                kept = None if kept is not None and kept.token == self._refused else kept
                if kept is not None and not self._expired(kept):
                    return self._take(kept, "file")
                if lock is not None or waited >= _LOCK_PATIENCE:
                    return await self._replaced(kept, fetch)
            finally:
                self._give_back(lock)
            await self._clock.sleep(_LOCK_RETRY)
            waited += _LOCK_RETRY

    async def _replaced(self, kept: StoredToken | None, fetch: FetchToken) -> str:
        """A new token; where none is given and an old one only looks expired, that one: our clock may be wrong."""
        try:
            return self._take(await self._fetch(fetch), "anonymous")
        except RateLimited:
            if kept is None:
                raise
            return self._take(kept, "file")

    def _give_back(self, lock: int | None) -> None:
        if lock is not None:
            self._file.unlock(lock)

    async def _fetch(self, fetch: FetchToken) -> StoredToken:
        found = StoredToken.decode(await fetch(await self.client_id()))
        if found is None:
            raise ProtocolError(
                "The backend's answer to the request for an anonymous token holds none.", phase="connect"
            )
        await asyncio.to_thread(self._file.write, self._origin, found)
        return found

    async def client_id(self) -> str:
        """The client id: NEMO_CLIENT_ID, else the kept one, else a new one that is kept."""
        if self._client_id is None:
            self._client_id = await asyncio.to_thread(self._file.client_id)
        return self._client_id[:64] or str(uuid.uuid4())

    async def new_client_id(self) -> str:
        """Another client id, kept from now on, after the backend did not understand the old one (spec, section 8).

        Raises:
            UsageError: the old one is NEMO_CLIENT_ID, which is the user's to change.
        """
        if self._settings_client_id is not None:
            raise UsageError("The backend does not take NEMO_CLIENT_ID.", hint="Give a UUID, or leave it unset.")
        self._client_id = await asyncio.to_thread(self._file.new_client_id)
        return self._client_id

    def _take(self, token: StoredToken, source: Source) -> str:
        self._token, self.user_id, self.source = token.token, token.user_id, source
        self._failure = None
        self._note(token.token)
        return token.token

    def _expired(self, token: StoredToken) -> bool:
        return token.expires_at is not None and token.expires_at - _MARGIN < self._clock.now()


def _fits_a_header(value: str) -> bool:
    return value.isascii() and value.isprintable()
