"""Sessions, their state, and whose they are."""

from __future__ import annotations

from nemovideo.engine.config import LOCAL_FORMATS, WIRE_FORMATS


def test_a_session_tells_what_the_backend_takes(house, go):
    async def flow():
        async with house() as engine:
            one = await engine.stranger()
            path = "/api/tasks/me/with-session/nemo_agent"
            status, body = await one.call("POST", path, json={"task_name": "project", "language": "en"})
            data = body["data"]
            assert (status, body["code"]) == (200, 0)
            assert data["task_id"]
            assert data["session_id"]
            assert data["user_id"].startswith("anon_")
            assert data["backend"] == {
                "name": "nemovideo-engine",
                "version": 1,
                "max_upload_bytes": 500_000_000,
                "formats": list(WIRE_FORMATS),
                "codecs": ["h264", "hevc", "av1"],
            }

    go(flow)


def test_the_thirteen_are_the_documents_thirteen():
    assert len(WIRE_FORMATS) == 13
    assert set(WIRE_FORMATS) <= set(LOCAL_FORMATS)


def test_an_empty_state(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session(task_name="talk")
            status, body = await one.call("GET", f"/api/state/nemo_agent/me/{session}/latest")
            assert status == 200
            assert body["data"]["task_name"] == "talk"
            assert body["data"]["session_id"] == session
            assert body["data"]["state"] == {
                "draft": None,
                "video_infos": [],
                "canvas_config": {},
                "generated_media": [],
                "video_analyses": [],
            }

    go(flow)


def test_a_state_with_everything(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            await one.render(session, draft, "r1")
            await one.ended("r1")
            state = await one.state(session)
            assert state["canvas_config"] == {"width": 1280, "height": 720, "fps": 25.0}
            assert [info["filename"] for info in state["video_infos"]] == ["talk.mp4"]
            assert state["generated_media"][0]["id"] == "r1"
            assert state["generated_media"][0]["size"] == len(engine.executor.content)

    go(flow)


def test_a_strangers_things_are_not_found(house, go):
    async def flow():
        async with house() as engine:
            one, other = await engine.stranger(), await engine.stranger()
            session, draft = await one.ready()
            await one.render(session, draft, "mine")
            await one.ended("mine")
            url = (await one.state(session))["video_infos"][0]["cdn_url"]
            for caller in (other, engine.operator):
                for method, path, code in (
                    ("GET", f"/api/state/nemo_agent/me/{session}/latest", 1002),
                    ("POST", f"/api/upload-video/nemo_agent/me/{session}", 1002),
                    ("GET", "/api/render/proxy/lambda/mine", 404),
                    ("POST", "/api/render/proxy/lambda/mine/cancel", 404),
                    ("GET", "/api/render/proxy/mine/download", 404),
                    ("GET", url.removeprefix(engine.server.base_url), 404),
                ):
                    status, body = await caller.call(method, path)
                    assert (status, body["code"]) == (404, code), path
                assert (await caller.say(session, "compress to 5MB"))[1]["code"] == 1002
                assert (await caller.render(session, draft))[1]["code"] == 1002
                # Its own session with another's draft: the source is not there to be had.
                mine = await caller.session()
                await caller.render(mine, draft, "theft")
                ended = await caller.ended("theft")
                assert ended["status"] == "failed"
                assert "not uploaded here" in ended["error"]["message"]

    go(flow)
