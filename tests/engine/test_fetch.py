"""Uploads by URL, and what they may not reach."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from nemovideo.engine import fetch


@asynccontextmanager
async def _site(**pages: bytes | str) -> AsyncIterator[str]:
    """A web server on loopback; gives its base URL."""

    async def page(request: web.Request) -> web.StreamResponse:
        answer = pages.get(request.match_info["name"].partition(".")[0])
        if answer is None:
            raise web.HTTPNotFound
        if isinstance(answer, str):
            return web.Response(status=302, headers={"Location": answer})
        return web.Response(body=answer, content_type="video/mp4")

    app = web.Application()
    app.router.add_get("/{name}", page)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _send(caller: Any, url: str) -> tuple[int, Any]:
    session = await caller.session()
    status, body = await caller.call(
        "POST", f"/api/upload-video/nemo_agent/me/{session}", json={"urls": [url], "source_type": "url"}
    )
    return status, body


def test_what_is_allowed_arrives(house, go, sha):
    async def flow():
        async with (
            house(allow_private_urls=True, max_upload_bytes=1000) as engine,
            _site(film=b"VIDEO1", hop="/film.mp4", loop="/loop.mp4", large=bytes(1001), note=b"text") as base,
        ):
            one = await engine.stranger()
            status, body = await _send(one, f"{base}/film.mp4?secret=1")
            assert status == 200, body
            assert body["data"]["files"][0]["filename"] == "film.mp4"
            assert body["data"]["files"][0]["hash"] == sha(b"VIDEO1")
            assert (await _send(one, f"{base}/hop"))[1]["data"]["files"][0]["filename"] == "film.mp4"
            assert (await _send(one, f"{base}/film"))[1]["data"]["files"][0]["filename"] == "film.mp4"
            for name, code in (("loop.mp4", 400), ("gone.mp4", 400), ("large.mp4", 4002), ("note.mp4", 4001)):
                status, body = await _send(one, f"{base}/{name}?secret=1")
                assert body["code"] == code, name
                assert "secret" not in body["message"]

    go(flow)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f.1", "0", "[::ffff:127.0.0.1]", "169.254.169.254",
     "10.0.0.1", "192.168.1.1", "[fe80::1]", "[fd00::1]", "100.64.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
     "0.0.0.0", "127.0.0.1.", "0177.0.0.1", "017700000001", "0x7f000001", "[fd00:ec2::254]", "[::127.0.0.1]",
     "\uff11\uff12\uff17.0.0.1", "LOCALHOST", "[fe80::1%25lo]"],
)  # fmt: skip
def test_private_places_are_not_reached(house, go, host):
    async def flow():
        async with house() as engine, _site(film=b"VIDEO") as base:
            port = base.rpartition(":")[2]
            status, body = await _send(engine.operator, f"http://{host}:{port}/film.mp4")
            assert (status, body["code"]) == (400, 400)
            assert "private network" in body["message"], body

    go(flow)


@pytest.mark.parametrize("url", ["ftp://x.example/a.mp4", "gopher://x/a.mp4", "data:video/mp4,VIDEO", "http:///a.mp4",
                                 "//x.example/a.mp4", "a.mp4", "", "http://[::1/a.mp4", "concat:a|b",
                                 "http:/\\localhost/a.mp4", "http://a..example/a.mp4",
                                 f"http://{'a' * 70}.example/a.mp4",
                                 "http://x.example:99999/a.mp4", "http://localhost\\@x.example/a.mp4"])  # fmt: skip
def test_only_http(house, go, url):
    async def flow():
        async with house() as engine:
            status, body = await _send(engine.operator, url)
            assert (status, body["code"]) == (400, 400)

    go(flow)


def test_redirects_are_looked_at_again(house, go, monkeypatch):
    hops = {
        "hop": "http://169.254.169.254/latest.mp4",
        "file": "file:///etc/passwd",
        "ftp": "ftp://x.example/a.mp4",
        "loop": "/loop.mp4",
    }

    async def flow():
        async with house() as engine, _site(**hops) as base:
            # The first host passes for a public one, as a stranger's server would.
            own = base.removeprefix("http://").partition(":")[0]
            honest = fetch.is_public
            monkeypatch.setattr(fetch, "is_public", lambda address: address == own or honest(address))
            assert "private network" in (await _send(engine.operator, f"{base}/hop.mp4"))[1]["message"]
            assert "no http or https" in (await _send(engine.operator, f"{base}/file.mp4"))[1]["message"]
            assert "no http or https" in (await _send(engine.operator, f"{base}/ftp.mp4"))[1]["message"]
            assert "more than 5 times" in (await _send(engine.operator, f"{base}/loop.mp4"))[1]["message"]

    go(flow)


def test_a_name_that_leads_inside_is_not_followed(house, go, monkeypatch):
    """Also when only one of its addresses does, or only the second answer: nothing may connect."""

    async def flow():
        async with house() as engine, _site(film=b"VIDEO", hop="http://rebound.example/film.mp4") as base:
            port = base.rpartition(":")[2]
            answers = {
                "inside.example": [["127.0.0.1"]],
                "mixed.example": [["93.184.216.34", "127.0.0.1"]],
                "mapped.example": [["::ffff:127.0.0.1"]],
            }
            connected = []
            loop = asyncio.get_running_loop()
            honest = loop.getaddrinfo

            async def getaddrinfo(host, port, **how):
                if host not in answers:
                    return await honest(host, port, **how)
                addresses = answers[host].pop(0)
                return [(10 if ":" in one else 2, 1, 6, "", (one, port)) for one in addresses]

            async def sock_connect(sock, address):
                connected.append(address)
                raise OSError

            monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
            operator = engine.operator
            session = await operator.session()  # on a connection that stays open
            monkeypatch.setattr(loop, "sock_connect", sock_connect)
            for host in list(answers):
                body = {"urls": [f"http://{host}:{port}/film.mp4"], "source_type": "url"}
                status, answer = await operator.call("POST", f"/api/upload-video/nemo_agent/me/{session}", json=body)
                assert (status, "private network" in answer["message"]) == (400, True)
            assert connected == []
            monkeypatch.undo()

    go(flow)


@asynccontextmanager
async def _speaker(answer: bytes, *, drip: float | None = None) -> AsyncIterator[str]:
    """A server that says `answer` to whoever comes, then nothing, or one byte each `drip` seconds."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            while drip is not None and not writer.is_closing():
                writer.write(b"1\r\nx\r\n")
                await writer.drain()
                await asyncio.sleep(drip)
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


_CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n"
_SIZED = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n\r\n%s"


@pytest.mark.parametrize(
    ("answer", "drip", "codes"),
    [
        (_SIZED % (10, b"VIDEO" * 400), None, {400, 0}),  # says less than it sends: what is left over is never read
        (_SIZED % (10**15, b"VIDEO"), None, {400}),  # says more
        (_CHUNKED + b"fff\r\n" + b"x" * 0xFFF + b"\r\n", 0.02, {4002}),  # says nothing, and goes on
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nVIDEO", None, {0}),  # not unpacked
        (b"SSH-2.0-OpenSSH\r\n\r\n", None, {400}),
    ],
)
def test_what_a_server_says_of_its_answer_is_not_believed(house, go, answer, drip, codes):
    async def flow():
        async with house(allow_private_urls=True, max_upload_bytes=1000) as engine, _speaker(answer, drip=drip) as base:
            _, body = await _send(engine.operator, f"{base}/film.mp4")
            assert body["code"] in codes, body
            assert not list((engine.services.work).glob("*.mp4"))

    go(flow)


def test_a_drip_is_not_waited_for(house, go, monkeypatch):
    monkeypatch.setattr(fetch, "_GRACE", 0.1)

    async def flow():
        async with house(allow_private_urls=True) as engine, _speaker(_CHUNKED, drip=0.02) as base:
            status, body = await _send(engine.operator, f"{base}/film.mp4")
            assert (status, body["code"]) == (400, 400)
            assert "could not be fetched (TimeoutError)" in body["message"]

    go(flow)


def test_secrets_of_an_address_are_not_told(house, go):
    async def flow():
        async with house(allow_private_urls=True) as engine, _site() as base:
            address = base.replace("http://", "http://me:hunter2@")
            for url in (f"{address}/gone.mp4?key=hunter2#hunter2", f"ftp://me:hunter2@{base[7:]}/a.mp4"):
                assert "hunter2" not in (await _send(engine.operator, url))[1]["message"]

    go(flow)


def test_a_name_is_resolved_once_and_pinned(house, go, monkeypatch):
    async def flow():
        async with house():
            asked = []

            async def getaddrinfo(host, port, **_):
                asked.append(host)
                address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
                return [(2, 1, 6, "", (address, port))]

            loop = asyncio.get_running_loop()
            resolver = fetch._PinnedResolver()
            monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
            assert (await resolver.resolve("rebound.example", 80))[0]["host"] == "93.184.216.34"
            with pytest.raises(OSError, match="private network"):
                await resolver.resolve("rebound.example", 80)
            monkeypatch.undo()

    go(flow)


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("::", False), ("224.0.0.1", False), ("::ffff:8.8.8.8", True),
     ("::ffff:10.0.0.1", False), ("2001:db8::1", False), ("64:ff9b::808:808", True), ("64:ff9b:1::808:808", False),
     ("::8.8.8.8", False), ("::ffff:0:8.8.8.8", False), ("fec0::1", False), ("3fff::1", False), ("192.88.99.1", False),
     ("168.63.129.16", False), ("240.0.0.1", False), ("192.0.0.192", False), ("2002:a9fe:a9fe::1", False)],
)  # fmt: skip
def test_public_addresses(address, public):
    assert fetch.is_public(address) is public
