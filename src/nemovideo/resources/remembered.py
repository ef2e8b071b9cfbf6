"""Renders under way, written down, so that a later run finds what an earlier one left behind (spec, section 3).

One small file for each, mode 0600, in the user's state folder: many processes write without waiting for one another, a
file is there whole or not at all, and a folder that cannot be written is no error. Never a token.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nemovideo.protocol.json import JSON, mapping, number, parse, text
from nemovideo.protocol.lifecycle import Render
from nemovideo.resources.statefile import BEGUN, remove, write_whole
from nemovideo.settings import state_dir

__all__ = ["PendingRender", "RememberedRenders"]

logger = logging.getLogger(__name__)

_LONGEST = 7 * 86_400.0  # seconds: a render lives with its session's token, and that one for seven days (spec, 2 and 3)
_LITTER = 3600.0  # seconds after which a file that was never finished is nobody's any more


@dataclass(frozen=True, slots=True)
class PendingRender:
    """A render that was begun and whose result nobody has fetched yet.

    Attributes:
        render_id: for `client.render.resume`.
        session_id: the session that it renders.
        started: seconds since the epoch.
        output: what was asked of the result: format, quality, resolution, fps.
        render: where it stands, as the backend has just told; None where it could not be asked.
    """

    render_id: str
    session_id: str
    started: float
    output: Mapping[str, JSON] = field(default_factory=dict[str, JSON])
    render: Render | None = None


class RememberedRenders:
    """The renders of one backend.

    Args:
        place: names the backend, the same in each run; None where its renders end with this client.
    """

    def __init__(self, place: Callable[[], str | None]) -> None:
        self._place = place
        self._ours: dict[str, PendingRender] = {}
        self._written: set[str] = set()

    async def lasting(self) -> bool:
        """Whether the backend's renders go on when this client has ended."""
        return await asyncio.to_thread(self._place) is not None

    async def begin(self, pending: PendingRender) -> None:
        """Write down that a render is about to be asked for."""
        self._ours[pending.render_id] = pending
        if await asyncio.to_thread(self._begin, pending):
            self._written.add(pending.render_id)

    async def end(self, render_id: str) -> None:
        """Strike a render off: it was fetched, or has failed, or was cancelled."""
        self._ours.pop(render_id, None)
        self._written.discard(render_id)
        await asyncio.to_thread(self._end, render_id)

    async def find(self, render_id: str) -> PendingRender | None:
        """What is known of a render, from this process or another."""
        return self._ours.get(render_id) or await asyncio.to_thread(self._find, render_id)

    async def all(self, now: float) -> list[PendingRender]:
        """All of this backend, oldest first; those too old, or fetched by another process, are struck off."""
        found = {pending.render_id: pending for pending in await asyncio.to_thread(self._all, now)}
        for key, ours in list(self._ours.items()):
            if now - ours.started > _LONGEST or (key in self._written and key not in found):
                del self._ours[key]
                self._written.discard(key)
        found |= self._ours
        return sorted(found.values(), key=lambda pending: pending.started)

    # In threads from here on: the backend's name may be a folder's, which asks the system where it stands.

    def _begin(self, pending: PendingRender) -> bool:
        place = self._place()
        return place is not None and _write(place, pending)

    def _end(self, render_id: str) -> None:
        if (place := self._place()) is not None:
            remove(_file(place, render_id))

    def _find(self, render_id: str) -> PendingRender | None:
        place = self._place()
        return None if place is None else _read(_file(place, render_id), place)

    def _all(self, now: float) -> list[PendingRender]:
        place = self._place()
        return [] if place is None else _read_all(place, now)


def _folder() -> Path:
    return state_dir() / "renders"


def _file(place: str, render_id: str) -> Path:
    """An id may hold anything, so that it is no file name."""
    digest = hashlib.sha256(f"{place}\n{render_id}".encode("utf-8", "surrogatepass")).hexdigest()
    return _folder() / f"{digest[:32]}.json"


def _write(place: str, pending: PendingRender) -> bool:
    """Write it down; gives whether that went well."""
    entry = {
        "render_id": pending.render_id,
        "session_id": pending.session_id,
        "backend": place,
        "started": pending.started,
        "output": dict(pending.output),
    }
    try:
        write_whole(_file(place, pending.render_id), entry)
    except OSError as problem:
        logger.debug("cannot write down the render %s: %s", pending.render_id, problem)
        return False
    return True


def _read(file: Path, place: str) -> PendingRender | None:
    try:
        entry = mapping(parse(file.read_bytes()))
    except (OSError, ValueError):
        return None
    render_id, session_id, started = text(entry.get("render_id")), text(entry.get("session_id")), entry.get("started")
    if render_id is None or session_id is None or entry.get("backend") != place:
        return None
    return PendingRender(render_id, session_id, number(started) or 0.0, mapping(entry.get("output")))


def _read_all(place: str, now: float) -> list[PendingRender]:
    found: list[PendingRender] = []
    with contextlib.suppress(OSError):
        for file in list(_folder().iterdir()):
            with contextlib.suppress(OSError):
                if file.name.startswith(BEGUN):
                    age, longest = now - file.stat().st_mtime, _LITTER
                else:
                    pending = _read(file, place)
                    age, longest = now - (pending.started if pending else file.stat().st_mtime), _LONGEST
                    if pending is not None and age <= longest:
                        found.append(pending)
                if age > longest:
                    remove(file)
    return found
