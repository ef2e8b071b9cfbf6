"""Uploads: what is sent of every kind of source, refused beforehand, gathered on disk, matched to its answer."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import SESSION, UPLOAD, Cloud, Raw, Reply
from tests.conftest import Run
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    DiskFull,
    FileTooLarge,
    ProtocolError,
    SourceNotFound,
    TransportError,
    UnsupportedFile,
    UsageError,
)
from nemovideo.progress import Progress
from nemovideo.resources.upload import Upload

TOOK = {"code": 0, "data": {"files": [{"filename": "a.mp4", "file_type": "video", "size": "77"}]}}


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        await asyncio.sleep(0)
        yield piece


def body_of(content: bytes, boundary: str, name: str) -> bytes:
    return (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{boundary}--\r\n".encode()
    )


def test_an_upload_of_every_kind(on_cloud: OnCloud, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    path = tmp_path / "Über uns.mp4"
    path.write_bytes(content)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with path.open("rb") as file:
            for source, name in ((path, "Über uns.mp4"), (content, "video.mp4"), (file, "Über uns.mp4")):
                told: list[Progress] = []
                found = await client.upload.file("s1", source, on_progress=told.append)
                assert found == Upload("talk.mp4", "video", "https://cdn.example/talk.mp4", 2.0, 320, 180, 25.0, "h")
                sent = cloud.sent(UPLOAD)[-1]
                boundary = sent.headers["content-type"].removeprefix("multipart/form-data; boundary=")
                assert sent.body == body_of(content, boundary, name)
                assert int(sent.headers["content-length"]) == len(sent.body)
                assert "transfer-encoding" not in sent.headers
                assert (told[0].done, told[-1].done, told[-1].total) == (0, len(content), len(content))
        cloud.script(UPLOAD, Reply(TOOK))
        assert (await client.upload.file("s1", b"x", name="a.mov")).size == 77

    on_cloud(flow)


def test_an_upload_by_url(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for call in (client.upload.url, client.upload.file):
            await call("s1", "https://example.org/talk.mp4")
            assert cloud.sent(UPLOAD)[-1].json == {"urls": ["https://example.org/talk.mp4"], "source_type": "url"}
        for wrong in ("ftp://x/y", "file:///etc/passwd", "talk.mp4", ""):
            with pytest.raises(UsageError):
                await client.upload.url("s1", wrong)
        assert len(cloud.sent(UPLOAD)) == 2

    on_cloud(flow)


def test_several_are_checked_before_the_first_is_sent(on_cloud: OnCloud, tmp_path: Path) -> None:
    good = tmp_path / "good.mp4"
    good.write_bytes(b"film")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        session = await client.session.create()
        (tmp_path / "text.txt").write_bytes(b"x")
        for bad, kind in ((tmp_path / "none.mp4", SourceNotFound), (tmp_path / "text.txt", UnsupportedFile)):
            with pytest.raises(kind):
                await client.upload.many(session, [good, bad])
        assert cloud.sent(UPLOAD) == []
        assert len(await client.upload.many(session, [good, io.BytesIO(b"film")])) == 2

    on_cloud(flow)


def test_type_and_size_are_refused_before_a_byte(on_cloud: OnCloud, tmp_path: Path) -> None:
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        file.truncate(500_000_001)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        session = await client.session.create()
        with pytest.raises(FileTooLarge, match=r"huge\.mp4") as large:
            await client.upload.file(session, huge)
        with pytest.raises(UnsupportedFile, match="webm") as unsupported:
            await client.upload.file(session, b"x", name="a.ts")
        assert {large.value.session_id, unsupported.value.session_id} == {session.id}
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)


def test_a_session_of_an_earlier_program_is_checked_as_the_cloud(on_cloud: OnCloud) -> None:
    """Which client has not made a session has not been told the limits: the server refuses, and is understood."""

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(
            UPLOAD, Reply({"code": 4001, "message": "type"}, 415), Reply({"code": 4002, "message": "size"}, 413)
        )
        with pytest.raises(UnsupportedFile, match="webm"):
            await client.upload.file("s1", b"x")
        with pytest.raises(FileTooLarge):
            await client.upload.file("s1", b"x")

    on_cloud(flow)


def test_what_is_documented_holds_where_nothing_else_was_told(on_cloud: OnCloud, tmp_path: Path) -> None:
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        file.truncate(500_000_001)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UnsupportedFile, match=r"\.exe file"):
            await client.upload.file("s1", b"x", name="a.exe")
        with pytest.raises(FileTooLarge):
            await client.upload.file("s1", huge)
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)


def test_an_upload_that_breaks_is_not_sent_twice(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(UPLOAD, Raw(b""))
        with pytest.raises(TransportError) as caught:
            await client.upload.file("s1", b"x" * 100_000)
        assert len(cloud.sent(UPLOAD)) == 1
        assert (caught.value.phase, caught.value.session_id, caught.value.retryable) == ("upload", "s1", True)
        assert "video_infos" in str(caught.value)
        cloud.script(UPLOAD, Reply({"code": 0, "data": {"files": []}}))
        with pytest.raises(ProtocolError, match="named no file"):
            await client.upload.file("s1", b"x")

    on_cloud(flow)


def test_a_429_waits_and_sends_the_body_again_whole(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(UPLOAD, Reply({"code": 429}, 429, {"Retry-After": "7"}))
        await client.upload.file("s1", b"film" * 1000)
        first, second = cloud.sent(UPLOAD)
        assert first.body == second.body
        assert clock.slept == [7.0]

    on_cloud(flow)


@pytest.mark.parametrize("size", [None, 3_000_000])
def test_an_iterator_is_sent_with_its_length(size: int | None, on_cloud: OnCloud, temporary: Path) -> None:
    content = os.urandom(3_000_000)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told: list[Progress] = []
        given = pieces(content[:10], b"", content[10:2_000_000], content[2_000_000:])
        await client.upload.file("s1", given, name="a.mov", size=size, on_progress=told.append)
        (sent,) = cloud.sent(UPLOAD)
        assert content in sent.body
        assert int(sent.headers["content-length"]) == len(sent.body)
        assert b'filename="a.mov"' in sent.body
        assert (told[-1].done, told[-1].total) == (3_000_000, 3_000_000)

    on_cloud(flow)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("size", [None, 4000])
def test_an_iterator_is_sent_again_whole_after_a_429(size: int | None, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(UPLOAD, Reply({"code": 429}, 429, {"Retry-After": "7"}))
        await client.upload.file("s1", pieces(*[b"film"] * 1000), size=size)
        first, second = cloud.sent(UPLOAD)
        assert first.body == second.body
        assert b"film" * 1000 in second.body

    on_cloud(flow)


@pytest.mark.parametrize(("size", "words"), [(9, "more than the 9"), (11, "only 10 of the 11")])
def test_an_iterator_of_another_length_than_said(size: int, words: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match=words):
            await client.upload.file("s1", pieces(b"01234", b"56789"), size=size)
        await client.credits.balance()  # the client goes on

    on_cloud(flow)


@pytest.mark.parametrize("size", [None, 10_000_000])
def test_what_an_iterator_raises_reaches_the_caller(size: int | None, on_cloud: OnCloud, temporary: Path) -> None:
    closed: list[bool] = []

    async def failing() -> AsyncIterator[bytes]:
        try:
            yield b"x" * 2_000_000
            raise ZeroDivisionError("mine")
        finally:
            closed.append(True)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(ZeroDivisionError, match="mine"):
            await client.upload.file("s1", failing(), size=size)

    on_cloud(flow)
    assert closed == [True]
    assert list(temporary.iterdir()) == []


def test_an_iterator_of_no_bytes(on_cloud: OnCloud) -> None:
    async def words() -> AsyncIterator[Any]:
        yield "words"

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match="gave a str"):
            await client.upload.file("s1", words())
        for size in (None, 0):
            with pytest.raises(UnsupportedFile, match="empty"):
                await client.upload.file("s1", pieces(), size=size)
        for wrong in (-1, True, 1.5):
            with pytest.raises(UsageError, match="size"):
                await client.upload.file("s1", pieces(b"x"), size=wrong)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="size"):
            await client.upload.file("s1", b"x", size=1)
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)


def test_an_iterator_is_gathered_no_further_than_the_backend_takes(on_cloud: OnCloud, temporary: Path) -> None:
    given: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            given.append(100_000)
            yield bytes(100_000)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told = {"name": "small", "version": 1, "max_upload_bytes": 1_000_000, "formats": ["mp4"]}
        cloud.script(SESSION, Reply({"code": 0, "data": {"session_id": "s1", "backend": told}}))
        session = await client.session.create()
        with pytest.raises(FileTooLarge, match="small takes 1 MB"):
            await client.upload.file(session, endless())
        with pytest.raises(UnsupportedFile):
            await client.upload.file(session, endless(), name="a.mov")
        with pytest.raises(FileTooLarge):
            await client.upload.file(session, endless(), size=1_000_001)
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)
    assert sum(given) == 1_100_000
    assert list(temporary.iterdir()) == []


def test_a_disk_that_is_full_while_gathering(on_cloud: OnCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(DiskFull, match=r"no room to keep video\.mp4") as caught:
            await client.upload.file("s1", pieces(b"film"))
        assert "TMPDIR" in str(caught.value)

    on_cloud(flow)


def test_a_temporary_folder_that_is_not_there(on_cloud: OnCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match="TMPDIR"):
            await client.upload.file("s1", pieces(b"film"))

    on_cloud(flow)


@pytest.mark.parametrize("size", [None, 100])
def test_a_cancelled_upload_stops_its_iterator(size: int | None, on_cloud: OnCloud, temporary: Path) -> None:
    ended: list[str] = []

    async def slow(reached: asyncio.Event) -> AsyncIterator[bytes]:
        try:
            yield b"film"
            reached.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        reached = asyncio.Event()
        sending = asyncio.create_task(client.upload.file("s1", slow(reached), size=size))
        await reached.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    on_cloud(flow)
    assert ended == ["cancelled"]
    assert list(temporary.iterdir()) == []


def test_a_pipe_is_gathered_first(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for buffering in (0, -1):
            reading, writing = os.pipe()
            await asyncio.to_thread(os.write, writing, b"film" * 1000)
            os.close(writing)
            with open(reading, "rb", buffering=buffering) as file:  # noqa: PTH123 — a descriptor
                await client.upload.file("s1", file, name="a.mp4")
            assert b"\r\n\r\n" + b"film" * 1000 + b"\r\n" in cloud.sent(UPLOAD)[-1].body

    on_cloud(flow)


def test_a_pipe_that_stays_silent_can_be_left(on_cloud: OnCloud) -> None:
    reading, writing = os.pipe()

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with open(reading, "rb") as file:  # noqa: PTH123 — a descriptor
            sending = asyncio.create_task(client.upload.file("s1", file))
            for _ in range(20):
                await asyncio.sleep(0)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            os.close(writing)

    on_cloud(flow)


def test_an_open_file_stands_afterwards_where_it_stood(on_cloud: OnCloud, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"skipped" + b"film" * 1000)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with (tmp_path / "a.mp4").open("rb") as file:
            file.seek(7)
            for _ in range(2):
                await client.upload.file("s1", file)
                assert file.tell() == 7
            await asyncio.gather(*(client.upload.file("s1", file) for _ in range(3)))
            await client.upload.many("s1", [file, file])
        for sent in cloud.sent(UPLOAD):
            assert b"\r\n\r\n" + b"film" * 1000 + b"\r\n" in sent.body
            assert b"skipped" not in sent.body
        assert cloud.sent(UPLOAD)[-1].body.count(b"film" * 1000) == 2

    on_cloud(flow)


def test_a_file_that_shrinks_while_it_is_sent(on_cloud: OnCloud, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x" * 3_000_000)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        async def shrink(event: Progress) -> None:
            if not event.done:
                await asyncio.to_thread(os.truncate, path, 1_500_000)

        with pytest.raises(UsageError, match="changed while it was being sent"):
            await client.upload.file("s1", path, on_progress=shrink)
        assert len(cloud.sent(UPLOAD)) <= 1

    on_cloud(flow)


def test_several_go_in_one_call_and_come_back_in_order(on_cloud: OnCloud, tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    path.write_bytes(b"ONE")
    two = io.BytesIO(b"TWO")
    two.name = "two.mov"

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told: list[Progress] = []
        sources: list[Any] = [path, "https://x.example/a.mp4", two, pieces(b"THREE"), "https://x.example/b.mp4"]
        found = await client.upload.many("s1", sources, on_progress=told.append)
        assert [upload.filename for upload in found] == ["one.mp4", "a.mp4", "two.mov", "video.mp4", "b.mp4"]
        by_form, by_url = cloud.sent(UPLOAD)
        assert by_form.body.count(b'name="files"') == 3
        assert by_url.json == {"urls": ["https://x.example/a.mp4", "https://x.example/b.mp4"], "source_type": "url"}
        assert (told[0].done, told[-1].done, told[-1].total) == (0, 11, 11)
        assert await client.upload.many("s1", []) == []
        assert len(cloud.sent(UPLOAD)) == 2

    on_cloud(flow)


def test_no_call_is_larger_than_the_backend_takes(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told = {"name": "small", "max_upload_bytes": 10, "formats": ["mp4"]}
        cloud.script(SESSION, Reply({"code": 0, "data": {"session_id": "s1", "backend": told}}))
        session = await client.session.create()
        progress: list[Progress] = []
        sizes = [6, 4, 1, 10, 3]
        found = await client.upload.many(session, [b"x" * size for size in sizes], on_progress=progress.append)
        assert len(found) == 5
        assert [sent.body.count(b'name="files"') for sent in cloud.sent(UPLOAD)] == [2, 1, 1, 1]
        assert [event.done for event in progress] == sorted(event.done for event in progress)
        assert (progress[-1].done, progress[-1].total) == (24, 24)
        await client.upload.many(session, [b"x"] * 33)
        assert sum(sent.body.count(b'name="files"') for sent in cloud.sent(UPLOAD)[4:]) == 33
        assert max(sent.body.count(b'name="files"') for sent in cloud.sent(UPLOAD)) == 10

    on_cloud(flow)


ONE, TWO = {"filename": "1.mp4", "hash": "one"}, {"filename": "2.mp4", "hash": "two"}


@pytest.mark.parametrize(
    ("told", "hashes"),
    [
        ([ONE, TWO], ["one", "two"]),
        ([TWO, ONE], ["one", "two"]),
        ([{"filename": "0.mp4"}, TWO, ONE], ["one", "two"]),
        ([{"filename": "a", "hash": "first"}, {"filename": "b", "hash": "second"}], ["first", "second"]),
        ([{"hash": "first"}, {"hash": "second"}], ["first", "second"]),
    ],
)
def test_answers_are_matched_by_order_and_name(told: list[Any], hashes: list[str], on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(UPLOAD, Reply({"code": 0, "data": {"files": told}}))
        named = [io.BytesIO(b"a"), io.BytesIO(b"b")]
        for at, file in enumerate(named, 1):
            file.name = f"{at}.mp4"
        assert [upload.hash for upload in await client.upload.many("s1", named)] == hashes

    on_cloud(flow)


@pytest.mark.parametrize(
    ("told", "words"),
    [([TWO], r"named 1; missing: 1\.mp4"), ([{"filename": "x"}], "under other names: x"), ([], "named no file")],
)
def test_a_file_that_the_backend_does_not_name(told: list[Any], words: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(UPLOAD, Reply({"code": 0, "data": {"files": told}}))
        named = [io.BytesIO(b"a"), io.BytesIO(b"b")]
        for at, file in enumerate(named, 1):
            file.name = f"{at}.mp4"
        with pytest.raises(ProtocolError, match=words) as caught:
            await client.upload.many("s1", named)
        assert (caught.value.session_id, caught.value.phase) == ("s1", "upload")

    on_cloud(flow)


def test_the_clouds_limits_hold_without_a_session_of_this_client(run: Run[Any], tmp_path: Path) -> None:
    """They are documented, and the address says that it is the cloud; nothing is sent, not even for a token."""
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        file.truncate(500_000_001)

    async def flow() -> None:
        async with AsyncNemoClient(token="nmv_usr_given") as client:
            with pytest.raises(UnsupportedFile, match=r"\.ts file"):
                await client.upload.file("s1", b"x", name="a.ts")
            with pytest.raises(FileTooLarge):
                await client.upload.many("s1", [b"x", huge])

    run(flow())


@pytest.mark.parametrize("one", ["talk.mp4", b"film", Path("talk.mp4"), io.BytesIO(b"film"), memoryview(b"film")])
def test_one_source_is_no_list(one: Any, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match="list of sources"):
            await client.upload.many("s1", one)
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)


def test_a_duration_is_told_in_milliseconds(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told = [{"filename": "a.mp4", "file_type": "video", "duration": 5.311999999999999}]
        cloud.script(UPLOAD, Reply({"code": 0, "data": {"files": told}}))
        assert (await client.upload.file("s1", b"film", name="a.mp4")).duration == 5.312

    on_cloud(flow)
