"""Uploads and renders against the real engine: several files at once, and a render that a later client fetches."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

from nemovideo import AsyncNemoClient
from nemovideo.engine.server import EngineConfig, EngineServer
from nemovideo.errors import FileTooLarge, UnsupportedFile


@pytest.mark.parametrize("where", ["local", "served"])
def test_several_files_at_once(where: str, run: Run[Any], talk: Path, small: Path, tmp_path: Path) -> None:
    data = small.read_bytes()
    expected = [talk, small, small, small, talk]
    sizes = [path.stat().st_size for path in expected]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in expected]

    async def pieces() -> AsyncIterator[bytes]:
        yield data[:1000]
        yield data[1000:]

    async def flow(client: AsyncNemoClient) -> None:
        session = await client.session.create()
        found = await client.upload.many(session, [talk, data, small, pieces(), talk])
        assert [upload.size for upload in found] == sizes
        if where == "served":  # a file that is only named is known by more than its bytes
            assert [upload.hash for upload in found] == digests
        assert len((await client.state.get(session.id)).video_infos) == 5
        with pytest.raises(UnsupportedFile):
            await client.upload.many(session, [talk, b"words, words"])
        timeline = await client.state.timeline(session)
        assert "talk.mp4" in timeline.summary

    async def within() -> None:
        if where == "local":
            async with AsyncNemoClient.local() as client:
                await flow(client)
            return
        config = EngineConfig(data_dir=tmp_path / "engine", max_upload_bytes=sizes[0], key="key")
        async with EngineServer(config) as server, AsyncNemoClient(server.base_url, "key") as client:
            await flow(client)
            with pytest.raises(FileTooLarge):
                await client.upload.file(await client.session.create(), bytes(sizes[0] + 1))

    run(within())


def test_a_render_is_fetched_by_a_later_client(run: Run[Any], talk: Path, tmp_path: Path) -> None:
    async def within() -> None:
        config = EngineConfig(data_dir=tmp_path / "engine", key="key")
        async with EngineServer(config) as server:
            async with AsyncNemoClient(server.base_url, "key") as client:
                session = await client.session.create()
                await client.upload.file(session, talk)
                await client.chat.send(session, "compress it to 100 kB")
                state = await client.state.get(session)
                render = await client.render.submit(session, state.draft)
                again = await client.render.submit(session, state.draft, render_id=render.id)
                assert again.id == render.id
            async with AsyncNemoClient(server.base_url, "key") as later:
                (pending,) = await later.render.pending()
                assert (pending.render_id, pending.session_id) == (render.id, session.id)
                output = await later.render.resume(pending.render_id, tmp_path / "out.mp4")
                assert 0 < (await asyncio.to_thread(output.stat)).st_size <= 100_000
                assert await later.render.pending() == []
                preview = await later.render.preview(session.id, tmp_path / "preview.mp4")
                assert (await asyncio.to_thread(preview.stat)).st_size > 0

    run(within())
