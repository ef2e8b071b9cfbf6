"""Following a render: held back by servers that can, every 30 seconds by the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nemovideo.errors import TransportError
from nemovideo.protocol.envelope import Call, decode_answer, path_segment
from nemovideo.protocol.lifecycle import Render, decode_render
from nemovideo.transport.caller import Caller
from nemovideo.transport.http import Answer

__all__ = ["RENDER_PATH", "OnPoll", "poll_until_ended", "status_call"]

RENDER_PATH = "/api/render/proxy/lambda"

OnPoll = Callable[[Render], Awaitable[None]]
"""Told each answer that was new."""

_PREFER_WAIT = 30  # seconds that the server is asked to hold an answer back (RFC 7240)
_POLL = 30.0  # seconds between polls of a server that does not hold back (spec, section 2)
_TOLERATED = 5  # polls in a row that may fail: one lost answer must not lose a paid render


def status_call(render_id: str) -> Call:
    """The question where a render stands."""
    return Call("GET", f"{RENDER_PATH}/{path_segment(render_id)}", phase="render", render_id=render_id)


async def poll_until_ended(caller: Caller, render_id: str, on_poll: OnPoll) -> Render:
    """Ask until the render has completed or failed.

    Raises:
        TransportError: more polls in a row failed than are tolerated.
    """
    call, etag, failures = status_call(render_id), "", 0
    while True:
        asked_at = caller.clock.monotonic()
        try:
            answer = await caller.answer(call, "read", headers=_conditions(etag))
        except TransportError as problem:
            failures += 1
            if failures > _TOLERATED or not problem.retryable:
                raise
            await caller.clock.sleep(_POLL)
            continue
        failures = 0
        if answer.status != 304:
            render = decode_render(decode_answer(call, answer.status, answer.headers, answer.body), render_id)
            await on_poll(render)
            if render.phase != "running":
                return render
            etag = answer.headers.get("etag", "")
        if not (etag and _holds_back(answer)):
            await caller.clock.sleep(max(0.0, _POLL - (caller.clock.monotonic() - asked_at)))


def _conditions(etag: str) -> dict[str, str]:
    return {"Prefer": f"wait={_PREFER_WAIT}"} | ({"If-None-Match": etag} if etag else {})


def _holds_back(answer: Answer) -> bool:
    """Whether the server waits for news itself, so that it may be asked again at once."""
    return "wait" in answer.headers.get("preference-applied", "")
