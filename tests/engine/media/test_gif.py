from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media import conftest
from tests.engine.media.conftest import difference, ffmpeg, gray

from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.engine.media.fit import FitReport
from nemovideo.engine.media.gif import make_gif
from nemovideo.engine.media.giflook import LEANER, asked, leaner
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe
from nemovideo.errors import DamagedFile, NoPicture, TargetNotMet, UnsupportedFile
from nemovideo.protocol.compress import CompressRequest

Gif = Callable[..., tuple[FitReport, Media]]
BARS = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2")
SMALL = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture
def gif(tmp_path: Path, run: Any) -> Gif:
    """Make a GIF and probe it; checks what holds of every one."""
    number = iter(range(100))

    async def made(source: Path, limit: int | None = None, **wish: Any) -> tuple[FitReport, Media]:
        folder = tmp_path / f"gif{next(number)}"
        work = folder / "work"
        work.mkdir(parents=True)
        shares: list[float] = []
        target = folder / "result.gif"
        request = CompressRequest(max_bytes=limit, **wish)
        report = await make_gif(await probe(source), target, request, work=work, on_progress=shares.append)
        result = await probe(target)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert report.size == target.stat().st_size == result.size
        assert limit is None or report.size <= limit
        assert (result.container, result.width, result.height) == ("gif", report.width, report.height)
        assert b"NETSCAPE2.0\x03\x01\x00\x00" in target.read_bytes()[:2000]  # plays for ever
        return report, result

    return lambda *arguments, **wish: run(made(*arguments, **wish))


@pytest.fixture
def bars(tmp_path: Path) -> Path:
    path = tmp_path / "bars.mp4"
    ffmpeg(*BARS, "-f", "lavfi", "-i", "sine=d=2", *SMALL, path)
    return path


def frames_and_seconds(path: Path) -> tuple[int, float]:
    """Of a GIF as FFmpeg decodes it."""
    command = [find_ffmpeg(), "-nostdin", "-hide_banner", "-i", path, "-vf", "showinfo", "-f", "null", "-"]
    told = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stderr
    times = [float(at) for at in re.findall(r"pts_time:([\d.]+) .*", told)]
    long = [float(at) for at in re.findall(r"duration_time:([\d.]+)", told)]
    return len(times), times[-1] + long[-1]


def test_a_gif_shows_the_film_for_as_long_as_it_lasts(gif, bars):
    report, result = gif(bars)
    assert (report.width, report.height, report.fps, report.codec) == (320, 180, 12.5, "gif")
    assert report.audio_codec is None
    assert any("no sound" in note for note in report.notes)
    frames, seconds = frames_and_seconds(result.path)
    assert frames == 25
    assert seconds == pytest.approx(2.0, abs=0.05)
    for at in (0.0, 0.8, 1.6):
        assert difference(gray(bars, at=at), gray(result.path, at=at)) < 8
    assert difference(gray(bars, at=0.0), gray(result.path, at=1.6)) > 8


def test_under_a_limit_it_gets_smaller_and_stays_as_long(gif, bars):
    first, _ = gif(bars)
    for share in (0.6, 0.2):
        report, result = gif(bars, int(first.size * share))
        assert report.size > 0.55 * first.size * share
        assert report.width < first.width
        assert report.width / report.height == pytest.approx(16 / 9, rel=0.03)
        assert frames_and_seconds(result.path)[1] == pytest.approx(2.0, abs=0.2)


def test_what_cannot_be_met_names_a_limit_that_works(gif, bars):
    with pytest.raises(TargetNotMet) as told:
        gif(bars, 400)
    least = told.value.least_bytes
    assert least is not None
    assert least > 400
    report, _ = gif(bars, least)
    assert report.size <= least
    with pytest.raises(TargetNotMet):
        gif(bars, least - 1)


def test_size_and_speed_are_as_asked(gif, bars):
    report, result = gif(bars, max_height=90, fps=25)
    assert (report.width, report.height, report.fps) == (160, 90, 25)
    assert frames_and_seconds(result.path)[0] == 50


