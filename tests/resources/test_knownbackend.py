"""What an engine told with a session holds in a later run that comes back to it."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from pathlib import Path

import pytest
from tests.cloud import RENDER, SESSION, STATUS, UPLOAD, Cloud, Raw, Reply
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.backend import UNTOLD
from nemovideo.errors import FileTooLarge, TransportError, UnsupportedFile
from nemovideo.resources.knownbackend import KnownBackend

TOLD = {"name": "nemovideo-engine", "version": 1, "max_upload_bytes": 600_000_000, "formats": ["ts"], "codecs": ["av1"]}
SAID = Reply({"code": 0, "data": {"session_id": "s1", "task_id": "t1", "backend": TOLD}})
PLAIN = {"d": 1, "t": [{"tt": 0, "sg": [{"d": 1}]}]}


def kept(world: Path) -> list[Path]:
    folder = world / "state" / "nemovideo" / "backends"
    return list(folder.iterdir()) if folder.is_dir() else []


def test_a_later_run_knows_the_limits(on_cloud: OnCloud, world: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.ts"
    with large.open("wb") as file:
        file.truncate(600_000_001)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, SAID)
        await client.session.create()
        async with AsyncNemoClient(cloud.url, cloud.token) as later:
            assert later.backend is None
            await later.upload.file("s1", b"x", name="a.ts")
            with pytest.raises(FileTooLarge, match="600"):
                await later.upload.file("s1", large)
            with pytest.raises(UnsupportedFile):
                await later.upload.file("s1", b"x", name="a.mp4")
        assert len(cloud.sent(UPLOAD)) == 1
        async with Cloud() as elsewhere, AsyncNemoClient(elsewhere.url, elsewhere.token) as another:
            await another.upload.file("s1", b"x", name="a.mp4")
            with pytest.raises(UnsupportedFile):
                await another.upload.file("s1", b"x", name="a.ts")

    on_cloud(flow)
    (written,) = kept(world)
    assert "nmv_usr_given" not in written.read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_a_later_run_asks_an_engine_of_ours_again(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, SAID)
        await client.session.create()
        async with AsyncNemoClient(cloud.url, cloud.token, clock=client._clock) as later:
            cloud.script(RENDER, Raw(b""))
            cloud.script(STATUS, *[Reply({"detail": "no"}, 404)] * 2)
            await later.render.submit("s1", PLAIN)
        assert len(cloud.sent(RENDER)) == 2

    on_cloud(flow)


def test_another_backend_at_the_same_place_is_believed(on_cloud: OnCloud, world: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, SAID)
        await client.session.create()
        assert len(await asyncio.to_thread(kept, world)) == 1
        await client.session.create()  # which tells nothing of the kind
        assert await asyncio.to_thread(kept, world) == []
        cloud.script(RENDER, Raw(b""))
        cloud.script(STATUS, *[Reply({"detail": "no"}, 404)] * 4)
        with pytest.raises(TransportError):
            await client.render.submit("s1", PLAIN)

    on_cloud(flow)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"backend": {"name": "x"}}', b'{"place": "http://h"}'])
def test_a_file_that_is_none_tells_nothing(content: bytes, world: Path) -> None:
    async def flow() -> None:
        known = KnownBackend(lambda: "http://h", is_local=lambda: False)
        cloud = await known.limits("http://h")
        assert cloud is UNTOLD
        await known.learn(UNTOLD)
        (file,) = kept(world)
        file.write_bytes(content)
        again = KnownBackend(lambda: "http://h", is_local=lambda: False)
        assert await again.limits("http://h") is UNTOLD
        assert not await again.is_ours()

    asyncio.run(flow())


def test_a_folder_that_cannot_be_written_is_no_error(world: Path) -> None:
    async def flow() -> None:
        known = KnownBackend(lambda: "http://h", is_local=lambda: False)
        await known.learn(UNTOLD)
        assert known.profile is UNTOLD

    (world / "state").mkdir(exist_ok=True)
    (world / "state" / "nemovideo").write_text(json.dumps("a file in its place"))
    asyncio.run(flow())


@pytest.mark.parametrize("place", [None, "file:///data"])
def test_an_engine_within_this_process_looks_itself(place: str | None) -> None:
    async def flow() -> None:
        known = KnownBackend(lambda: place, is_local=lambda: True)
        assert await known.limits("http://127.0.0.1:1") is None
        assert await known.is_ours()

    asyncio.run(flow())
