"""A body on its way out: watched while the server takes it, closed behind it, and its own faults told as they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from aiohttp import web
from tests.cloud import UPLOAD, Cloud, Raw, Reply
from tests.conftest import Run

from nemovideo.errors import ConnectionFailed, SourceNotFound, TransportError
from nemovideo.protocol.endpoints import Call
from nemovideo.transport.http import Transport

CALL = Call("POST", "/api/upload-video/nemo_agent/me/s1", phase="upload", session_id="s1")
HEADERS = {"Authorization": "Bearer nmv_usr_given"}
LARGE = 64 * 1024 * 1024  # more than any socket's buffers hold


class Pieces:
    """A body of `count` pieces; tells whether its generator was closed."""

    content_type = "application/octet-stream"

    def __init__(self, *pieces: bytes | Exception, hold: asyncio.Event | None = None) -> None:
        self.pieces, self.hold, self.closed, self.given = pieces, hold, False, 0
        self.begun = asyncio.Event()
        self.length = sum(len(piece) for piece in pieces if isinstance(piece, bytes))

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                if self.hold is not None and self.given:
                    await self.hold.wait()
                self.given += 1
                self.begun.set()
                yield piece
        finally:
            self.closed = True


class Deaf:
    """A server that accepts, and never reads."""

    async def __aenter__(self) -> str:
        self._held: list[asyncio.StreamWriter] = []
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, limit=1024)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._held.append(writer)
        await reader.readline()  # and with 1 KiB in hand, it stops reading

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._held:
            writer.transport.abort()
        await self._server.wait_closed()


@pytest.mark.parametrize("pieces", [[b"x" * LARGE], [b"x" * 65536] * (LARGE // 65536)], ids=["one", "many"])
def test_a_server_that_stops_taking_is_given_up(pieces: list[bytes], run: Run[Any]) -> None:
    async def flow() -> None:
        body, transport = Pieces(*pieces), Transport()
        async with Deaf() as url:
            with pytest.raises(TransportError, match=r"the server took nothing for 0\.2 s") as caught:
                await transport.request(CALL, url + CALL.path, HEADERS, body=body, stall=0.2)
            await transport.close()
        assert caught.value.retryable
        assert not isinstance(caught.value, ConnectionFailed)
        assert (caught.value.phase, caught.value.session_id) == ("upload", "s1")
        assert body.closed

    run(flow())


def test_a_slow_source_is_no_stall(run: Run[Any]) -> None:
    async def flow() -> None:
        hold, transport = asyncio.Event(), Transport()
        body = Pieces(b"one", b"two", hold=hold)
        async with Cloud() as cloud:
            asking = asyncio.create_task(transport.request(CALL, cloud.url + CALL.path, HEADERS, body=body, stall=0.01))
            await asyncio.wait([asking], timeout=0.2)  # twenty stalls long nothing comes from the source
            assert not asking.done()
            hold.set()
            assert (await asking).status == 200
            await transport.close()
            assert cloud.sent(UPLOAD)[0].body == b"onetwo"
        assert body.closed

    run(flow())


def test_a_server_at_work_after_the_last_byte_is_no_stall(run: Run[Any]) -> None:
    async def flow() -> None:
        transport, done = Transport(), asyncio.Event()

        async def thinks(request: web.Request) -> web.StreamResponse:
            await done.wait()
            return await Reply({"code": 0, "data": {}}).send(request)

        async with Cloud() as cloud:
            cloud.script(UPLOAD, thinks)
            asking = asyncio.create_task(
                transport.request(CALL, cloud.url + CALL.path, HEADERS, body=Pieces(b"x"), stall=0.01)
            )
            await asyncio.wait([asking], timeout=0.2)
            assert not asking.done()
            done.set()
            assert (await asking).status == 200
            await transport.close()

    run(flow())


def test_the_pieces_arrive_whole_and_in_order(run: Run[Any]) -> None:
    async def flow() -> None:
        transport = Transport()
        content = bytes(range(256)) * 4096 * 3  # 3 MiB: taken in pieces of 256 KiB
        async with Cloud() as cloud:
            body = Pieces(b"head", content, b"", b"tail")
            await transport.request(CALL, cloud.url + CALL.path, HEADERS, body=body, stall=60.0)
            await transport.close()
            assert cloud.sent(UPLOAD)[0].body == b"head" + content + b"tail"
        assert body.closed

    run(flow())


@pytest.mark.parametrize("problem", [SourceNotFound("a.mp4 has gone."), OSError(5, "io"), KeyError("the user's own")])
def test_what_the_source_raises_is_raised(problem: Exception, run: Run[Any]) -> None:
    async def flow() -> None:
        transport, body = Transport(), Pieces(b"x", problem)
        body.length = 100
        async with Cloud() as cloud:
            with pytest.raises(type(problem)) as caught:
                await transport.request(CALL, cloud.url + CALL.path, HEADERS, body=body)
            await transport.close()
            assert caught.value is problem
        assert body.closed

    run(flow())


@pytest.mark.parametrize("end", ["fin", "rst"])
def test_a_connection_that_breaks_under_it_closes_it(end: str, run: Run[Any]) -> None:
    async def flow() -> None:
        transport, body = Transport(), Pieces(b"x" * LARGE)
        async with Cloud() as cloud:
            cloud.script(UPLOAD, Raw(b"", end))
            with pytest.raises(TransportError, match="connection was lost"):
                await transport.request(CALL, cloud.url + CALL.path, HEADERS, body=body, stall=60.0)
            await transport.close()
        assert body.closed

    run(flow())


def test_a_refusal_before_the_end_is_the_answer(run: Run[Any]) -> None:
    """A server that says 413 while it is still being sent to is heard, and the rest is not sent."""

    async def flow() -> None:
        transport, body = Transport(), Pieces(b"x", b"y", hold=asyncio.Event())
        server = await asyncio.start_server(_refuse, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        answer = await transport.request(CALL, url + CALL.path, HEADERS, body=body, stall=60.0)
        assert answer.status == 413
        await transport.close()
        server.close()
        await server.wait_closed()
        assert body.closed

    run(flow())


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    await reader.read()
    writer.close()


def test_a_cancellation_closes_it(run: Run[Any]) -> None:
    async def flow() -> None:
        transport, body = Transport(), Pieces(b"x" * LARGE, b"y")
        async with Deaf() as url:
            asking = asyncio.create_task(transport.request(CALL, url + CALL.path, HEADERS, body=body, stall=60.0))
            await body.begun.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await transport.close()
        assert body.closed

    run(flow())
