"""Asking for a render: the draft as it came, and one job whatever happens to the answer."""

from __future__ import annotations

import asyncio
import json
import math
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.clock import TurnableClock
from tests.cloud import CANCEL, DRAFT, RENDER, SESSION, STATE, STATUS, Cloud, Raw, Reply
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    DeadlineExceeded,
    NemoError,
    TransportError,
    UsageError,
)
from nemovideo.protocol.json import dump, parse

STRANGE = json.loads(
    '{"zz": 18446744073709551617, "t": [{"tt": 42, "sg": [{"d": 1.5, "k": null}]}], "m": {"ü": [1, {}]}}'
)
SHOWN = {"t": [{"tt": 0, "sg": [{"d": 1}]}]}
UNKNOWN = Reply({"detail": "no such render"}, 404)
ENGINE = Reply({"code": 0, "data": {"session_id": "s1", "backend": {"name": "nemovideo-engine"}}})
LOST: list[Raw | Reply] = [
    Raw(b""),
    Raw(b"", "rst"),
    Reply(b"<html>", 502),
    Reply(b"<html>?"),
    Raw(b"nonsense\r\n\r\n"),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_draft_goes_out_exactly_as_it_came(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.draft = STRANGE
        await client.render.export("s1", tmp_path / "out.mov")
        (sent,) = cloud.sent(RENDER)
        assert sent.json["draft"] == STRANGE
        assert json.dumps(sent.json["draft"]) == json.dumps(STRANGE)
        assert sent.json["output"]["format"] == "mov"

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


@given(value=json_values)
@example(value=math.inf)
@example(value={"Infinity": [-math.inf, "Infinity", '"-Infinity', '\\"Infinity']})
@example(value=[2**64 + 1, -(10**400), 5e-324, 1.7976931348623157e308, -0.0, "\u2028\x00😀é"])
def test_any_value_reads_back_as_it_was(value: Any) -> None:
    written = dump(value)
    assert parse(written) == value
    assert repr(parse(written)) == repr(value)
    assert json.loads(written, parse_constant=pytest.fail) == value  # never a spelling that JSON does not have


def test_nan_goes_out_as_it_came() -> None:
    assert dump(parse(b'{"a": NaN, "b": 1e400, "c": "NaN"}')) == b'{"a":NaN,"b":1e400,"c":"NaN"}'


@given(draft=st.dictionaries(st.text(), json_values, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_draft_goes_out_as_it_came_over_real_sockets(draft: dict[str, Any], on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, Reply(dump({"code": 0, "data": {"state": {"draft": draft | SHOWN}}})))
        given = (await client.state.get("s1")).draft
        await client.render.submit("s1", given)
        (sent,) = cloud.sent(RENDER)
        assert repr(parse(sent.body)["draft"]) == repr(draft | SHOWN)
        assert (sent.headers["content-type"], int(sent.headers["content-length"])) == (
            "application/json",
            len(sent.body),
        )

    on_cloud(flow)


@pytest.mark.parametrize("odd", [{1, 2}, b"bytes", object()])
def test_a_draft_that_is_no_json_is_refused(odd: object, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match="no JSON"):
            await client.render.submit("s1", SHOWN | {"m": odd})
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        with pytest.raises(UsageError, match="no JSON"):
            await client.render.submit("s1", SHOWN | {"m": deep})
        while deep:  # taken apart from the outside: the interpreter would do it recursively
            deep = deep.pop()
        assert cloud.sent(RENDER) == []
        assert await client.render.pending() == []

    on_cloud(flow)


@pytest.mark.parametrize("lost", LOST)
def test_a_submit_whose_answer_is_lost_is_looked_up(lost: Raw | Reply, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, lost)
        render = await client.render.submit("s1", DRAFT, render_id="render_1")
        assert (render.id, render.phase) == ("render_1", "running")
        assert len(cloud.sent(RENDER)) == 1
        assert len(cloud.sent(STATUS)) == 1

    on_cloud(flow)


@pytest.mark.parametrize("lost", LOST)
def test_an_engine_of_ours_is_asked_again_under_the_same_id(
    lost: Raw | Reply, on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, lost)
        cloud.script(STATUS, UNKNOWN, UNKNOWN)
        cloud.script(SESSION, ENGINE)
        await client.session.create()
        await client.render.submit("s1", DRAFT)
        first, second = cloud.sent(RENDER)
        assert first.body == second.body  # the same id, the same job: its contract
        assert clock.slept == [1.0, 5.0]

    on_cloud(flow)


@pytest.mark.parametrize("name", [None, "another"])
@pytest.mark.parametrize("lost", LOST)
def test_no_other_backend_is_asked_twice(
    lost: Raw | Reply, name: str | None, on_cloud: OnCloud, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        if name is not None:
            cloud.script(SESSION, Reply({"code": 0, "data": {"session_id": "s1", "backend": {"name": name}}}))
        await client.session.create()
        cloud.script(RENDER, lost)
        cloud.script(STATUS, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
        with pytest.raises(TransportError, match=r"resume\('render_1'") as caught:
            await client.render.submit("s1", DRAFT, render_id="render_1")
        assert caught.value.render_id == "render_1"
        assert len(cloud.sent(RENDER)) == 1
        assert clock.slept == [1.0, 5.0, 15.0, 30.0]
        assert [pending.render_id for pending in await client.render.pending()] == ["render_1"]

    on_cloud(flow)


def test_a_backend_that_learns_of_it_within_a_minute(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, Raw(b"", "rst"))
        cloud.script(STATUS, UNKNOWN, UNKNOWN, Reply(b"<html>", 502), Reply({"status": "processing"}))
        assert (await client.render.submit("s1", DRAFT, render_id="render_1")).status == "processing"
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow)


def test_a_look_that_the_account_stands_in_the_way_of(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, Raw(b""))
        cloud.script(STATUS, Reply({"code": 402}, 402))
        with pytest.raises(TransportError, match="resume"):
            await client.render.submit("s1", DRAFT)
        assert len(cloud.sent(STATUS)) == 1

    on_cloud(flow)


def test_a_render_that_appears_a_little_late_is_found(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, Raw(b""))
        cloud.script(STATUS, UNKNOWN)
        await client.render.submit("s1", DRAFT)
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow)


def test_where_nobody_knows_the_error_says_how_to_find_out(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, Raw(b""))
        cloud.script(STATUS, *[Raw(b"")] * 99)
        with pytest.raises(TransportError, match=r"resume\('render_1'") as caught:
            await client.render.submit("s1", DRAFT, render_id="render_1")
        assert (caught.value.render_id, caught.value.session_id) == ("render_1", "s1")
        assert len(cloud.sent(RENDER)) == 1
        assert [pending.render_id for pending in await client.render.pending()] == ["render_1"]

    on_cloud(flow)


@pytest.mark.parametrize(
    "answer",
    [
        Reply({"code": 402}, 402),
        Reply({"detail": "bad draft"}, 400),
        Reply({"success": False, "error": "draft is invalid"}),
        Reply({"code": 5000, "message": "no"}),
        Reply({"code": 400, "message": "no"}),
    ],
)
def test_what_was_refused_is_neither_looked_up_nor_remembered(answer: Reply, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, answer)
        with pytest.raises(NemoError) as caught:
            await client.render.submit("s1", DRAFT)
        assert not caught.value.retryable
        assert cloud.sent(STATUS) == []
        assert len(cloud.sent(RENDER)) == 1
        assert await client.render.pending() == []

    on_cloud(flow)


def test_a_deadline_while_asking_leaves_the_render_alone(
    on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        clock.jumps = False
        asked = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        cloud.script(RENDER, hang)
        exporting = asyncio.create_task(client.render.export("s1", tmp_path / "a.mp4", deadline=60))
        await asked.wait()
        clock.advance(61)
        with pytest.raises(DeadlineExceeded, match="resume") as caught:
            await exporting
        assert caught.value.render_id == cloud.sent(RENDER)[0].json["id"]
        assert caught.value.session_id == "s1"
        assert cloud.sent(CANCEL) == []
        assert [pending.render_id for pending in await client.render.pending()] == [caught.value.render_id]

    on_cloud(flow)


def test_a_deadline_of_a_backend_that_ends_with_its_client_promises_nothing(
    on_cloud: OnCloud, clock: TurnableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        clock.jumps = False
        asked = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        cloud.script(RENDER, hang)
        monkeypatch.setattr(client.render.rendering._remembered, "_place", lambda: None)
        exporting = asyncio.create_task(client.render.export("s1", tmp_path / "a.mp4", deadline=60))
        await asked.wait()
        clock.advance(61)
        with pytest.raises(DeadlineExceeded, match="it ends with this client") as caught:
            await exporting
        assert caught.value.hint == "Give it longer."
        assert "resume" not in str(caught.value)

    on_cloud(flow)
