"""A result onto the disk, whatever the connection does; the token only where it belongs."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import RESULT, Cloud, Raw, Reply, Request, raw
from tests.conftest import Run

from nemovideo.credentials import Credentials
from nemovideo.errors import (
    DiskFull,
    NemoError,
    OutputExists,
    OutputNotWritable,
    PlanError,
    ProtocolError,
    RateLimited,
    TransportError,
)
from nemovideo.protocol.envelope import Call
from nemovideo.settings import Settings
from nemovideo.transport.caller import Caller
from nemovideo.transport.download import Download, place
from nemovideo.transport.http import _Incoming
from nemovideo.transport.part import part_for

FILM = bytes(range(256)) * 20_000  # 5 MB, so that it comes in many pieces
CALL = Call("GET", "/api/render/proxy/r/download", phase="download", render_id="r")
ETAG = 'ETag: "v1"'

Flow = Callable[[Cloud, "Fetch"], Awaitable[None]]


class Fetch:
    """One download of the cloud's result."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.clock = TurnableClock()
        credentials = Credentials(cloud.url, token=cloud.token, settings=Settings.from_environment({}))
        self.caller = Caller(cloud.url, credentials, {"X-Skill-Source": "t"}, web_url="https://w", clock=self.clock)
        self.cloud, self.part, self.told = cloud, folder / "out.part", list[tuple[int, int | None]]()

    async def __call__(self, url: str | None = None, *, expected: int | None = None) -> bytes:
        async def on_received(received: int, total: int | None) -> None:
            self.told.append((received, total))

        url = url or f"{self.cloud.cdn_url}/out.mp4"
        self.part.touch()
        run = Download(self.caller, url, self.part, call=CALL, expected=expected, on_received=on_received)
        try:
            size = await run.run()
        finally:
            await self.caller.transport.close()
        found = await asyncio.to_thread(self.part.read_bytes)
        assert len(found) == size
        return found

    @property
    def sent(self) -> list[Request]:
        return self.cloud.sent(RESULT)


@pytest.fixture
def download(run: Run[Any], tmp_path: Path) -> Callable[[Flow], None]:
    def runner(flow: Flow) -> None:
        async def within() -> None:
            async with Cloud(result=FILM) as cloud:
                await flow(cloud, Fetch(cloud, tmp_path))

        run(within())

    return runner


