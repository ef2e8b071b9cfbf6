"""A result onto the disk, whatever the connection does; the token only where it belongs."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gzip
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import RESULT, Cloud, Raw, Reply, Request, raw
from tests.conftest import Run
from tests.resources.following import until

from nemovideo.credentials import Credentials
from nemovideo.errors import (
    AuthenticationError,
    DiskFull,
    NemoError,
    OutputExists,
    OutputNotWritable,
    PlanError,
    ProtocolError,
    RateLimited,
    TransportError,
)
from nemovideo.limits import Limits
from nemovideo.protocol.endpoints import CREDITS, Call
from nemovideo.settings import Settings
from nemovideo.transport.caller import Caller
from nemovideo.transport.download import Download
from nemovideo.transport.http import _Incoming
from nemovideo.transport.part import part_for, place

FILM = bytes(range(256)) * 20_000  # 5 MB, so that it comes in many pieces
CALL = Call("GET", "/api/render/proxy/r/download", phase="download", render_id="r")
ETAG = 'ETag: "v1"'
OWN = "GET /api/render/proxy/r/download"

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
        if end == "fin":  # after a reset the kernel may throw away what it holds
            assert second.headers["range"] == "bytes=3000000-"
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
        assert all(
            0.25 <= seconds <= 0.5 for seconds in fetch.clock.slept
        )  # each time as the first: there was progress
        assert len(fetch.clock.slept) == 19

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


def test_a_server_that_falls_silent_is_asked_again(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        fetch.caller.limits = Limits(stall=0.3)
        cloud.script(RESULT, cut(3_000_000, ETAG, end="hang"), ranged(FILM))
        assert await fetch(expected=len(FILM)) == FILM
        assert fetch.sent[1].headers["range"] == "bytes=3000000-"

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
        (Reply({"code": 402, "message": "plan"}, 402), ProtocolError),
        (Reply({"code": 1001, "message": "token"}, 401), ProtocolError),
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


@pytest.mark.parametrize(
    "answer",
    [
        Reply({"code": 402, "message": "plan"}),
        Reply({"code": 0, "data": {}}),
        Reply(b" \n <html>a captive portal</html>", headers={"Content-Type": "text/html; charset=utf-8"}),
        Reply(b'{"type": "about:blank"}', headers={"Content-Type": "application/problem+json"}),
        raw(b"<!doctype html>", "Content-Type: text/html"),
        Reply(b"", headers={"Content-Type": "video/mp4"}),
        Reply(b"", headers={"Content-Type": "application/json"}),
        raw(b"", "Content-Type: video/mp4"),
    ],
)
def test_words_and_nothing_are_no_file(answer: Reply | Raw, download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, answer)
        with pytest.raises(ProtocolError) as caught:
            await fetch()
        assert type(caught.value) is ProtocolError
        assert caught.value.render_id == "r"
        assert len(fetch.sent) == 1
        assert not await asyncio.to_thread(fetch.part.read_bytes)

    download(flow)


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
@pytest.mark.parametrize("film", [FILM, b"   ", b" " * 300 + FILM])
def test_a_file_under_a_wrong_type_is_one_all_the_same(
    film: bytes, kind: str, download: Callable[[Flow], None]
) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, Reply(film, headers={"Content-Type": kind}))
        assert await fetch() == film

    download(flow)


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        ({"code": 1001, "message": "token"}, AuthenticationError),
        ({"code": 402, "message": "plan"}, PlanError),
        ({"success": False, "error": "gone"}, ProtocolError),
        ({"code": 0, "data": {"url": "elsewhere"}}, ProtocolError),
    ],
)
def test_what_the_backend_says_in_place_of_a_file_is_understood(
    says: object, kind: type[NemoError], download: Callable[[Flow], None]
) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(OWN, Reply(says))
        with pytest.raises(kind):
            await fetch(OWN.removeprefix("GET "))

    download(flow)


def test_only_the_backends_own_words_are_about_the_account(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(OWN, Reply({"code": 402, "message": "plan"}, 402))
        with pytest.raises(PlanError):
            await fetch(OWN.removeprefix("GET "))

    download(flow)


def test_an_anonymous_token_that_expired_meanwhile_is_renewed_once(run: Run[Any], tmp_path: Path) -> None:
    async def flow() -> None:
        async with Cloud(result=FILM, anonymous=True) as cloud:
            fetch = Fetch(cloud, tmp_path)

            async def expire(request: web.Request) -> web.StreamResponse:
                cloud.token = None
                return await Reply({"code": 1001, "message": "expired"}, 401).send(request)

            cloud.script(OWN, cut(3_000_000, ETAG), expire, ranged(FILM))
            assert await fetch(OWN.removeprefix("GET ")) == FILM
            assert [sent.headers["authorization"] for sent in cloud.sent(OWN)] == [
                "Bearer nmv_usr_anonymous1",
                "Bearer nmv_usr_anonymous1",
                "Bearer nmv_usr_anonymous2",
            ]
            assert "range" in cloud.sent(OWN)[2].headers

    async def given() -> None:
        async with Cloud(result=FILM) as cloud:
            fetch = Fetch(cloud, tmp_path)
            cloud.script(OWN, Reply({"code": 1001, "message": "expired"}, 401))
            with pytest.raises(AuthenticationError):
                await fetch(OWN.removeprefix("GET "))
            assert len(cloud.sent(OWN)) == 1

    run(flow())
    run(given())


def test_a_rate_limit_is_waited_for_once(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, Reply({}, 429, {"Retry-After": "7"}))
        assert await fetch() == FILM
        assert fetch.clock.slept == [7.0]
        assert fetch.caller.restraint.told(0.0) == 0.0  # of another server: no matter of the backend's calls
        cloud.script(RESULT, Reply({}, 429, {"Retry-After": "121"}))
        with pytest.raises(RateLimited):
            await Fetch(cloud, fetch.part.parent)()

    download(flow)


@pytest.mark.parametrize("promised", [True, False])
def test_a_cut_that_moves_about_ends_in_an_error(promised: bool, download: Callable[[Flow], None]) -> None:
    """Without a validator each try begins again; one that gets further than the one before is no progress."""

    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, *[cut(1_000_000), cut(3_000_000)] * 50)
        with pytest.raises(TransportError):
            await fetch(expected=len(FILM) if promised else None)
        assert len(fetch.sent) == 6

    download(flow)


@pytest.mark.parametrize(
    "lines",
    [
        ('ETag: "v2"', f"Content-Range: bytes 3000000-{len(FILM) - 1}/{len(FILM)}"),
        (ETAG, f"Content-Range: bytes 3000000-{len(FILM)}/{len(FILM) + 1}"),
        (ETAG, f"Content-Range: bytes 3000000-{len(FILM) - 1}"),
        (ETAG, "Content-Encoding: gzip", f"Content-Range: bytes 3000000-{len(FILM) - 1}/{len(FILM)}"),
    ],
    ids=["another file", "another size", "no size", "packed"],
)
def test_a_range_of_something_else_is_not_sewn_on(lines: tuple[str, ...], download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, cut(3_000_000, ETAG), raw(FILM[3_000_000:], *lines, status="206 Partial Content"))
        assert await fetch(expected=len(FILM)) == FILM
        assert fetch.sent[1].headers["range"] == "bytes=3000000-"
        assert "range" not in fetch.sent[2].headers

    download(flow)


def test_a_server_that_gives_shorter_ranges_than_asked_for(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        pieces = [
            raw(
                FILM[start : start + 1_000_000],
                f"Content-Range: bytes {start}-{min(start + 1_000_000, len(FILM)) - 1}/{len(FILM)}",
                f"Content-Length: {len(FILM[start : start + 1_000_000])}",
                status="206 Partial Content",
            )
            for start in range(1_000_000, len(FILM), 1_000_000)
        ]
        cloud.script(RESULT, cut(1_000_000, ETAG), *pieces)
        assert await fetch(expected=len(FILM)) == FILM

    download(flow)


def test_progress_goes_back_when_it_begins_again(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, cut(3_000_000))
        assert await fetch(expected=len(FILM)) == FILM
        done = [received for received, _ in fetch.told]
        back = done.index(0)
        assert done[:back] == sorted(done[:back])
        assert done[back:] == sorted(done[back:])
        assert (done[back - 1], done[-1]) == (3_000_000, len(FILM))

    download(flow)


@pytest.mark.parametrize("told", ["Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:05 GMT", "x", ""])
def test_a_date_is_a_validator_where_it_is_old_enough(told: str, download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        lines = ("Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT", *([f"Date: {told}"] if told else []))
        cloud.script(RESULT, cut(3_000_000, *lines))
        assert await fetch() == FILM
        assert ("if-range" in fetch.sent[1].headers) == (told == "Mon, 01 Jan 2024 00:00:05 GMT")

    download(flow)


@pytest.mark.parametrize("end", ["whole", "cut"])
def test_a_packed_answer_is_unpacked_and_never_taken_up(end: str, download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        data = gzip.compress(FILM)
        sent = data if end == "whole" else data[: len(data) // 2]
        cloud.script(RESULT, raw(sent, "Content-Encoding: gzip", f"Content-Length: {len(data)}", ETAG))
        assert await fetch(expected=len(FILM)) == FILM
        assert all("range" not in request.headers for request in fetch.sent)

    download(flow)


@pytest.mark.parametrize("length", ["-1", "x", "99999999999999999999"])
def test_a_length_that_is_none(length: str, download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(RESULT, raw(FILM, f"Content-Length: {length}"))
        try:
            assert await fetch(expected=len(FILM)) == FILM
        except NemoError:
            assert not await asyncio.to_thread(fetch.part.read_bytes)

    download(flow)


def test_a_redirect_away_from_https_is_refused(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        class Redirecting:
            status = 302
            headers: ClassVar[dict[str, str]] = {"location": "http://cdn.example/secret?signature=abc"}

        @contextlib.asynccontextmanager
        async def stream(*_: object, **__: object) -> AsyncIterator[Redirecting]:
            yield Redirecting()

        fetch.caller.transport.stream = stream  # type: ignore[assignment, method-assign]
        with pytest.raises(ProtocolError, match="https") as caught:
            await fetch("https://cdn.example/a")
        assert "signature" not in str(caught.value)

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


def test_the_backends_own_word_to_wait_holds_for_all_calls(download: Callable[[Flow], None]) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        fetch.clock.jumps = False
        cloud.script(OWN, Reply({}, 429, {"Retry-After": "7"}), lambda request: Reply(FILM).send(request))
        fetching = asyncio.create_task(fetch("/api/render/proxy/r/download"))
        await fetch.clock.turn(0)
        assert fetch.clock.slept == [7.0]
        asking = asyncio.create_task(fetch.caller.get(CREDITS.call()))
        await until(lambda: len(fetch.clock.slept) == 2)
        fetch.clock.advance(8.0)
        await asyncio.gather(fetching, asking)

    download(flow)


@pytest.mark.parametrize(("told", "waits"), [("7", [7.0]), ("3600", None)])
def test_a_busy_server_is_granted_its_wait(
    told: str, waits: list[float] | None, download: Callable[[Flow], None]
) -> None:
    async def flow(cloud: Cloud, fetch: Fetch) -> None:
        cloud.script(OWN, Reply({}, 503, {"Retry-After": told}), lambda request: Reply(FILM).send(request))
        if waits is None:
            with pytest.raises(TransportError):
                await fetch("/api/render/proxy/r/download")
            assert fetch.clock.slept == []
        else:
            assert await fetch("/api/render/proxy/r/download") == FILM
            assert fetch.clock.slept == waits

    download(flow)
