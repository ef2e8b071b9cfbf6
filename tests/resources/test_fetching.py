"""A result onto the disk: from where it lies or, where that cannot be read, from the backend."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import DOWNLOAD, DRAFT, FILM, RENDER, RESULT, STATUS, Cloud, Raw, Reply, raw
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    AuthenticationError,
    DeadlineExceeded,
    OutputExists,
    ProtocolError,
    UnsupportedFile,
)


def test_an_existing_output_is_refused_before_the_download(on_cloud: OnCloud, tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"precious")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(OutputExists):
            await client.render.resume("render_1", output)
        assert cloud.sent(RESULT) == []
        await client.render.resume("render_1", output, overwrite=True)
        assert await asyncio.to_thread(output.read_bytes) == cloud.result

    on_cloud(flow)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_result_that_cannot_be_read_is_asked_of_the_backend(status: int, on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RESULT, Reply(b"<Error>AccessDenied</Error>", status))
        await client.render.resume("render_1", tmp_path / "out.mp4")
        assert len(cloud.sent(DOWNLOAD)) == 1
        assert cloud.sent(DOWNLOAD)[0].headers["authorization"] == "Bearer nmv_usr_given"
        assert "authorization" not in cloud.sent(RESULT)[0].headers

    on_cloud(flow)


def test_a_result_without_a_url_is_asked_of_the_backend(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"success": True, "data": {"status": "completed", "progress": 100}}))
        await client.render.resume("render_1", tmp_path / "out.mp4")
        assert len(cloud.sent(DOWNLOAD)) == 1

    on_cloud(flow)


@pytest.mark.parametrize(
    "broken",
    [
        [Raw(b"")] * 20,  # aiohttp asks once more by itself, where a connection was in use before
        [Reply(b"<html>", 503)] * 5,
        [Reply(b"", 400)],
        [Reply(b"<html>a captive portal</html>")],
        [Reply(None, 302, {"Location": "/out.mp4"})] * 6,
        [Reply(None, 302, {"Location": "http://[::1"})],
        [Reply(b"", 429, {"Retry-After": "500"})],
    ],
)
def test_whatever_keeps_the_result_from_us_the_backend_is_asked(
    broken: list[Any], on_cloud: OnCloud, tmp_path: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RESULT, *broken)
        await client.render.resume("render_1", tmp_path / "out.mp4")
        assert len(cloud.sent(DOWNLOAD)) == 1

    on_cloud(flow)
    assert (tmp_path / "out.mp4").read_bytes() == FILM


VIDEO = {"Content-Type": "video/mp4"}


def _unproven(body: bytes) -> Raw:
    """With neither a length nor chunks: a cut would not be seen."""
    return raw(body, "Content-Type: video/mp4", "Connection: close")


CUT = _unproven(FILM[:-20])
NO_RESULT: list[tuple[str, Reply | Raw]] = [
    ("the backend's words", Reply({"code": 1001, "message": "token expired"})),
    ("a page", Reply(b"<html>a captive portal</html>", headers={"Content-Type": "text/html"})),
    ("a page as a film", Reply(b"<html>a captive portal</html>", headers=VIDEO)),
    ("nothing", Reply(b"", headers=VIDEO)),
    ("cut without a trace", CUT),
    ("no index", _unproven(FILM[:40])),
    ("broken boxes", _unproven(FILM[:44] + bytes(len(FILM) - 44))),
]


@pytest.mark.parametrize(
    ("answer", "suffix"),
    [*((answer, "mp4") for _, answer in NO_RESULT), (CUT, "m4v"), (CUT, "mov")],
    ids=[*(name for name, _ in NO_RESULT), "m4v", "mov"],
)
def test_what_is_no_film_never_gets_the_name(
    answer: Reply | Raw, suffix: str, on_cloud: OnCloud, tmp_path: Path
) -> None:
    """Where the status tells no size, as in the vendor's form."""

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.statuses = [("completed", 100)]
        output = tmp_path / f"out.{suffix}"
        calls: tuple[Callable[[], Awaitable[Path]], ...] = (
            lambda: client.render.export("s1", output),
            lambda: client.render.preview("s1", output),
            lambda: client.render.resume("render_1", output),
        )
        for call in calls:
            cloud.script(RESULT, answer, answer)
            cloud.script(DOWNLOAD, answer, answer)
            with pytest.raises((ProtocolError, AuthenticationError)) as caught:
                await call()
            assert caught.value.render_id
            assert list(tmp_path.iterdir()) == []
            cloud._scripts.clear()  # what a call left unasked
        assert {pending.session_id for pending in await client.render.pending()} == {"s1"}  # to be fetched again

    on_cloud(flow, form="V")


def test_a_result_that_was_cut_on_its_way_is_fetched_again(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RESULT, CUT)
        await client.render.export("s1", tmp_path / "a.mp4")
        assert (len(cloud.sent(RESULT)), len(cloud.sent(DOWNLOAD))) == (2, 0)
        cloud.script(RESULT, CUT, CUT)
        await client.render.export("s1", tmp_path / "b.mp4")
        assert (len(cloud.sent(RESULT)), len(cloud.sent(DOWNLOAD))) == (4, 1)

    on_cloud(flow, form="V")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes() == FILM