def ranged(data: bytes, *, etag: str = '"v1"') -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A server that honours Range with If-Range."""

    async def answer(request: web.Request) -> web.StreamResponse:
        wanted, condition = request.headers.get("Range", ""), request.headers.get("If-Range")
        if wanted.startswith("bytes=") and condition == etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            told = f"bytes {start}-{len(data) - 1}/{len(data)}"
            return web.Response(body=data[start:], status=206, headers={"ETag": etag, "Content-Range": told})
        return web.Response(body=data, headers={"ETag": etag})

    return answer


def cut(at: int, *lines: str, end: str = "fin") -> Raw:
    return raw(FILM[:at], f"Content-Length: {len(FILM)}", *lines, end=end)


def test_a_whole_file(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        assert await fetch(expected=len(FILM)) == FILM
        assert fetch.told[-1] == (len(FILM), len(FILM))
        assert [done for done, _ in fetch.told] == sorted(done for done, _ in fetch.told)

    download(flow)


def test_an_empty_part_of_an_older_try_is_overwritten(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        await asyncio.to_thread(fetch.part.write_bytes, b"x" * (len(FILM) + 999))
        assert await fetch() == FILM

    download(flow)


@pytest.mark.parametrize("end", ["fin", "rst"])
def test_a_cut_is_taken_up_where_it_broke_off(end: str, download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, cut(3_000_000, ETAG, end=end), ranged(FILM))
        assert await fetch(expected=len(FILM)) == FILM
        first, second = fetch.sent
        assert "range" not in first.headers
        assert first.headers["accept-encoding"] == "identity"
        # aiohttp throws away what it holds when a connection breaks, so that a little less than was sent is on disk.
        if end == "fin":  # and after a reset the kernel may throw away all of it
            assert 0 < int(second.headers["range"].removeprefix("bytes=").removesuffix("-")) <= 3_000_000
            assert second.headers["if-range"] == '"v1"'

    download(flow)


def test_again_and_again_as_long_as_bytes_come(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        async def one_more_byte(request: web.Request) -> web.StreamResponse:
            """Says one byte more than the last time, waits until it was read, and breaks off."""
            start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
            told = {"ETag": '"v1"', "Content-Length": str(20 - start)}
            if start:
                told["Content-Range"] = f"bytes {start}-19/20"
            response = web.StreamResponse(status=206 if start else 200, headers=told)
            await response.prepare(request)
            await response.write(FILM[start : start + 1])
            if start < 19:
                await read.wait()
                read.clear()
                assert request.transport is not None
                request.transport.close()
            return response

        read = asyncio.Event()
        chunks = _Incoming.chunks

        async def watched(incoming: _Incoming) -> AsyncIterator[bytes]:
            async for chunk in chunks(incoming):
                yield chunk
                read.set()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_Incoming, "chunks", watched)
            cloud.script(RESULT, *[one_more_byte] * 20)
            assert await fetch(expected=20) == FILM[:20]
        assert len(fetch.sent) == 20
        assert fetch.clock.slept == [1.0 * 0.5] * 19  # each time like the first time: there was progress

    download(flow)


def test_a_200_to_a_range_starts_again(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        other = FILM[::-1]
        cloud.script(RESULT, cut(3_000_000, ETAG), ranged(other, etag='"v2"'))
        assert await fetch() == other

    download(flow)


def test_without_a_validator_nothing_is_sewn_together(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, cut(3_000_000))
        assert await fetch() == FILM
        assert "range" not in fetch.sent[1].headers

    download(flow)


@pytest.mark.parametrize("validator", ['ETag: W/"weak"', "ETag: bare"])
def test_a_weak_validator_is_none(validator: str, download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, cut(3_000_000, validator))
        assert await fetch() == FILM
        assert "range" not in fetch.sent[1].headers

    download(flow)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(b"", 416, {"Content-Range": f"bytes */{len(FILM)}"}),
        raw(FILM[7:], ETAG, f"Content-Range: bytes 7-{len(FILM) - 1}/{len(FILM)}", status="206 Partial Content"),
        raw(FILM, ETAG, status="206 Partial Content"),
    ],
    ids=["416", "another range", "no range told"],
)
def test_a_server_that_lost_its_place_is_asked_from_the_start(
    answer: Reply | Raw, download: Callable[[Flow], None]
) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, cut(3_000_000, ETAG), answer)
        assert await fetch(expected=len(FILM)) == FILM
        assert "range" not in fetch.sent[2].headers

    download(flow)


def test_five_times_in_vain_is_enough(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, *[Raw(b"")] * 50)
        with pytest.raises(TransportError):
            await fetch()
        assert len(fetch.clock.slept) == 4

    download(flow)


def test_a_file_of_another_size_than_promised_is_refused(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        with pytest.raises(ProtocolError, match="promised"):
            await fetch(expected=len(FILM) + 1)
        assert len(fetch.sent) == 1

    download(flow)


def test_a_cut_without_a_length_is_seen_by_the_promise(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, raw(FILM[:3_000_000], "Connection: close"))
        assert await fetch(expected=len(FILM)) == FILM

    download(flow)


def test_chunked_and_without_a_promise(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(FILM), FILM)
        cloud.script(RESULT, raw(chunk, "Transfer-Encoding: chunked"))
        assert await fetch() == FILM
        assert fetch.told[-1] == (len(FILM), None)

    download(flow)


def test_the_token_goes_to_its_own_origin_only(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        # The backend sends us on to another origin, which sends us on within itself, and back at the end.
        cloud.script("GET /api/render/proxy/r/download", Reply(None, 302, {"Location": f"{cloud.cdn_url}/a"}))
        cloud.script("GET /a", Reply(None, 307, {"Location": "/b"}))
        cloud.script("GET /b", Reply(None, 301, {"Location": f"{cloud.url}/c"}))
        cloud.script("GET /c", Reply(FILM))
        assert await fetch("/api/render/proxy/r/download") == FILM
        assert [request.headers.get("authorization") for request in cloud.requests] == [f"Bearer {cloud.token}"] * 2
        assert len(cloud.elsewhere) == 2
        for request in cloud.elsewhere:
            assert "authorization" not in request.headers
            assert "x-skill-source" not in request.headers

    download(flow)


def test_redirects_without_end_are_not_followed_for_ever(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, *[Reply(None, 302, {"Location": "/out.mp4"})] * 50)
        with pytest.raises(ProtocolError, match="redirects"):
            await fetch()

    download(flow)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:alert(1)", "http://[::1", "gopher://x"]
)
def test_a_redirect_to_no_web_address_is_refused(target: str, download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, Reply(None, 302, {"Location": target}))
        with pytest.raises(NemoError):
            await fetch()
        assert not await asyncio.to_thread(fetch.part.read_bytes)

    download(flow)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reply(b"<html>Bad Gateway</html>", 502), TransportError),
        (Reply({"code": 402, "message": "plan"}, 402), PlanError),
        (Reply({"detail": "gone"}, 404), ProtocolError),
        (Reply(b"", 204), ProtocolError),
        (Reply(b"", 304), ProtocolError),
        (Reply({"message": "slow"}, 429, {"Retry-After": "3"}), RateLimited),
    ],
)
def test_an_error_answer_is_no_file(answer: Reply, kind: type[NemoError], download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, *[answer] * 5)
        with pytest.raises(kind) as caught:
            await fetch()
        assert caught.value.render_id == "r"
        assert not await asyncio.to_thread(fetch.part.read_bytes)

    download(flow)


def test_a_disk_that_is_too_small_is_told_before_a_byte(
    download: Callable[[Flow], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=100, used=90, free=10))

    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        with pytest.raises(DiskFull):
            await fetch()
        assert fetch.told == []

    download(flow)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_fills_up_meanwhile_is_told(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        await asyncio.to_thread(fetch.part.symlink_to, "/dev/full")
        with pytest.raises(DiskFull):
            await fetch()

    download(flow)


def test_a_folder_that_vanished_is_told(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        fetch.part = fetch.part.parent / "gone" / "out.part"
        await asyncio.to_thread(fetch.part.parent.mkdir)

        async def remove(request: web.Request) -> web.StreamResponse:
            await asyncio.to_thread(shutil.rmtree, fetch.part.parent)
            return web.Response(body=FILM)

        cloud.script(RESULT, remove)
        with pytest.raises(OutputNotWritable):
            await fetch()

    download(flow)


def test_place_gives_the_name(tmp_path: Path) -> None:
    part, output = tmp_path / "a.part", tmp_path / "a.mp4"
    part.write_bytes(b"film")
    place(part, output, overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert output.read_bytes() == b"film"


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_place_never_replaces_what_came_meanwhile(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, output = tmp_path / "a.part", tmp_path / "a.mp4"
    part.write_bytes(b"film")
    output.write_bytes(b"precious")
    if not links:

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EPERM, "no hard links here")

        monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OutputExists):
        place(part, output, overwrite=False)
    assert output.read_bytes() == b"precious"
    assert part.read_bytes() == b"film"
    place(part, output, overwrite=True)
    assert output.read_bytes() == b"film"
    assert not part.exists()


def test_place_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    part, output = tmp_path / "a.part", tmp_path / "a.mp4"
    part.write_bytes(b"film")
    place(part, output, overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("end", ["well", "with an error", "cancelled"])
def test_a_part_leaves_nothing(end: str, run: Run[Any], tmp_path: Path, world: Path) -> None:
    async def flow() -> None:
        entered = asyncio.Event()

        async def work() -> None:
            async with part_for(tmp_path / "a.mp4", overwrite=False) as part:
                assert [path.name for path in await asyncio.to_thread(lambda: list(tmp_path.iterdir()))] == [part.name]
                entered.set()
                if end == "with an error":
                    raise RuntimeError(end)
                if end == "cancelled":
                    await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await entered.wait()
        if end == "cancelled":
            task.cancel()
        await asyncio.wait([task])
        assert (task.cancelled(), not task.cancelled() and task.exception() is not None) == (
            end == "cancelled",
            end == "with an error",
        )

    run(flow())
    assert list(tmp_path.iterdir()) == []
    assert list((world / "state" / "nemovideo" / "unfinished").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("there.mp4", OutputExists),
        ("folder.mp4", OutputNotWritable),
        ("no/such/folder.mp4", OutputNotWritable),
        ("locked/a.mp4", OutputNotWritable),
    ],
)
def test_an_output_that_cannot_be_is_refused_at_once(
    name: str, kind: type[NemoError], run: Run[Any], tmp_path: Path
) -> None:
    (tmp_path / "there.mp4").write_bytes(b"precious")
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "locked").mkdir(mode=0o500)
    if name.startswith("locked") and os.access(tmp_path / "locked", os.W_OK):
        pytest.skip("this user may write everywhere")

    async def flow() -> None:
        async with part_for(tmp_path / name, overwrite=False):
            pytest.fail("nothing may be begun")

    with pytest.raises(kind) as caught:
        run(flow())
    assert str(tmp_path) in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.mp4", "locked", "there.mp4"]


def test_a_long_name_still_has_room_for_the_part(run: Run[Any], tmp_path: Path) -> None:
    async def flow() -> None:
        for name in ("a" * 251 + ".mp4", "中" * 83 + ".mp4"):
            async with part_for(tmp_path / name, overwrite=False) as part:
                place(part, tmp_path / name, overwrite=False)

    asyncio.run(flow())
    assert len(list(tmp_path.iterdir())) == 2
