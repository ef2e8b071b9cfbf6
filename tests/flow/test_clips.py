"""Every clip of ../shared/media that has a picture, at a quarter and at a tenth of its size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.conftest import SHARED, Run
from tests.engine.media.conftest import gray

from nemovideo import AsyncNemoClient, CompressResult, TargetNotMet
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe

CLIPS = sorted(
    path.name for path in (SHARED / "media").glob("*.*") if path.suffix != ".md" and not path.name.startswith("err_")
) or ["none"]
SIDE = 24


def likeness(one: bytes, other: bytes) -> float:
    """The correlation of two gray pictures: 1 for the same, about 0 for one turned or mirrored."""
    means = sum(one) / len(one), sum(other) / len(other)
    pairs = [(a - means[0], b - means[1]) for a, b in zip(one, other, strict=True)]
    spread = (sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs)) ** 0.5
    return sum(a * b for a, b in pairs) / spread if spread else 1.0


def middle(path: Path, media: Media) -> bytes:
    assert media.video is not None
    return gray(path, at=media.video.duration / 2, side=SIDE)


async def made(source: Path, limit: int, output: Path) -> tuple[CompressResult, Media, Media]:
    async with AsyncNemoClient.local() as client:
        result = await client.compress(source, output, max_bytes=limit, effort="fast")
    return result, await probe(source), await probe(output)


@pytest.mark.media
@pytest.mark.parametrize("share", [0.25, 0.10])
@pytest.mark.parametrize("clip", CLIPS)
def test_a_clip_fits(run: Run[Any], shared: Path, tmp_path: Path, clip: str, share: float) -> None:
    source = shared / "media" / clip
    limit, output = int(source.stat().st_size * share), tmp_path / "result.mp4"
    try:
        result, before, after = run(made(source, limit, output))
    except TargetNotMet as error:
        limit = error.least_bytes or limit  # which has to work
        result, before, after = run(made(source, limit, output))
    assert output.stat().st_size == result.size == after.size <= limit
    assert abs(after.duration - before.duration) <= max(0.1, 1.01 / after.fps)
    assert after.video is not None
    assert after.video.sar == (1, 1)
    assert after.video.rotation == 0
    assert (after.width > after.height) == (before.width > before.height)
    assert after.width / after.height == pytest.approx(before.width / before.height, rel=0.03)
    assert (after.audio is None) == (before.audio is None)
    assert likeness(middle(source, before), middle(output, after)) > 0.85
