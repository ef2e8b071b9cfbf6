"""An answer as bytes on the socket: slow, cut, stalled, wrongly framed, or no HTTP at all.

aiohttp writes proper HTTP only, so what is not is written here by hand; the connection is over afterwards.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from nemovideo.engine.faults.rules import FaultRule

__all__ = ["Answer", "RawAnswer", "linger"]

_LOOK = 0.02  # seconds between looks whether the client is still there
_TICK = 0.05  # seconds between two pieces of a slow body
_RUBBISH = b"\x16\x03nonsense \x00\r\n\r\n"
_TOO_LONG = 9000  # bytes of a header; aiohttp and most others take 8190


@dataclass(slots=True)
class Answer:
    """An answer before it is written; a number among the pieces is a wait of so many seconds."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    pieces: Sequence[bytes | float] = ()

    @property
    def body(self) -> bytes:
        """The bytes without their waits."""
        return b"".join(piece for piece in self.pieces if isinstance(piece, bytes))

    @property
    def streams(self) -> bool:
        """Whether it comes in pieces of unknown number, and so chunked."""
        return self.headers.get("Content-Type", "").startswith("text/event-stream")


async def linger(request: web.Request, seconds: float, closing: asyncio.Event) -> None:
    """Let time pass while the client is there and the engine runs.

    Raises:
        ConnectionResetError: it went away, or the engine stops.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while (left := until - loop.time()) > 0:
        transport = request.transport
        if transport is None or transport.is_closing() or closing.is_set():
            raise ConnectionResetError("nobody waits any more")
        await asyncio.sleep(min(_LOOK, left))


class RawAnswer(web.StreamResponse):
    """Writes an answer as a rule says, and ends the connection."""

    def __init__(self, answer: Answer, rule: FaultRule, closing: asyncio.Event) -> None:
        super().__init__(status=answer.status)
        self.force_close()
        self._answer, self._rule, self._stopping = answer, rule, closing

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Play the whole answer. aiohttp calls this, and takes the error at its end for a client that has left."""
        if isinstance(request, web.Request):
            await self._play(request)
            await self._end(request)
        raise ConnectionResetError("the answer is over")

    async def write_eof(self, data: bytes = b"") -> None:
        """There is nothing left to write."""

    async def _play(self, request: web.Request) -> None:
        rule = self._rule
        if rule.stall in {"request", "before"}:
            await self._stand_still(request)
        if rule.drop in {"request", "before"}:
            return
        if rule.garbage == "status-line":
            await self._send(request, _RUBBISH)
            return
        head = self._head()
        if "headers" in {rule.drop, rule.stall}:
            await self._send(request, head[: len(head) // 2 if rule.at is None else rule.at])
            await self._stop_here(request)
            return
        await self._send(request, head)
        await self._send_body(request)

    async def _send_body(self, request: web.Request) -> None:
        rule, sent = self._rule, 0
        cut = self._cut()
        for piece in self._answer.pieces:
            if not isinstance(piece, bytes):
                await linger(request, piece, self._stopping)
                continue
            if cut is not None and sent + len(piece) > cut:
                await self._send(request, self._framed(piece)[0] + piece[: cut - sent])
                await self._stop_here(request)
                return
            before, after = self._framed(piece)
            await self._send(request, before)
            await self._send(request, piece, slowly=True)
            await self._send(request, after)
            sent += len(piece)
        if cut is not None:
            await self._stop_here(request)
        elif self._framing == "chunked":
            await self._send(request, b"0\r\n\r\n")
            if rule.length:  # bytes behind the end
                await self._send(request, b"x" * max(0, -rule.length))

    def _cut(self) -> int | None:
        """How many bytes of the body are sent before it stops."""
        if "body" not in {self._rule.drop, self._rule.stall}:
            return None
        return len(self._answer.body) // 2 if self._rule.at is None else self._rule.at

    @property
    def _framing(self) -> str:
        if self._rule.garbage == "chunk-size":
            return "chunked"
        return self._rule.framing or ("chunked" if self._answer.streams else "sized")

    def _framed(self, piece: bytes) -> tuple[bytes, bytes]:
        """What goes before and behind a piece."""
        if self._framing != "chunked":
            return b"", b""
        size = b"zz" if self._rule.garbage == "chunk-size" else f"{len(piece):x}".encode()
        return size + b"\r\n", b"\r\n"

    def _head(self) -> bytes:
        answer, rule = self._answer, self._rule
        headers = answer.headers | {"Connection": "close"}
        headers.pop("Content-Length", None)
        if self._framing == "sized":
            headers["Content-Length"] = str(max(0, len(answer.body) + (rule.length or 0)))
        elif self._framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
        if rule.garbage == "header":
            headers["X-Long"] = "a" * _TOO_LONG
        try:
            reason = HTTPStatus(answer.status).phrase
        except ValueError:
            reason = "Unknown"
        lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape")

    async def _send(self, request: web.Request, data: bytes, *, slowly: bool = False) -> None:
        step = max(1, int(self._rule.speed * _TICK)) if slowly and self._rule.speed else max(1, len(data))
        for start in range(0, len(data), step):
            transport = request.transport
            if transport is None or transport.is_closing():
                raise ConnectionResetError("the client has left")
            transport.write(data[start : start + step])
            await request.writer.drain()
            if slowly and self._rule.speed:
                await linger(request, step / self._rule.speed, self._stopping)

    async def _stop_here(self, request: web.Request) -> None:
        if self._rule.stall is not None:
            await self._stand_still(request)

    async def _stand_still(self, request: web.Request) -> None:
        await linger(request, float("inf"), self._stopping)

    async def _end(self, request: web.Request) -> None:
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            return
        if self._rule.end == "fin":
            transport.close()
            return
        while transport.get_write_buffer_size() and not transport.is_closing():  # noqa: ASYNC110 -- it has no event
            await asyncio.sleep(0)
        sock: socket.socket = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
