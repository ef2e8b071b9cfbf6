"""The main job from end to end with real parts: real video, the documented wire, the real engine, real FFmpeg."""

from __future__ import annotations

import asyncio
import hashlib
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.conftest import Run
from tests.flow.conftest import OnEngine, no_ffmpeg_runs

from nemovideo import AsyncNemoClient, Progress
from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.engine.server import EngineConfig, EngineServer
from nemovideo.errors import (
    AuthenticationError,
    ConnectionFailed,
    DamagedFile,
    EngineError,
    FileTooLarge,
    NemoError,
    NoPicture,
    OutOfCredits,
    OutputExists,
    RateLimited,
    SessionNotFound,
    SourceNotFound,
    TargetNotMet,
    UnsupportedFile,
)
from nemovideo.protocol.compress import Codec
from nemovideo.settings import config_dir

LIMIT = 100_000

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for left processes in /proc")


@pytest.fixture
def film(talk: Path, tmp_path: Path) -> Path:
    path = tmp_path / "talk.mp4"
    path.write_bytes(talk.read_bytes())
    path.chmod(0o444)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def plays(path: Path) -> bool:
    """Whether FFmpeg decodes it to the end without a word."""
    command = [str(find_ffmpeg()), "-nostdin", "-v", "error", "-xerror", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode == 0 and not done.stderr


def test_a_video_that_fits(on_engine: OnEngine, film: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    before = (hashlib.sha256(film.read_bytes()).hexdigest(), film.stat().st_mtime_ns)

    async def flow(client: AsyncNemoClient) -> None:
        result = await client.compress(film, max_bytes=LIMIT, on_progress=told.append)
        assert (result.path, result.limit, result.original_size) == (
            tmp_path / "talk.compressed.mp4",
            LIMIT,
            film.stat().st_size,
        )
        assert result.size == result.path.stat().st_size <= LIMIT
        assert (result.codec, result.audio_codec, result.skipped) == ("h264", "aac", False)
        assert result.duration == pytest.approx(2.0, abs=0.1)
        assert result.width is not None
        assert result.height is not None
        assert result.width * 180 == pytest.approx(result.height * 320, rel=0.05)
        assert result.notes
        assert result.timeline is not None
        assert result.timeline.summary.startswith("Timeline (1 track): 1. Video: talk.mp4 (0-2")
        assert await asyncio.to_thread(plays, result.path)

    on_engine(flow)
    assert list(dict.fromkeys(event.phase for event in told)) == [
        "connect",
        "upload",
        "ask",
        "render",
        "download",
        "verify",
    ]
    percentages = [event.done for event in told if event.phase == "render"]
    assert percentages == sorted(percentages)
    assert percentages[-1] == 100.0
    assert before == (hashlib.sha256(film.read_bytes()).hexdigest(), film.stat().st_mtime_ns)
    assert names(tmp_path) == ["talk.compressed.mp4", "talk.mp4"]


def test_every_kind_of_source(on_engine: OnEngine, film: Path, tmp_path: Path) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        content = film.read_bytes()
        with film.open("rb") as opened:
            sources: list[Any] = [str(film), content, io.BytesIO(content), opened]
            for number, source in enumerate(sources):
                result = await client.compress(source, tmp_path / f"{number}.mp4", max_bytes=LIMIT, effort="fast")
                assert result.size <= LIMIT

    on_engine(flow)
    assert names(tmp_path) == ["0.mp4", "1.mp4", "2.mp4", "3.mp4", "talk.mp4"]


def test_a_relative_path(on_engine: OnEngine, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(film.parent)

    async def flow(client: AsyncNemoClient) -> None:
        result = await client.compress("talk.mp4", "./out.mp4", max_bytes=LIMIT, effort="fast")
        assert result.path == Path("out.mp4")
        assert result.path.is_file()

    on_engine(flow)


@pytest.mark.parametrize(
    "name", ["Über uns 中文 🎬.mp4", 'say "hi" & $(x).mp4', "-y.mp4", "a%20b#c?d.mp4", "two\nlines.mp4"]
)
def test_a_name_that_needs_care(name: str, on_engine: OnEngine, one_frame: Path, tmp_path: Path) -> None:
    source = tmp_path / name
    shutil.copy(one_frame, source)

    async def flow(client: AsyncNemoClient) -> None:
        result = await client.compress(source, max_bytes=LIMIT, codec="h264", effort="fast")
        assert result.path.is_file()

    on_engine(flow)


def test_what_fits_is_handed_back_as_it_is(on_engine: OnEngine, film: Path, tmp_path: Path) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        result = await client.compress(film, max_mb=50)
        assert (result.path, result.size, result.skipped) == (film, film.stat().st_size, True)
        copied = await client.compress(film, tmp_path / "copy.mp4", max_mb=50)
        assert (copied.path.read_bytes(), copied.skipped) == (film.read_bytes(), True)
        for one in (result, copied):
            assert (one.width, one.height, one.codec, one.audio_codec) == (320, 180, "h264", "aac")
            assert one.quality is None
        if client.is_local:  # what another container holds, only the engine's probe knows
            other = tmp_path / "talk.mkv"
            command = [str(find_ffmpeg()), "-nostdin", "-v", "error", "-i", str(film), "-c", "copy", str(other)]
            await asyncio.to_thread(subprocess.run, command, check=True)
            skipped = await client.compress(other, max_mb=50)
            assert (skipped.skipped, skipped.codec, skipped.audio_codec) == (True, "h264", "aac")
            other.unlink()

    on_engine(flow)
    assert names(tmp_path) == ["copy.mp4", "talk.mp4"]


@pytest.mark.parametrize("codec", [None, "h264"])  # by the client's own look, or by the engine's
def test_an_untouched_picture_is_told_as_perfect(
    on_engine: OnEngine, film: Path, tmp_path: Path, codec: Codec | None
) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        result = await client.compress(film, tmp_path / "copy.mp4", max_mb=50, codec=codec, measure_quality=True)
        assert (result.skipped, result.quality) == (True, {"vmaf": 100.0, "vmaf_p5": 100.0})
        assert [note for note in result.notes if "not measured" in note]

    on_engine(flow)


def test_a_source_of_300_pictures_a_second(on_engine: OnEngine, tmp_path: Path) -> None:
    fast = tmp_path / "fast.mp4"
    clip = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=300:d=1", "-c:v", "libx264", "-preset", "ultrafast")
    subprocess.run([str(find_ffmpeg()), "-nostdin", "-v", "error", *clip, str(fast)], check=True)
    limit = fast.stat().st_size // 2

    async def flow(client: AsyncNemoClient) -> None:
        result = await client.compress(fast, tmp_path / "a.mp4", max_bytes=limit, effort="fast")
        slower = await client.compress(fast, tmp_path / "b.mp4", max_bytes=limit, effort="fast", fps=30)
        assert (round(result.fps or 0), round(slower.fps or 0)) == (300, 30)

    on_engine(flow)


def test_a_portrait_stays_one(on_engine: OnEngine, portrait: Path, tmp_path: Path) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        result = await client.compress(portrait, tmp_path / "out.mp4", max_bytes=LIMIT, effort="fast")
        assert result.width is not None
        assert result.height is not None
        assert result.height > result.width

    on_engine(flow)


@pytest.mark.parametrize(
    ("output", "codec", "found"),
    [("a.mkv", None, "h264"), ("a.mov", "hevc", "hevc"), ("a.webm", None, "av1")],
)
def test_a_container_and_a_codec(
    output: str, codec: Any, found: str, on_engine: OnEngine, one_frame: Path, tmp_path: Path
) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        result = await client.compress(one_frame, tmp_path / output, max_mb=1, codec=codec, effort="fast")
        assert result.codec == found
        assert await asyncio.to_thread(plays, result.path)

    on_engine(flow)


def test_a_limit_out_of_reach_names_the_least_that_works(on_engine: OnEngine, film: Path, tmp_path: Path) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        with pytest.raises(TargetNotMet) as caught:
            await client.compress(film, max_bytes=1000, effort="fast")
        least = caught.value.least_bytes
        assert least is not None
        assert str(least) in str(caught.value)
        assert names(tmp_path) == ["talk.mp4"]
        result = await client.compress(film, max_bytes=least, effort="fast")
        assert result.size <= least

    on_engine(flow)


def test_bad_input(on_engine: OnEngine, film: Path, sound_only: Path, tmp_path: Path) -> None:
    text, empty, cut = tmp_path / "text.mp4", tmp_path / "empty.mp4", tmp_path / "cut.mp4"
    text.write_text("words " * 10_000)
    empty.touch()
    cut.write_bytes(film.read_bytes()[:200_000])
    (tmp_path / "words.txt").write_text("words")
    (tmp_path / "there.mp4").write_text("precious")
    cases: list[tuple[Path, dict[str, Any], type[NemoError]]] = [
        (tmp_path / "none.mp4", {}, SourceNotFound),
        (tmp_path, {"output": tmp_path / "x.mp4"}, SourceNotFound),
        (empty, {}, UnsupportedFile),
        (text, {}, UnsupportedFile),
        (text, {"max_mb": 500}, UnsupportedFile),
        (tmp_path / "words.txt", {"max_bytes": 1}, UnsupportedFile),
        (cut, {}, DamagedFile),
        (cut, {"max_mb": 500}, DamagedFile),
        (sound_only, {"output": tmp_path / "x.mp4", "max_bytes": 1000}, NoPicture),
        (sound_only, {"output": tmp_path / "x.mp4", "max_mb": 500}, NoPicture),
        (film, {"output": tmp_path / "there.mp4"}, OutputExists),
    ]
    before = names(tmp_path)

    async def flow(client: AsyncNemoClient) -> None:
        for source, asked, kind in cases:
            limit: dict[str, Any] = {} if asked.keys() & {"max_mb", "max_bytes"} else {"max_bytes": 10_000}
            with pytest.raises(kind) as caught:
                await client.compress(source, **asked, **limit)
            assert type(caught.value) is kind, source.name
            assert source.name in str(caught.value) or "there.mp4" in str(caught.value)
            assert "\n" not in str(caught.value)
            assert names(tmp_path) == before
        assert (await client.compress(film, max_bytes=LIMIT, effort="fast")).size <= LIMIT  # and all goes on

    on_engine(flow)


def test_a_damaged_clip_of_the_workshop(on_engine: OnEngine, shared: Path, tmp_path: Path) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        for name, kind in (("err_corrupted.mp4", DamagedFile), ("err_audio_only.mp4", NoPicture)):
            # What fits is not sent to another machine to be looked at; a walk over its boxes finds no torn picture.
            for limit in (10_000, 10_000_000) if client.is_local or kind is NoPicture else (10_000,):
                with pytest.raises(kind, match=name):
                    await client.compress(shared / "media" / name, tmp_path / "out.mp4", max_bytes=limit)

    on_engine(flow)
    assert names(tmp_path) == []


@pytest.mark.parametrize("phase", ["connect", "upload", "ask", "render", "download", "verify"])
def test_a_cancellation_in_each_phase_leaves_nothing(
    phase: str, on_engine: OnEngine, film: Path, temporary: Path, world: Path
) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        def on_progress(event: Progress) -> None:
            if event.phase == phase:
                working.cancel()

        working = asyncio.create_task(client.compress(film, max_bytes=LIMIT, on_progress=on_progress))
        with pytest.raises(asyncio.CancelledError):
            await working
        assert names(film.parent) == ["talk.mp4"]
        assert await no_ffmpeg_runs()
        result = await client.compress(film, max_bytes=LIMIT, effort="fast")
        assert result.size <= LIMIT

    on_engine(flow)
    assert names(temporary) == []
    assert names(world / "state" / "nemovideo" / "unfinished") == []


def test_leaving_the_client_in_the_middle_ends_everything(run: Run[Any], film: Path, temporary: Path) -> None:
    async def flow() -> None:
        rendering = asyncio.Event()

        def on_progress(event: Progress) -> None:
            if event.phase == "render":
                rendering.set()

        async with AsyncNemoClient.local() as client:
            work = client.compress(film, max_bytes=LIMIT, effort="best", on_progress=on_progress)
            task = asyncio.create_task(work)
            await rendering.wait()
        assert await no_ffmpeg_runs()
        with pytest.raises(NemoError):
            await task

    run(flow())
    assert names(film.parent) == ["talk.mp4"]
    assert names(temporary) == []


def test_several_at_once_on_one_client(on_engine: OnEngine, film: Path, tmp_path: Path) -> None:
    async def flow(client: AsyncNemoClient) -> None:
        work = (client.compress(film, tmp_path / f"{n}.mp4", max_bytes=LIMIT, effort="fast") for n in range(3))
        results = await asyncio.gather(*work)
        assert len({result.session_id for result in results}) == 3
        assert all(result.size <= LIMIT for result in results)

    on_engine(flow)
    assert names(tmp_path) == ["0.mp4", "1.mp4", "2.mp4", "talk.mp4"]


def test_two_clients_in_one_process(run: Run[Any], one_frame: Path, tmp_path: Path, temporary: Path) -> None:
    async def flow() -> None:
        async with AsyncNemoClient.local() as one, AsyncNemoClient.local() as two:
            assert one.base_url != two.base_url
            work = (
                client.compress(one_frame, tmp_path / f"{n}.mp4", max_mb=1, codec="h264", effort="fast")
                for n, client in enumerate((one, two))
            )
            assert len(await asyncio.gather(*work)) == 2
            with pytest.raises(SessionNotFound):
                await two.state.get((await one.session.create()).id)

    run(flow())
    assert names(temporary) == []


def test_one_data_folder_has_one_engine(run: Run[Any], tmp_path: Path) -> None:
    async def flow() -> None:
        async with AsyncNemoClient.local(tmp_path / "data"):
            with pytest.raises(EngineError, match="in use"):
                async with AsyncNemoClient.local(tmp_path / "data"):
                    pytest.fail("two engines on one folder")

    run(flow())


def test_a_client_again_and_again_on_new_loops(run: Run[Any], one_frame: Path, tmp_path: Path) -> None:
    async def flow(number: int) -> None:
        async with AsyncNemoClient.local(tmp_path / "data") as client:
            await client.compress(one_frame, tmp_path / f"{number}.mp4", max_mb=1, codec="h264", effort="fast")

    for number in range(2):
        run(flow(number))


async def served(folder: Path, **config: Any) -> EngineServer:
    server = EngineServer(EngineConfig(data_dir=folder, **config))
    await server.start()
    return server


def test_what_an_engine_refuses(run: Run[Any], film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def flow() -> None:
        server = await served(tmp_path / "data", max_upload_bytes=film.stat().st_size)
        try:
            async with AsyncNemoClient(server.base_url, "nmv_usr_wrong") as client:
                with pytest.raises(AuthenticationError):
                    await client.compress(film, max_bytes=LIMIT)
            async with AsyncNemoClient(server.base_url) as client:
                with pytest.raises(UnsupportedFile, match="webm"):
                    await client.upload.file(await client.session.create(), b"x", name="a.ts")
                with pytest.raises(FileTooLarge):
                    await client.upload.file(await client.session.create(), film.read_bytes() + b"x")
                for _ in range(2):  # two edits of 50 credits are what an account has
                    await client.compress(film, tmp_path / "o.mp4", max_bytes=LIMIT, effort="fast", overwrite=True)
                with pytest.raises(OutOfCredits, match="register") as caught:
                    await client.compress(film, tmp_path / "o.mp4", max_bytes=LIMIT, overwrite=True)
                assert "anon_" in str(caught.value)
                assert (await client.credits.balance()).available == 0
            # Another machine's user with the same client id and no kept token is refused a second one for a week.
            monkeypatch.setenv("NEMO_CLIENT_ID", (config_dir() / "client_id").read_text())
            monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
            async with AsyncNemoClient(server.base_url) as client:
                with pytest.raises(RateLimited) as limited:
                    await client.session.create()
                assert limited.value.retry_after is not None
                assert limited.value.retry_after > 120
        finally:
            await server.stop()

    run(flow())


def test_an_engine_that_is_not_there(run: Run[Any], film: Path, tmp_path: Path) -> None:
    async def flow() -> None:
        server = await served(tmp_path / "data")
        await server.stop()
        async with AsyncNemoClient(server.base_url, "t", clock=TurnableClock()) as client:
            with pytest.raises(ConnectionFailed, match=r"127\.0\.0\.1"):
                await client.compress(film, max_bytes=LIMIT)

    run(flow())
    assert names(tmp_path) == ["data", "talk.mp4"]


def test_a_session_that_a_program_remembers(run: Run[Any], film: Path, tmp_path: Path) -> None:
    async def flow() -> None:
        server = await served(tmp_path / "data", metered=False)
        async with AsyncNemoClient(server.base_url) as client:
            result = await client.compress(film, tmp_path / "a.mp4", max_bytes=LIMIT, effort="fast")
        await server.stop()
        server = await served(tmp_path / "data", metered=False, port=int(server.base_url.rpartition(":")[2]))
        async with AsyncNemoClient(server.base_url) as client:
            assert client.token_source == "none"
            timeline = await client.state.timeline(str(result.session_id))
            assert client.token_source == "file"
            assert timeline == result.timeline
            await client.render.resume(str(result.render_id), tmp_path / "b.mp4")
        await server.stop()
        assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()

    run(flow())
