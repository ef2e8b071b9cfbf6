"""Uploads by URL, and what they may not reach."""

from __future__ import annotations

import asyncio
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
     "0.0.0.0"],
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
                                 "//x.example/a.mp4", "a.mp4", "", "http://[::1/a.mp4", "concat:a|b"])  # fmt: skip
def test_only_http(house, go, url):
    async def flow():
        async with house() as engine:
            status, body = await _send(engine.operator, url)
            assert (status, body["code"]) == (400, 400)

    go(flow)


def test_redirects_are_looked_at_again(house, go, monkeypatch):
    async def flow():
        async with house() as engine, _site(hop="http://169.254.169.254/latest.mp4", file="file:///etc/passwd") as base:
            # The first host passes for a public one, as a stranger's server would.
            own = base.removeprefix("http://").partition(":")[0]
            honest = fetch.is_public
            monkeypatch.setattr(fetch, "is_public", lambda address: address == own or honest(address))
            assert "private network" in (await _send(engine.operator, f"{base}/hop.mp4"))[1]["message"]
            assert (await _send(engine.operator, f"{base}/file.mp4"))[1]["code"] == 400

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
     ("::ffff:10.0.0.1", False), ("2001:db8::1", False), ("64:ff9b::808:808", True)],
)  # fmt: skip
def test_public_addresses(address, public):
    assert fetch.is_public(address) is public
