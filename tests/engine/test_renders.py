"""Renders: asked for, polled, cancelled, downloaded, taken up again."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
from collections.abc import Mapping

import pytest

from nemovideo import errors as tree
from nemovideo.engine.media.compose.composition import Composition

DOWNLOAD = "/api/render/proxy/{}/download"


def test_a_render(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            status, body = await one.render(session, draft, "render_1", fps=24, resolution="480p")
            assert status == 200
            assert body["success"] is True
            assert body["data"]["id"] == "render_1"
            assert body["data"]["status"] in ("pending", "processing")
            ended = await one.ended("render_1")
            url = f"{engine.server.base_url}{DOWNLOAD.format('render_1')}"
            assert ended["status"] == "completed"
            assert ended["progress"] == 100
            assert ended["taskId"] == ended["id"] == "render_1"
            assert ended["output"] == {
                "url": url,
                "duration": 10.0,
                "size": len(engine.executor.content),
                "report": {"notes": ["made up"], "plan": {"action": "encode"}, "quality": None},
            }
            assert "error" not in ended
            async with one.http.get(url) as answer:
                assert await answer.read() == engine.executor.content
                assert answer.content_length == len(engine.executor.content)
                assert 'filename="render_1.mp4"' in answer.headers["Content-Disposition"]
            (order,) = engine.executor.orders
            assert order.request.max_bytes == 100
            assert order.request.max_height == 480
            assert order.request.fps == 24
            assert order.container == "mp4"
            assert not list((tmp_path / "engine" / "work").iterdir())

    go(flow)


def test_no_attribution_no_export(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            del one.http.headers["X-Skill-Version"]
            status, body = await one.render(session, draft)
            assert (status, body["code"]) == (402, 402)
            assert "X-Skill-Version" in body["message"]

    go(flow)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "a/b"},
        {"id": "x" * 129},
        {"id": 5},
        {"draft": None},
        {"draft": {}},
        {"draft": {"t": [{"tt": 0, "sg": []}]}},
        {"output": []},
        {"output": {"format": "exe"}},
        {"output": {"format": "../mp4"}},
        {"output": {"fps": "fast"}},
        {"output": {"fps": -1}},
        {"output": {"resolution": "huge"}},
    ],
)
def test_impossible_wishes(house, go, wrong):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            body = {"id": "r", "sessionId": session, "draft": draft, "output": {"format": "mp4"}} | wrong
            status, answer = await one.call("POST", "/api/render/proxy/lambda", json=body)
            assert (status, answer["code"]) == (400, 400)
            assert next(iter(wrong)) in answer["message"]

    go(flow)


def test_the_same_id_is_the_same_job(house, go):
    async def flow():
        async with house() as engine:
            one, other = engine.operator, await engine.stranger()
            session, draft = await one.ready()
            answers = await asyncio.gather(*(one.render(session, draft, "same") for _ in range(5)))
            assert {status for status, _ in answers} == {200}
            await one.ended("same")
            assert (await one.render(session, draft, "same"))[1]["data"]["status"] == "completed"
            assert len(engine.executor.orders) == 1
            # Another account's job of that name is another job.
            session, draft = await other.ready(content=b"VIDEO other")
            assert (await other.render(session, draft, "same"))[1]["data"]["status"] != "completed"
            await other.ended("same")
            assert len(engine.executor.orders) == 2

    go(flow)


def test_one_encode_at_a_time_in_order(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            for number in range(4):
                await one.render(session, draft, f"r{number}")
            for number in range(4):
                await one.ended(f"r{number}")
            assert engine.executor.most == 1
            assert len(engine.executor.orders) == 4

    go(flow)


def test_polling_with_prefer_and_etag(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            engine.executor.gate, engine.executor.steps = asyncio.Event(), [0.107]
            session, draft = await one.ready()
            await one.render(session, draft, "r")
            await engine.executor.started.wait()
            path = "/api/render/proxy/lambda/r"
            async with one.http.get(path) as answer:
                assert (await answer.json())["progress"] == 10
                tag = answer.headers["ETag"]
                assert "Preference-Applied" not in answer.headers
            headers = {"If-None-Match": tag}
            async with one.http.get(path, headers=headers) as answer:
                assert answer.status == 304
            async with one.http.get(path, headers=headers | {"Prefer": "respond-async, wait=0"}) as answer:
                assert answer.status == 304
                assert answer.headers["ETag"] == tag
                assert answer.headers["Preference-Applied"] == "wait"
                assert await answer.read() == b""
            waiting = asyncio.create_task(one.call("GET", path, headers=headers | {"Prefer": "wait=30"}))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            engine.executor.gate.set()
            assert (await waiting)[1]["status"] == "completed"
            # An end is told as often as it is asked for, so that nobody waits for what will not change.
            ended = (await one.call("GET", path, headers={"If-None-Match": '"completed-100"', "Prefer": "wait=30"}))[0]
            assert ended == 200

    go(flow)


def test_cancel(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            one = engine.operator
            engine.executor.gate = asyncio.Event()
            session, draft = await one.ready()
            for name in ("runs", "waits"):
                await one.render(session, draft, name)
            await engine.executor.started.wait()
            for name in ("waits", "runs", "runs"):
                status, body = await one.call("POST", f"/api/render/proxy/lambda/{name}/cancel")
                assert (status, body["data"]["status"]) == (200, "failed")
            assert engine.executor.killed == 1
            assert engine.executor.running == 0
            ended = await one.ended("runs")
            assert ended["output"] is None
            assert ended["error"]["code"] == "cancelled"
            assert ended["error"]["permanent"] is True
            status, body = await one.call("GET", DOWNLOAD.format("runs"))
            assert (status, body["code"]) == (409, 409)
            for folder in ("work", "renders"):
                assert not list((tmp_path / "engine" / folder).iterdir())
            # The queue goes on.
            engine.executor.gate.set()
            await one.render(session, draft, "next")
            assert (await one.ended("next"))["status"] == "completed"
            status, body = await one.call("POST", "/api/render/proxy/lambda/next/cancel")
            assert body["data"]["status"] == "completed"

    go(flow)


@pytest.mark.parametrize(
    ("error", "code", "permanent"),
    [
        (tree.TargetNotMet("talk does not fit", least_bytes=4711), "target_not_met", True),
        (tree.DamagedFile("torn"), "damaged", True),
        (tree.NoPicture("none"), "no_picture", True),
        (tree.DiskFull("full"), "disk_full", False),
        (tree.FFmpegMissing("gone"), "ffmpeg_missing", True),
        (tree.UnsupportedFile("odd"), "unsupported", True),
        (tree.UsageError("cannot be"), "unsupported", True),
        (tree.EngineError("killed"), "engine", False),
        (RuntimeError("secret"), "engine", False),
    ],
)
def test_failures(house, go, error, code, permanent):
    async def flow():
        async with house() as engine:
            one = engine.operator
            engine.executor.error = error
            session, draft = await one.ready()
            await one.render(session, draft, "r")
            ended = await one.ended("r")
            assert ended["status"] == "failed"
            assert ended["output"] is None
            least = 4711 if code == "target_not_met" else None
            told = ended["error"]
            assert (told["code"], told["permanent"], told["least_bytes"]) == (code, permanent, least)
            assert "secret" not in told["message"]

    go(flow)


def test_messages_name_the_clients_file(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            one = engine.operator

            async def render(order, on_progress):
                raise tree.DamagedFile(f"{order.source} breaks off, {order.source.name} that is")

            engine.executor.render = render
            session, draft = await one.ready()
            await one.render(session, draft, "r")
            assert (await one.ended("r"))["error"]["message"] == "talk.mp4 breaks off, talk.mp4 that is"

    go(flow)


def test_a_full_disk_is_told_and_only_the_operator_where(house, go, tmp_path):
    async def flow():
        async with house() as engine:

            async def render(order, on_progress):
                raise tree.DiskFull(f"No space left on the disk of {order.target}.")

            engine.executor.render = render
            for caller, where in (
                (await engine.stranger(), "the engine's data folder."),
                (engine.operator, str(tmp_path / "engine")),
            ):
                session, draft = await caller.ready()
                await caller.render(session, draft, "r")
                error = (await caller.ended("r"))["error"]
                assert error["code"] == "disk_full"
                assert error["message"].startswith(f"No space left on the disk of {where}")

            async def no_room(order, on_progress):
                raise OSError(errno.ENOSPC, "No space left on device", str(order.work))

            engine.executor.render = no_room
            await caller.render(session, draft, "again")
            error = (await caller.ended("again"))["error"]
            assert (error["code"], error["permanent"]) == ("disk_full", False)

    go(flow)


def test_timelines_that_cannot_be_rendered(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            segment = draft["t"][0]["sg"][0]
            for number, (wrong, code, said) in enumerate(
                (
                    ({"t": [{"tt": 1, "sg": [segment]}]}, "no_picture", "no video segment"),
                    ({"t": [{"tt": 0, "sg": [{"d": 10_000}]}]}, "unsupported", "t[0].sg[0].m.src: names no source"),
                    ({"t": [{"tt": 0, "sg": [segment | {"d": -5000}]}]}, "unsupported", "t[0].sg[0].d: from 0"),
                    (
                        {"t": [{"tt": 0, "sg": [segment | {"m": segment["m"] | {"src": "other"}}]}]},
                        "engine",
                        "was not uploaded here",
                    ),
                    ({"m": {"nemovideo": {"max_bytes": "none"}}}, "unsupported", "m.nemovideo.max_bytes"),
                )
            ):
                assert (await one.render(session, draft | wrong, f"r{number}"))[0] == 200, wrong
                error = (await one.ended(f"r{number}"))["error"]
                assert error["code"] == code, wrong
                assert said in error["message"]
            assert not engine.executor.orders

    go(flow)


def test_a_whole_video_goes_to_the_encoder_as_it_is(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            segment = draft["t"][0]["sg"][0]
            # Without a wish it is still a video; with the volume at nought it is a silent one.
            plain = {
                "t": [{"tt": 0, "sg": [segment | {"m": segment["m"] | {"volume": 0}}]}, {"tt": 42, "sg": [{"d": 5}]}],
                "zz": 1 << 70,
            }
            await one.render(session, plain, "plain")
            assert (await one.ended("plain"))["status"] == "completed"
            order = engine.executor.orders[-1]
            assert order.composition is None
            assert not order.sources
            assert order.request.max_bytes is None
            assert order.request.audio == "none"
            assert order.notes == ("a track of an unknown type (42) left out",)
            # A smaller canvas of the same shape is a ceiling.
            await one.render(session, draft | {"m": {"width": 640, "height": 360, "fps": 12.5}}, "small")
            assert (await one.ended("small"))["status"] == "completed"
            order = engine.executor.orders[-1]
            assert order.composition is None
            assert (order.request.max_height, order.request.fps) == (360, 12.5)

    go(flow)


def test_a_still_alone_is_the_encoders_to_refuse(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            await one.upload(session, content=b"IMAGE" * 20, name="photo.png")
            draft = (await one.state(session))["draft"]
            await one.render(session, draft, "still")
            await one.ended("still")
            (still,) = engine.executor.orders
            assert still.composition is None
            # Shown for a while it is a film.
            shown = {"t": [{"tt": 0, "sg": [{"d": 2000, "m": draft["t"][0]["sg"][0]["m"]}]}]}
            await one.render(session, shown, "film")
            await one.ended("film")
            composed: Composition | None = engine.executor.orders[-1].composition
            assert composed is not None
            assert composed.duration == 2000

    go(flow)


def test_an_edited_timeline_is_put_together_first(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            await one.upload(session, content=b"SOUND" * 20, name="song.mp3")
            song = (await one.state(session))["video_infos"][-1]["hash"]
            segment = draft["t"][0]["sg"][0]
            edited = draft | {
                "t": [
                    {
                        "tt": 0,
                        "sg": [segment | {"d": 4000}, segment | {"d": 2000, "m": segment["m"] | {"start": 4000}}],
                    },
                    {"tt": 1, "sg": [{"m": {"src": song, "volume": 0.5}}]},
                    {"tt": 7, "sg": [{"d": 1000, "m": {"text": "Hello"}}]},
                ]
            }
            await one.render(session, edited, "edited")
            ended = await one.ended("edited")
            assert ended["status"] == "completed", ended
            order = engine.executor.orders[-1]
            composition = order.composition
            assert order.request.max_bytes == 100
            assert [clip.duration for clip in composition.pictures] == [4000, 2000]
            assert [clip.duration for clip in composition.sounds] == [6000]
            assert [text.text for text in composition.texts] == ["Hello"]
            assert set(order.sources) == set(composition.sources) == {segment["m"]["src"], song}
            assert all(path.is_file() for path in order.sources.values())
            assert order.notes == ("1 segment(s) of sound or text last beyond the picture: cut at its end",)

    go(flow)


def test_ranges(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            engine.executor.content = bytes(range(256)) * 100
            session, draft = await one.ready()
            await one.render(session, draft, "r")
            await one.ended("r")
            path, whole = DOWNLOAD.format("r"), engine.executor.content

            async def get(**headers: str) -> tuple[int, bytes, Mapping[str, str]]:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                async with one.http.get(path, headers=named) as answer:
                    return answer.status, await answer.read(), answer.headers

            _, _, headers = await get()
            tag = headers["ETag"]
            assert headers["Accept-Ranges"] == "bytes"
            status, body, headers = await get(Range="bytes=100-199")
            assert (status, body) == (206, whole[100:200])
            assert headers["Content-Range"] == "bytes 100-199/25600"
            assert (await get(Range="bytes=25000-", If_Range=tag))[:2] == (206, whole[25_000:])
            assert (await get(Range="bytes=25000-", If_Range='"other"'))[:2] == (200, whole)
            assert (await get(Range="bytes=25000-", If_Range=f"W/{tag}"))[:2] == (200, whole)
            assert (await get(Range="bytes=99999-"))[0] == 416
            assert (await get(If_None_Match=tag))[0] == 304
            assert (await engine.caller(None).call("GET", path))[0] == 401

    go(flow)


def test_a_file_that_is_gone_is_said_to_be(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, draft = await one.ready()
            await one.render(session, draft, "r")
            await one.ended("r")
            for path in (tmp_path / "engine" / "renders").iterdir():
                path.unlink()
            status, body = await one.call("GET", DOWNLOAD.format("r"))
            assert (status, body["code"]) == (410, 410)

    go(flow)


def test_a_render_that_an_older_engine_took_in(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            session, draft = await engine.operator.ready()
            await engine.operator.render(session, draft, "r")
            await engine.operator.ended("r")
        with sqlite3.connect(tmp_path / "engine" / "engine.sqlite3") as db:
            db.execute("""UPDATE renders SET status = 'pending', path = NULL, output = '{"format":"avi"}'""")
        db.close()
        async with house() as engine:
            assert (await engine.operator.ended("r"))["error"]["code"] == "unsupported"

    go(flow)
