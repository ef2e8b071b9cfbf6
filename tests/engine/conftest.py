"""An engine over real sockets whose encoder is a stand-in: everything but FFmpeg is as it is served."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from blockbuster import blockbuster_ctx

from nemovideo.engine import server
from nemovideo.engine.app import build
from nemovideo.engine.executors.executor import Facts, PlanOrder, RenderOrder, RenderResult
from nemovideo.engine.server import EngineConfig, EngineServer
from nemovideo.engine.services import Services
from nemovideo.errors import DamagedFile, UnsupportedFile
from nemovideo.protocol.plan import Plan

ATTRIBUTION = {"X-Skill-Source": "test", "X-Skill-Version": "1", "X-Skill-Platform": "unknown"}


class StandIn:
    """An encoder that knows three kinds of "media" by their first bytes and writes `result` bytes."""

    def __init__(self) -> None:
        self.orders: list[RenderOrder] = []
        self.plans: list[PlanOrder] = []
        self.foreseen = Plan(action="encode", limit=None, size=90, quality=91.5, seconds=80, width=640, height=360)
        self.running = 0
        self.most = 0
        self.killed = 0
        self.gate: asyncio.Event | None = None
        self.started = asyncio.Event()
        self.steps: list[float] = [0.5]
        self.error: Exception | None = None
        self.content = b"a smaller film"

    async def inspect(self, path: Path) -> Facts:
        head = await asyncio.to_thread(lambda: path.read_bytes()[:5])
        match head:
            case b"VIDEO":
                return Facts("video", 10.0, 1280, 720, 25.0)
            case b"SOUND":
                return Facts("audio", 10.0, None, None, None)
            case b"IMAGE":
                return Facts("image", None, 640, 480, None)
            case b"BROKE":
                raise DamagedFile(f"{path} is damaged: packet 3 is torn")
        raise UnsupportedFile(f"{path} is no media file")

    async def plan(self, order: PlanOrder) -> Plan:
        self.plans.append(order)
        self.started.set()
        try:
            if self.gate is not None:
                await self.gate.wait()
            if self.error is not None:
                raise self.error
        except asyncio.CancelledError:
            self.killed += 1
            raise
        return self.foreseen.model_copy(update={"limit": order.request.max_bytes})

    async def render(self, order: RenderOrder, on_progress: Callable[[float], None]) -> RenderResult:
        self.orders.append(order)
        self.running += 1
        self.most = max(self.most, self.running)
        self.started.set()
        try:
            for step in self.steps:
                on_progress(step)
                await asyncio.sleep(0)
            if self.gate is not None:
                await self.gate.wait()
            if self.error is not None:
                raise self.error
            await asyncio.to_thread(order.target.write_bytes, self.content)
        except asyncio.CancelledError:
            self.killed += 1
            raise
        finally:
            self.running -= 1
        return RenderResult(
            len(self.content), 10.0, {"notes": ["made up"], "plan": {"action": "encode"}, "quality": None}
        )


class Caller:
    """One client of an engine."""

    def __init__(self, base: str, token: str | None) -> None:
        self.base = base
        headers = ATTRIBUTION | ({"Authorization": f"Bearer {token}"} if token else {})
        self.http = aiohttp.ClientSession(base, headers=headers)

    async def call(self, method: str, path: str, **how: Any) -> tuple[int, Any]:
        async with self.http.request(method, path, **how) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith(("{", "[")) else text

    async def session(self, **wish: Any) -> str:
        status, body = await self.call(
            "POST", "/api/tasks/me/with-session/nemo_agent", json={"task_name": "project"} | wish
        )
        assert status == 200, body
        return str(body["data"]["session_id"])

    async def upload(self, session: str, content: bytes = b"VIDEO" * 100, name: str = "talk.mp4") -> tuple[int, Any]:
        form = aiohttp.FormData()
        form.add_field("files", io.BytesIO(content), filename=name)
        return await self.call("POST", f"/api/upload-video/nemo_agent/me/{session}", data=form)

    async def say(self, session: str, text: str) -> tuple[int, Any]:
        """The events of an answer, or the refusal."""
        body = {
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": session,
            "new_message": {"parts": [{"text": text}]},
        }
        status, answer = await self.call("POST", "/run_sse", json=body)
        if status != 200:
            return status, answer
        return status, [json.loads(line[6:]) for line in answer.split("\n\n") if line.startswith("data: ")]

    async def state(self, session: str) -> Any:
        status, body = await self.call("GET", f"/api/state/nemo_agent/me/{session}/latest")
        assert status == 200, body
        return body["data"]["state"]

    async def ready(self, text: str = "compress to 100 bytes", **upload: Any) -> tuple[str, Any]:
        """A session with an upload and a wish; gives its id and its draft."""
        session = await self.session()
        status, body = await self.upload(session, **upload)
        assert status == 200, body
        await self.say(session, text)
        return session, (await self.state(session))["draft"]

    async def render(self, session: str, draft: Any, name: str | None = None, **output: Any) -> tuple[int, Any]:
        body = {
            "id": name or f"render_{uuid.uuid4()}",
            "sessionId": session,
            "draft": draft,
            "output": {"format": "mp4", "quality": "high"} | output,
        }
        return await self.call("POST", "/api/render/proxy/lambda", json=body)

    async def ended(self, name: str) -> Any:
        tag = ""
        while True:
            headers = {"Prefer": "wait=10", "If-None-Match": tag}
            async with self.http.get(f"/api/render/proxy/lambda/{name}", headers=headers) as answer:
                tag = answer.headers["ETag"]
                if answer.status == 304:
                    continue
                body = await answer.json()
                if body["status"] in ("completed", "failed"):
                    return body


class House:
    """An engine, its encoder, its clock, and callers of it."""

    def __init__(self, server: EngineServer, executor: StandIn, now: list[float], key: str, services: Services) -> None:
        self.server, self.executor, self._now, self.key, self.services = server, executor, now, key, services
        self._callers: list[Caller] = []

    def pass_time(self, seconds: float) -> None:
        self._now[0] += seconds

    def caller(self, token: str | None) -> Caller:
        self._callers.append(Caller(self.server.base_url, token))
        return self._callers[-1]

    @property
    def operator(self) -> Caller:
        return self.caller(self.key)

    async def stranger(self, client_id: str | None = None) -> Caller:
        """A caller with an anonymous token of its own."""
        asking = self.caller(None)
        headers = {"X-Client-Id": client_id or str(uuid.uuid4())}
        status, body = await asking.call("POST", "/api/auth/anonymous-token", headers=headers)
        assert status == 200, body
        return self.caller(body["data"]["token"])

    async def close(self) -> None:
        for caller in self._callers:
            await caller.http.close()


@pytest.fixture(autouse=True)
def _no_blocking(request: pytest.FixtureRequest) -> Iterator[None]:
    """No call of the engine's may block a running loop; the media layer has its own tests for that."""
    if "media" in request.path.parts:
        yield
        return
    with blockbuster_ctx("nemovideo.engine"):
        yield


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Opens a house: `async with house() as engine`; a second one on the same folder is a restart."""
    now = [1_800_000_000.0]
    seen: list[Services] = []

    def watched(services: Services) -> web.Application:
        seen.append(services)
        return build(services)

    monkeypatch.setattr(server, "build", watched)

    @asynccontextmanager
    async def opened(*, heartbeat: float = 15.0, executor: StandIn | None = None, **wish: Any) -> AsyncIterator[House]:
        stand_in = executor or StandIn()
        settings: dict[str, Any] = {"data_dir": tmp_path / "engine", "key": "the-key"} | wish
        config = EngineConfig(**settings)
        async with EngineServer(config, executor=stand_in, clock=lambda: now[0], heartbeat=heartbeat) as serving:
            engine = House(serving, stand_in, now, config.key or "", seen[-1])
            try:
                yield engine
            finally:
                await engine.close()

    return opened


@pytest.fixture
def stand_in() -> Callable[[], StandIn]:
    """Makes encoders that can be told what to do."""
    return StandIn


@pytest.fixture
def go() -> Callable[[Callable[[], Awaitable[None]]], None]:
    """Runs an async flow to its end and finds tasks that it left behind."""

    def run(flow: Callable[[], Awaitable[None]]) -> None:
        async def whole() -> None:
            await flow()
            for _ in range(500):  # a refused upload's connection lingers for a second
                if not (left := asyncio.all_tasks() - {asyncio.current_task()}):
                    return
                await asyncio.sleep(0.01)
            raise AssertionError(f"left behind: {left}")

        asyncio.run(whole())

    return run


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Awaitable[None]]:
    """Waits until a condition of the world outside holds; the test's own time limit bounds it."""

    async def wait(holds: Callable[[], Any]) -> None:
        while True:
            found = holds()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.01)

    return wait


@pytest.fixture
def sha() -> Callable[[bytes], str]:
    """The digest of a content."""
    return lambda content: hashlib.sha256(content).hexdigest()
