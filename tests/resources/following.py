"""What tests of the chat share: an answer followed while a clock is turned, and the forms of silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.clock import TurnableClock
from tests.cloud import DRAFT, Reply

from nemovideo.protocol.events import ChatEvent
from nemovideo.resources.chatstream import ChatStream

HEARTBEAT = b"data: \n\n"
_TRACKS: list[Any] = [{"tt": 0, "sg": [{"d": 2000, "m": {"title": "talk.mp4"}, "zz": None}]}]  # as in DRAFT
TITLE: dict[str, Any] = {"tt": 7, "sg": [{"d": 3000, "m": {"text": "Paradise Found"}}]}
TITLED: dict[str, Any] = {**DRAFT, "t": [*_TRACKS, TITLE]}
TITLE_ADDED = "Title added: 'Paradise Found' (0-3s)"


def state(draft: object, **more: object) -> Reply:
    """An answer of the state endpoint."""
    return Reply({"code": 0, "data": {"session_id": "s1", "state": {"draft": draft, **more}}})


async def next_of(events: ChatStream, clock: TurnableClock, seconds: float) -> ChatEvent:
    """The next event, after a while in which nothing came. The message must be on its way already."""
    waiting = asyncio.ensure_future(anext(events))
    await clock.turn(seconds)
    return await waiting


async def until(true: Callable[[], object]) -> None:
    """Let everybody else go on until something is true that nobody tells by an event."""
    while not true():  # noqa: ASYNC110 -- that is the point
        await asyncio.sleep(0)
