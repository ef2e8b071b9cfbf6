"""What is known of a backend: as it told with a session of this client, or of an earlier run.

A program may come back with no more than a session's id, and no call but the session's creation tells the limits: what
an engine of ours told is therefore written down, one small file for each backend. It holds no secret.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

from nemovideo.backend import CLOUD, ENGINE, UNTOLD, BackendProfile
from nemovideo.protocol.json import JSON, mapping, parse
from nemovideo.resources.statefile import remove, write_whole
from nemovideo.settings import CLOUD_API_URL, origin, state_dir

__all__ = ["KnownBackend"]

logger = logging.getLogger(__name__)


class KnownBackend:
    """What one client knows of its backend.

    Args:
        place: names the backend, the same in each run; None where it ends with this client. May ask the disk.
        is_local: whether it is an engine within this process.
    """

    def __init__(self, place: Callable[[], str | None], *, is_local: Callable[[], bool]) -> None:
        self.place = place
        self._is_local = is_local
        self._told: BackendProfile | None = None

    @property
    def profile(self) -> BackendProfile | None:
        """As the backend told this client; None before its first session."""
        return self._told

    async def learn(self, profile: BackendProfile) -> None:
        """Take what a session's answer told, and keep it for later runs."""
        self._told = profile
        await asyncio.to_thread(self._keep, profile)

    async def limits(self, base_url: str) -> BackendProfile | None:
        """What to check a file against before it is sent.

        As told to this client or to an earlier run; otherwise as documented for the cloud, which holds for every
        backend that says nothing else (spec, section 10). None for an engine within this process that has told nothing
        yet: nothing is sent there, and it looks itself.
        """
        if (profile := await self._known()) is not None:
            return profile
        if self._is_local():
            return None
        return CLOUD if origin(base_url) == origin(CLOUD_API_URL) else UNTOLD

    async def is_ours(self) -> bool:
        """Whether it is an engine of ours, whose contract holds more than what is documented for the cloud."""
        profile = await self._known()
        return self._is_local() or (profile is not None and profile.name == ENGINE)

    async def _known(self) -> BackendProfile | None:
        return self._told or await asyncio.to_thread(self._find)

    # In threads from here on.

    def _keep(self, profile: BackendProfile) -> None:
        if (place := self.place()) is None:
            return
        if profile is CLOUD:
            remove(_file(place))  # another backend may have been here before
            return
        entry: dict[str, JSON] = {"place": place, **profile.to_session()}
        try:
            write_whole(_file(place), entry)
        except OSError as problem:
            logger.debug("cannot write down what the backend told: %s", problem)

    def _find(self) -> BackendProfile | None:
        if (place := self.place()) is None:
            return None
        try:
            entry = mapping(parse(_file(place).read_bytes()))
        except (OSError, ValueError):
            return None
        return BackendProfile.from_session(entry) if entry.get("place") == place and entry.get("backend") else None


def _file(place: str) -> Path:
    """A place may be any URL, so that it is no file name."""
    return state_dir() / "backends" / f"{hashlib.sha256(place.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"
