from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import ffmpeg

from nemovideo.engine.media import scanner
from nemovideo.engine.media.probe import probe
from nemovideo.errors import EngineError

pytestmark = [
    pytest.mark.media,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a waiting scan needs the parent-death signal"),
]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=1", path)
    return path


@pytest.fixture
def waiting():
    scanner.warm_up()
    (found,) = scanner._waiting
    yield found
    scanner._dismiss()
    scanner._waiting.clear()


def ended(found: scanner.Scanner) -> bool:
    return found._process.returncode is not None


def test_the_first_probe_takes_it_and_the_second_starts_its_own(run: Any, clip: Path, waiting: scanner.Scanner):
    first = run(probe(clip))
    assert ended(waiting)
    assert scanner.take() is None
    assert run(probe(clip)) == first


def test_only_one_waits(waiting: scanner.Scanner):
    scanner.warm_up()
    assert scanner._waiting == [waiting]


def test_one_that_was_killed_meanwhile_is_replaced(run: Any, clip: Path, waiting: scanner.Scanner):
    os.kill(waiting._process.pid, 9)
    assert run(probe(clip)).video.frames == 25
    assert ended(waiting)


def test_a_cancelled_probe_ends_it(run: Any, clip: Path, waiting: scanner.Scanner, monkeypatch: pytest.MonkeyPatch):
    async def cancelled() -> None:
        task = asyncio.create_task(probe(clip))
        while scanner._waiting:  # noqa: ASYNC110 — nothing tells when it is taken
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(cancelled())
    assert ended(waiting)


def test_one_that_does_not_answer_in_time_is_killed(run: Any, clip: Path, waiting: scanner.Scanner):
    with pytest.raises(EngineError, match="did not end"):
        run(scanner.take().ask("mov", clip, wall=0))  # type: ignore[union-attr]
    assert ended(waiting)
