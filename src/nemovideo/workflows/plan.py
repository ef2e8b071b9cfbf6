"""`client.plan`: what a compression would do, told by an engine of ours without an encode."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from nemovideo.backend import ENGINE, UNTOLD
from nemovideo.clock import Clock
from nemovideo.deadline import Deadline
from nemovideo.errors import AgentError, DeadlineExceeded, ErrorContext, NemoError, UsageError
from nemovideo.progress import Phase, Reporter
from nemovideo.protocol.json import mapping
from nemovideo.protocol.lifecycle import decode_fault
from nemovideo.protocol.plan import Plan
from nemovideo.protocol.planwords import PLAN, to_plan_sentence
from nemovideo.protocol.reply import Reply
from nemovideo.resources.knownbackend import KnownBackend
from nemovideo.resources.renderfaults import fault_of
from nemovideo.resources.session import Session
from nemovideo.source import Source
from nemovideo.workflows.inspect import Facts, facts_of
from nemovideo.workflows.wish import Wish

if TYPE_CHECKING:
    from nemovideo.client import AsyncNemoClient

__all__ = ["Planning"]

T = TypeVar("T")

_FITS = "it fits already: it would be handed back as it is"


@dataclass(slots=True)
class Planning:
    """One look ahead. `output` is where the result would go, where the caller named it."""

    client: AsyncNemoClient
    known: KnownBackend
    source: Source
    output: Path | None
    wish: Wish
    report: Reporter
    clock: Clock
    deadline: float | None = None
    _session: Session | None = None
    _until: Deadline = field(init=False)

    def __post_init__(self) -> None:
        self._until = Deadline(self.clock, self.deadline)

    async def run(self) -> Plan:
        """Do it; the source is closed afterwards."""
        try:
            return await self._run()
        finally:
            await self.source.aclose()

    async def _run(self) -> Plan:
        session = await self._connected()
        async with self._phase("upload"):
            if self.source.size is None and self.source.url is None:
                self.source = await self._in_time(self.client.upload.measured(self.source))
            (upload,) = await self._in_time(self.client.upload.opened(session, [self.source], self.report))
            facts = facts_of(upload, self.source, session.id)
        if self.wish.met_by(self.source, self.output):
            return self._kept(facts)
        async with self._phase("ask"):
            await self.report("ask")
            said = to_plan_sentence(self.wish.request, self.wish.container)
            return _plan_in(await self._in_time(self.client.chat.send(session, said)), session)

    async def _connected(self) -> Session:
        """A session with an engine of ours; with anybody else nothing is sent, and the cloud is not even asked."""
        async with self._phase("connect"):
            await self.report("connect")
            told = None if await self.known.is_ours() else await self.known.limits(self.client.base_url)
            if told is not None and told is not UNTOLD and told.name != ENGINE:
                raise _not_here(told.name)
            self._session = await self._in_time(self.client.session.create())
            if not await self.known.is_ours():
                raise _not_here("this backend")
        return self._session

    def _kept(self, facts: Facts) -> Plan:
        return Plan(
            action="keep",
            limit=self.wish.limit,
            size=facts.size,
            quality=100.0,
            seconds=0.0,
            width=facts.width or 0,
            height=facts.height or 0,
            fps=facts.fps or 0.0,
            duration=facts.duration or 0.0,
            notes=(_FITS,),
        )

    async def _in_time(self, work: Awaitable[T]) -> T:
        try:
            return await self.clock.within(self._until.left, work)
        except TimeoutError:
            raise DeadlineExceeded(
                f"{self.source.name}: not planned within {self.deadline:g} s.", hint="Allow more time."
            ) from None

    @contextlib.asynccontextmanager
    async def _phase(self, phase: Phase) -> AsyncGenerator[None]:
        try:
            yield
        except NemoError as error:
            error.phase = error.phase or phase
            error.session_id = error.session_id or (self._session.id if self._session else None)
            raise


def _not_here(name: str) -> UsageError:
    return UsageError(
        f"Plans come from an engine of ours, and {name} is none; nothing was sent.",
        hint="Plan on this machine (AsyncNemoClient.local(), --backend local).",
    )


def _plan_in(reply: Reply, session: Session) -> Plan:
    """The response of the reply's tool call.

    Raises:
        NemoError: as the engine says that it failed. AgentError: there is no plan in it.
    """
    answer = next((mapping(each.result) for each in reversed(reply.tool_results) if each.name == PLAN), None)
    if answer is not None and answer.get("error"):
        raise fault_of(decode_fault(answer["error"]), ErrorContext(phase="ask", session_id=session.id))
    with contextlib.suppress(ValidationError):
        if answer is not None and answer.get("status") != "error":
            return Plan.model_validate(answer)
    raise AgentError(
        f"The backend made no plan; it said: {reply.text or 'nothing'}",
        hint="Where the engine is older than this client, update it.",
        reply=reply,
        phase="ask",
        session_id=session.id,
    )
