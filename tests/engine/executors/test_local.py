"""The executor of this machine: what it makes of the media layer's answers."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("av")

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
