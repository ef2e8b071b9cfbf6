"""A plan in the chat: told, and nothing else done; ended when nobody listens."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from nemovideo.errors import DamagedFile, TargetNotMet
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.plan import Plan
from nemovideo.protocol.planwords import to_plan_sentence


def _body(session: Any, text: str) -> Any:
    return {
        "app_name": "nemo_agent",
        "user_id": "me",
        "session_id": session,
        "new_message": {"parts": [{"text": text}]},
    }


def _parts(events: Any) -> Any:
    return [event["content"]["parts"][0] for event in events]


def test_a_programs_plan_is_the_tools_answer_and_costs_nothing(house, go):
    async def flow():
        async with house() as engine:
            one = await engine.stranger()
            session = await one.session()
            await one.upload(session)
            before = (await one.state(session))["draft"]
            wish = CompressRequest(max_bytes=100, codec="av1", audio_tracks="all")
            status, events = await one.say(session, to_plan_sentence(wish, "mkv"))
            assert status == 200
            call, response, text = _parts(events)
            assert call["functionCall"]["name"] == "plan"
            assert call["functionCall"]["args"] == {"source": "talk.mp4", "container": "mkv"} | wish.model_dump()
            told = Plan.model_validate(response["functionResponse"]["response"])
            assert told == engine.executor.foreseen.model_copy(update={"limit": 100})
            assert "talk.mp4" in text["text"]
            assert "VMAF 92" in text["text"]
            (order,) = engine.executor.plans
            assert (order.request, order.container) == (wish, "mkv")
            assert not await asyncio.to_thread(order.work.exists)
            assert engine.executor.orders == []
            assert (await one.state(session))["draft"] == before
            balance = (await one.call("GET", "/api/credits/balance/simple"))[1]["data"]
            assert balance == {"available": 100, "frozen": 0, "total": 100}

    go(flow)


def test_people_may_ask_as_well(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session)
            engine.executor.foreseen = Plan(action="impossible", limit=1, least_bytes=40_000)
            _, events = await one.say(session, "how small can it get?")
            assert "40.0 kB" in _parts(events)[-1]["text"]
            _, events = await one.say(session, "压缩到10MB会怎么样")
            assert "talk.mp4" in _parts(events)[-1]["text"]
            assert "无法" in _parts(events)[-1]["text"]
            assert [order.request.max_bytes for order in engine.executor.plans] == [1, 10_000_000]

    go(flow)


def test_what_cannot_be_planned_is_said(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            asked = to_plan_sentence(CompressRequest(max_bytes=100))
            for content, name, reason in (
                (None, "", "no_upload"),
                (b"SOUND", "talk.mp3", "no_picture"),
            ):
                if content:
                    await one.upload(session, content, name)
                _, events = await one.say(session, asked)
                assert _parts(events)[1]["functionResponse"]["response"] == {"status": "error", "reason": reason}
            await one.upload(session)
            engine.executor.error = DamagedFile("engine/uploads/xyz is damaged: torn")
            _, events = await one.say(session, asked)
            answer = _parts(events)[1]["functionResponse"]["response"]
            assert (answer["reason"], answer["error"]["permanent"]) == ("damaged", True)
            engine.executor.error = TargetNotMet("out of reach", least_bytes=500)
            _, events = await one.say(session, asked)
            assert _parts(events)[1]["functionResponse"]["response"]["error"]["least_bytes"] == 500
            _, events = await one.say(session, "plan it for Discord, other.mp4")
            assert _parts(events)[1]["functionResponse"]["response"]["reason"] == "not_in_session"

    go(flow)


def test_signs_of_life_while_it_is_made_and_other_calls_go_on(house, go):
    async def flow():
        async with house(heartbeat=0.05) as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session)
            engine.executor.gate = asyncio.Event()
            async with one.http.post("/run_sse", json=_body(session, "what would 10MB look like?")) as answer:
                beats = b""
                while beats.count(b": heartbeat\n\n") < 2:
                    beats += await answer.content.readany()
                assert (await one.say(session, "compress to 5MB"))[0] == 200  # the session is free meanwhile
                engine.executor.gate.set()
                rest = (await answer.read()).decode()
            told = [json.loads(line[6:]) for line in rest.split("\n\n") if line.startswith("data: ")]
            assert _parts(told)[0]["functionCall"]["name"] == "plan"

    go(flow)


def test_the_work_ends_when_the_client_leaves(house, go, until):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session)
            engine.executor.gate = asyncio.Event()
            asking = asyncio.create_task(one.http.post("/run_sse", json=_body(session, "plan it for Discord")))
            await engine.executor.started.wait()
            asking.cancel()
            await asyncio.wait({asking})

            async def killed():
                return engine.executor.killed == 1

            await until(killed)
            assert await asyncio.to_thread(lambda: list(engine.services.work.iterdir())) == []

    go(flow)


def test_the_work_ends_with_the_engine(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session)
            engine.executor.gate = asyncio.Event()
            asking = asyncio.create_task(one.say(session, "plan it for Discord"))
            await engine.executor.started.wait()
        await asyncio.wait({asking})
        asking.exception()
        assert engine.executor.killed == 1

    go(flow)
