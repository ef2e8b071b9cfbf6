"""Every wait for a server ends: for its connection, for the head of its answer, for each byte, for the whole."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from tests.cloud import CREDITS, Cloud, Raw
from tests.conftest import Run
from tests.transport.test_outgoing import Pieces

from nemovideo.errors import ConnectionFailed, TransportError
from nemovideo.limits import Limits
from nemovideo.network import Network
from nemovideo.protocol.endpoints import Call
from nemovideo.transport.http import Transport

CALL = Call("GET", "/api/credits/balance/simple", phase="connect", session_id="s1")
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
Script = Callable[[web.Request], Any]


@pytest.fixture(autouse=True)
def _no_socket_left() -> Iterator[None]:
    """Every wait that is given up closes its connection."""
    handles = Path("/proc/self/fd")
    before = len(list(handles.iterdir())) if handles.is_dir() else 0
    yield
    gc.collect()
    assert not before or len(list(handles.iterdir())) <= before


@asynccontextmanager
async def using(network: Network | None = None, **limits: float) -> AsyncGenerator[Transport]:
    transport = Transport(network, Limits(**limits))  # type: ignore[arg-type]
    try:
        yield transport
    finally:
        await transport.close()


def in_two_reads(first: bytes, second: bytes, *, closes: bool) -> Script:
    """An answer that comes in pieces which the client surely reads apart."""

    async def send(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        transport.write(first)
        await asyncio.sleep(0.05)
        transport.write(second)
        if closes:
            await asyncio.sleep(0.05)
            transport.close()
        else:
            await asyncio.Event().wait()
        return web.Response()

    return send


BROKEN = {
    "a bad size": in_two_reads(HEAD + b"5\r\nhello\r\n", b"zz\r\n", closes=True),
    "a bad size, held open": in_two_reads(HEAD + b"5\r\nhello\r\n", b"zz\r\n", closes=False),
    "a bad size at once": in_two_reads(HEAD, b"zz\r\n", closes=True),
    "no end of a chunk": in_two_reads(HEAD + b"5\r\nhello\r\n", b"3\r\nabcdefgh\r\n0\r\n\r\n", closes=False),
    "silence": in_two_reads(HEAD + b"5\r\nhello\r\n", b"", closes=False),
    "early hints, then silence": in_two_reads(b"HTTP/1.1 103 Early Hints\r\n\r\n", b"", closes=False),
    "half a head": in_two_reads(b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n", closes=False),
}


async def read(transport: Transport, url: str, *, lossless: bool) -> None:
    async with transport.stream(CALL, url, {}, read_timeout=0.3, lossless=lossless) as incoming:
        async for _ in incoming.chunks():
            pass


@pytest.mark.parametrize("lossless", [False, True], ids=["read", "download"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_ends(name: str, lossless: bool, run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, using() as transport:
            cloud.script(CREDITS, BROKEN[name])
            with pytest.raises(TransportError) as caught:
                await asyncio.wait_for(read(transport, cloud.url + CALL.path, lossless=lossless), 20)
            assert caught.value.retryable
            assert not isinstance(caught.value, ConnectionFailed)

    run(flow())


async def dribbling(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000000"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


def test_a_dribbled_answer_ends(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, using(silence=0.4) as transport:
            cloud.script(CREDITS, dribbling)
            with pytest.raises(TransportError, match="whole in time") as caught:
                async with asyncio.timeout(20):
                    await transport.request(CALL, cloud.url + CALL.path, {})
            assert caught.value.retryable

    run(flow())


def test_a_slow_transfer_has_no_end_of_its_own(run: Run[Any]) -> None:
    """Its bytes come more slowly than an answer may take as a whole: only silence ends it."""

    async def flow() -> None:
        async with Cloud() as cloud, using(silence=0.1) as transport:
            cloud.script(CREDITS, dribbling)
            came = 0
            async with transport.stream(CALL, cloud.url + CALL.path, {}, read_timeout=10.0, lossless=True) as incoming:
                async for chunk in incoming.chunks():
                    came += len(chunk)
                    if came >= 20:  # some 0.4 s
                        break

    run(flow())


def test_a_slow_reader_is_not_taken_for_a_silent_server(run: Run[Any]) -> None:
    pieces = b"".join(b"1\r\n%c\r\n" % letter for letter in b"abcdef")

    async def flow() -> bytes:
        came = b""
        async with Cloud() as cloud, using() as transport:
            cloud.script(CREDITS, Raw(HEAD + pieces + b"0\r\n\r\n"))
            async with transport.stream(CALL, cloud.url + CALL.path, {}, read_timeout=0.1, lossless=True) as incoming:
                async for chunk in incoming.chunks():
                    came += chunk
                    await asyncio.sleep(0.2)
        return came

    assert run(flow()) == b"abcdef"


@asynccontextmanager
async def mute() -> AsyncGenerator[str]:
    """Takes every connection, and answers nothing; gives host and port."""
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: held.append(writer), "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in held:
            writer.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0)


def test_a_proxy_that_takes_connect_and_is_silent_ends(run: Run[Any]) -> None:
    async def flow() -> None:
        async with mute() as place, using(Network(proxy=f"http://me:secret@{place}"), connect=0.2) as transport:
            for body in (None, Pieces(b"x")):
                with pytest.raises(ConnectionFailed, match=f"proxy {place} does not answer") as caught:
                    async with asyncio.timeout(20):
                        await transport.request(CALL, "https://example.invalid/api", {}, body=body, stall=10.0)
                assert caught.value.retryable
                assert "secret" not in str(caught.value)

    run(flow())


def test_a_server_that_is_silent_on_tls_ends(run: Run[Any]) -> None:
    async def flow() -> None:
        async with mute() as place, using(connect=0.2) as transport:
            with pytest.raises(ConnectionFailed, match=place) as caught:
                async with asyncio.timeout(20):
                    await transport.request(CALL, f"https://{place}/api", {})
            assert caught.value.retryable

    run(flow())


def test_a_queue_of_the_users_own_connector_is_no_connection_that_fails(run: Run[Any]) -> None:
    """Two calls over a connector of one connection: the second waits its turn, longer than a connection may take."""

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.4)
        return web.json_response({})

    async def flow() -> list[int]:
        async with (
            Cloud() as cloud,
            using(Network(connector=lambda: aiohttp.TCPConnector(limit=1)), connect=0.1) as transport,
        ):
            cloud.script(CREDITS, slow, slow)
            both = (transport.request(CALL, cloud.url + CALL.path, {}) for _ in range(2))
            return [answer.status for answer in await asyncio.gather(*both)]

    assert run(flow()) == [200, 200]


def test_a_body_that_takes_its_time_is_no_silence(run: Run[Any]) -> None:
    """The server is awaited from the last piece on: until then it has nothing to answer."""

    async def flow() -> None:
        hold = asyncio.Event()
        body = Pieces(b"one", b"two", hold=hold)
        async with Cloud() as cloud, using(silence=0.2) as transport:
            call = Call("POST", "/api/upload-video/nemo_agent/me/s1", phase="upload")
            asyncio.get_running_loop().call_later(0.5, hold.set)
            headers = {"Authorization": f"Bearer {cloud.token}"}
            answer = await transport.request(call, cloud.url + call.path, headers, body=body, stall=0.2)
            assert answer.status < 500

    run(flow())


def test_a_server_that_takes_a_body_and_is_silent_ends(run: Run[Any]) -> None:
    async def flow() -> None:
        async with mute() as place, using(silence=0.2) as transport:
            with pytest.raises(TransportError, match="nothing for too long") as caught:
                async with asyncio.timeout(20):
                    await transport.request(CALL, f"http://{place}/api", {}, body=Pieces(b"one"), stall=10.0)
            assert not isinstance(caught.value, ConnectionFailed)

    run(flow())
