"""Words about time from end to end: which of the source's frames the render shows, and in which order.

The clips' frames are numbered: each is one even gray, 4 steps lighter than the one before; the clips differ in colour.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import X264, Run, make_clip
from tests.engine.media.conftest import ffmpeg

from nemovideo import AsyncNemoClient

FPS, WIDTH, HEIGHT = 25, 64, 48
Frames = list[tuple[str, int]]


def counted(path: Path, *, count: int, tint: int) -> Path:
    picture = f"color=black:s={WIDTH}x{HEIGHT}:r={FPS}:d={count / FPS},geq=lum=16+4*N:cb={tint}:cr=128,format=yuv420p"
    sound = f"sine=440:d={count / FPS}:r=48000"
    return make_clip(path, "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *X264, "-crf", "8", "-g", "10")


@pytest.fixture(scope="session")
def a(clips: Path) -> Path:
    """Two seconds: 50 frames."""
    return counted(clips / "a.mp4", count=50, tint=90)


@pytest.fixture(scope="session")
def b(clips: Path) -> Path:
    """One second: 25 frames."""
    return counted(clips / "b.mp4", count=25, tint=170)


def frames(path: Path) -> Frames:
    """Clip and number of each frame of a render."""
    chain = f"scale={WIDTH}:{HEIGHT}:flags=area,format=yuv444p"
    raw, plane = ffmpeg("-i", path, "-vf", chain, "-fps_mode", "passthrough", "-f", "rawvideo", "-"), WIDTH * HEIGHT
    found: Frames = []
    for at in range(0, len(raw), 3 * plane):
        light, tint = (raw[at + n * plane + plane // 2 + WIDTH // 2] for n in (0, 1))
        found.append(("a" if tint < 128 else "b", round((light - 16) / 4)))
    return found


def of(clip: str, numbers: range) -> Frames:
    return [(clip, number) for number in numbers]


Said = Callable[..., list[Frames]]


@pytest.fixture
def said(run: Run[Any], a: Path, b: Path, tmp_path: Path) -> Said:
    """Say things to a client of its own engine that has both clips; the frames of a render after each."""

    async def flow(words: tuple[str, ...], files: tuple[Path, ...]) -> list[Frames]:
        found: list[Frames] = []
        async with AsyncNemoClient.local() as client:
            session = await client.session.create()
            for number, text in enumerate(words):
                answer = await client.ask(session, text, files=() if number else files)
                assert answer.done, answer.text
                found.append(frames(await client.render.export(session, tmp_path / f"{number}.mp4")))
        return found

    return lambda *words, files=(a,): run(flow(words, files))


WHOLE = of("a", range(50))


def test_keeping_and_taking_out(said: Said) -> None:
    kept, back, cut, several = said(
        "trim to the first 0.4 seconds", "undo", "删掉第0.4秒到第1.2秒", "remove the first 0.2 s and the last 0.2 s"
    )
    assert kept == of("a", range(10))
    assert back == WHOLE
    assert cut == of("a", range(10)) + of("a", range(30, 50))
    assert several == of("a", range(5, 10)) + of("a", range(30, 45))


def test_a_span_between_two_keyframes(said: Said) -> None:
    (shown,) = said("keep 0:00.52 to 0:01.48")
    assert shown == of("a", range(13, 37))


def test_joining_and_the_order(said: Said, a: Path, b: Path) -> None:
    joined, turned, alone = said("join a.mp4 and b.mp4", "swap the clips", "remove a.mp4", files=(a, b))
    assert joined == WHOLE + of("b", range(25))
    assert turned == of("b", range(25)) + WHOLE
    assert alone == of("b", range(25))


def test_frames_and_splits(said: Said) -> None:
    last, cut, split = said("remove the last frame", "remove the first frame and the last frame", "split at 1 s")
    assert last == of("a", range(49))
    assert cut == split == of("a", range(1, 48))


def test_across_a_joint(said: Said, a: Path, b: Path) -> None:
    _, shown = said("put a.mp4 before b.mp4", "keep 1.6s to 2.4s", files=(a, b))
    assert shown == of("a", range(40, 50)) + of("b", range(10))


def test_speed(said: Said) -> None:
    fast, back, part = said("speed it up 2x", "normal speed", "slow the first 0.4 seconds down to half")
    assert len(fast) == pytest.approx(25, abs=1)
    assert [number for _, number in fast] == sorted({number for _, number in fast})
    assert back == WHOLE
    assert len(part) == 60
    assert part[20:] == of("a", range(10, 50))
    assert {number for _, number in part[:20]} == set(range(10))


def test_again_and_from_the_start(said: Said) -> None:
    twice, first = said("trim to the first 0.4 seconds and loop it twice", "还原")
    assert twice == of("a", range(10)) * 2
    assert first == WHOLE


def test_a_trim_that_fits_under_a_size(run: Run[Any], a: Path, tmp_path: Path) -> None:
    async def flow() -> Path:
        async with AsyncNemoClient.local() as client:
            session = await client.session.create()
            answer = await client.ask(
                session, "trim to the first 1.2 seconds, compress it to 12KB and export", files=[a], output=tmp_path
            )
            assert answer.done, answer.text
            assert "Kept 0:00–0:01.2 of a.mp4" in answer.text
            return answer.files[0]

    path = run(flow())
    assert path.stat().st_size <= 12_000
    assert frames(path) == of("a", range(30))
