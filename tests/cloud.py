"""A small imitation of the documented cloud, on real sockets, that records what it was sent.

It is not our engine: its session answer tells no `backend`, it knows neither `Prefer` nor `ETag`, its results lie on
another origin. What it answers can be scripted, call by call, down to single bytes and broken connections.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

DRAFT = {
    "d": 2000,
    "m": {"width": 320, "height": 180, "title": "project", "unknown": {"big": 18446744073709551617}},
    "t": [{"tt": 0, "sg": [{"d": 2000, "m": {"title": "talk.mp4"}, "zz": None}]}],
}


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


FILM = b"".join(
    (
        _box(b"ftyp", b"isom\0\0\2\0isom"),
        _box(b"mdat", b"a smaller film"),
        _box(b"moov", _box(b"trak", _box(b"mdia", _box(b"hdlr", bytes(8), b"vide", bytes(12))))),
    )
)
"""The smallest film whose boxes are whole."""
UPLOAD = "POST /api/upload-video/nemo_agent/me/s1"
CHAT = "POST /run_sse"
SESSION = "POST /api/tasks/me/with-session/nemo_agent"
STATE = "GET /api/state/nemo_agent/me/s1/latest"
CREDITS = "GET /api/credits/balance/simple"
RENDER = "POST /api/render/proxy/lambda"
STATUS = "GET /api/render/proxy/lambda/{id}"
CANCEL = "POST /api/render/proxy/lambda/{id}/cancel"
DOWNLOAD = "GET /api/render/proxy/{id}/download"
TOKEN = "POST /api/auth/anonymous-token"
CLAIM = "POST /api/auth/claim-token"
RESULT = "GET /out.mp4"


@dataclass(frozen=True)
class Request:
    """What was sent."""

    call: str
    path: str
    headers: dict[str, str]
    body: bytes
    url: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """A canned answer: `value` as JSON, or bytes as they are."""

    value: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, request: web.Request) -> web.StreamResponse:
        if isinstance(self.value, bytes):
            return web.Response(body=self.value, status=self.status, headers=self.headers)
        return web.json_response(self.value, status=self.status, headers=self.headers)


@dataclass(frozen=True)
class Raw:
    """Bytes onto the socket, status line and all; then the connection ends with "fin" or "rst", or "hangs"."""

    data: bytes = b""
    end: str = "fin"

    async def send(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        transport.write(self.data)
        if self.end == "hang":
            await asyncio.Event().wait()
        if self.end == "rst":
            sock: socket.socket = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.close()
        return web.Response()


def raw(body: bytes, *lines: str, end: str = "fin", status: str = "200 OK") -> Raw:
    head = "\r\n".join((f"HTTP/1.1 {status}", *lines, "", ""))
    return Raw(head.encode() + body, end)


class Stream:
    """An event stream that the test feeds: `say` bytes, then `finish` or `cut`."""

    def __init__(self, *data: bytes, open_ended: bool = False) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.opened, self.left = asyncio.Event(), asyncio.Event()
        self._cut = False
        for piece in data:
            self.say(piece)
        if not open_ended:
            self.finish()

    def say(self, piece: bytes) -> None:
        self._pieces.put_nowait(piece)

    def finish(self, *, cut: bool = False) -> None:
        self._cut = cut
        self._pieces.put_nowait(None)

    async def send(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        self.opened.set()
        try:
            while (piece := await self._pieces.get()) is not None:
                await response.write(piece)
            if self._cut and request.transport is not None:
                request.transport.close()
        finally:
            self.left.set()
        return response


Answer = Reply | Raw | Stream | Callable[[web.Request], Awaitable[web.StreamResponse]]


def flat(*events: dict[str, Any]) -> bytes:
    return b"".join(f"data: {json.dumps(event)}\n\n".encode() for event in events)


def adk(text: str, **more: Any) -> bytes:
    event = {"content": {"parts": [{"text": text}], "role": "model"}, "author": "nemo_agent", "invocationId": "e"}
    return flat(event | {"actions": {"stateDelta": {}}, "id": "1", "timestamp": 1.5} | more)


class Cloud:
    """Serves; `script` says what a call answers, in order, before it answers as documented again."""

    def __init__(self, *, result: bytes = FILM, form: str = "S", anonymous: bool = False) -> None:
        self.result, self.form = result, form
        self.requests: list[Request] = []
        self.elsewhere: list[Request] = []
        self.statuses = [("pending", 0), ("processing", 40), ("completed", 100)]
        self.draft: Any = DRAFT
        self.credits = {"available": 100, "frozen": 0, "total": 100}
        self.token: str | None = None if anonymous else "nmv_usr_given"
        self.tokens_given = 0
        self.url = self.cdn_url = ""
        self._polls: dict[str, int] = defaultdict(int)
        self._scripts: dict[str, deque[Answer]] = defaultdict(deque)
        self._runners: list[web.AppRunner] = []

    def script(self, call: str, *answers: Answer) -> None:
        self._scripts[call].extend(answers)

    def sent(self, call: str) -> list[Request]:
        """What was sent to a call, in order."""
        return [request for request in (*self.requests, *self.elsewhere) if request.call == call]

    @property
    def calls(self) -> list[str]:
        return [request.call for request in self.requests]

    async def __aenter__(self) -> Self:
        self.url = await self._serve(self._answer)
        self.cdn_url = await self._serve(self._answer_elsewhere)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def _serve(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05, handler_cancellation=True)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _record(self, request: web.Request, into: list[Request]) -> Request:
        path = re.sub(r"/render_[^/]+", "/{id}", request.path)
        headers = {name.lower(): value for name, value in request.headers.items()}
        entry = Request(f"{request.method} {path}", request.path, headers, await request.read(), request.raw_path)
        into.append(entry)
        return entry

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        recorded = await self._record(request, self.requests)
        if script := self._scripts[recorded.call]:
            answer = script.popleft()
            return await (answer(request) if callable(answer) else answer.send(request))
        known = self.token is not None and recorded.headers.get("authorization") == f"Bearer {self.token}"
        if not known and recorded.call != TOKEN:
            return await Reply({"code": 1001, "message": "token invalid"}, 401).send(request)
        default = DEFAULTS.get(recorded.call)
        if default is None:
            return await Reply({"detail": "Not Found"}, 404).send(request)
        return await default(self, recorded).send(request)

    async def _answer_elsewhere(self, request: web.Request) -> web.StreamResponse:
        recorded = await self._record(request, self.elsewhere)
        if script := self._scripts[recorded.call]:
            answer = script.popleft()
            return await (answer(request) if callable(answer) else answer.send(request))
        return await Reply(self.result, headers={"Content-Type": "video/mp4"}).send(request)

    def give_token(self, sent: Request) -> Reply:
        if not sent.headers.get("x-client-id"):
            return Reply({"code": 400, "message": "X-Client-Id is missing"}, 400)
        if self.tokens_given and self.token is not None:
            return Reply({"code": 429, "message": "one token in 7 days"}, 429, {"Retry-After": "604800"})
        self.tokens_given += 1
        self.token = f"nmv_usr_anonymous{self.tokens_given}"
        data = {"token": self.token, "user_id": "anon_7", "credits": 100, "expires_at": "2999-01-01T00:00:00Z"}
        return Reply({"code": 0, "data": data})

    def submit(self, sent: Request) -> Reply:
        if any(name not in sent.headers for name in ("x-skill-source", "x-skill-version", "x-skill-platform")):
            return Reply({"code": 402, "message": "the plan does not export"}, 402)
        begun = {"id": sent.json["id"], "status": "pending", "progress": 5}
        return Reply({"success": True, "data": begun} if self.form == "V" else begun)

    def status(self, sent: Request) -> Reply:
        polls = self._polls[sent.path]
        self._polls[sent.path] += 1
        status, progress = self.statuses[min(polls, len(self.statuses) - 1)]
        told: dict[str, Any] = {"status": status, "progress": progress}
        url = f"{self.cdn_url}/out.mp4"
        if self.form == "V":
            told |= {"id": sent.path.rsplit("/", 1)[-1], "createdAt": "2026-03-18T00:00:00Z"}
            return Reply({"success": True, "data": told | ({"outputUrl": url} if status == "completed" else {})})
        output = {"url": url, "duration": 2.0, "size": len(self.result)} if status == "completed" else {}
        return Reply(told | {"taskId": sent.path.rsplit("/", 1)[-1], "output": output})


def _told(data: Any) -> Reply:
    return Reply({"code": 0, "message": "ok", "data": data})


def _uploaded(cloud: Cloud, sent: Request) -> Reply:
    file = {"filename": "talk.mp4", "file_type": "video", "cdn_url": "https://cdn.example/talk.mp4", "duration": 2.0}
    file |= {"width": 320, "height": 180, "fps": 25, "hash": "h"}
    if "json" in sent.headers.get("content-type", ""):
        names = [url.rsplit("/", 1)[-1] for url in sent.json["urls"]]
    else:
        names = [name.decode() for name in re.findall(rb'name="files"; filename="([^"]*)"', sent.body)]
    files = [file | {"filename": name} for name in names] if len(names) > 1 else [file]
    return _told({"files": files, "session_state_applied": True})


def _chat(cloud: Cloud, sent: Request) -> Stream:
    return Stream(b"data: \n\n", flat({"type": "heartbeat"}), adk("Compressed as you wished."))


DEFAULTS: dict[str, Callable[[Cloud, Request], Reply | Stream]] = {
    TOKEN: Cloud.give_token,
    CLAIM: lambda cloud, sent: _told({"claim_token": "clm_1", "expires_in": 604800}),
    SESSION: lambda cloud, sent: _told({"task_id": "t1", "session_id": "s1", "user_id": "u1"}),
    CHAT: _chat,
    UPLOAD: _uploaded,
    CREDITS: lambda cloud, sent: _told(cloud.credits),
    STATE: lambda cloud, sent: _told({"session_id": "s1", "state": {"draft": cloud.draft, "video_infos": []}}),
    RENDER: Cloud.submit,
    STATUS: Cloud.status,
    CANCEL: lambda cloud, sent: _told(None),
    DOWNLOAD: lambda cloud, sent: Reply(cloud.result),
}
