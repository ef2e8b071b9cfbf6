"""Clips to put together, and what is seen and heard in the result."""

from __future__ import annotations

import array
import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import ffmpeg

from nemovideo.engine.media.compose import reader
from nemovideo.engine.media.compose.compose import Composed, compose
from nemovideo.engine.media.compose.composition import Composition, Footage
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe

RATE = 8000
"""Samples a second that are listened to."""
FLASH = "drawbox=t=fill:c=white:enable='lt(mod(t,0.5),0.09)'"
BEEP = "aevalsrc='if(lt(mod(t,0.5),0.09),0.8*sin(2*PI*1000*t),0)'"


def footage(media: Media) -> Footage:
    still = media.kind == "image"
    return Footage(
        kind=media.kind,
        duration=None if still else media.duration * 1000,
        width=media.width,
        height=media.height,
        fps=media.fps,
    )


@dataclass(frozen=True)
class Film:
    """What was composed."""

    composition: Composition
    made: Composed
    shares: list[float]

    @property
    def media(self) -> Media:
        return self.made.media

    @property
    def path(self) -> Path:
        return self.made.media.path

    @property
    def hashes(self) -> list[str]:
        return hashes(self.path)

    @property
    def levels(self) -> list[float]:
        return levels(self.path)

    def gray(self, frame: int) -> bytes:
        """One picture, a byte a pixel."""
        size = self.media.width * self.media.height
        return plane(self.path)[frame * size : (frame + 1) * size]

    def pixel(self, frame: int, x: float, y: float) -> tuple[int, ...]:
        """The colour at a place in shares of the canvas."""
        wide, high = self.media.width, self.media.height
        pictures = ffmpeg("-i", self.path, "-vf", "format=rgb24", "-f", "rawvideo", "-")
        at = 3 * (frame * wide * high + int(y * high) * wide + int(x * wide))
        return tuple(pictures[at : at + 3])

    def heard(self, start: float = 0.0, end: float = 3600.0) -> float:
        return loudness(samples(self.path)[int(start * RATE) : int(end * RATE)])

    @property
    def onsets(self) -> list[float]:
        return onsets(self.path)

    @property
    def flashes(self) -> list[float]:
        """Seconds of each picture that is white after one that is not."""
        found = self.levels
        return [n / self.media.fps for n, level in enumerate(found) if level > 128 and (n == 0 or found[n - 1] < 128)]


def hashes(path: Path) -> list[str]:
    """One a picture, of its pixels."""
    size = _size(path) * 3 // 2
    pictures = ffmpeg(
        "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"
    )
    return [hashlib.sha1(pictures[at : at + size]).hexdigest() for at in range(0, len(pictures), size)]


def _size(path: Path) -> int:
    media = asyncio.run(probe(path))
    return media.width * media.height


def plane(path: Path) -> bytes:
    return ffmpeg("-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", "format=gray", "-f", "rawvideo", "-")


def levels(path: Path) -> list[float]:
    """The mean brightness of each picture, 0..255."""
    pictures = ffmpeg(
        *("-i", path, "-map", "0:v:0", "-fps_mode", "passthrough"),
        *("-vf", "scale=1:1:flags=area,format=gray", "-f", "rawvideo", "-"),
    )
    return [float(level) for level in pictures]


def samples(path: Path) -> array.array[int]:
    heard = array.array("h")
    heard.frombytes(ffmpeg("-i", path, "-map", "0:a:0", "-ac", 1, "-ar", RATE, "-f", "s16le", "-"))
    return heard


def loudness(heard: array.array[int]) -> float:
    """Root of the mean square, 0..1."""
    return float((sum(one * one for one in heard) / max(1, len(heard))) ** 0.5 / 32768)


def onsets(path: Path) -> list[float]:
    """Seconds at which a sound begins after 0.05 s of none."""
    found: list[float] = []
    last = -RATE
    for number, one in enumerate(samples(path)):
        if abs(one) > 3000:
            if number - last > 0.05 * RATE:
                found.append(number / RATE)
            last = number
    return found


Make = Callable[..., Film]


@pytest.fixture
def film(tmp_path: Path) -> Make:
    """Compose tracks: `film(video(piece("a")), a=path)`."""
    number = iter(range(100))

    def made(*tracks: Any, m: Any = None, picture: bool = True, **files: Path) -> Film:
        async def whole() -> Film:
            sources = {src: await probe(path) for src, path in files.items()}
            known = {src: footage(media) for src, media in sources.items()}
            composition = reader.read({"t": list(tracks), "m": m or {}}, known, silent=not picture)
            work = tmp_path / f"work{next(number)}"
            work.mkdir()
            shares: list[float] = []
            composed = await compose(composition, sources, work, shares.append, picture=picture)
            assert shares == sorted(shares)
            assert shares[-1] == 1.0
            assert composed.media.composed
            left = {path.name for path in work.iterdir() if not path.name.startswith("text")}
            assert left == {composed.media.path.name}
            return Film(composition, composed, shares)

        return asyncio.run(whole())

    return made


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of clips that the tests share: counted pictures, flashes with beeps, a tone, plain colours."""
    folder = tmp_path_factory.mktemp("clips")
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    counted = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=3", "-f", "lavfi", "-i", "sine=440:d=3")
    ffmpeg(*counted, *coded, "-g", 20, "-bf", 2, "-preset", "veryfast", "-c:a", "aac", folder / "counted.mp4")
    flashing = ("-f", "lavfi", "-i", f"color=black:s=64x64:r=30:d=3,{FLASH}", "-f", "lavfi", "-i", f"{BEEP}:d=3")
    ffmpeg(*flashing, *coded, "-c:a", "aac", folder / "flashing.mp4")
    ffmpeg("-f", "lavfi", "-i", "sine=330:d=1:r=44100", "-c:a", "libmp3lame", folder / "tone.mp3")
    quarters = (
        "color=red:s=160x90:r=25:d=1,drawbox=x=80:w=80:h=46:c=blue:t=fill,drawbox=y=46:h=44:w=80:c=lime:t=fill,"
        "drawbox=x=80:y=46:h=44:w=80:c=white:t=fill"
    )
    ffmpeg("-f", "lavfi", "-i", quarters, *coded, folder / "quarters.mp4")
    ffmpeg("-f", "lavfi", "-i", "color=lime:s=90x160:r=24:d=1", *coded, folder / "tall.mp4")
    return folder
