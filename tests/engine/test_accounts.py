"""Tokens and credits."""

from __future__ import annotations

import sqlite3
from datetime import datetime

WEEK = 7 * 86_400
TOKEN = "/api/auth/anonymous-token"


def test_a_first_token(house, go):
    async def flow():
        async with house() as engine:
            status, body = await engine.caller(None).call("POST", TOKEN, headers={"X-Client-Id": "c" * 64})
            assert (status, body["code"]) == (200, 0)
            data = body["data"]
            assert data["token"].startswith("nmv_usr_")
            assert data["user_id"].startswith("anon_")
            assert data["credits"] == 100
            assert datetime.fromisoformat(data["expires_at"]).timestamp() == 1_800_000_000 + WEEK
            status, body = await engine.caller(data["token"]).call("GET", "/api/credits/balance/simple")
            assert body == {"code": 0, "data": {"available": 100, "frozen": 0, "total": 100}}

    go(flow)


def test_a_client_id_is_needed_and_short(house, go):
    async def flow():
        async with house() as engine:
            caller = engine.caller(None)
            for headers in ({}, {"X-Client-Id": " "}, {"X-Client-Id": "c" * 65}):
                status, body = await caller.call("POST", TOKEN, headers=headers)
                assert (status, body["code"]) == (400, 400)
                assert "X-Client-Id" in body["message"]

    go(flow)


def test_one_token_a_client_in_seven_days(house, go):
    async def flow():
        async with house() as engine:
            caller, headers = engine.caller(None), {"X-Client-Id": "one"}
            status, first = await caller.call("POST", TOKEN, headers=headers)
            engine.pass_time(86_400)
            async with caller.http.post(TOKEN, headers=headers) as answer:
                assert answer.status == 429
                assert (await answer.json())["code"] == 429
                assert int(answer.headers["Retry-After"]) == WEEK - 86_400
            engine.pass_time(WEEK - 86_400)
            status, again = await caller.call("POST", TOKEN, headers=headers)
            assert status == 200
            assert again["data"]["user_id"] == first["data"]["user_id"]
            assert again["data"]["token"] != first["data"]["token"]

    go(flow)


def test_ten_tokens_an_address(house, go):
    async def flow():
        async with house() as engine:
            caller = engine.caller(None)
            found = [(await caller.call("POST", TOKEN, headers={"X-Client-Id": str(i)}))[0] for i in range(11)]
            assert found == [200] * 10 + [429]
            engine.pass_time(WEEK)
            assert (await caller.call("POST", TOKEN, headers={"X-Client-Id": "11"}))[0] == 200

    go(flow)


def test_a_token_expires_and_its_sessions_do_not(house, go):
    async def flow():
        async with house() as engine:
            one = await engine.stranger("one")
            session = await one.session()
            engine.pass_time(WEEK)
            status, body = await one.call("GET", "/api/credits/balance/simple")
            assert (status, body["code"]) == (401, 1001)
            await (await engine.stranger("one")).state(session)

    go(flow)


def test_the_database_holds_no_bearer(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            await engine.stranger("who-i-am")

    go(flow)
    text = "\n".join(sqlite3.connect(tmp_path / "engine" / "engine.sqlite3").iterdump())
    assert "nmv_usr_" not in text
    assert "who-i-am" not in text
    assert "the-key" not in text


def test_a_claim_link(house, go):
    async def flow():
        async with house() as engine:
            one, other = await engine.stranger(), await engine.stranger()
            session = await one.session()
            task = (await one.call("GET", f"/api/state/nemo_agent/me/{session}/latest"))[1]["data"]["task_id"]
            wish = {"task_id": task, "session_id": session}
            status, body = await one.call("POST", "/api/auth/claim-token", json=wish)
            assert status == 200
            assert body["data"]["claim_token"].startswith("clm_")
            assert body["data"]["expires_in"] == 604_800
            assert (await other.call("POST", "/api/auth/claim-token", json=wish))[1]["code"] == 1002
            assert (await one.call("POST", "/api/auth/claim-token", json=wish | {"task_id": "x"}))[1]["code"] == 1002
            # What opens a link opens nothing else.
            claim = engine.caller(body["data"]["claim_token"])
            assert (await claim.call("GET", "/api/credits/balance/simple"))[1]["code"] == 1001

    go(flow)


def test_edits_cost_and_renders_do_not(house, go):
    async def flow():
        async with house() as engine:
            one = await engine.stranger()
            session, draft = await one.ready()
            path = "/api/credits/balance/simple"
            assert (await one.call("GET", path))[1]["data"] == {"available": 50, "frozen": 0, "total": 50}
            await one.say(session, "what can you do?")
            await one.say(session, "paint it blue")
            await one.render(session, draft, "render_1")
            await one.ended("render_1")
            assert (await one.call("GET", path))[1]["data"]["available"] == 50
            await one.say(session, "compress to 90 bytes")
            status, body = await one.say(session, "compress to 80 bytes")
            assert (status, body["code"]) == (403, 2001)
            for words in ("this edit costs 50, and 0 are left", "started with --unmetered"):
                assert words in body["message"]
            assert (await one.state(session))["draft"]["m"]["nemovideo"]["max_bytes"] == 90

    go(flow)


def test_an_unmetered_engine_and_its_operator_pay_nothing(house, go, tmp_path):
    async def flow():
        for wish in ({"metered": False, "data_dir": tmp_path / "free"}, {}):
            async with house(**wish) as engine:
                caller = engine.operator if not wish else await engine.stranger()
                session, _ = await caller.ready()
                for size in (90, 80, 70):
                    assert (await caller.say(session, f"compress to {size} bytes"))[0] == 200
                assert (await caller.call("GET", "/api/credits/balance/simple"))[1]["data"]["available"] == 100

    go(flow)
