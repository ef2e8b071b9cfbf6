"""Which token goes with a call, and what happens when it is refused.

Order: the one that was given, NEMO_TOKEN (for the origin of NEMO_API_URL only), the one kept on disk, a new anonymous
one. A token that the user gave is never replaced; an anonymous one is renewed once, by one task for all.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Literal, NoReturn

from nemovideo.cancellation import done_or_undone
from nemovideo.clock import SYSTEM_CLOCK, Clock
from nemovideo.errors import AuthenticationError, ProtocolError, UsageError
from nemovideo.protocol.json import JSON
from nemovideo.settings import Settings, config_dir, origin
from nemovideo.tokenfile import StoredToken, TokenFile

__all__ = ["Credentials", "FetchToken", "Source"]

FetchToken = Callable[[str], Awaitable[JSON]]
"""Asks the backend for an anonymous token; takes the client id, gives the answer's `data`."""

Source = Literal["argument", "environment", "file", "anonymous", "none"]

_MARGIN = 300.0  # seconds before its end at which a token counts as expired: a render may take minutes
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
        self._lock = asyncio.Lock()
        self._client_id = settings.client_id
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
        """What must never be shown."""
        return (self._token,) if self._token else ()

    async def token(self, fetch: FetchToken) -> str:
        """The bearer token; asks for an anonymous one where there is none."""
        if self._token is not None:
            return self._token
        async with self._lock:
            return self._token or await self._obtain(fetch)

    async def renew(self, refused: str, fetch: FetchToken) -> bool:
        """After a 1001: get another anonymous token, once for all tasks. False when the token was the user's."""
        if not self.anonymous:
            return False
        async with self._lock:
            if self._token == refused:
                self._token, self._refused = None, refused
                await self._obtain(fetch)
        return True

    async def _obtain(self, fetch: FetchToken) -> str:
        waited = 0.0
        while True:
            lock = await done_or_undone(self._file.try_lock, self._give_back)
            try:
                kept = await asyncio.to_thread(self._file.read, self._origin)
                if kept is not None and kept.token != self._refused and not self._expired(kept):
                    return self._take(kept, "file")
                if lock is not None or waited >= _LOCK_PATIENCE:
                    return self._take(await self._fetch(fetch), "anonymous")
            finally:
                self._give_back(lock)
            await self._clock.sleep(_LOCK_RETRY)
            waited += _LOCK_RETRY

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

    def _take(self, token: StoredToken, source: Source) -> str:
        self._token, self.user_id, self.source = token.token, token.user_id, source
        return token.token

    def _expired(self, token: StoredToken) -> bool:
        return token.expires_at is not None and token.expires_at - _MARGIN < self._clock.now()


def _fits_a_header(value: str) -> bool:
    return value.isascii() and value.isprintable()
