"""The executor of this machine: what it makes of the media layer's answers."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("av")

from tests.engine.media.conftest import ffmpeg, gray

from nemovideo.engine.executors.local import LocalExecutor
from nemovideo.engine.media.probe import probe
from nemovideo.engine.media.sample import make_sample


@pytest.mark.media
def test_a_file_is_probed_once_until_it_changes(go, tmp_path, monkeypatch):
    film, probed, honest = tmp_path / "film.mp4", [], probe

    async def counted(path):
        probed.append(path)
        return await honest(path)

    monkeypatch.setattr("nemovideo.engine.executors.local.probe", counted)

    async def flow():
        await make_sample(film, seconds=1)
        executor = LocalExecutor()
        facts = await executor.inspect(film)
        assert facts.kind == "video"
        assert facts.duration == pytest.approx(1, abs=0.2)
        assert facts.width
        assert facts.fps
        await executor.inspect(film)
        assert len(probed) == 1
        os.utime(film, (1, 1))
        await executor.inspect(film)
        assert len(probed) == 2

    go(flow)


CODED = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")


@pytest.fixture
def film(tmp_path: Path) -> bytes:
    """Three seconds that get brighter, with a tone."""
    path = tmp_path / "film.mp4"
    picture = "color=black:s=160x90:r=25:d=3,geq=lum='16+N*2':cb=128:cr=128"
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=440:d=3", *CODED, path)
    return bytes(path.read_bytes())


async def rendered(engine: Any, caller: Any, session: str, draft: Any, name: str, **output: Any) -> tuple[Any, bytes]:
    assert (await caller.render(session, draft, name, **output))[0] == 200
    ended = await caller.ended(name)
    assert ended["status"] == "completed", ended
    async with caller.http.get(ended["output"]["url"]) as answer:
        return ended["output"], await answer.read()


@pytest.mark.media
def test_a_programs_own_draft(house, go, tmp_path, film):
    """Two cuts and a title, written by hand: no agent has seen the draft."""

    async def flow():
        async with house(executor=LocalExecutor()) as engine:
            one = engine.operator
            session = await one.session()
            _, body = await one.upload(session, content=film, name="clip.mp4")
            src = body["data"]["files"][0]["hash"]
            cuts = [{"d": 400, "m": {"src": src, "in": 2000}}, {"d": 600, "m": {"src": src, "in": 400, "speed": 2}}]
            draft = {
                "t": [
                    {"tt": 0, "sg": cuts},
                    {"tt": 7, "sg": [{"d": 400, "m": {"text": "HELLO", "start": 600, "size": 0.5}}]},
                ]
            }
            output, content = await rendered(engine, one, session, draft, "mine")
            assert output["duration"] == pytest.approx(1.0, abs=0.05)
            notes = output["report"]["notes"]
            assert "2 pieces of 1 source joined" in notes
            assert "sped up 2x" in notes
            assert "1 text drawn" in notes
            path = tmp_path / "result.mp4"
            path.write_bytes(content)
            media = await probe(path)
            assert media.video is not None
            assert (media.width, media.height, media.video.frames) == (160, 90, 25)
            assert media.audio is not None
            shown = [gray(path, at=at, side=1)[0] for at in (0, 0.35, 0.4, 0.55)]
            assert shown == pytest.approx([2 * number * 255 / 219 for number in (50, 59, 10, 18)], abs=4)
            titled = gray(path, at=0.7, side=90)
            assert max(titled) > 200 > max(gray(path, at=0.5, side=90))

            # Other forms of the same timeline.
            _, content = await rendered(engine, one, session, draft, "sound", format="m4a")
            sound = tmp_path / "sound.m4a"
            sound.write_bytes(content)
            heard = await probe(sound)
            assert heard.kind == "audio"
            assert heard.duration == pytest.approx(1.0, abs=0.1)
            _, content = await rendered(engine, one, session, draft | {"m": {"format": "gif"}}, "moving")
            assert content.startswith(b"GIF89a")

    go(flow)


@pytest.mark.media
def test_what_cannot_be_rendered_is_said_with_the_clients_names(house, go, tmp_path, film):
    async def flow():
        async with house(executor=LocalExecutor()) as engine:
            one = engine.operator
            session = await one.session()
            _, body = await one.upload(session, content=film, name="clip.mp4")
            src = body["data"]["files"][0]["hash"]
            piece = {"tt": 0, "sg": [{"d": 400, "m": {"src": src}}]}
            tight = {"t": [piece], "m": {"nemovideo": {"max_bytes": 300}}}
            lost = {"t": [piece, {"tt": 1, "sg": [{"m": {"src": "gone"}}]}]}
            silent = {"t": [{"tt": 0, "sg": [{"d": 400, "m": {"src": src, "volume": 0}}]}], "m": {"format": "mp3"}}
            for name, draft, code, said in (
                ("tight", tight, "target_not_met", "The timeline cannot be made to fit under 300 bytes"),
                ("lost", lost, "engine", "was not uploaded here"),
                ("silent", silent, "unsupported", "no sound on the timeline"),
            ):
                assert (await one.render(session, draft, name))[0] == 200
                error = (await one.ended(name))["error"]
                assert error["code"] == code
                assert said in error["message"]
            for path in (tmp_path / "engine" / "uploads").iterdir():
                path.unlink()
            await one.render(session, {"t": [piece]}, "removed")
            assert "clip.mp4 is gone" in (await one.ended("removed"))["error"]["message"]
            assert not list((tmp_path / "engine" / "work").iterdir())

    go(flow)


@pytest.mark.media
def test_cancelling_ends_a_composition(house, go, tmp_path, film, until):
    async def flow():
        async with house(executor=LocalExecutor()) as engine:
            one = engine.operator
            session = await one.session()
            _, body = await one.upload(session, content=film, name="clip.mp4")
            src = body["data"]["files"][0]["hash"]
            slow = [{"d": 400, "m": {"src": src, "fill": "blur"}}] * 400
            draft = {"t": [{"tt": 0, "sg": slow}], "m": {"width": 1080, "height": 1920, "fps": 60}}
            await one.render(session, draft, "long")
            work = tmp_path / "engine" / "work"
            await until(lambda: asyncio.to_thread(lambda: list(work.glob("*/parts/*"))))
            status, body = await one.call("POST", "/api/render/proxy/lambda/long/cancel")
            assert (status, body["data"]["status"]) == (200, "failed")
            assert not list(work.iterdir())

    go(flow)
