"""The chat as a stream: its events, its turns, its price."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from nemovideo.engine import archive
from nemovideo.errors import DiskFull

SENTENCE = (
    "compress this video to under 50MB (at most 50000000 bytes) without losing too much quality, H.264, best effort"
)


def _body(session: str | None, text: str) -> dict[str, Any]:
    return {
        "app_name": "nemo_agent",
        "user_id": "me",
        "session_id": session,
        "new_message": {"parts": [{"text": text}]},
    }


def test_an_edit_in_events(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session)
            async with one.http.post("/run_sse", json=_body(session, SENTENCE)) as answer:
                assert answer.status == 200
                assert answer.content_type == "text/event-stream"
                lines = [line for line in (await answer.text()).split("\n") if line]
            assert all(line.startswith("data: ") for line in lines)
            call, response, text = (json.loads(line[6:]) for line in lines)
            made = call["content"]["parts"][0]["functionCall"]
            assert made["name"] == "compress"
            assert made["args"]["max_bytes"] == 50_000_000
            assert made["args"]["effort"] == "best"
            assert made["args"]["fps"] is None
            assert response["content"]["role"] == "user"
            assert response["content"]["parts"][0]["functionResponse"]["id"] == made["id"]
            draft = (await one.state(session))["draft"]
            assert response["actions"]["stateDelta"]["draft"] == draft
            assert draft["m"]["nemovideo"]["max_bytes"] == 50_000_000
            assert "talk.mp4" in text["content"]["parts"][0]["text"]
            assert len({event["invocationId"] for event in (call, response, text)}) == 1
            assert isinstance(text["timestamp"], float)

    go(flow)


def test_refusals_come_before_the_stream(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            for body, code in (
                (_body("ses_none", "hello"), 1002),
                (_body(None, "hello"), 1002),
                (_body(session, "  "), 400),
                (_body(session, "hello") | {"app_name": "other"}, 400),
                (_body(session, "hello") | {"new_message": "hello"}, 400),
                (_body(session, "hello") | {"new_message": {"parts": [{"text": 5}, 5]}}, 400),
                ({}, 400),
            ):
                status, answer = await one.call("POST", "/run_sse", json=body)
                assert (status, answer["code"]) == (404 if code == 1002 else 400, code), body

    go(flow)


def test_one_run_at_a_time_with_signs_of_life(house, go):
    async def flow():
        async with house(heartbeat=0.05) as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session)
            lock = engine.services.turn(session)
            async with lock, one.http.post("/run_sse", json=_body(session, "compress to 5MB")) as answer:
                beats = b""
                while beats.count(b": heartbeat\n\n") < 2:
                    beats += await answer.content.readany()
                assert b"data:" not in beats
                assert "nemovideo" not in (await one.state(session))["draft"]["m"]
                lock.release()
                rest = await answer.read()
                await lock.acquire()
            assert b"functionCall" in rest

    go(flow)


def test_a_client_that_leaves_in_time_pays_nothing(house, go, until):
    async def flow():
        async with house(heartbeat=0.01) as engine:
            one = await engine.stranger()
            session = await one.session()
            await one.upload(session)
            lock = engine.services.turn(session)
            async with lock:
                answer = await one.http.post("/run_sse", json=_body(session, "compress to 5MB"))
                balance = (await one.call("GET", "/api/credits/balance/simple"))[1]["data"]
                assert balance == {"available": 50, "frozen": 50, "total": 100}
                answer.close()

                async def given_back():
                    return not (await one.call("GET", "/api/credits/balance/simple"))[1]["data"]["frozen"]

                await until(given_back)
            # It left before its turn came: nothing was done and nothing is paid.
            assert (await one.call("GET", "/api/credits/balance/simple"))[1]["data"]["total"] == 100
            assert "nemovideo" not in (await one.state(session))["draft"]["m"]
            assert (await one.say(session, "compress to 5MB"))[0] == 200
            assert (await one.call("GET", "/api/credits/balance/simple"))[1]["data"] == {
                "available": 50,
                "frozen": 0,
                "total": 50,
            }

    go(flow)


def test_two_at_once_pay_once_when_credits_are_short(house, go):
    async def flow():
        async with house() as engine:
            one = await engine.stranger()
            sessions = [await one.session() for _ in range(3)]
            for session in sessions:
                await one.upload(session)
            found = await asyncio.gather(*(one.say(session, "compress to 5MB") for session in sessions))
            assert sorted(status for status, _ in found) == [200, 200, 403]
            assert (await one.call("GET", "/api/credits/balance/simple"))[1]["data"]["total"] == 0

    go(flow)


def test_the_language_is_the_messages(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            for language, text, told in (
                ("zh", "compress to 5MB", "under 5 MB"),
                ("en", "压缩到5MB以内", "小于 5 MB"),
                ("zh", "720p", "已设为压缩"),
            ):
                session = await one.session(language=language)
                await one.upload(session)
                said = (await one.say(session, text))[1][-1]["content"]["parts"][0]["text"]
                assert told in said

    go(flow)


def test_a_full_disk_after_signs_of_life_is_told_in_the_stream(house, go, monkeypatch, until):
    def full(*_: object) -> None:
        raise DiskFull("There is no room left in /srv/secret.")

    async def flow():
        async with house(heartbeat=0.01) as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session)
            monkeypatch.setattr(archive, "save_draft", full)
            async with engine.services.turn(session):
                answer = await one.http.post("/run_sse", json=_body(session, "compress to 5MB"))
                assert answer.status == 200
            said = await answer.text()
            assert said.endswith('data: {"error":"The engine\'s disk is full; nothing was changed."}\n\n')

    go(flow)


def test_edits_are_paid_for_and_going_back_is_not(house, go):
    async def flow():
        async with house() as engine:
            one = await engine.stranger()
            session = await one.session()
            await one.upload(session)

            async def said(text: str) -> tuple[int, int, list[Any]]:
                status, events = await one.say(session, text)
                assert status == 200
                draft = (await one.state(session))["draft"]
                balance = (await one.call("GET", "/api/credits/balance/simple"))[1]["data"]
                return balance["available"], draft["d"], events

            assert (await said("trim to the first 4 seconds, then speed it up 2x"))[:2] == (50, 2000)
            left, length, events = await said("undo")
            assert (left, length) == (50, 10_000)
            assert events[1]["actions"]["stateDelta"]["draft"]["d"] == 10_000
            assert (await said("redo"))[:2] == (50, 2000)
            assert (await said("start over"))[:2] == (50, 10_000)
            assert (await said("undo"))[:2] == (50, 2000)
            assert (await said("paint it blue"))[:2] == (50, 2000)
            assert (await said("undo it and trim to 5 seconds"))[:2] == (0, 5000)
            assert (await said("undo"))[:2] == (0, 10_000)  # also with no credits left

    go(flow)


def test_a_chain_keeps_its_timeline_until_another_video_comes(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session, name="a.mp4")
            await one.upload(session, b"VIDEO" * 101, name="b.mp4")

            async def shown(text: str) -> tuple[str, int]:
                assert (await one.say(session, text))[0] == 200
                draft = (await one.state(session))["draft"]
                return draft["t"][0]["sg"][0]["m"]["title"], draft["d"]

            assert await shown("trim a.mp4 to 4 s") == ("a.mp4", 4000)
            assert await shown("speed it up 2x") == ("a.mp4", 2000)
            assert await shown("compress it to 5MB") == ("a.mp4", 2000)
            assert await shown("trim b.mp4 to 3 s") == ("b.mp4", 3000)
            assert await shown("undo") == ("a.mp4", 2000)

    go(flow)