def test_a_refusal_of_the_backend_is_no_broken_file(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"success": True, "data": {"status": "completed"}}))
        cloud.script(DOWNLOAD, Reply({"code": 4001, "message": "type"}, 415))
        with pytest.raises(UnsupportedFile):
            await client.render.resume("render_1", tmp_path / "out.mp4")
        assert len(cloud.sent(DOWNLOAD)) == 1

    on_cloud(flow)


WEBM = b"\x1aE\xdf\xa3\x84webm\x18S\x80g\x88segment!"
GIF = b"GIF89a\x02\x00\x02\x00\x00\x00\x00;"
WAV = b"RIFF\x28\x00\x00\x00WAVEfmt " + bytes(32)
MP3 = b"\xff\xfb\x90\x00" + bytes(400)
AAC = b"\xff\xf1\x50\x80" + bytes(400)


@pytest.mark.parametrize(
    ("suffix", "result", "fine"),
    [
        ("webm", WEBM, True),
        ("mkv", WEBM, True),
        ("mkv", WEBM[:-1], False),
        ("webm", FILM, False),
        ("mp4", WEBM, False),
        ("gif", GIF, True),
        ("gif", GIF[:-1], False),
        ("gif", FILM, False),
        ("wav", WAV, True),
        ("wav", WAV[:-1], False),
        ("wav", MP3, False),
        ("mp3", MP3, True),
        ("mp3", b"ID3" + bytes(40), True),
        ("mp3", AAC, False),
        ("mp3", FILM, False),
        ("aac", AAC, True),
        ("aac", MP3, False),
        ("m4a", GIF, False),
    ],
)
def test_each_container_is_looked_at_as_it_can_be(
    suffix: str, result: bytes, fine: bool, on_cloud: OnCloud, tmp_path: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for call in (RESULT, DOWNLOAD):
            cloud.script(call, _unproven(result), _unproven(result))
        with contextlib.nullcontext() if fine else pytest.raises(ProtocolError, match=f"no whole {suffix} file"):
            await client.render.export("s1", tmp_path / f"out.{suffix}")

    on_cloud(flow, form="V")
    assert len(list(tmp_path.iterdir())) == fine


@pytest.mark.parametrize("suffix", ["gif", "mp3", "wav", "aac"])
def test_another_kind_of_media_is_noticed_even_where_all_of_it_came(
    suffix: str, on_cloud: OnCloud, tmp_path: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(ProtocolError, match=f"no whole {suffix} file"):
            await client.render.export("s1", tmp_path / f"out.{suffix}")
        assert cloud.sent(RENDER)[0].json["output"] == {"format": suffix, "quality": "high"}

    on_cloud(flow, form="V")  # whose cloud makes a film whatever it was asked for


def test_what_came_whole_is_what_the_backend_made(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.export("s1", tmp_path / "out.mp4")

    on_cloud(flow, form="V", result=b"of a kind that nobody here knows")
    assert (tmp_path / "out.mp4").read_bytes() == b"of a kind that nobody here knows"


def test_a_render_of_another_run_may_be_of_the_other_kind(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.resume("render_1", tmp_path / "out.mp4")
        for call in (RESULT, DOWNLOAD):
            cloud.script(call, *[_unproven(WEBM)] * 4)
        render = await client.render.submit("s1", DRAFT, format="webm")
        await client.render.resume(render.id, tmp_path / "ours.bin")
        render = await client.render.submit("s1", DRAFT)
        with pytest.raises(ProtocolError, match="no whole mp4 file"):
            await client.render.resume(render.id, tmp_path / "not.mp4")

    on_cloud(flow, form="V", result=WEBM)


def test_an_address_that_no_longer_exists(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        done = {"status": "completed", "output": {"url": "http://127.0.0.1:9/out.mp4"}}
        cloud.script(STATUS, Reply(done))
        await client.render.resume("render_1", tmp_path / "out.mp4")
        assert len(cloud.sent(DOWNLOAD)) == 1

    on_cloud(flow)


def test_where_both_fail_the_first_is_told(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RESULT, Reply(b"<Error>", 403))
        cloud.script(DOWNLOAD, Reply({"detail": "Not Found"}, 404))
        with pytest.raises(ProtocolError, match="403") as caught:
            await client.render.resume("render_1", tmp_path / "out.mp4")
        assert caught.value.render_id == "render_1"
        assert isinstance(caught.value.__cause__, ProtocolError)

    on_cloud(flow)
    assert list(tmp_path.iterdir()) == []


def test_a_deadline_holds_for_the_download_too(on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        render = await client.render.submit("s1", DRAFT)
        clock.jumps = False
        cloud.statuses = [("completed", 100)]
        asked = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        cloud.script(RESULT, hang)
        fetching = asyncio.create_task(client.render.resume(render.id, tmp_path / "out.mp4", deadline=60))
        await asked.wait()
        clock.advance(61)
        with pytest.raises(DeadlineExceeded, match="resume") as caught:
            await fetching
        assert (caught.value.phase, caught.value.session_id, caught.value.render_id) == ("download", "s1", render.id)
        await client.render.resume(render.id, tmp_path / "out.mp4")

    on_cloud(flow)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
