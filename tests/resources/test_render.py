"""Renders: exactly the draft that came, polled as the server likes it, found again, not lost to one bad answer."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import CANCEL, DOWNLOAD, DRAFT, RENDER, RESULT, STATE, STATUS, Cloud, Raw, Reply
from tests.conftest import Run
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    DamagedFile,
    DeadlineExceeded,
    DiskFull,
    FFmpegMissing,
    NemoError,
    NoPicture,
    OutputExists,
    PlanError,
    RenderFailed,
    TargetNotMet,
    TransportError,
    UnsupportedFile,
    UsageError,
)
from nemovideo.progress import Progress

STRANGE = json.loads(
    '{"zz": 18446744073709551617, "t": [{"tt": 42, "sg": [{"d": 1.5, "k": null}]}], "m": {"ü": [1, {}]}}'
)


@pytest.mark.parametrize("form", ["S", "V"])
def test_a_render_from_end_to_end(form: str, on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock) -> None:
    told: list[Progress] = []

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        output = tmp_path / "out.mp4"
        assert await client.render.export("s1", output, on_progress=told.append) == output
        assert await asyncio.to_thread(output.read_bytes) == cloud.result
        (sent,) = cloud.sent(RENDER)
        made = sent.json["id"]
        assert sent.json == {
            "id": made,
            "sessionId": "s1",
            "draft": DRAFT,
            "output": {"format": "mp4", "quality": "high"},
        }
        assert made.startswith("render_")
        assert {request.path for request in cloud.sent(STATUS)} == {f"/api/render/proxy/lambda/{made}"}
        assert all(request.headers["prefer"] == "wait=30" for request in cloud.sent(STATUS))

    on_cloud(flow, form=form)
    assert clock.slept == [30.0, 30.0]  # a server that honours no Prefer is asked every half minute
    assert [event.done for event in told if event.phase == "render"] == [0.0, 40.0, 100.0]
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_the_draft_goes_out_exactly_as_it_came(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.draft = STRANGE
        await client.render.export("s1", tmp_path / "out.mov")
        (sent,) = cloud.sent(RENDER)
        assert sent.json["draft"] == STRANGE
        assert json.dumps(sent.json["draft"]) == json.dumps(STRANGE)
        assert sent.json["output"]["format"] == "mov"

    on_cloud(flow)


@pytest.mark.parametrize("draft", [None, {}, {"t": []}, {"t": [{"tt": 0, "sg": []}]}])
def test_an_empty_draft_is_not_sent(draft: Any, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match="nothing to render"):
            await client.render.submit("s1", draft)
        assert cloud.sent(RENDER) == []

    on_cloud(flow)


def test_what_may_be_asked_of_the_output(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.submit("s1", DRAFT, format="webm", resolution="640x360", fps=24, render_id="render_mine")
        (sent,) = cloud.sent(RENDER)
        assert sent.json["id"] == "render_mine"
        assert sent.json["output"] == {"format": "webm", "quality": "high", "resolution": "640x360", "fps": 24}

    on_cloud(flow)


def test_a_preview_is_small(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.draft = DRAFT | {"m": {"width": 1080, "height": 1920}}
        await client.render.preview("s1", tmp_path / "small.mp4")
        assert cloud.sent(RENDER)[0].json["output"]["resolution"] == "360x640"

    on_cloud(flow)


def test_the_plan_does_not_export(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, Reply({"code": 402, "message": "plan"}, 402))
        with pytest.raises(PlanError):
            await client.render.submit("s1", DRAFT)
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow)


def test_a_submit_that_broke_is_not_repeated_blindly(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, Raw(b""))
        with pytest.raises(TransportError) as caught:
            await client.render.submit("s1", DRAFT, render_id="render_1")
        assert (caught.value.render_id, caught.value.session_id) == ("render_1", "s1")
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow)


def test_some_lost_polls_lose_no_render(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, *[Reply(b"<html>", 502)] * 8, Raw(b""), Reply({"status": "assembling", "progress": 50}))
        render = await client.render.wait("render_1")
        assert render.phase == "completed"

    on_cloud(flow)


def test_a_server_that_is_gone_is_given_up(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, *[Reply(b"<html>", 502)] * 99)
        with pytest.raises(TransportError) as caught:
            await client.render.wait("render_1")
        assert caught.value.render_id == "render_1"
        assert len(cloud.sent(STATUS)) == 6 * 4

    on_cloud(flow)


def test_a_render_that_is_not_known_is_told_at_once(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"detail": "no such render"}, 404))
        with pytest.raises(NemoError, match="no such render"):
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


def test_a_submit_that_is_cancelled_cancels_what_may_have_begun(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        arrived = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            arrived.set()
            await asyncio.Event().wait()
            raise AssertionError

        cloud.script(RENDER, hang)
        submitting = asyncio.create_task(client.render.submit("s1", DRAFT, render_id="render_1"))
        await arrived.wait()
        submitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await submitting
        assert len(cloud.sent(CANCEL)) == 1

    on_cloud(flow)


def test_a_failed_render_is_asked_for_once_more_with_a_new_id(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"status": "failed", "progress": 30, "error": "lambda timed out"}))
        await client.render.export("s1", tmp_path / "a.mp4")
        first, second = (request.json for request in cloud.sent(RENDER))
        assert first["id"] != second["id"]
        assert first["draft"] == second["draft"]
        cloud.script(STATUS, *[Reply({"status": "failed", "error": "again"})] * 3)
        with pytest.raises(RenderFailed, match="again"):
            await client.render.export("s1", tmp_path / "b.mp4")
        assert len(cloud.sent(RENDER)) == 4

    on_cloud(flow)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "target_not_met", "message": "x", "least_bytes": 77, "permanent": True}, TargetNotMet),
        ({"code": "damaged", "message": "x", "permanent": True}, DamagedFile),
        ({"code": "no_picture", "message": "x", "permanent": True}, NoPicture),
        ({"code": "disk_full", "message": "x", "permanent": False}, DiskFull),
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
        if isinstance(caught.value, TargetNotMet):
            assert caught.value.least_bytes == 77
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow)
    assert list(tmp_path.iterdir()) == []


def test_another_process_comes_back(on_cloud: OnCloud, tmp_path: Path, run: Run[Any], clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        render = await client.render.submit("s1", DRAFT)
        async with AsyncNemoClient(cloud.url, cloud.token, clock=clock) as another:
            await another.render.resume(render.id, tmp_path / "out.mp4")
        assert await asyncio.to_thread((tmp_path / "out.mp4").read_bytes) == cloud.result

    on_cloud(flow)


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


def test_an_export_that_would_be_refused_renders_nothing(on_cloud: OnCloud, tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"precious")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(OutputExists):
            await client.render.export("s1", output)
        assert cloud.sent(RENDER) == []

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


def test_state_of_a_session_that_is_gone(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, Reply({"code": 1002, "message": "gone"}, 404))
        with pytest.raises(NemoError):
            await client.render.export("s1", tmp_path / "out.mp4")
        assert cloud.sent(RENDER) == []

    on_cloud(flow)
