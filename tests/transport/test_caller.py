"""One call as the API wants it: what is refused before it began may be made again, and nothing else."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, CREDITS, SESSION, STATE, TOKEN, Cloud, Raw, Reply, Stream
from tests.conftest import Run
from tests.transport.conftest import MakeCaller

from nemovideo.credentials import Credentials
from nemovideo.errors import (
    AuthenticationError,
    NemoError,
    OutOfCredits,
    ProtocolError,
    RateLimited,
    SessionNotFound,
    TransportError,
    UsageError,
)
from nemovideo.limits import Limits
from nemovideo.protocol.endpoints import Call
from nemovideo.settings import Settings
from nemovideo.transport.caller import Caller

CALL = Call("POST", "/run_sse", phase="ask", session_id="s1")
REFUSED = Reply({"code": 1001, "message": "token expired"}, 401)


async def said(caller: Caller) -> bytes:
    """All that a stream says."""
    async with caller.stream(CALL, json={"say": "hello"}, read_timeout=None) as incoming:
        return b"".join([chunk async for chunk in incoming.chunks()])


@pytest.mark.parametrize("refusal", [REFUSED, Reply({"code": 1001}), Reply({"detail": "no"}, 401)])
def test_a_chat_refused_for_its_anonymous_token_is_sent_again_with_a_new_one(
    refusal: Reply, run: Run[Any], calling: MakeCaller
) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            await caller.credentials.token(caller._fetch_token)
            first, cloud.token = cloud.token, None
            cloud.script(CHAT, refusal, Stream(b"data: hi\n\n"))
            assert await said(caller) == b"data: hi\n\n"
            assert [sent.headers["authorization"][7:] for sent in cloud.sent(CHAT)] == [first, cloud.token]
            assert len(cloud.sent(TOKEN)) == 2
            assert {sent.body for sent in cloud.sent(CHAT)} == {b'{"say": "hello"}'}

    run(flow())


def test_twenty_chats_refused_at_once_ask_for_one_token(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            await caller.credentials.token(caller._fetch_token)
            cloud.token = None
            cloud.script(CHAT, *[REFUSED] * 20)
            answers = await asyncio.gather(*(said(caller) for _ in range(20)))
            assert len(set(answers)) == 1
            assert len(cloud.sent(TOKEN)) == 2

    run(flow())


def test_it_is_renewed_once_and_no_more(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            await caller.credentials.token(caller._fetch_token)
            cloud.token = None
            cloud.script(CHAT, *[REFUSED] * 9)
            with pytest.raises(AuthenticationError):
                await said(caller)
            assert len(cloud.sent(CHAT)) == 2
            assert len(cloud.sent(TOKEN)) == 2

    run(flow())


def test_a_users_token_is_not_replaced_for_a_chat_either(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            cloud.script(CHAT, REFUSED)
            with pytest.raises(AuthenticationError) as caught:
                await said(caller)
            assert (caught.value.phase, caught.value.session_id, caught.value.code) == ("ask", "s1", 1001)
            assert cloud.calls == [CHAT]

    run(flow())


def test_a_chat_that_a_429_refused_is_sent_once_more(run: Run[Any], calling: MakeCaller, clock: TurnableClock) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            cloud.script(CHAT, Reply(None, 429), Stream(b"data: hi\n\n"), Reply(None, 429), Reply(None, 429))
            assert await said(caller) == b"data: hi\n\n"
            assert clock.slept == [30.0]
            with pytest.raises(RateLimited):
                await said(caller)
            assert len(cloud.sent(CHAT)) == 4

    run(flow())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reply({"code": 1002, "message": "no session"}, 404), SessionNotFound),
        (Reply({"code": 2001, "message": "no credits"}, 402), OutOfCredits),
        (Reply(None, 503), TransportError),
        (Raw(b"", "rst"), TransportError),
    ],
)
def test_whatever_else_is_sent_once(answer: Any, kind: type[NemoError], run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            cloud.script(CHAT, *[answer] * 3)
            with pytest.raises(kind):
                await said(caller)
            assert cloud.calls == [CHAT]

    run(flow())


def test_a_stream_that_is_cut_after_it_began_is_not_opened_again(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            stream = Stream(b"data: hi\n\n", open_ended=True)
            stream.finish(cut=True)
            cloud.script(CHAT, stream)
            with pytest.raises(TransportError):
                await said(caller)
            assert cloud.calls == [CHAT]

    run(flow())


def test_leaving_the_block_gives_the_connection_up(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            stream = Stream(b"data: hi\n\n", open_ended=True)
            cloud.script(CHAT, Reply(None, 429), stream)
            with pytest.raises(KeyError):
                async with caller.stream(CALL, json={}, read_timeout=None):
                    raise KeyError("the user's own")
            for number in range(200):  # a server notices a client that has gone when it writes
                if stream.left.is_set():
                    break
                stream.say(b"data: %d\n\n" % number)
                await asyncio.sleep(0)
            else:
                await stream.left.wait()

    run(flow())


READ = Call("GET", "/api/credits/balance/simple", phase="render", session_id="s1", render_id="r1")
NO_ID = Reply({"code": 400, "message": "X-Client-Id is missing"}, 400)


def test_a_missing_client_id_is_made_and_sent_once_more(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            cloud.script(TOKEN, NO_ID)
            await caller.get(READ)
            first, second = (sent.headers["x-client-id"] for sent in cloud.sent(TOKEN))
            assert first != second
            assert await caller.credentials.client_id() == second

    run(flow())


REFUSALS = {
    "worded": NO_ID,
    "other words": Reply({"code": 400, "message": "nonsense"}, 400),
    "detail": Reply({"detail": "Bad Request"}, 400),
    "nothing": Reply(b"", 400),
    "a page": Reply(b"<html>Bad Request</html>", 400, {"Content-Type": "text/html"}),
    "with 200": Reply({"code": 400, "message": "X-Client-Id missing"}),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_any_400_asks_for_a_client_id_and_no_more_than_once(name: str, run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            cloud.script(TOKEN, *[REFUSALS[name]] * 9)
            with pytest.raises(ProtocolError) as caught:
                await caller.get(READ)
            assert 400 in (caught.value.status, caught.value.code)
            assert len({sent.headers["x-client-id"] for sent in cloud.sent(TOKEN)}) == len(cloud.sent(TOKEN)) == 2
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            cloud.script(TOKEN, REFUSALS[name])
            await caller.get(READ)
            assert len(cloud.sent(TOKEN)) == 2

    run(flow())


@pytest.mark.parametrize(
    ("name", "kind"), [("worded", UsageError), ("with 200", UsageError), ("nothing", ProtocolError)]
)
def test_the_users_own_client_id_is_not_replaced(
    name: str, kind: type[NemoError], run: Run[Any], clock: TurnableClock
) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud:
            settings = Settings.from_environment({"NEMO_CLIENT_ID": "mine"})
            credentials = Credentials(cloud.url, token=None, settings=settings, clock=clock)
            caller = Caller(cloud.url, credentials, {}, web_url="", clock=clock)
            cloud.script(TOKEN, *[REFUSALS[name]] * 9)
            with pytest.raises(NemoError) as caught:
                await caller.get(READ)
            await caller.transport.close()
            assert type(caught.value) is kind
            assert [sent.headers["x-client-id"] for sent in cloud.sent(TOKEN)] == ["mine"]

    run(flow())


@pytest.mark.parametrize(
    "refusal",
    [
        Reply({"success": False, "error": {"code": 1001, "message": "expired"}}),
        Reply({"success": "false", "error": {"code": "1001"}}, 400),
        Reply({"detail": {"code": 1001}}, 403),
    ],
)
def test_a_code_within_renews_the_token(refusal: Reply, run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            await caller.get(READ)
            cloud.script(CREDITS, refusal)
            cloud.token = None
            assert (await caller.get(READ))["available"] == 100
            assert len(cloud.sent(TOKEN)) == 2

    run(flow())


def test_a_chat_that_is_sent_elsewhere_names_the_place(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            cloud.script(CHAT, Reply({"detail": "d"}, 307, {"Location": "https://other.example/run_sse"}))
            with pytest.raises(ProtocolError, match=r"elsewhere \(HTTP 307\): 'https://other\.example/") as caught:
                await said(caller)
            assert caught.value.status == 307
            assert len(cloud.sent(CHAT)) == 1

    run(flow())


@pytest.mark.parametrize("body", [b"", b"null", b"0", b"[1]", b'"abc"', b'{"code":0,"data":"abc"}'])
def test_an_object_is_due(body: bytes, run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            cloud.script(CREDITS, Reply(body), Reply(body))
            with pytest.raises(ProtocolError, match="no object") as caught:
                await caller.get(READ)
            assert (caught.value.status, caught.value.session_id) == (200, "s1")
            await caller.answer(READ, "read", bare=True)

    run(flow())


def test_a_silent_server_is_asked_twice(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud, limits=Limits(silence=0.2)) as caller:
            cloud.script(CREDITS, *[Raw(b"", "hang")] * 9)
            with pytest.raises(TransportError, match="nothing for too long"):
                await caller.get(READ)
            assert len(cloud.sent(CREDITS)) == 2

    run(flow())


def test_twenty_calls_refused_at_once_ask_for_one_token(run: Run[Any], calling: MakeCaller) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            await caller.get(READ)
            cloud.token = None
            await asyncio.gather(*(caller.get(READ) for _ in range(20)))
            assert len(cloud.sent(TOKEN)) == 2

    run(flow())


def test_a_renewal_that_meets_a_429_says_which_work_it_stopped(
    run: Run[Any], calling: MakeCaller, clock: TurnableClock
) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, calling(cloud) as caller:
            await caller.get(READ)
            cloud.script(CREDITS, *[REFUSED] * 20)  # the token of this client is spent, and the next one is a week away
            ended = await asyncio.gather(*(caller.get(READ) for _ in range(20)), return_exceptions=True)
            assert {type(one) for one in ended} == {RateLimited}
            for error in ended:
                assert isinstance(error, RateLimited)
                assert "One anonymous token is given per client in 7 days" in str(error)
                assert (error.session_id, error.render_id) == ("s1", "r1")
                assert error.retry_after == 604800
            assert len(cloud.sent(TOKEN)) == 2
            assert clock.slept == []

    run(flow())


@pytest.mark.parametrize(
    ("said", "words"),
    [("anon_9", "https://web.example/register?bind=anon_9"), ("user_9", "Top up"), (None, "Register or top up")],
)
@pytest.mark.parametrize("call", [SESSION, STATE])
def test_whose_account_has_no_credits_is_known_from_any_answer(
    call: str, said: str | None, words: str, run: Run[Any], calling: MakeCaller
) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, calling(cloud) as caller:
            method, path = call.split()
            cloud.script(call, Reply({"code": 0, "data": {"session_id": "s1", "user_id": said}}))
            cloud.script(CHAT, Reply({"code": 2001, "message": "no credits"}))
            await caller.answer(Call(method, path), "read")
            with pytest.raises(OutOfCredits, match=re.escape(words)):
                await said_by(caller)

    async def said_by(caller: Caller) -> None:
        async with caller.stream(CALL, json={}, read_timeout=None):
            pass

    run(flow())
