"""`client.compress` against the imitated cloud: every source, every refusal, every way to miss the limit."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import (
    CANCEL,
    CHAT,
    DOWNLOAD,
    DRAFT,
    RENDER,
    RESULT,
    SESSION,
    STATE,
    STATUS,
    UPLOAD,
    Cloud,
    Raw,
    Reply,
    Stream,
    adk,
    flat,
)
from tests.conftest import Run, make_clip

from nemovideo import AsyncNemoClient, Progress
from nemovideo.errors import (
    AgentError,
    AuthenticationError,
    DamagedFile,
    DeadlineExceeded,
    DiskFull,
    FileTooLarge,
    NemoError,
    NoPicture,
    OutOfCredits,
    OutputExists,
    OutputNotWritable,
    PlanError,
    ProtocolError,
    RateLimited,
    RenderFailed,
    SourceNotFound,
    StreamInterrupted,
    TargetNotMet,
    TransportError,
    UnsupportedFile,
    UsageError,
)
from nemovideo.protocol.compress import CompressRequest

LIMIT = 100_000
Flow = Callable[[Cloud, AsyncNemoClient], Awaitable[None]]


@pytest.fixture
def film(talk: Path, tmp_path: Path) -> Path:
    """`talk` in a folder of its own, which nobody may write to."""
    path = tmp_path / "in" / "talk.mp4"
    path.parent.mkdir()
    path.write_bytes(talk.read_bytes())
    path.chmod(0o444)
    return path


@pytest.fixture
def on_cloud(run: Run[Any], clock: TurnableClock, small: Path) -> Callable[..., None]:
    """Run a flow with a cloud whose result is `small`, and a client of it."""

    def runner(flow: Flow, **options: Any) -> None:
        async def within() -> None:
            async with (
                Cloud(**({"result": small.read_bytes()} | options)) as cloud,
                AsyncNemoClient(cloud.url, cloud.token, clock=clock) as client,
            ):
                await flow(cloud, client)

        run(within())

    return runner


OnCloud = Callable[..., None]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def bytes_of(path: Path) -> bytes:
    return await asyncio.to_thread(path.read_bytes)


@pytest.mark.parametrize("form", ["S", "V"])
def test_the_whole_road(form: str, on_cloud: OnCloud, film: Path, small: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    before = (hashlib.sha256(film.read_bytes()).hexdigest(), film.stat().st_mtime_ns, film.stat().st_mode)
    output = tmp_path / "out.mp4"

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        result = await client.compress(film, output, max_bytes=LIMIT, on_progress=told.append)
        assert await bytes_of(result.path) == small.read_bytes()
        assert (result.path, result.size, result.original_size, result.limit) == (
            output,
            small.stat().st_size,
            film.stat().st_size,
            LIMIT,
        )
        assert (result.width, result.height, result.codec, result.audio_codec) == (320, 180, "h264", "aac")
        assert result.duration == pytest.approx(2.0, abs=0.1)
        assert not result.skipped
        assert (result.session_id, result.timeline.raw if result.timeline else None) == ("s1", DRAFT)
        assert set(result.timings) == {"connect", "upload", "ask", "render", "download", "verify"}
        assert result.render_id == cloud.sent(RENDER)[0].json["id"]
        said = cloud.sent(CHAT)[0].json["new_message"]["parts"][0]["text"]
        assert CompressRequest.from_sentence(said) == CompressRequest(max_bytes=LIMIT)
        assert cloud.sent(RENDER)[0].json["draft"] == DRAFT
        assert len(cloud.sent(CHAT)) == 1
        assert all("authorization" not in request.headers for request in cloud.elsewhere)

    on_cloud(flow, form=form)
    phases = list(dict.fromkeys(event.phase for event in told))
    assert phases == ["connect", "upload", "ask", "render", "download", "verify"]
    assert before == (hashlib.sha256(film.read_bytes()).hexdigest(), film.stat().st_mtime_ns, film.stat().st_mode)
    assert names(film.parent) == ["talk.mp4"]
    assert names(tmp_path) == ["in", "out.mp4"]


def test_every_kind_of_source(on_cloud: OnCloud, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        content = await bytes_of(film)
        with film.open("rb") as opened:
            sources: list[Any] = [film, str(film), "in/talk.mp4", content, io.BytesIO(content), opened]
            for number, source in enumerate(sources):
                result = await client.compress(source, f"{number}.mp4", max_bytes=LIMIT)
                assert result.size <= LIMIT
                assert content in cloud.sent(UPLOAD)[-1].body
        result = await client.compress("https://example.org/clip.mp4", max_mb=0.1)
        assert (result.path, result.original_size, result.ratio) == (Path("clip.compressed.mp4"), None, None)
        assert cloud.sent(UPLOAD)[-1].json == {"urls": ["https://example.org/clip.mp4"], "source_type": "url"}

    on_cloud(flow)
    assert len(names(tmp_path)) == 8


@pytest.mark.parametrize("fits", [False, True])
def test_an_iterator_or_a_pipe(
    fits: bool, on_cloud: OnCloud, film: Path, small: Path, tmp_path: Path, temporary: Path
) -> None:
    content = film.read_bytes()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 100_000):
            yield content[start : start + 100_000]

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        reading, writing = os.pipe()
        feeding = asyncio.create_task(asyncio.to_thread(feed, writing))
        with open(reading, "rb") as file:  # noqa: PTH123 — a descriptor
            for name, source in (("a", pieces()), ("b", file)):
                output = tmp_path / f"{name}.mp4"
                result = await client.compress(source, output, max_bytes=50_000_000 if fits else LIMIT)
                assert (result.skipped, result.original_size) == (fits, len(content))
                assert await bytes_of(output) == (content if fits else small.read_bytes())
                assert (result.width, result.height) == (320, 180)
        await feeding
        assert [content in sent.body for sent in cloud.sent(UPLOAD)] == ([] if fits else [True, True])

    def feed(writing: int) -> None:
        with open(writing, "wb") as pipe:
            pipe.write(content)

    on_cloud(flow)
    assert names(tmp_path) == ["a.mp4", "b.mp4", "in"]
    assert names(temporary) == []


def test_an_iterator_is_gathered_no_further_than_the_backend_takes(
    on_cloud: OnCloud, tmp_path: Path, temporary: Path
) -> None:
    given: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            given.append(100_000)
            yield bytes(100_000)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told = {"name": "small", "max_upload_bytes": 1_000_000, "formats": ["mp4"]}
        cloud.script(SESSION, Reply({"code": 0, "data": {"session_id": "s1", "backend": told}}))
        with pytest.raises(FileTooLarge, match="small takes 1 MB"):
            await client.compress(endless(), tmp_path / "a.mp4", max_mb=50)

    on_cloud(flow)
    assert sum(given) == 1_100_000
    assert names(tmp_path) == names(temporary) == []


def test_what_an_iterator_raises_is_the_callers(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x"
        raise ZeroDivisionError("mine")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(ZeroDivisionError, match="mine"):
            await client.compress(failing(), tmp_path / "a.mp4", max_mb=50)
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)
    assert names(tmp_path) == []


def test_a_full_disk_where_a_source_is_copied(on_cloud: OnCloud, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        monkeypatch.setattr("nemovideo.workflows.compress.aiofiles.open", full)
        with pytest.raises(DiskFull):
            await client.compress(film, film.parent / "copy.mp4", max_mb=50)

    on_cloud(flow)
    assert names(film.parent) == ["talk.mp4"]


def test_the_default_name_is_beside_the_source(on_cloud: OnCloud, film: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        result = await client.compress(film, max_bytes=LIMIT)
        assert result.path == film.parent / "talk.compressed.mp4"
        with pytest.raises(OutputExists):
            await client.compress(film, max_bytes=LIMIT)
        assert (await client.compress(film, max_bytes=LIMIT, overwrite=True)).path == result.path

    on_cloud(flow)


def test_what_fits_is_handed_back(on_cloud: OnCloud, film: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        result = await client.compress(film, max_mb=50)
        assert (result.path, result.size, result.ratio, result.skipped) == (film, film.stat().st_size, 1.0, True)
        assert (result.width, result.height, result.codec) == (320, 180, "h264")
        assert (result.audio_codec, result.quality) == ("aac", None)
        asked = await client.compress(film, max_mb=50, measure_quality=True)
        assert asked.quality == {"vmaf": 100.0, "vmaf_p5": 100.0}
        assert asked.notes[-1] == "quality not measured: every picture is the source's own"
        assert cloud.sent(UPLOAD) == cloud.sent(CHAT) == []

    on_cloud(flow)
    assert names(film.parent) == ["talk.mp4"]


@pytest.mark.parametrize("kind", ["path", "bytes", "file"])
def test_what_fits_is_copied_where_an_output_was_named(
    kind: str, on_cloud: OnCloud, film: Path, tmp_path: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        content = await bytes_of(film)
        source: Any = {"path": film, "bytes": content, "file": io.BytesIO(content)}[kind]
        result = await client.compress(source, tmp_path / "copy.mp4", max_mb=50)
        assert result.skipped
        assert await bytes_of(tmp_path / "copy.mp4") == content
        assert os.access(tmp_path / "copy.mp4", os.W_OK)
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)
    assert names(tmp_path) == ["copy.mp4", "in"]


def test_what_fits_is_made_all_the_same_when_more_was_asked(on_cloud: OnCloud, film: Path, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.compress(film, tmp_path / "a.mp4", max_mb=50, codec="h264")
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow)


REFUSED: list[tuple[str, dict[str, Any], type[NemoError]]] = [
    ("missing.mp4", {}, SourceNotFound),
    ("", {}, SourceNotFound),
    ("empty.mp4", {}, UnsupportedFile),
    ("text.txt", {}, UnsupportedFile),
    ("talk.mp4", {"max_bytes": 0}, UsageError),
    ("talk.mp4", {"max_bytes": -1}, UsageError),
    ("talk.mp4", {"max_bytes": None, "max_mb": float("nan")}, UsageError),
    ("talk.mp4", {"max_bytes": None}, UsageError),
    ("talk.mp4", {"output": "there.mp4"}, OutputExists),
    ("talk.mp4", {"output": "no/such/folder/a.mp4"}, OutputNotWritable),
    ("talk.mp4", {"output": "folder.mp4"}, OutputNotWritable),
    ("talk.mp4", {"output": "talk.mp4", "overwrite": True}, UsageError),
    ("talk.mp4", {"output": "a.avi"}, UsageError),
    ("talk.mp4", {"output": "a.webm", "codec": "h264"}, UsageError),
    ("talk.mp4", {"output": "a.mov", "codec": "av1"}, UsageError),
    ("talk.mp4", {"codec": "vp8"}, UsageError),
    ("talk.mp4", {"preset": "myspace", "max_bytes": None}, UsageError),
]


@pytest.mark.parametrize(("source", "asked", "kind"), REFUSED)
def test_bad_input_is_one_clear_line(
    source: str, asked: dict[str, Any], kind: type[NemoError], on_cloud: OnCloud, talk: Path, tmp_path: Path
) -> None:
    (tmp_path / "talk.mp4").write_bytes(talk.read_bytes())
    (tmp_path / "there.mp4").write_bytes(b"precious")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.txt").write_bytes(b"words " * 100_000)
    (tmp_path / "folder.mp4").mkdir()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    arguments: dict[str, Any] = {"max_bytes": LIMIT, "output": "out.mp4"} | asked

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        output = tmp_path / arguments.pop("output")
        with pytest.raises(kind) as caught:
            await client.compress(tmp_path / source, output, **arguments)
        assert type(caught.value) is kind
        assert "\n" not in str(caught.value)
        assert not {RENDER, CHAT, UPLOAD} & set(cloud.calls)

    on_cloud(flow)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_over_the_backends_size(on_cloud: OnCloud, tmp_path: Path) -> None:
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        file.truncate(500_000_001)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(FileTooLarge, match="500 MB"):
            await client.compress(huge, max_mb=50)
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)
    assert names(tmp_path) == ["huge.mp4"]


def test_a_source_that_fits_is_looked_at_all_the_same(
    on_cloud: OnCloud, sound_only: Path, talk: Path, tmp_path: Path
) -> None:
    cut, text = tmp_path / "cut.mp4", tmp_path / "text.mp4"
    cut.write_bytes(talk.read_bytes()[:-5000])
    text.write_text("words, words, words")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for source, kind in ((cut, DamagedFile), (text, UnsupportedFile), (sound_only, NoPicture)):
            with pytest.raises(kind, match=source.name):
                await client.compress(source, max_mb=50)
            with pytest.raises(kind, match=source.name):
                await client.compress(source, tmp_path / "out.mp4", max_mb=50)

    on_cloud(flow)
    assert names(tmp_path) == ["cut.mp4", "text.mp4"]


@pytest.mark.parametrize(("kind", "error"), [("audio", NoPicture), ("image", UnsupportedFile)])
def test_what_the_backend_finds_is_no_video(kind: str, error: type[NemoError], on_cloud: OnCloud, film: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(UPLOAD, Reply({"code": 0, "data": {"files": [{"filename": "talk.mp4", "file_type": kind}]}}))
        with pytest.raises(error, match=r"talk\.mp4"):
            await client.compress(film, max_bytes=LIMIT)
        assert cloud.sent(CHAT) == []

    on_cloud(flow)


def test_over_the_limit_is_asked_for_once_more(on_cloud: OnCloud, film: Path, talk: Path, small: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"status": "completed", "output": {"url": f"{cloud.cdn_url}/out.mp4"}}))
        cloud.script(RESULT, Reply(talk.read_bytes()))
        result = await client.compress(film, max_bytes=LIMIT)
        assert await bytes_of(result.path) == small.read_bytes()
        first, second = (sent.json["new_message"]["parts"][0]["text"] for sent in cloud.sent(CHAT))
        asked = CompressRequest.from_sentence(first), CompressRequest.from_sentence(second)
        assert asked[0] is not None
        assert asked[1] is not None
        assert asked[0].max_bytes == LIMIT
        assert asked[1].max_bytes == int(LIMIT * LIMIT / talk.stat().st_size * 0.97)

    on_cloud(flow)
    assert names(film.parent) == ["talk.compressed.mp4", "talk.mp4"]


def test_over_the_limit_twice_is_never_handed_out(on_cloud: OnCloud, film: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(TargetNotMet, match=str(LIMIT)) as caught:
            await client.compress(film, max_bytes=LIMIT)
        assert (caught.value.session_id, caught.value.exit_code) == ("s1", 4)
        assert len(cloud.sent(CHAT)) == 2

    on_cloud(flow, result=film.read_bytes())
    assert names(film.parent) == ["talk.mp4"]


def test_over_the_limit_twice_is_made_on_this_machine_if_wished(on_cloud: OnCloud, film: Path, temporary: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        result = await client.compress(film, max_bytes=LIMIT, on_over="local")
        assert 0 < result.size <= LIMIT
        assert (await asyncio.to_thread(result.path.stat)).st_size == result.size

    on_cloud(flow, result=film.read_bytes())
    assert names(film.parent) == ["talk.compressed.mp4", "talk.mp4"]
    assert names(temporary) == []


@pytest.mark.parametrize("how", ["cut", "text", "sound"])
def test_a_result_that_is_no_whole_video_gets_no_name(
    how: str, on_cloud: OnCloud, film: Path, small: Path, sound_only: Path
) -> None:
    broken = {"cut": small.read_bytes()[:-1000], "text": b"<html>" * 100, "sound": sound_only.read_bytes()}[how]

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(NemoError, match="result") as caught:
            await client.compress(film, max_bytes=LIMIT)
        assert caught.value.phase == "verify"

    on_cloud(flow, result=broken)
    assert names(film.parent) == ["talk.mp4"]


def test_a_result_in_another_container(on_cloud: OnCloud, film: Path, small: Path, clips: Path) -> None:
    mkv = make_clip(clips / "small.mkv", "-i", small, "-c", "copy")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        result = await client.compress(film, film.parent / "out.mkv", max_bytes=LIMIT)
        assert result.size == mkv.stat().st_size
        assert cloud.sent(RENDER)[0].json["output"]["format"] == "mkv"

    on_cloud(flow, result=mkv.read_bytes())


FAILURES: list[tuple[str, list[Any], type[NemoError], str]] = [
    (SESSION, [Reply({"code": 1001}, 401)], AuthenticationError, "connect"),
    (SESSION, [Reply(b"<html>", 502)], TransportError, "connect"),
    (SESSION, [Reply({"code": 429}, 429, {"Retry-After": "999"})], RateLimited, "connect"),
    (UPLOAD, [Raw(b"")], TransportError, "upload"),
    (UPLOAD, [Reply({"code": 4001, "message": "type"}, 415)], UnsupportedFile, "upload"),
    (UPLOAD, [Reply({"code": 4002, "message": "size"}, 413)], FileTooLarge, "upload"),
    (UPLOAD, [Reply({"code": 0, "data": {}})], ProtocolError, "upload"),
    (CHAT, [Reply({"code": 2001, "message": "credits"}, 403)], OutOfCredits, "ask"),
    (CHAT, [Stream(adk("Half."), b'data: {"error": "boom"}\n\n')], AgentError, "ask"),
    (CHAT, [Raw(b"")], StreamInterrupted, "ask"),
    (STATE, [Reply({"code": 0, "data": {"state": {}}})] * 2, AgentError, "ask"),
    (RENDER, [Reply({"code": 402, "message": "plan"}, 402)], PlanError, "render"),
    (STATUS, [Reply({"status": "failed", "error": "boom"})] * 2, RenderFailed, "render"),
    (
        STATUS,
        [Reply({"status": "failed", "error": {"code": "target_not_met", "message": "x", "least_bytes": 7}})],
        TargetNotMet,
        "render",
    ),
    (DOWNLOAD, [Raw(b"")] * 50, TransportError, "download"),
    (DOWNLOAD, [Reply(b"<html>", 500)] * 9, TransportError, "download"),
]


@pytest.mark.parametrize(("call", "answers", "kind", "phase"), FAILURES)
def test_a_failure_on_the_road(
    call: str, answers: list[Any], kind: type[NemoError], phase: str, on_cloud: OnCloud, film: Path, temporary: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        if call == DOWNLOAD:  # which is only asked where the result itself cannot be read
            cloud.script(RESULT, *[Raw(b"")] * 50)
        for answer in answers:
            cloud.script(
                call, Stream(adk("Half."), b'data: {"error": "boom"}\n\n') if isinstance(answer, Stream) else answer
            )
        with pytest.raises(kind) as caught:
            await client.compress(film, max_bytes=LIMIT)
        assert type(caught.value) is kind
        assert caught.value.phase == phase
        if phase != "connect":
            assert caught.value.session_id == "s1" or caught.value.render_id
        if phase in {"render", "download"}:
            assert (caught.value.session_id, bool(caught.value.render_id)) == ("s1", True)
        assert len(cloud.sent(CHAT)) <= 1

    on_cloud(flow)
    assert names(film.parent) == ["talk.mp4"]
    assert names(temporary) == []


def test_a_failed_render_is_tried_once_more(on_cloud: OnCloud, film: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"status": "failed", "error": "lambda timed out"}))
        assert (await client.compress(film, max_bytes=LIMIT)).size <= LIMIT
        assert len({sent.json["id"] for sent in cloud.sent(RENDER)}) == 2
        assert len(cloud.sent(CHAT)) == 1

    on_cloud(flow)


def test_a_silent_edit_is_found_in_the_state(on_cloud: OnCloud, film: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(flat({"type": "heartbeat"})))
        assert (await client.compress(film, max_bytes=LIMIT)).size <= LIMIT

    on_cloud(flow)


def test_a_deadline_tells_how_to_come_back(on_cloud: OnCloud, film: Path, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.statuses = [("processing", 10)]
        with pytest.raises(DeadlineExceeded) as caught:
            await client.compress(film, max_bytes=LIMIT, deadline=600)
        assert caught.value.session_id == "s1"
        assert caught.value.render_id == cloud.sent(RENDER)[0].json["id"]
        assert cloud.sent(CANCEL) == []
        cloud.statuses = [("completed", 100)]
        await client.render.resume(str(caught.value.render_id), film.parent / "late.mp4")

    on_cloud(flow)
    assert names(film.parent) == ["late.mp4", "talk.mp4"]


@pytest.mark.parametrize("call", [RENDER, STATUS, RESULT])
def test_a_deadline_at_any_point_after_the_chat_tells_both_ids(
    call: str, on_cloud: OnCloud, film: Path, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        asked = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        cloud.statuses = [("completed", 100)]
        cloud.script(call, hang)
        working = asyncio.create_task(client.compress(film, max_bytes=LIMIT, deadline=600))
        await asked.wait()
        clock.advance(601)
        with pytest.raises(DeadlineExceeded, match="resume") as caught:
            await working
        sent = cloud.sent(RENDER)[0].json["id"]
        assert (caught.value.session_id, caught.value.render_id) == ("s1", sent)
        assert caught.value.phase == ("download" if call == RESULT else "render")
        assert [pending.render_id for pending in await client.render.pending()] == [sent]
        await client.render.resume(sent, film.parent / "late.mp4")
        assert await client.render.pending() == []

    on_cloud(flow)
    assert names(film.parent) == ["late.mp4", "talk.mp4"]


def test_a_wish_whose_answer_was_cut_is_recovered_and_goes_on(
    on_cloud: OnCloud, film: Path, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        async def cut(request: web.Request) -> web.StreamResponse:
            cloud.draft = DRAFT | {"m": {"width": 320, "height": 180, "title": "smaller"}}
            return await Raw(b"").send(request)

        cloud.script(CHAT, cut)
        result = await client.compress(film, max_bytes=LIMIT)
        assert result.size <= LIMIT
        assert len(cloud.sent(CHAT)) == 1  # never said twice
        assert cloud.sent(RENDER)[0].json["draft"] == cloud.draft

    on_cloud(flow)
    assert clock.slept[0] == 30.0


def test_nothing_stays_remembered_of_what_is_done(on_cloud: OnCloud, film: Path, talk: Path, world: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.compress(film, max_bytes=LIMIT)
        cloud.result = talk.read_bytes()
        with pytest.raises(TargetNotMet):
            await client.compress(film, max_bytes=LIMIT, overwrite=True)
        assert len(cloud.sent(RENDER)) == 3

    on_cloud(flow)
    assert names(world / "state" / "nemovideo" / "renders") == []


def test_a_deadline_in_the_chat(on_cloud: OnCloud, film: Path, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(open_ended=True)
        cloud.script(CHAT, stream)
        working = asyncio.create_task(client.compress(film, max_bytes=LIMIT, deadline=60))
        await stream.opened.wait()
        await clock.turn(61)
        with pytest.raises(DeadlineExceeded) as caught:
            await working
        assert (caught.value.session_id, caught.value.phase) == ("s1", "ask")
        await stream.left.wait()

    on_cloud(flow)
    assert names(film.parent) == ["talk.mp4"]


@pytest.mark.parametrize("phase", ["connect", "upload", "ask", "render", "download", "verify"])
def test_a_cancellation_in_each_phase_leaves_nothing(
    phase: str, on_cloud: OnCloud, film: Path, temporary: Path, world: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        def on_progress(event: Progress) -> None:
            if event.phase == phase:
                working.cancel()

        working = asyncio.create_task(client.compress(film, max_bytes=LIMIT, on_progress=on_progress))
        with pytest.raises(asyncio.CancelledError):
            await working
        if phase == "render":
            assert len(cloud.sent(CANCEL)) == 1

    on_cloud(flow)
    assert names(film.parent) == ["talk.mp4"]
    assert names(temporary) == []
    assert names(world / "state" / "nemovideo" / "unfinished") == []


def test_a_callback_that_raises_is_kept_from_the_work(on_cloud: OnCloud, film: Path) -> None:
    async def broken(event: Progress) -> None:
        raise ZeroDivisionError

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert (await client.compress(film, max_bytes=LIMIT, on_progress=broken)).size <= LIMIT

    on_cloud(flow)


def test_several_at_once_on_one_client(on_cloud: OnCloud, film: Path, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        work = (client.compress(film, tmp_path / f"{number}.mp4", max_bytes=LIMIT) for number in range(5))
        results = await asyncio.gather(*work)
        assert {result.path.name for result in results} == {f"{number}.mp4" for number in range(5)}

    on_cloud(flow)
    assert names(tmp_path) == ["0.mp4", "1.mp4", "2.mp4", "3.mp4", "4.mp4", "in"]


def test_two_to_one_output_make_one(on_cloud: OnCloud, film: Path, small: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        work = (client.compress(film, max_bytes=LIMIT) for _ in range(2))
        results = await asyncio.gather(*work, return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["CompressResult", "OutputExists"]
        assert await bytes_of(film.parent / "talk.compressed.mp4") == small.read_bytes()

    on_cloud(flow)
    assert names(film.parent) == ["talk.compressed.mp4", "talk.mp4"]


def test_an_output_that_appeared_meanwhile_is_kept(on_cloud: OnCloud, film: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        async def on_progress(event: Progress) -> None:
            if event.phase == "download":
                await asyncio.to_thread((film.parent / "talk.compressed.mp4").write_bytes, b"precious")

        with pytest.raises(OutputExists):
            await client.compress(film, max_bytes=LIMIT, on_progress=on_progress)
        assert await bytes_of(film.parent / "talk.compressed.mp4") == b"precious"

    on_cloud(flow)
    assert names(film.parent) == ["talk.compressed.mp4", "talk.mp4"]


def test_the_result_as_json(on_cloud: OnCloud, film: Path) -> None:
    import json

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told = json.loads(json.dumps((await client.compress(film, max_bytes=LIMIT)).to_json()))
        assert told["path"] == str(film.parent / "talk.compressed.mp4")
        assert told["timeline"] == "Timeline (1 track): 1. Video: talk.mp4 (0-2s)"

    on_cloud(flow)
