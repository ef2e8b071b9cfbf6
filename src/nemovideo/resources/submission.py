"""Asking for a render once, also where the answer to the asking is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping

from nemovideo.errors import ConnectionFailed, NemoError, ProtocolError, RateLimited, TransportError, UsageError
from nemovideo.protocol.endpoints import STATUS, Call
from nemovideo.protocol.json import JSON, dump
from nemovideo.protocol.lifecycle import Render, decode_render
from nemovideo.resources.polling import is_unknown, look
from nemovideo.transport.caller import Caller
from nemovideo.transport.failures import context_of

__all__ = ["may_have_arrived", "submit"]

_LOOKS = (1.0, 5.0, 15.0, 30.0)  # seconds before each look for a render whose asking was not answered
_ENOUGH = 2  # looks at an engine of ours, which knows a job as soon as it has it


class _Encoded:
    """A JSON body in the one spelling that gives the draft back as it came."""

    content_type = "application/json"

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.length = len(data)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        yield self._data


async def submit(
    caller: Caller, call: Call, render_id: str, wanted: Mapping[str, JSON], *, again: bool = False
) -> Render:
    """Ask for a render, and look it up where nobody knows whether the asking arrived.

    Args:
        caller: the way to the backend.
        call: the POST, with its ids.
        render_id: our own name for it.
        wanted: the body.
        again: whether it may be asked for a second time where the backend does not know it: an engine of ours answers
            the same id with the same job (spec, section 10); of no other backend is that documented.

    Raises:
        UsageError: the draft is no JSON. TransportError: it is not known whether it was begun. And what the backend
        refuses with.
    """
    try:
        body = _Encoded(await asyncio.to_thread(dump, dict(wanted)))
    except (ValueError, TypeError, RecursionError) as problem:
        raise UsageError(
            f"The draft is no JSON: {problem}.",
            hint="Give it as the state gave it.",
            phase="render",
            session_id=call.session_id,
        ) from problem
    try:
        return decode_render(await caller.post(call, body=body), render_id)
    except (TransportError, ProtocolError) as problem:
        if not may_have_arrived(problem):
            raise
        lost = problem
    found, sure = await _found(caller, call, render_id, lost, _LOOKS[:_ENOUGH] if again else _LOOKS)
    if found is not None:
        return found
    if not (again and sure):
        raise _nobody_knows(call, render_id, lost) from lost
    return decode_render(await caller.post(call, body=body), render_id)


async def _found(
    caller: Caller, call: Call, render_id: str, lost: NemoError, looks: tuple[float, ...]
) -> tuple[Render | None, bool]:
    """The render, if the backend has it; and whether each look was answered with "unknown"."""
    sure = True
    for wait in looks:
        await caller.clock.sleep(wait)
        try:
            asked = STATUS.call(session_id=call.session_id, render_id=render_id)
            return await look(caller, asked, render_id, None), True
        except (TransportError, ProtocolError, RateLimited) as problem:
            sure = sure and is_unknown(problem)
        except NemoError as problem:
            raise _nobody_knows(call, render_id, lost) from problem
    return None, sure


def _nobody_knows(call: Call, render_id: str, lost: NemoError) -> TransportError:
    """The error where the asking was not answered, and the looks afterwards did not tell."""
    context = context_of(call, hint=f"Whether it was begun is not known: client.render.resume({render_id!r}, …) tells.")
    context |= {"status": lost.status, "code": lost.code, "request_id": lost.request_id}
    return TransportError(lost.message, **context)


def may_have_arrived(problem: NemoError) -> bool:
    """Whether the backend may have taken a request that failed so: no answer came, or none that was its own.

    A refusal in the backend's own form has arrived, and nothing was begun, whatever its HTTP status: the vendor
    refuses with 200 as well.
    """
    if isinstance(problem, ConnectionFailed) or not isinstance(problem, TransportError | ProtocolError):
        return False
    if isinstance(problem, ProtocolError) and problem.told is not None and (problem.status or 0) < 500:
        return False
    return problem.status is None or not 400 <= problem.status < 500
