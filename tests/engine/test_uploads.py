"""Uploads: what is taken, what is refused, and where it ends up."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from nemovideo.engine import wire
from nemovideo.engine.intake import label


def _kept(tmp_path: Path) -> list[str]:
    return sorted(path.name for folder in ("uploads", "work") for path in (tmp_path / "engine" / folder).iterdir())


def test_a_file(house, go, sha, tmp_path):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session, content = await one.session(), b"VIDEO" + os.urandom(3_000_000)
            status, body = await one.upload(session, content)
            assert status == 200
            assert body["data"]["session_state_applied"] is True
            (info,) = body["data"]["files"]
            url = info.pop("cdn_url")
            assert info == {
                "filename": "talk.mp4",
                "file_type": "video",
                "duration": 10.0,
                "width": 1280,
                "height": 720,
                "fps": 25.0,
                "hash": sha(content),
                "size": len(content),
            }
            async with one.http.get(url) as answer:
                assert await answer.read() == content
            assert (await engine.caller(None).call("GET", url))[0] == 401
            draft = (await one.state(session))["draft"]
            assert draft["d"] == 10_000
            assert draft["t"][0]["sg"][0]["m"]["src"] == sha(content)
            assert len(_kept(tmp_path)) == 1

    go(flow)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../../etc/passwd.mp4", "passwd.mp4"),
        ("..\\..\\boot.mp4", "boot.mp4"),
        ("/abs/olute.mp4", "olute.mp4"),
        ("电影 – été.MP4", "电影 – été.MP4"),
        ("x" * 5000 + ".mp4", "x" * 196 + ".mp4"),
        ("-rf.mp4", "-rf.mp4"),
    ],
)
def test_names_are_labels(house, go, tmp_path, name, label):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            if name.isascii():  # as curl sends it, not a letter changed
                disposition = f'form-data; name="files"; filename="{name}"'.replace("\\", "\\\\")
                raw = f"--x\r\nContent-Disposition: {disposition}\r\n\r\nVIDEO\r\n--x--\r\n".encode()
                headers = {"Content-Type": "multipart/form-data; boundary=x"}
                path = f"/api/upload-video/nemo_agent/me/{session}"
                status, body = await one.call("POST", path, data=raw, headers=headers)
            else:
                status, body = await one.upload(session, b"VIDEO", name)
            assert status == 200, body
            assert body["data"]["files"][0]["filename"] == label
            (kept,) = _kept(tmp_path)
            assert kept.removesuffix(".mp4").isalnum()

    go(flow)


def test_labels_hold_nothing_that_a_terminal_obeys():
    assert label("a\x00b\x1b[31m\u202e.mp4") == "ab[31m.mp4"
    assert label("\udcff.mp4") == ".mp4"
    assert label("a/\n") == label("") == label("..//") == "upload"
    assert label("a%2Fb.mp4") == "a%2Fb.mp4"


@pytest.mark.parametrize("name", ["talk.exe", "talk", "talk.mp4.txt", ".mp4x", "talk.m3u8", "talk.flac"])
def test_other_types_are_refused_before_their_bytes(house, go, tmp_path, name):
    async def flow():
        async with house() as engine:
            one = engine.operator
            status, body = await one.upload(await one.session(), name=name)
            assert (status, body["code"]) == (415, 4001)
            assert "mp4, mov, avi" in body["message"]
            assert _kept(tmp_path) == []

    go(flow)


def test_no_media_and_damaged(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            for content, reason in ((b"just text", "not_media"), (b"", "not_media"), (b"BROKEN", "damaged")):
                status, body = await one.upload(session, content)
                assert (status, body["code"]) == (415, 4001)
                assert body["data"] == {"reason": reason, "filename": "talk.mp4"}
                assert body["message"].startswith("talk.mp4 is ")
                assert body["message"].endswith("no media file. Give a video file.") is (reason == "not_media")
            assert _kept(tmp_path) == []
            assert (await one.state(session))["draft"] is None

    go(flow)


def test_too_large_is_noticed_while_reading(house, go, tmp_path):
    async def flow():
        async with house(max_upload_bytes=1_000_000) as engine:
            one = engine.operator
            session, sent = await one.session(), 0

            async def endless() -> AsyncIterator[bytes]:
                nonlocal sent
                yield b"VIDEO"
                while True:
                    sent += 65_536
                    yield bytes(65_536)

            assert (await one.upload(session, b"VIDEO" + bytes(999_995)))[0] == 200
            form = aiohttp.FormData()
            form.add_field("files", endless(), filename="talk.mp4")
            status, body = await one.call("POST", f"/api/upload-video/nemo_agent/me/{session}", data=form)
            assert (status, body["code"]) == (413, 4002)
            assert "1 MB" in body["message"]
            assert body["data"]["max_upload_bytes"] == 1_000_000
            assert sent < 50_000_000
            assert len(_kept(tmp_path)) == 1

    go(flow)


def test_the_limit_is_one_of_each_file(house, go, tmp_path):
    async def flow():
        async with house(max_upload_bytes=3_000_000) as engine:
            one = engine.operator
            path = f"/api/upload-video/nemo_agent/me/{await one.session()}"

            def form(*sizes: int) -> aiohttp.FormData:
                made = aiohttp.FormData()
                for at, size in enumerate(sizes):
                    made.add_field("files", io.BytesIO(b"VIDEO" + bytes(size - 5)), filename=f"{at}.mp4")
                return made

            status, body = await one.call("POST", path, data=form(3_000_000, 3_000_000, 2_500_000))
            assert (status, [info["size"] for info in body["data"]["files"]]) == (200, [3_000_000] * 2 + [2_500_000])
            status, body = await one.call("POST", path, data=form(10, 3_000_001))
            assert (status, body["code"]) == (413, 4002)
            assert body["message"].startswith("1.mp4")
            assert len(_kept(tmp_path)) == 3

    go(flow)


def test_what_is_announced_too_large_is_not_read(house, go, tmp_path):
    async def flow():
        async with house(max_upload_bytes=1_000_000) as engine:
            one, sent = engine.operator, 0

            async def film() -> AsyncIterator[bytes]:
                nonlocal sent
                while True:
                    sent += 65_536
                    yield bytes(65_536)

            headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "5000000000"}
            path = f"/api/upload-video/nemo_agent/me/{await one.session()}"
            status, body = await one.call("POST", path, data=film(), headers=headers)
            assert (status, body["code"]) == (413, 4002)
            assert body["data"] == {"max_upload_bytes": 1_000_000}
            assert _kept(tmp_path) == []
            assert sent < 100_000_000

    go(flow)


@pytest.mark.parametrize("disposition", ['form-data; name="note"', "form-data", None])
def test_parts_that_are_no_files_are_bounded(house, go, disposition):
    async def flow():
        async with house() as engine:
            one = engine.operator

            async def endless() -> AsyncIterator[bytes]:
                head = f"Content-Disposition: {disposition}\r\n" if disposition else ""
                yield f"--x\r\n{head}\r\n".encode()
                while True:
                    yield bytes(65_536)

            headers = {"Content-Type": "multipart/form-data; boundary=x"}
            path = f"/api/upload-video/nemo_agent/me/{await one.session()}"
            status, body = await one.call("POST", path, data=endless(), headers=headers)
            assert (status, body["code"]) == (400, 400)
            assert "1048576 bytes together" in body["message"]

    go(flow)


@pytest.mark.parametrize(
    "start", [b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\nVIDEO']
)
def test_a_form_that_stands_still(house, go, tmp_path, monkeypatch, start):
    monkeypatch.setattr(wire, "_STALL", 0.05)

    async def flow():
        async def stuck() -> AsyncIterator[bytes]:
            yield start or b" "
            await asyncio.Event().wait()

        async with house() as engine:
            one = engine.operator
            path = f"/api/upload-video/nemo_agent/me/{await one.session()}"
            headers = {"Content-Type": "multipart/form-data; boundary=x"}
            status, body = await one.call("POST", path, data=stuck(), headers=headers)
            assert (status, body["code"]) == (408, 408)
            assert _kept(tmp_path) == []

    go(flow)


def test_several_files_all_or_none(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            path = f"/api/upload-video/nemo_agent/me/{session}"

            def form(*contents: bytes) -> aiohttp.FormData:
                made = aiohttp.FormData()
                made.add_field("note", "not a file")
                for index, content in enumerate(contents):
                    made.add_field("files", content, filename=f"{index}.mp4")
                return made

            status, body = await one.call("POST", path, data=form(b"VIDEO1", b"VIDEO2", b"text"))
            assert status == 415
            assert _kept(tmp_path) == []
            status, body = await one.call("POST", path, data=form(b"VIDEO1", b"VIDEO2"))
            assert [info["filename"] for info in body["data"]["files"]] == ["0.mp4", "1.mp4"]
            assert len((await one.state(session))["video_infos"]) == 2

    go(flow)


def test_forms_that_are_none(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            path = f"/api/upload-video/nemo_agent/me/{await one.session()}"
            nested = b"--y\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nabc\r\n--z--\r\n--y--\r\n"
            wrong: tuple[dict[str, Any], ...] = (
                {"data": b"VIDEO"},
                {"data": b"VIDEO", "headers": {"Content-Type": "multipart/form-data"}},
                {"data": b"junk", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
                {"data": b"--x\r\njunk", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
                {"data": nested, "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
                {"data": aiohttp.FormData({"other": "x"}, default_to_multipart=True)},
                {"json": {}},
                {"json": {"urls": []}},
                {"json": {"urls": [5]}},
                {"json": {"urls": "http://x.example/a.mp4"}},
                {"json": {"urls": ["http://x.example/a.mp4"] * 33}},
            )
            for how in wrong:
                status, body = await one.call("POST", path, **how)
                assert (status, body["code"]) == (400, 400), how

    go(flow)


def test_a_client_that_leaves_leaves_nothing(house, go, tmp_path, until):
    async def flow():
        async with house() as engine:
            one = engine.operator
            path = f"/api/upload-video/nemo_agent/me/{await one.session()}"

            async def slow() -> AsyncIterator[bytes]:
                yield b"VIDEO" + bytes(2_000_000)
                await asyncio.Event().wait()

            form = aiohttp.FormData()
            form.add_field("files", slow(), filename="talk.mp4")
            sending = asyncio.create_task(one.call("POST", path, data=form))
            await until(lambda: _kept(tmp_path))
            sending.cancel()
            await asyncio.wait({sending})
            await until(lambda: not _kept(tmp_path))

    go(flow)


def test_by_name_only_for_the_operator(house, go, tmp_path, sha):
    film = tmp_path / "my film.mp4"
    film.write_bytes(b"VIDEO" * 50)

    async def flow():
        async with house(max_upload_bytes=1000) as engine:
            wish = {"urls": [film.as_uri()], "source_type": "url"}
            other = await engine.stranger()
            path = "/api/upload-video/nemo_agent/me/"
            status, body = await other.call("POST", path + await other.session(), json=wish)
            assert (status, body["code"]) == (400, 400)
            one = engine.operator
            session = await one.session()
            status, body = await one.call("POST", path + session, json=wish)
            assert status == 200
            info = body["data"]["files"][0]
            assert info["filename"] == "my film.mp4"
            assert info["size"] == 250
            assert _kept(tmp_path) == []
            (tmp_path / "folder.mp4").mkdir()
            (tmp_path / "note.txt").write_text("hello")
            os.mkfifo(tmp_path / "pipe.mp4")
            (tmp_path / "large.mp4").write_bytes(bytes(1001))
            for url, code in (
                ((tmp_path / "folder.mp4").as_uri(), 400),
                ((tmp_path / "missing.mp4").as_uri(), 400),
                ((tmp_path / "pipe.mp4").as_uri(), 400),
                ((tmp_path / "note.txt").as_uri(), 4001),
                ((tmp_path / "large.mp4").as_uri(), 4002),
                ("file://elsewhere.example/a.mp4", 400),
                ("file:///a%00b.mp4", 400),
            ):
                status, body = await one.call("POST", path + session, json={"urls": [url]})
                assert body["code"] == code, url
                assert str(tmp_path) not in body["message"]

    go(flow)


def test_names_of_files_here_are_taken_byte_by_byte(house, go, tmp_path):
    odd, bad = "q?x#y%20z&.mp4", os.fsdecode(b"bad\xff.mp4")

    async def flow():
        async with house() as engine:
            one = engine.operator
            for name, shown in ((odd, odd), (bad, "bad\ufffd.mp4")):
                (tmp_path / name).write_bytes(b"VIDEO" + os.fsencode(name))
                session = await one.session()
                wish = {"urls": [(tmp_path / name).as_uri()]}
                status, body = await one.call("POST", f"/api/upload-video/nemo_agent/me/{session}", json=wish)
                assert status == 200, body
                assert body["data"]["files"][0]["filename"] == shown
                await one.say(session, "compress to 10 bytes")
                await one.render(session, (await one.state(session))["draft"], f"r{len(name)}")
                assert (await one.ended(f"r{len(name)}"))["status"] == "completed"
                assert engine.executor.orders[-1].source == tmp_path / name
                async with one.http.get(body["data"]["files"][0]["cdn_url"]) as answer:
                    assert await answer.read() == b"VIDEO" + os.fsencode(name)

    go(flow)


@pytest.mark.parametrize("change", ["write", "replace", "remove", "link"])
def test_a_file_by_name_is_looked_at_again_before_the_render(house, go, tmp_path, change):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"VIDEO" * 50)

    async def flow():
        async with house() as engine:
            one = engine.operator
            session = await one.session()
            await one.call("POST", f"/api/upload-video/nemo_agent/me/{session}", json={"urls": [film.as_uri()]})
            await one.say(session, "compress to 100 bytes")
            draft = (await one.state(session))["draft"]
            match change:
                case "write":
                    film.write_bytes(b"VIDEO" * 51)
                case "replace":
                    (tmp_path / "new").write_bytes(b"VIDEO" * 50)
                    (tmp_path / "new").replace(film)
                case "remove":
                    film.unlink()
                case "link":
                    film.unlink()
                    film.symlink_to("/dev/zero")
            await one.render(session, draft, "r")
            error = (await one.ended("r"))["error"]
            assert error["code"] == "engine"
            assert error["permanent"] is True
            assert "film.mp4 is gone or has changed" in error["message"]
            assert engine.executor.orders == []

    go(flow)
