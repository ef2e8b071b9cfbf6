"""Following a render: held back by servers that can, every 30 seconds by the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from nemovideo.errors import ConnectionFailed, NemoError, ProtocolError, RateLimited, TransportError
from nemovideo.protocol.endpoints import Call
from nemovideo.protocol.envelope import decode_answer
from nemovideo.protocol.lifecycle import Render, decode_refusal, decode_render
from nemovideo.transport.caller import Caller
from nemovideo.transport.retry import Meaning

__all__ = ["OnPoll", "Poller", "is_unknown", "look"]

OnPoll = Callable[[Render], Awaitable[None]]
"""Told each answer that was new."""

_PREFER_WAIT = 30  # seconds that the server is asked to hold an answer back (RFC 7240)
_ANSWERED = _PREFER_WAIT + 60.0  # seconds without a byte, after which a look is given up: the next one asks the same
_TOLERATED = 5  # polls in a row that may fail: one lost answer must not lose a paid render
_RATE_LIMIT_WAIT = 30.0  # seconds, where the server does not say (spec, section 8)
_AT_ONCE = 1.0  # seconds in which nobody who holds an answer back answers that there is nothing new
_TOO_QUICK = 3  # such answers in a row, after which the server is no longer believed to hold back


def is_unknown(problem: NemoError) -> bool:
    """Whether an error says that the backend has no such render."""
    return isinstance(problem, ProtocolError) and bool({404, 410} & {problem.status, problem.code})


async def look(caller: Caller, call: Call, render_id: str, meaning: Meaning | None = "read") -> Render:
    """Ask once where a render stands; a meaning of None asks a single time, whatever happens to the answer."""
    return (await _asked(caller, call, render_id, meaning, {}))[0] or Render(render_id, "pending")


async def _asked(
    caller: Caller, call: Call, render_id: str, meaning: Meaning | None, conditions: Mapping[str, str]
) -> tuple[Render | None, Mapping[str, str]]:
    """The render, None where nothing is new, and the answer's headers."""
    patience = min(caller.limits.silence, _ANSWERED)
    try:
        answer = await caller.answer(call, meaning, headers=conditions, read_timeout=patience)
    except ProtocolError as problem:
        failed = decode_refusal(problem.told, render_id)
        if failed is None:
            raise
        return failed, {}
    if answer.status == 304 and conditions:
        return None, answer.headers
    return decode_render(decode_answer(call, answer.status, answer.headers, answer.body), render_id), answer.headers


class Poller:
    """Asks where one render stands until it has ended.

    Each poll is one request, and what fails is asked again by the rhythm of the polls: there is no layer of
    repetitions under them.

    Args:
        caller: the way to the backend.
        call: the question, with its ids.
        render_id: whose.
        fresh: whether it was begun a moment ago, so that a backend need not know it everywhere yet.
    """

    def __init__(self, caller: Caller, call: Call, render_id: str, *, fresh: bool) -> None:
        self._caller = caller
        self._call = call
        self._render_id = render_id
        self._fresh = fresh
        self._etag = ""
        self._answered = False
        self._failures = self._nothing_new = 0

    async def run(self, on_poll: OnPoll) -> Render:
        """Ask until the render has completed or failed; its last state.

        Raises:
            NemoError: a poll failed for good, or more in a row than are tolerated.
        """
        clock, poll = self._caller.clock, self._caller.limits.poll
        while True:
            asked_at = clock.monotonic()
            try:
                render, headers = await _asked(self._caller, self._call, self._render_id, None, self._conditions())
            except NemoError as problem:
                self._failures += 1
                if self._failures > _TOLERATED or not self._may_pass(problem):
                    raise
                await clock.sleep(max(poll, self._told_to_wait(problem)))
                continue
            self._failures, self._answered = 0, True
            if render is not None:
                await on_poll(render)
                if render.phase != "running":
                    return render
            took = clock.monotonic() - asked_at
            if not self._holds_back(headers, took, told=render is not None):
                await clock.sleep(max(0.0, poll - took))

    def _conditions(self) -> dict[str, str]:
        return {"Prefer": f"wait={_PREFER_WAIT}"} | ({"If-None-Match": self._etag} if self._etag else {})

    def _told_to_wait(self, problem: NemoError) -> float:
        """Seconds that the server asks for, within reason; a rate limit holds for the client's other calls as well."""
        if isinstance(problem, RateLimited):
            wait = _RATE_LIMIT_WAIT if problem.retry_after is None else problem.retry_after
            return self._caller.restraint.told(wait)
        told = problem.retry_after if isinstance(problem, TransportError) else None
        return min(told or 0.0, self._caller.limits.retry_after)

    def _may_pass(self, problem: NemoError) -> bool:
        """Whether the next poll may succeed: a fault of the road, not of the account or the question."""
        match problem:
            case RateLimited():
                return (problem.retry_after or 0.0) <= self._caller.limits.retry_after
            case ConnectionFailed():
                return problem.retryable or self._answered  # a name that was resolved before will be again
            case TransportError():
                return problem.retryable
            case ProtocolError():
                if is_unknown(problem):
                    return self._fresh and not self._answered
                return problem.status is not None and not 400 <= problem.status < 500  # a page of a proxy
            case _:
                return False

    def _holds_back(self, headers: Mapping[str, str], took: float, *, told: bool) -> bool:
        """Whether the server waits for news itself, so that it may be asked again at once."""
        etag = headers.get("etag", "" if told else self._etag)
        news = told and etag != self._etag
        self._etag = etag
        self._nothing_new = 0 if news or took >= _AT_ONCE else self._nothing_new + 1
        applied = "wait" in headers.get("preference-applied", "")
        return applied and bool(etag) and self._nothing_new <= _TOO_QUICK
