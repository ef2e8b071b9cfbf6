"""The chat: a message and its answer, in every dialect; silent edits told; refusals and errors raised."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import CHAT, DRAFT, STATE, TOKEN, Cloud, Raw, Stream, adk, flat, raw
from tests.cloud import Reply as Says
from tests.conftest import Run
from tests.resources.conftest import OnCloud
from tests.resources.following import HEARTBEAT, TITLE_ADDED, TITLED, state, until

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    AgentError,
    AuthenticationError,
    ConnectionFailed,
    NemoError,
    OutOfCredits,
    ProtocolError,
    RateLimited,
    SessionNotFound,
    UsageError,
)
from nemovideo.protocol.events import Heartbeat, ServerError, Text
from nemovideo.protocol.reply import Ended, Reply
from nemovideo.resources.session import Session


def tool_call(name: str) -> bytes:
    return flat({"type": "tool_call", "name": name, "args": {}})


def tool_result(name: str) -> bytes:
    return flat({"type": "tool_result", "name": name, "result": {"ok": True}})


def test_a_message_and_its_answer(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        reply = await client.chat.send(Session("s1"), "compress it")
        assert (reply.text, reply.ended, reply.recovered) == ("Compressed as you wished.", Ended.CLEAN, False)
        (sent,) = cloud.sent(CHAT)
        assert sent.json == {
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": "s1",
            "new_message": {"parts": [{"text": "compress it"}]},
        }
        assert sent.headers["accept"] == "text/event-stream"
        assert sent.headers["x-skill-source"] == "nemovideo"

    on_cloud(flow)


def test_event_by_event_with_snapshots(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(
            CHAT, Stream(HEARTBEAT, adk("Hel", partial=True), adk("lo", partial=True), adk("Hello"), b": x\n\n")
        )
        async with client.chat.stream("s1", "hi") as events:
            seen = [(type(event), str(events.snapshot)) async for event in events]
        assert [kind for kind, _ in seen] == [Heartbeat, Text, Text, Text, Heartbeat]
        assert seen[-1][1] == "Hello"
        assert events.reply.text == "Hello"

    on_cloud(flow)


def test_the_flat_dialect(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        call = {"type": "tool_call", "name": "trim", "args": {"to_ms": None}}
        answer = {"type": "tool_result", "name": "trim", "result": {"ok": True}}
        cloud.script(CHAT, Stream(flat({"type": "heartbeat"}, call, answer, {"type": "text", "content": "Trimmed."})))
        reply = await client.chat.send("s1", "trim")
        assert reply.text == "Trimmed."
        assert [call.args for call in reply.tool_calls] == [{"to_ms": None}]
        assert [answer.result for answer in reply.tool_results] == [{"ok": True}]

    on_cloud(flow)


SILENT = {
    "nothing": (),
    "heartbeats": (HEARTBEAT, b": alive\n\n"),
    "a tool": (tool_call("add_title"), tool_result("add_title")),
    "a thought": (flat({"content": {"parts": [{"text": "hm", "thought": True}]}, "author": "a"}),),
}


@pytest.mark.parametrize("name", SILENT)
def test_an_edit_without_a_word_is_told_by_the_state(name: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(*SILENT[name]))
        cloud.script(STATE, state(DRAFT), state(TITLED))
        reply = await client.chat.send("s1", "add a title")
        assert (reply.text, reply.ended, reply.recovered) == ("", Ended.CLEAN, False)
        assert reply.changes == (TITLE_ADDED,)
        assert str(reply) == TITLE_ADDED
        assert cloud.calls == [STATE, CHAT, STATE]

    on_cloud(flow)


def test_an_edit_without_a_word_that_changed_nothing_says_so(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream())
        async with client.chat.stream("s1", "add a title") as events:
            assert [event async for event in events] == []
        assert (events.reply.changes, events.reply.compared) == ((), True)
        assert str(events.reply) == "The backend said nothing and the timeline is unchanged."

    on_cloud(flow)


@pytest.mark.parametrize("answers", [(Says(None, 404), state(TITLED)), (state(DRAFT), Says(None, 404))])
def test_an_edit_without_a_word_or_a_state_claims_nothing(answers: tuple[Says, ...], on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream())
        cloud.script(STATE, *answers)
        reply = await client.chat.send("s1", "add a title")
        assert (reply.changes, reply.compared, reply.ended) == ((), False, Ended.CLEAN)
        assert "not known" in str(reply)

    on_cloud(flow)


def test_an_answer_with_words_asks_for_the_state_once(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert (await client.chat.send("s1", "hi")).text
        assert cloud.calls == [STATE, CHAT]
        known = await client.state.get("s1")
        assert (await client.chat.send("s1", "hi", baseline=known)).text
        assert cloud.calls == [STATE, CHAT, STATE, CHAT]
        cloud.script(CHAT, Stream())
        cloud.script(STATE, state(TITLED))
        assert (await client.chat.send("s1", "hi", baseline=known)).changes
        assert cloud.calls == [STATE, CHAT, STATE, CHAT, CHAT, STATE]

    on_cloud(flow)


@pytest.mark.parametrize(
    "answer",
    [
        Says({"detail": "Not Found"}, 404),
        Says(None, 500),
        Says(None, 503),
        Says({"code": 1001}, 401),
        Says(b"<html>", 200, {"Content-Type": "text/html"}),
        Says([1, 2]),
        Says({"code": 0, "data": None}),
        Raw(b""),
        Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", end="rst"),
        Says({"code": 429}, 429),
    ],
    ids=str,
)
def test_where_the_state_cannot_be_had_the_chat_still_works(answer: Says | Raw, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, *[answer] * 4)
        assert (await client.chat.send("s1", "hi")).text == "Compressed as you wished."
        if isinstance(answer, Raw):
            assert len(cloud.sent(STATE)) in {2, 3, 4}  # aiohttp has a second try of a GET of its own
        else:
            assert len(cloud.sent(STATE)) in ({1, 2} if answer.status == 429 else {2} if answer.status >= 500 else {1})

    on_cloud(flow)


@pytest.mark.parametrize("late", [2, 3])
def test_an_edit_without_a_word_that_shows_late_is_told(late: int, on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(tool_call("add_title"), tool_result("add_title")))
        cloud.script(STATE, *[state(DRAFT)] * late, state(TITLED))
        reply = await client.chat.send("s1", "add a title")
        assert (reply.changes, reply.compared, reply.ended) == ((TITLE_ADDED,), True, Ended.CLEAN)
        assert clock.slept == [2.0, 5.0][: late - 1]

    on_cloud(flow)


def test_a_look_that_fails_is_not_all_that_is_known_of_an_edit_without_a_word(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(), Stream())
        cloud.script(STATE, state(DRAFT), Says(None, 503), state(TITLED))
        assert (await client.chat.send("s1", "add a title")).changes == (TITLE_ADDED,)
        cloud.script(STATE, state(DRAFT), state(DRAFT), Says(None, 503), Says(None, 404))
        reply = await client.chat.send("s1", "add a title")
        assert (reply.changes, reply.compared) == ((), True)

    on_cloud(flow)


def test_who_closes_a_stream_while_it_looks_again_waits_for_nothing(on_cloud: OnCloud, clock: TurnableClock) -> None:
    clock.jumps = False

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream())
        events = client.chat.stream("s1", "hi")
        following = asyncio.ensure_future(anext(events, None))
        await until(lambda: 2.0 in clock.slept)
        await events.aclose()
        assert await following is None
        assert events.reply.ended is Ended.CUT

    on_cloud(flow)


def test_a_state_that_is_away_for_a_moment_is_asked_again(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, Says(None, 503), state(DRAFT), state(TITLED))
        cloud.script(CHAT, Stream())
        assert (await client.chat.send("s1", "hi")).changes == (TITLE_ADDED,)
        assert clock.slept == [1.0]

    on_cloud(flow)


def test_a_state_that_hangs_holds_a_message_up_for_ten_seconds(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, Raw(b"", end="hang"))
        sending = asyncio.create_task(client.chat.send("s1", "hi"))
        await clock.turn(9.9)
        assert not cloud.sent(CHAT)
        await clock.turn(0.2)
        assert (await sending).text == "Compressed as you wished."

    on_cloud(flow)


def test_a_web_page_is_no_answer(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Says(b"<html>Sign in to the hotel</html>", 200, {"Content-Type": "text/html"}))
        with pytest.raises(ProtocolError, match="web page"):
            await client.chat.send("s1", "hi")

    on_cloud(flow)


def test_a_message_that_never_arrived_may_be_sent_again(run: Run[Any], clock: TurnableClock) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            url = cloud.url
        async with AsyncNemoClient(url, "nmv_usr_given", clock=clock) as client:
            with pytest.raises(ConnectionFailed, match="safe to send it again") as caught:
                await client.chat.send("s1", "hi")
            assert (caught.value.phase, caught.value.session_id) == ("ask", "s1")
            assert sum(clock.slept) < 30  # nothing was waited for, but between attempts to connect

    run(flow())


def test_an_empty_id_is_no_session(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError):
            await client.chat.send("", "hi")
        assert cloud.calls == []

    on_cloud(flow)


@pytest.mark.parametrize(
    ("tail", "code"),
    [
        (b'data: {"error": "boom"}\n\n', None),
        (b'data: {"error": "boom: line1\nline2 "quoted""}\n\n', None),
        (flat({"author": "a", "errorCode": "RESOURCE_EXHAUSTED", "errorMessage": "boom"}), "RESOURCE_EXHAUSTED"),
    ],
)
def test_a_run_that_ends_in_an_error_is_raised_with_what_was_said(
    tail: bytes, code: str | None, on_cloud: OnCloud
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("Half."), tail), Stream(adk("Half."), tail))
        with pytest.raises(AgentError, match="boom") as caught:
            await client.chat.send("s1", "hi")
        reply = caught.value.reply
        assert isinstance(reply, Reply)
        assert reply.text == "Half."
        assert (caught.value.code, caught.value.phase, caught.value.session_id) == (code, "ask", "s1")
        async with client.chat.stream("s1", "hi") as events:
            found = [event async for event in events]
        assert isinstance(found[-1], ServerError)

    on_cloud(flow)


def test_an_error_that_more_follows_is_no_end(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        error = flat({"author": "a", "errorCode": "X", "errorMessage": "a hiccup"})
        cloud.script(CHAT, Stream(error, adk("All is well.")))
        reply = await client.chat.send("s1", "hi")
        assert reply.text == "All is well."
        assert reply.error is not None

    on_cloud(flow)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Says({"detail": "Session not found: s1"}, 404), SessionNotFound),
        (Says({"code": 1002, "message": "unknown"}), SessionNotFound),
        (Says({"code": 1001, "message": "bad"}, 401), AuthenticationError),
        (Says({"code": 2001, "message": "no credits"}, 402), OutOfCredits),
        (Says({"detail": [{"msg": "parts: extra"}]}, 422), ProtocolError),
    ],
)
def test_a_refusal_comes_before_the_stream(answer: Says, kind: type[Exception], on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, answer)
        with pytest.raises(kind):
            await client.chat.send("s1", "hi")
        assert cloud.calls == [STATE, CHAT]
        assert (await client.chat.send("s1", "hi")).text

    on_cloud(flow)


ENVELOPES: dict[int, type[Exception]] = {
    2001: OutOfCredits, 1002: SessionNotFound, 1001: AuthenticationError, 429: RateLimited, 777: ProtocolError
}  # fmt: skip
UNLABELLED: dict[str, Callable[[bytes], Says | Raw | Stream]] = {
    "as text": lambda said: Says(said, 200, {"Content-Type": "text/plain"}),
    "as text, with a line end": lambda said: Says(said + b"\n\n", 200, {"Content-Type": "text/plain"}),
    "as an event stream": lambda said: Says(said, 200, {"Content-Type": "text/event-stream"}),
    "as an event stream, in pieces": lambda said: Stream(b"\n", said[:1], said[1:7], said[7:], b"\n\n"),
    "as nothing": lambda said: raw(said, f"Content-Length: {len(said)}"),
    "as nothing, by the end of the connection": raw,
    "as an event": lambda said: Stream(b"data: " + said + b"\n\n"),
    "as an event after others": lambda said: Stream(HEARTBEAT, adk("Half."), b"data: " + said + b"\n\n", adk("x")),
}


@pytest.mark.parametrize("code", ENVELOPES)
@pytest.mark.parametrize("name", UNLABELLED)
def test_a_refusal_that_does_not_say_that_it_is_json(name: str, code: int, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert cloud.token is not None
        said = {"code": code, "message": f"no, {cloud.token} will not do"}
        cloud.script(
            CHAT, *[UNLABELLED[name](json.dumps(said, indent=1 if "event" not in name else None).encode())] * 2
        )
        with pytest.raises(ENVELOPES[code], match=r"no, \.\.\. will not do") as caught:
            await client.chat.send("s1", "hi")
        assert isinstance(caught.value, NemoError)
        assert (caught.value.code, caught.value.session_id, caught.value.phase) == (code, "s1", "ask")
        assert caught.value.hint or code == 777
        assert cloud.calls == [STATE, CHAT]

    on_cloud(flow)


def test_a_refusal_that_is_an_event_comes_after_the_events_before_it(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("Half.") + b'data: {"code": 2001}\n\n'))
        async with client.chat.stream("s1", "hi") as events:
            assert isinstance(await anext(events), Text)
            with pytest.raises(OutOfCredits):
                await anext(events)
            assert [event async for event in events] == []

    on_cloud(flow)


@pytest.mark.parametrize("event", [{"code": 1002, "author": "a"}, {"code": 0}, {"code": True}, {"code": "x"}])
def test_an_event_with_a_code_of_its_own_is_no_refusal(event: dict[str, Any], on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(flat(event), adk("Fine.")))
        assert (await client.chat.send("s1", "hi")).text == "Fine."

    on_cloud(flow)


def test_json_that_is_neither_a_refusal_nor_a_stream_is_no_answer(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Says(b'{"hello": 1}', 200, {"Content-Type": "text/plain"}))
        with pytest.raises(ProtocolError, match="is JSON, and no stream"):
            await client.chat.send("s1", "hi")

    on_cloud(flow)


@pytest.mark.parametrize("junk", [b"{ \n", b'{"code": 1001', b"\n\n\n", b"x" * 10, b"\xef\xbb\xbf"])
def test_what_only_begins_like_json_is_read_as_events(junk: bytes, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        stream = Stream(junk, b"\n", adk("Fine."), open_ended=True)
        cloud.script(CHAT, stream)
        async with client.chat.stream("s1", "hi") as events:
            assert await anext(events) == Text("Fine.", author="nemo_agent")  # at once: not held back to the end

    on_cloud(flow)


def test_an_emoji_in_two_halves_is_whole(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        halves = [adk(words, partial=True) for words in ("Hi \ud83d", "\ude00 there", " \ude00", "\ud83d")]
        cloud.script(CHAT, Stream(halves[0], HEARTBEAT, *halves[1:]))
        async with client.chat.stream("s1", "hi") as events:
            found = [event.text async for event in events if isinstance(event, Text)]
        assert found == ["Hi ", "\U0001f600 there", " \ufffd", "", "\ufffd"]
        assert events.reply.text == str(events.snapshot) == "Hi \U0001f600 there \ufffd\ufffd"
        cloud.script(CHAT, Stream(halves[0], halves[1], adk("Hi \ud83d\ude00 there \ud83d")))
        assert (await client.chat.send("s1", "hi")).text == "Hi \U0001f600 there \ufffd"

    on_cloud(flow)


def test_an_anonymous_token_refused_by_the_chat_is_renewed_once(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.session.create()

        async def refuse(request: web.Request) -> web.StreamResponse:
            cloud.token = None
            return await Says({"code": 1001}, 401).send(request)

        cloud.script(CHAT, refuse)
        assert (await client.chat.send("s1", "hi")).text
        assert len(cloud.sent(CHAT)) == len(cloud.sent(TOKEN)) == 2

    on_cloud(flow, anonymous=True)


@pytest.mark.parametrize("words", ["", " \n", None, 5], ids=repr)
def test_no_message_is_refused_before_anything_is_sent(words: Any, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match="no message"):
            await client.chat.send("s1", words)
        assert not cloud.calls

    on_cloud(flow)


def test_a_refusal_within_the_stream_carries_what_was_said(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("I began."), flat({"code": 1002, "message": "unknown session"})))
        with pytest.raises(SessionNotFound) as caught:
            await client.chat.send("s1", "hi")
        assert isinstance(caught.value.reply, Reply)
        assert (caught.value.reply.text, caught.value.reply.ended) == ("I began.", Ended.CUT)

    on_cloud(flow)


def test_an_anonymous_token_refused_within_the_stream_is_another_one_next_time(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        async def refuse(request: web.Request) -> web.StreamResponse:
            cloud.token = None
            return await Stream(flat({"code": 1001, "message": "token expired"})).send(request)

        cloud.script(CHAT, refuse)
        with pytest.raises(AuthenticationError, match="Send the message again"):
            await client.chat.send("s1", "hi")
        assert (await client.chat.send("s1", "hi")).text
        assert len(cloud.sent(TOKEN)) == 2

    on_cloud(flow, anonymous=True)
