"""Session, upload, credits, state: what is sent, what comes back, and the second try where that is safe."""

from __future__ import annotations

import contextlib

import pytest
from tests.clock import TurnableClock
from tests.cloud import CREDITS, DRAFT, SESSION, STATE, TOKEN, UPLOAD, Cloud, Reply
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    AuthenticationError,
    NemoError,
    OutOfCredits,
    ProtocolError,
    RateLimited,
    SessionNotFound,
    TransportError,
)
from nemovideo.resources.credits import Balance
from nemovideo.resources.session import Session

TOOK = {"code": 0, "data": {"files": [{"filename": "a.mp4", "file_type": "video", "size": "77"}]}}


def test_credits(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.credits = {"available": 50, "frozen": 25, "total": 75}
        assert await client.credits.balance() == Balance(50.0, 25.0, 75.0)
        cloud.script(CREDITS, Reply({"available": "12.5"}))
        assert await client.credits.balance() == Balance(12.5, 0.0, 12.5)

    on_cloud(flow)


@pytest.mark.parametrize("body", [b"", b"null", b"0", b"[1]", b'"abc"'])
def test_a_bare_value_is_no_answer(body: bytes, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CREDITS, Reply(body))
        cloud.script(STATE, Reply(body))
        cloud.script(SESSION, Reply(body))
        cloud.script(UPLOAD, Reply(body))
        for work in (
            client.credits.balance(),
            client.state.get("s1"),
            client.session.create(),
            client.upload.file("s1", b"film", name="a.mp4"),
        ):
            with pytest.raises(ProtocolError):
                await work
        assert len(cloud.requests) == 4  # and nothing was asked twice

    on_cloud(flow)


@pytest.mark.parametrize("body", [{}, {"code": 0, "data": {}}, {"code": 0, "data": None}, {"available": "much"}])
def test_credits_that_tell_none_are_no_balance_of_nothing(body: object, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CREDITS, Reply(body))
        with pytest.raises(ProtocolError, match="tells no credits"):
            await client.credits.balance()

    on_cloud(flow)


def test_state(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        state = await client.state.get("s1")
        assert state.draft == DRAFT
        assert (await client.state.timeline("s1")).summary == "Timeline (1 track): 1. Video: talk.mp4 (0-2s)"
        assert (await client.state.get(Session("s1"))).video_infos == []
        cloud.script(STATE, Reply({"code": 0, "data": {}}), Reply({"code": 1002, "message": "unknown"}, 404))
        assert not (await client.state.timeline("s1")).exportable
        with pytest.raises(SessionNotFound) as caught:
            await client.state.get("s1")
        assert caught.value.session_id == "s1"

    on_cloud(flow)


def test_a_read_is_repeated_after_a_fault(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CREDITS, Reply(b"<html>Bad Gateway", 502), Reply({}, 503))
        assert (await client.credits.balance()).available == 100.0
        assert len(clock.slept) == 2
        cloud.script(CREDITS, *[Reply(b"<html>Bad Gateway", 502)] * 9)
        with pytest.raises(TransportError):
            await client.credits.balance()
        assert len(cloud.sent(CREDITS)) == 3 + 4

    on_cloud(flow)


def test_an_act_is_not(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, Reply(b"<html>Bad Gateway", 502))
        with pytest.raises(TransportError):
            await client.session.create()
        assert len(cloud.sent(SESSION)) == 1

    on_cloud(flow)


def test_a_long_wait_is_raised_at_once(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CREDITS, Reply(b"<html>slow down</html>", 429, {"Retry-After": "604800"}))
        with pytest.raises(RateLimited) as caught:
            await client.credits.balance()
        assert caught.value.retry_after == 604800.0
        assert clock.slept == []

    on_cloud(flow)


def test_an_anonymous_token_is_asked_for_once_and_kept(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.session.create()
        await client.credits.balance()
        (sent,) = cloud.sent(TOKEN)
        assert "authorization" not in sent.headers
        assert len(sent.headers["x-client-id"]) == 36
        async with AsyncNemoClient(cloud.url) as again:
            await again.credits.balance()
            assert again.token_source == "file"
        assert len(cloud.sent(TOKEN)) == 1

    on_cloud(flow, anonymous=True)


def test_a_second_token_within_seven_days_is_refused_and_told(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.token, cloud.tokens_given = "nmv_usr_lost", 1
        with pytest.raises(RateLimited) as caught:
            await client.credits.balance()
        assert caught.value.retry_after == 604800.0
        assert clock.slept == []

    on_cloud(flow, anonymous=True)


@pytest.mark.parametrize("call", [SESSION, CREDITS, UPLOAD])
def test_an_anonymous_token_that_expired_in_the_middle_is_renewed_once(call: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.credits.balance()
        cloud.token = None  # the backend forgets it
        if call == SESSION:
            await client.session.create()
        elif call == CREDITS:
            await client.credits.balance()
        else:
            await client.upload.file("s1", b"film" * 1000)
        assert cloud.tokens_given == 2
        first, second = cloud.sent(call)[-2:]
        assert (first.headers["authorization"], second.headers["authorization"]) == (
            "Bearer nmv_usr_anonymous1",
            "Bearer nmv_usr_anonymous2",
        )
        assert len(first.body) == len(second.body)
        assert len(cloud.sent(TOKEN)[0].headers["x-client-id"]) == 36
        assert len({sent.headers["x-client-id"] for sent in cloud.sent(TOKEN)}) == 1

    on_cloud(flow, anonymous=True)


def test_a_token_that_stays_bad_is_an_error(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.credits.balance()
        cloud.token = None
        cloud.script(CREDITS, *[Reply({"code": 1001}, 401)] * 9)
        with pytest.raises(AuthenticationError):
            await client.credits.balance()
        assert len(cloud.sent(CREDITS)) == 3

    on_cloud(flow, anonymous=True)


def test_a_given_token_is_never_replaced(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.token = "another"
        with pytest.raises(AuthenticationError) as caught:
            await client.credits.balance()
        assert cloud.sent(TOKEN) == []
        assert "nmv_usr_given" not in str(caught.value)

    on_cloud(flow)


def test_no_credits_names_the_link_for_an_anonymous_account(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.credits.balance()
        cloud.script(SESSION, Reply({"code": 2001, "message": "no credits"}))
        with pytest.raises(OutOfCredits, match=r"https://nemovideo\.com/register\?bind=anon_7"):
            await client.session.create()

    on_cloud(flow, anonymous=True)


def test_no_credits_of_a_given_token_says_both(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, Reply({"code": 2001, "message": "no credits"}))
        with pytest.raises(OutOfCredits) as caught:
            await client.session.create()
        assert "Register" in str(caught.value)
        assert "top up" in str(caught.value)

    on_cloud(flow)


@pytest.mark.parametrize(
    "answer",
    [Reply([]), Reply("words"), Reply(None), Reply(3), Reply({"code": 0, "data": []}), Reply(b""), Reply({"data": {}})],
)
def test_odd_answers_are_ours_to_understand(answer: Reply, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for call, work in (
            (CREDITS, client.credits.balance),
            (SESSION, client.session.create),
            (STATE, lambda: client.state.timeline("s1")),
            (UPLOAD, lambda: client.upload.file("s1", b"x")),
        ):
            cloud.script(call, answer)
            with contextlib.suppress(ProtocolError):
                await work()

    on_cloud(flow)


@pytest.mark.parametrize("session_id", ["../../admin", "s1?x=1", "s1#x", "s 1", "é", "a/b"])
def test_an_odd_session_id_stays_one_part_of_the_path(session_id: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(NemoError):
            await client.state.get(session_id)
        (sent,) = cloud.requests
        assert sent.path.startswith("/api/state/nemo_agent/me/")
        assert sent.path.endswith("/latest")

    on_cloud(flow)


def test_a_server_that_repeats_the_token_does_not_get_it_shown(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CREDITS, Reply({"code": 1001, "message": "Bearer nmv_usr_given is bad"}, 401))
        with pytest.raises(AuthenticationError) as caught:
            await client.credits.balance()
        assert "nmv_usr_given" not in f"{caught.value} {caught.value!r} {caught.value.args}"
        cloud.script(SESSION, Reply(b"<html>nmv_usr_given</html>"))
        with pytest.raises(ProtocolError) as odd:
            await client.session.create()
        assert "nmv_usr_given" not in f"{odd.value} {odd.value!r} {odd.value.args}"

    on_cloud(flow)
