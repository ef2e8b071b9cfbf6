"""What came before a connection broke is given before the error, however slowly it is read."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest
from tests.cloud import CREDITS, Cloud, Raw, Reply, raw
from tests.conftest import Run

from nemovideo.errors import TransportError
from nemovideo.protocol.endpoints import Call
from nemovideo.transport.http import Transport

CALL = Call("GET", "/api/credits/balance/simple", phase="download")
CONTENT = bytes(range(256)) * 1600  # 400 KiB, less than aiohttp holds back by itself


async def read_slowly(transport: Transport, url: str, *, lossless: bool) -> tuple[bytes, bool]:
    """What a reader gets that is busy for a while after each piece, and whether it ended in an error."""
    came = bytearray()
    try:
        async with transport.stream(CALL, url, {}, read_timeout=5.0, lossless=lossless) as incoming:
            async for chunk in incoming.chunks():
                came += chunk
                for _ in range(20):  # the loop goes on meanwhile, and may hear of the end of the connection
                    await asyncio.sleep(0)
    except TransportError:
        return bytes(came), True
    return bytes(came), False


CUTS = {
    "sized": raw(CONTENT, f"Content-Length: {len(CONTENT) + 9}"),
    "chunked": raw(
        b"".join(b"%x\r\n%s\r\n" % (4096, CONTENT[at : at + 4096]) for at in range(0, len(CONTENT), 4096)),
        "Transfer-Encoding: chunked",
    ),
}


@pytest.mark.parametrize("name", CUTS)
def test_every_byte_that_came_is_given_before_the_error(name: str, run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            cloud.script(CREDITS, *[CUTS[name]] * 4)
            transport = Transport()
            came, broke = await read_slowly(transport, cloud.url + CALL.path, lossless=True)
            assert (came, broke) == (CONTENT, True)
            fewer, broke = await read_slowly(transport, cloud.url + CALL.path, lossless=False)
            assert broke
            assert CONTENT.startswith(fewer)  # as a rule without the end: what `lossless` is there for
            await transport.close()

    run(flow())


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        Reply(CONTENT * 4),
        raw(CONTENT, "Connection: close"),
        Reply(gzip.compress(CONTENT), headers={"Content-Encoding": "gzip"}),
        Raw(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 5000 + b"0\r\n\r\n",
        ),
    ],
    ids=["sized", "until the end", "gzip", "small chunks"],
)
def test_a_whole_answer_is_whole_either_way(answer: Any, lossless: bool, run: Run[Any]) -> None:
    whole = {0: CONTENT * 4, 1: CONTENT, 2: CONTENT, 3: b"x" * 5000}

    async def flow() -> bytes:
        async with Cloud() as cloud:
            cloud.script(CREDITS, answer)
            transport = Transport()
            async with transport.stream(
                CALL, cloud.url + CALL.path, {}, read_timeout=5.0, lossless=lossless
            ) as incoming:
                body = await incoming.read()
            await transport.close()
            return body

    assert run(flow()) in whole.values()
