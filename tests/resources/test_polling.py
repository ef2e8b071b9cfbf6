"""Following a render: as the server likes it, past some bad answers, no longer than the caller wishes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import CANCEL, CREDITS, DOWNLOAD, DRAFT, RENDER, STATUS, Cloud, Raw, Reply
from tests.conftest import Run
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    AuthenticationError,
    DamagedFile,
    DeadlineExceeded,
    DiskFull,
    FFmpegMissing,
    NemoError,
    NoPicture,
    PlanError,
    ProtocolError,
    RateLimited,
    RenderFailed,
    TargetNotMet,
    TransportError,
    UnsupportedFile,
)
from nemovideo.limits import Limits
from nemovideo.progress import Progress
from nemovideo.transport.caller import Caller


def test_some_lost_polls_lose_no_render(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, *[Reply(b"<html>", 502)] * 4, Raw(b""), Reply({"status": "assembling", "progress": 50}))
        render = await client.render.wait("render_1")
        assert render.phase == "completed"

    on_cloud(flow)


def test_a_server_that_is_gone_is_given_up(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, *[Reply(b"<html>", 502)] * 99)
        with pytest.raises(TransportError) as caught:
            await client.render.wait("render_1")
        assert caught.value.render_id == "render_1"
        assert len(cloud.sent(STATUS)) == 6  # one layer: the polls themselves

    on_cloud(flow)


def test_a_render_that_is_not_known_is_told_at_once(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"detail": "no such render"}, 404))
        with pytest.raises(NemoError, match="knows no render"):
            await client.render.status("render_1")

    on_cloud(flow)


def test_a_deadline_leaves_the_render_running(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.statuses = [("processing", 40)]
        with pytest.raises(DeadlineExceeded) as caught:
            await client.render.wait("render_1", deadline=100)
        assert caught.value.render_id == "render_1"
        assert "resume" in str(caught.value)
        assert cloud.sent(CANCEL) == []

    on_cloud(flow)
    assert 90 <= sum(clock.slept) <= 120


def test_a_cancelled_wait_cancels_the_render(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        clock.jumps = False
        seen = asyncio.Event()
        waiting = asyncio.create_task(client.render.wait("render_1", on_progress=lambda event: seen.set()))
        await seen.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert [request.path for request in cloud.sent(CANCEL)] == ["/api/render/proxy/lambda/render_1/cancel"]

    on_cloud(flow)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "target_not_met", "message": "x", "least_bytes": 77, "permanent": True}, TargetNotMet),
        ({"code": "damaged", "message": "x", "permanent": True}, DamagedFile),
        ({"code": "no_picture", "message": "x", "permanent": True}, NoPicture),
        ({"code": "disk_full", "message": "x", "permanent": True}, DiskFull),
        ({"code": "ffmpeg_missing", "message": "x", "permanent": True}, FFmpegMissing),
        ({"code": "unsupported", "message": "x", "permanent": True}, UnsupportedFile),
        ({"code": "engine", "message": "x", "permanent": True}, RenderFailed),
    ],
)
def test_a_permanent_failure_is_told_as_what_it_is(
    error: dict[str, object], kind: type[NemoError], on_cloud: OnCloud, tmp_path: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"status": "failed", "error": error, "output": None}))
        with pytest.raises(kind) as caught:
            await client.render.export("s1", tmp_path / "a.mp4")
        assert type(caught.value) is kind
        assert caught.value.code == error["code"]
        assert caught.value.render_id
        assert not caught.value.retryable
        if isinstance(caught.value, TargetNotMet):
            assert caught.value.least_bytes == 77
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("told", [{"permanent": False}, {}], ids=["passing", "nothing said"])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("damaged", DamagedFile),
        ("no_picture", NoPicture),
        ("disk_full", DiskFull),
        ("ffmpeg_missing", FFmpegMissing),
        ("unsupported", UnsupportedFile),
        ("engine", RenderFailed),
    ],
)
def test_what_need_not_be_permanent_is_asked_for_once_more(
    code: str, kind: type[NemoError], told: dict[str, bool], on_cloud: OnCloud, tmp_path: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        failed = Reply({"status": "failed", "error": {"code": code, "message": "x", **told}})
        cloud.script(STATUS, failed, failed, failed)
        with pytest.raises(kind) as caught:
            await client.render.export("s1", tmp_path / "a.mp4")
        assert caught.value.retryable
        assert len({request.json["id"] for request in cloud.sent(RENDER)}) == len(cloud.sent(RENDER)) == 2
        assert (await client.render.export("s1", tmp_path / "b.mp4")).name == "b.mp4"  # the third failed, a fourth came
        assert len(cloud.sent(RENDER)) == 4

    on_cloud(flow)


def test_an_engine_that_holds_back_is_asked_again_at_once(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        held = {"Preference-Applied": "wait", "ETag": '"a"'}
        cloud.script(
            STATUS,
            Reply({"status": "processing", "progress": 1}, headers=held),
            Reply(None, 304, held),
            Reply({"status": "processing", "progress": 2}, headers=held | {"ETag": '"b"'}),
            Reply({"status": "completed", "progress": 100}, headers=held),
        )
        await client.render.wait("render_1")
        assert [request.headers.get("if-none-match") for request in cloud.sent(STATUS)] == [None, '"a"', '"a"', '"b"']
        assert clock.slept == []

    on_cloud(flow)


@pytest.mark.parametrize(
    "bad",
    [
        Reply(b"<html>a proxy</html>"),
        Reply(b"<html>Bad Gateway</html>", 502),
        Reply(b"", 500),
        Reply({"error": "odd"}, 501),
        Reply({"message": "slow"}, 429, {"Retry-After": "3"}),
        Raw(b""),
        Raw(b"nonsense\r\n\r\n"),
    ],
)
def test_five_bad_polls_in_a_row_are_borne(bad: Reply | Raw, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        fine = Reply({"status": "processing", "progress": 1})
        cloud.script(STATUS, *[bad] * 5, fine, *[bad] * 5)
        assert (await client.render.wait("render_1")).phase == "completed"

    on_cloud(flow)


def test_a_rate_limit_is_waited_for_once_and_by_the_other_calls_too(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        clock.jumps = False
        cloud.statuses = [("completed", 100)]
        cloud.script(STATUS, Reply({"message": "slow"}, 429, {"Retry-After": "70"}))
        waiting = asyncio.create_task(client.render.wait("render_1"))
        while not clock.slept:  # noqa: ASYNC110 -- nobody tells by an event that he sleeps
            await asyncio.sleep(0)
        asking = asyncio.create_task(client.credits.balance())
        while len(clock.slept) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert clock.slept[0] == 70.0
        assert cloud.sent(CREDITS) == []
        clock.advance(80)
        assert (await waiting).phase == "completed"
        await asking
        assert len(cloud.sent(STATUS)) == 2

    on_cloud(flow)


@pytest.mark.parametrize(
    "failed",
    [
        {"success": False, "data": {"id": "x", "status": "failed"}, "error": "Lambda timeout"},
        {"success": False, "status": "failed", "error": "Lambda timeout"},
    ],
)
def test_a_failure_told_as_a_refusal_is_a_failed_render(
    failed: object, on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply(failed))
        await client.render.export("s1", tmp_path / "a.mp4")
        assert len({request.json["id"] for request in cloud.sent(RENDER)}) == 2
        assert await client.render.pending() == []
        cloud.script(STATUS, Reply(failed), Reply(failed))
        assert (await client.render.status("render_1")).phase == "failed"
        with pytest.raises(RenderFailed, match="Lambda timeout"):
            await client.render.wait("render_1")
        await client.render.submit("s1", DRAFT, render_id="render_2")
        cloud.script(STATUS, Reply(failed))
        assert await client.render.pending() == []

    on_cloud(flow)


def test_our_id_stays_the_id(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, Reply({"success": True, "data": {"id": "srv-1", "status": "pending"}}))
        cloud.script(STATUS, Reply({"taskId": "lambda-77", "status": "completed", "progress": 100, "output": {}}))
        await client.render.export("s1", tmp_path / "a.mp4")
        ours = cloud.sent(RENDER)[0].json["id"]
        assert [sent.path for sent in cloud.sent(STATUS)] == [f"/api/render/proxy/lambda/{ours}"]
        assert [sent.path for sent in cloud.sent(DOWNLOAD)] == [f"/api/render/proxy/{ours}/download"]
        assert await client.render.pending() == []

    on_cloud(flow)


def test_a_poll_that_is_never_answered_is_asked_again(run: Run[Any], clock: TurnableClock) -> None:
    """The clock of the sockets is the machine's: here the client is given hardly any patience."""

    async def flow() -> None:
        limits = Limits(silence=0.05)
        async with Cloud() as cloud, AsyncNemoClient(cloud.url, cloud.token, clock=clock, limits=limits) as client:
            cloud.script(STATUS, *[Raw(b"", "hang")] * 2)
            assert (await client.render.wait("render_1")).phase == "completed"
            assert len(cloud.sent(STATUS)) == 2 + len(cloud.statuses)

    run(flow())