def test_a_phone_s_film_stands_upright(gif, bars, tmp_path):
    turned = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", 90, "-i", bars, "-c", "copy", turned)
    report, result = gif(turned)
    assert (report.width, report.height) == (180, 320)
    assert difference(gray(turned), gray(result.path)) < 8


def test_a_gif_that_fits_is_handed_back(gif, bars):
    _, one = gif(bars)
    report, again = gif(one.path)
    assert again.path.read_bytes() == one.path.read_bytes()
    assert report.plan["action"] == "keep"
    smaller, _ = gif(one.path, one.size // 2)
    assert smaller.plan["action"] == "encode"


def test_a_gif_of_one_picture_and_one_of_odd_sides(gif, tmp_path):
    one = tmp_path / "one.mkv"
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=101x57:r=25", "-frames:v", 1, "-c:v", "ffv1", one)
    report, result = gif(one)
    assert (report.width, report.height) in {(100, 56), (102, 58), (100, 58), (102, 56)}
    assert frames_and_seconds(result.path)[0] == 1


def test_pictures_that_come_unevenly_keep_their_times(gif, tmp_path):
    uneven = tmp_path / "uneven.mkv"
    ffmpeg(*BARS, "-vf", "select='not(between(n,5,30))'", "-fps_mode", "vfr", *SMALL, uneven)
    _, result = gif(uneven)
    assert frames_and_seconds(result.path)[1] == pytest.approx(2.0, abs=0.1)
    assert difference(gray(uneven, at=1.8), gray(result.path, at=1.8)) < 8


def test_what_is_no_film_is_refused(gif, tmp_path):
    sound, still = tmp_path / "sound.m4a", tmp_path / "still.png"
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", sound)
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", 1, still)
    with pytest.raises(NoPicture, match="GIF"):
        gif(sound)
    with pytest.raises(UnsupportedFile, match="still"):
        gif(still)


def test_a_damaged_film_is_told_and_leaves_nothing(gif, bars, tmp_path):
    whole = bars.read_bytes()
    start = whole.index(b"mdat") + 4000
    bars.write_bytes(whole[:start] + bytes(3000) + whole[start + 3000 :])
    with pytest.raises(DamagedFile):
        gif(bars)
    assert not list(tmp_path.glob("gif*/result.gif"))


def test_cancelling_ends_it_and_leaves_nothing(run, bars, tmp_path):
    async def flow() -> None:
        media, target = await probe(bars), tmp_path / "result.gif"
        started = asyncio.Event()
        making = make_gif(media, target, CompressRequest(), work=tmp_path, on_progress=lambda _: started.set())
        task = asyncio.ensure_future(making)
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(flow())
    assert not (tmp_path / "result.gif").exists()


def test_the_look_is_small_unless_asked_otherwise():
    film = conftest.media(width=1920, height=1080, fps=30)
    look = asked(film, CompressRequest())
    assert (look.width, look.height, look.fps) == (480, 270, 12.5)
    assert asked(film, CompressRequest(max_height=720)).height == 720
    assert asked(film, CompressRequest(max_height=None)).width == 1920
    assert asked(film, CompressRequest(fps=15)).fps == pytest.approx(100 / 7)
    assert asked(film, CompressRequest(fps=60)).fps == 30
    assert asked(conftest.media(fps=120), CompressRequest(fps=120)).fps == 50
    slow = conftest.media(width=200, height=100, fps=8)
    assert asked(slow, CompressRequest()).fps == 8
    assert asked(slow, CompressRequest()).width == 200


def test_each_leaner_look_is_leaner():
    first = asked(conftest.media(), CompressRequest())
    looks = [leaner(first, shares) for shares in LEANER]
    assert looks[0] == first
    weights = [look.width * look.height * look.fps * look.colors**0.3 for look in looks]
    assert weights == sorted(weights, reverse=True)
