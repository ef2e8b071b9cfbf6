"""Sessions: made, learnt from, claimed; and every call that takes one takes its id as well."""

from __future__ import annotations

import inspect
import typing
from typing import Any

import pytest
from tests.cloud import CLAIM, DRAFT, SESSION, STATE, Cloud, Reply
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import ProtocolError, SessionNotFound, UsageError
from nemovideo.resources.session import Session, SessionLike


def test_a_session(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert await client.session.create() == Session("s1", "t1", "u1")
        (sent,) = cloud.sent(SESSION)
        assert sent.json == {"task_name": "project", "language": "en"}
        assert sent.headers["authorization"] == "Bearer nmv_usr_given"
        assert {name for name in sent.headers if name.startswith("x-skill")} == {
            "x-skill-source",
            "x-skill-version",
            "x-skill-platform",
        }
        assert client.backend is not None
        assert client.backend.max_upload_bytes == 500_000_000
        await client.session.create("film", language="zh")
        assert cloud.sent(SESSION)[1].json == {"task_name": "film", "language": "zh"}

    on_cloud(flow)


def test_a_session_without_an_id_is_none(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, Reply({"code": 0, "data": {"task_id": "t"}}))
        with pytest.raises(ProtocolError, match="without an id"):
            await client.session.create()

    on_cloud(flow)


def test_a_claim_link_holds_no_bearer(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        session = await client.session.create()
        link = await client.session.claim_link(session)
        assert link == "https://nemovideo.com/workspace/claim?ct=clm_1"
        assert cloud.sent(CLAIM)[0].json == {"task_id": "t1", "session_id": "s1"}
        cloud.script(CLAIM, Reply({"code": 0, "data": {}}))
        with pytest.raises(ProtocolError):
            await client.session.claim_link(session)

    on_cloud(flow)


@pytest.mark.parametrize("session", ["s1", Session("s1")])
def test_a_claim_link_of_a_remembered_session_asks_for_its_task(session: SessionLike, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, Reply({"code": 0, "data": {"session_id": "s1", "task_id": "t9", "state": {}}}))
        assert (await client.session.claim_link(session)).endswith("?ct=clm_1")
        assert cloud.sent(CLAIM)[0].json == {"task_id": "t9", "session_id": "s1"}

    on_cloud(flow)


def test_a_claim_link_without_a_task(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(ProtocolError, match="does not tell the task") as caught:
            await client.session.claim_link("s1")
        assert caught.value.session_id == "s1"
        cloud.script(STATE, Reply({"code": 1002, "message": "unknown"}, 404))
        with pytest.raises(SessionNotFound):
            await client.session.claim_link("s1")
        assert cloud.sent(CLAIM) == []

    on_cloud(flow)


def test_an_odd_claim_token_stays_one_part_of_the_link(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CLAIM, Reply({"code": 0, "data": {"claim_token": "a b&c=d#e"}}))
        assert (await client.session.claim_link(Session("s1", "t1"))).endswith("?ct=a%20b%26c%3Dd%23e")

    on_cloud(flow)


def test_every_call_that_takes_a_session_takes_its_id_as_well() -> None:
    client = AsyncNemoClient("http://127.0.0.1", "t")
    found: list[str] = []
    for resource in ("session", "upload", "chat", "credits", "state", "render"):
        kind = type(getattr(client, resource))
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if name.startswith("_") or "session" not in inspect.signature(method).parameters:
                continue
            hints = typing.get_type_hints(method, vars(inspect.getmodule(method)) | {"Call": object})
            assert hints["session"] == SessionLike, f"{resource}.{name}"
            found.append(f"{resource}.{name}")
    assert {"session.claim_link", "upload.file", "upload.many", "upload.url", "chat.send", "chat.stream"} <= set(found)
    assert {"state.get", "state.timeline", "render.submit", "render.export", "render.preview"} <= set(found)


@pytest.mark.parametrize("odd", [None, 7, b"s1", {"id": "s1"}])
def test_what_is_no_session(odd: Any, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for call in (
            client.state.get,
            client.session.claim_link,
            lambda session: client.upload.file(session, b"x"),
            lambda session: client.render.submit(session, DRAFT),
        ):
            with pytest.raises(UsageError, match="no session"):
                await call(odd)
        for empty in ("", "..", "."):
            with pytest.raises(UsageError, match="no id"):
                await client.state.get(empty)
        assert cloud.requests == []

    on_cloud(flow)