def test_no_poll_has_the_patience_of_a_generation(on_cloud: OnCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    patience: list[float | None] = []
    answer = Caller.answer

    async def seen(self: Caller, *arguments: Any, read_timeout: float | None = None, **options: Any) -> Any:
        patience.append(read_timeout)
        return await answer(self, *arguments, read_timeout=read_timeout, **options)

    monkeypatch.setattr(Caller, "answer", seen)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.status("render_1")
        await client.render.wait("render_1")

    on_cloud(flow)
    assert set(patience) == {90.0}


def test_a_long_rate_limit_is_told(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"message": "slow"}, 429, {"Retry-After": "121"}))
        with pytest.raises(RateLimited) as caught:
            await client.render.wait("render_1")
        assert caught.value.render_id == "render_1"
        assert len(cloud.sent(STATUS)) == 1

    on_cloud(flow)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reply({"code": 1001, "message": "token"}, 401), AuthenticationError),
        (Reply({"code": 1002, "message": "session"}, 404), NemoError),
        (Reply({"code": 402, "message": "plan"}, 402), PlanError),
        (Reply({"detail": "no such render"}, 404), ProtocolError),
        (Reply({"detail": "bad"}, 400), ProtocolError),
    ],
)
def test_what_no_next_poll_will_change_is_told_at_once(
    answer: Reply, kind: type[NemoError], on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, answer)
        with pytest.raises(kind) as caught:
            await client.render.wait("render_1")
        assert (caught.value.render_id, caught.value.phase) == ("render_1", "render")
        assert len(cloud.sent(STATUS)) == 1

    on_cloud(flow)
    assert clock.slept == []


