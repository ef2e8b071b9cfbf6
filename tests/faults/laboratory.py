"""One engine, one client and one call: what a fault is let loose on, and what is found afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.clock import TurnableClock

from nemovideo import AsyncNemoClient, Limits
from nemovideo.engine.executors.executor import Facts, PlanOrder, RenderOrder, RenderResult
from nemovideo.engine.faults.faults import Asked, Faults
from nemovideo.engine.server import EngineConfig, EngineServer
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.json import JSON
from nemovideo.protocol.plan import Plan
from nemovideo.resources.session import Session

WISH = CompressRequest(max_bytes=200_000).to_sentence()
KEY = "nmv_key_of_the_laboratory"
ACTS = ("session", "claim", "upload", "chat", "render")
QUICK = Limits(silence=0.25, stall=0.25)
"""Where aiohttp's own timers wait, a test waits with them: a quarter of a second."""


class Encoder:
    """A stand-in for FFmpeg: every upload is two seconds of video, every result is `content`."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.gate: asyncio.Event | None = None
        self.running = 0
        self.started = asyncio.Event()

    async def inspect(self, path: Path) -> Facts:
        return Facts("video", 2.0, 320, 180, 25.0)

    async def plan(self, order: PlanOrder) -> Plan:
        return Plan(action="keep", limit=order.request.max_bytes)

    async def render(self, order: RenderOrder, on_progress: Callable[[float], None]) -> RenderResult:
        self.running += 1
        self.started.set()
        on_progress(0.5)
        try:
            if self.gate is not None:
                await self.gate.wait()
            await asyncio.to_thread(order.target.write_bytes, self.content)
        finally:
            self.running -= 1
        return RenderResult(len(self.content), 2.0, {"notes": [], "plan": {"action": "encode"}, "quality": None})


@dataclass
class Lab:
    """One engine with faults, and clients of it, one after the other."""

    server: EngineServer
    faults: Faults
    encoder: Encoder
    clock: TurnableClock
    source: Path
    folder: Path

    @asynccontextmanager
    async def cell(self, call: str, *, anonymous: bool = False, limits: Limits | None = None) -> AsyncIterator[Cell]:
        """A client of its own with everything done that comes before a call, and the rules of the last one gone."""
        self.faults.clear()
        self.encoder.gate = asyncio.Event() if call == "cancel" else None
        output = self.folder / "out" / f"{call}.mp4"
        async with (
            self.client(anonymous=anonymous) as patient,  # a busy machine must not end what only comes before
            self.client(anonymous=anonymous, limits=limits) as client,
        ):
            cell = Cell(self, patient, call, output)
            await cell.prepare()
            if limits is not None:
                cell.client = client
            try:
                yield cell
            finally:
                self.faults.clear()
                if self.encoder.gate is not None:  # what was not cancelled must not hold up the next one's render
                    self.encoder.gate.set()

    def client(self, *, anonymous: bool = False, limits: Limits | None = None) -> AsyncNemoClient:
        """A client of the engine; its own key is a token that the user gave."""
        token = None if anonymous else KEY
        limits = limits or Limits()
        return AsyncNemoClient(self.server.base_url, token, clock=self.clock, limits=limits, trust_env=False)


_ORDER = ("credits", "token", "session", "claim", "upload", "state", "chat", "render", "status", "cancel", "download")
"""Each call behind those that it stands on."""


@dataclass
class Cell:
    """One call to be made; `session`, `draft` and `render` are there where the call stands on them."""

    lab: Lab
    client: AsyncNemoClient
    call: str
    output: Path
    session: Session = field(default_factory=lambda: Session("none"))
    draft: JSON = None
    render: str = ""
    _seen: int = 0

    async def prepare(self) -> None:
        """Do what comes before, without faults, and forget that it was asked."""
        level = _ORDER.index(self.call)
        if level > _ORDER.index("session"):
            self.session = await self.client.session.create()
        if level > _ORDER.index("upload"):
            await self.client.upload.file(self.session, self.lab.source)
        if level > _ORDER.index("chat"):
            await self.client.chat.send(self.session, WISH)
            self.draft = (await self.client.state.get(self.session)).draft
        if level > _ORDER.index("render"):
            self.render = (await self.client.render.submit(self.session, self.draft)).id
        self._seen = len(self.lab.faults.requests)

    async def act(self) -> Any:
        """Make the call as a program does."""
        client, session = self.client, self.session
        match self.call:
            case "token" | "credits":
                return await client.credits.balance()
            case "session":
                return await client.session.create()
            case "claim":
                return await client.session.claim_link(session)
            case "upload":
                return await client.upload.file(session, self.lab.source)
            case "chat":
                return await client.chat.send(session, WISH)
            case "state":
                return await client.state.get(session)
            case "render":
                return await client.render.submit(session, self.draft)
            case "status":
                return await client.render.wait(self.render)
            case "cancel":
                return await client.render.cancel(self.render)
            case _:
                return await client.render.resume(self.render, self.output)

    @property
    def asked(self) -> list[Asked]:
        """What was asked since it was prepared."""
        return list(self.lab.faults.requests)[self._seen :]

    def sent(self, call: str) -> int:
        """How often a call was made."""
        return sum(asked.call == call for asked in self.asked)

    @property
    def acted(self) -> Counter[str]:
        """How often the engine did something that costs or changes something."""
        return Counter(asked.call for asked in self.asked if asked.accepted and asked.call in ACTS)


@asynccontextmanager
async def laboratory(folder: Path, source: Path, result: bytes, clock: TurnableClock) -> AsyncIterator[Lab]:
    """The engine is on the client's loop, where the detector of blocking calls and the count of tasks see both."""
    faults, encoder = Faults(), Encoder(result)
    config = EngineConfig(data_dir=folder / "engine", key=KEY, metered=False, faults=faults)
    async with EngineServer(config, executor=encoder, clock=clock.now) as server:
        yield Lab(server, faults, encoder, clock, source, folder)
    await _let_go()


async def _let_go() -> None:
    """The engine reads on for a second where it has refused an upload; that is no leak of anybody's."""
    while any("RequestHandler.start" in repr(task.get_coro()) for task in asyncio.all_tasks()):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def turning(clock: TurnableClock, ready: Callable[[], object], work: Awaitable[Any], step: float = 700.0) -> Any:
    """Let time fly for whoever waits within a limit, as soon as `ready`, until the work has ended."""

    async def fly() -> None:
        while not ready():  # noqa: ASYNC110 -- what it looks at has no event
            await asyncio.sleep(0.002)
        while True:
            await clock.turn(step)
            await asyncio.sleep(0)

    flying = asyncio.create_task(fly())
    try:
        return await work
    finally:
        flying.cancel()
        await asyncio.wait([flying])