def test_a_render_begun_a_moment_ago_may_not_be_known_yet(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        unknown = Reply({"detail": "no such render"}, 404)
        render = await client.render.submit("s1", DRAFT)
        cloud.script(STATUS, unknown, unknown)
        assert (await client.render.wait(render.id)).phase == "completed"
        render = await client.render.submit("s1", DRAFT)
        cloud.script(STATUS, *[unknown] * 9)
        with pytest.raises(ProtocolError, match="knows no render"):
            await client.render.wait(render.id)
        render = await client.render.submit("s1", DRAFT)
        cloud.script(STATUS, *[unknown] * 3)
        with pytest.raises(ProtocolError):
            await client.render.status(render.id)

    on_cloud(flow)


def test_a_render_that_was_known_and_is_no_longer(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        render = await client.render.submit("s1", DRAFT)
        cloud.script(STATUS, Reply({"status": "processing"}), Reply({"detail": "gone"}, 410))
        with pytest.raises(ProtocolError, match="gone"):
            await client.render.wait(render.id)

    on_cloud(flow)


def test_a_server_that_says_it_holds_back_and_does_not(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        held = {"Preference-Applied": "wait", "ETag": '"a"'}
        cloud.script(STATUS, Reply({"status": "processing"}, headers=held), *[Reply(None, 304, held)] * 6)
        await client.render.wait("render_1")

    on_cloud(flow)
    assert clock.slept.count(30.0) >= 3  # and no loop that turns as quickly as it can


def test_other_polls_where_the_client_is_told(run: Run[Any], clock: TurnableClock) -> None:
    async def flow() -> None:
        async with (
            Cloud() as cloud,
            AsyncNemoClient(cloud.url, cloud.token, clock=clock, limits=Limits(poll=7.0)) as client,
        ):
            await client.render.wait("render_1")

    run(flow())
    assert clock.slept == [7.0, 7.0]


def test_progress_is_never_told_backwards(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told: list[Progress] = []
        cloud.statuses = [("pending", 5), ("processing", 60), ("processing", 20), ("assembling", 70), ("completed", 0)]
        await client.render.wait("render_1", on_progress=told.append)
        assert [event.done for event in told] == [5.0, 60.0, 60.0, 70.0, 70.0]

    on_cloud(flow)


def test_a_cancellation_waits_for_the_remote_cancel_however_often_it_comes(
    on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        clock.jumps = False
        asked, answered = asyncio.Event(), asyncio.Event()

        async def slow(request: web.Request) -> web.StreamResponse:
            asked.set()
            await answered.wait()
            return await Reply({"success": True}).send(request)

        cloud.script(CANCEL, slow)
        seen = asyncio.Event()
        waiting = asyncio.create_task(client.render.wait("render_1", on_progress=lambda event: seen.set()))
        await seen.wait()
        waiting.cancel()
        await asked.wait()
        waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done()
        answered.set()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    on_cloud(flow)


def test_a_cancel_that_is_never_answered_is_given_up(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        clock.jumps = False
        asked = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        cloud.script(CANCEL, hang)
        seen = asyncio.Event()
        waiting = asyncio.create_task(client.render.wait("render_1", on_progress=lambda event: seen.set()))
        await seen.wait()
        waiting.cancel()
        await asked.wait()
        clock.advance(6)
        with pytest.raises(asyncio.CancelledError):
            await waiting

    on_cloud(flow)


@pytest.mark.parametrize("answer", [Reply({"status": "assembling"}), Reply(b"<html>", 502)], ids=["running", "failed"])
def test_closing_the_client_ends_the_wait_between_two_polls(answer: Reply, run: Run[Any], clock: TurnableClock) -> None:
    clock.jumps = False

    async def flow() -> None:
        async with Cloud() as cloud:
            cloud.script(STATUS, *[answer] * 9)
            async with AsyncNemoClient(cloud.url, cloud.token, clock=clock) as client:
                waiting = asyncio.create_task(client.render.wait("render_1"))
                await clock.turn(0)  # comes back when it sleeps
                assert clock.slept
            with pytest.raises(TransportError, match="closed") as caught:
                await waiting
        assert caught.value.render_id == "render_1"
        assert len(cloud.sent(STATUS)) == 1

    run(flow())
