"""Kinds of files: old and rare codecs, moving and still pictures, covers and tracks that are no picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, difference, ffmpeg, gray

from nemovideo.engine.media.fit import fit
from nemovideo.engine.media.probe import probe
from nemovideo.errors import NoPicture, UnsupportedFile
from nemovideo.protocol.compress import CompressRequest

pytestmark = pytest.mark.media
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def source(path: Path, *coder: object, size: str = "96x64", rate: int = 25, frames: int = 8) -> Path:
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}", "-frames:v", frames, *coder, path)
    return path


@pytest.mark.parametrize(
    ("name", "codec", "coder"),
    [
        ("old.avi", "mpeg4", ("-c:v", "mpeg4")),
        ("camera.avi", "mjpeg", ("-c:v", "mjpeg", "-pix_fmt", "yuvj422p")),
        ("edit.mov", "prores", ("-c:v", "prores_ks")),
        ("early.webm", "vp8", ("-c:v", "libvpx", "-deadline", "realtime")),
        ("free.ogv", "theora", ("-c:v", "libtheora")),
        ("windows.wmv", "wmv2", ("-c:v", "wmv2")),
        ("disc.mpg", "mpeg2video", ("-c:v", "mpeg2video")),
        ("quarter.avi", "rawvideo", ("-c:v", "rawvideo", "-pix_fmt", "yuv411p")),
        ("moving.png", "apng", ("-f", "apng")),
    ],
)
def test_rare_codecs_are_read(run: Any, make: Make, tmp_path: Path, name: str, codec: str, coder: tuple[object, ...]):
    rare = source(tmp_path / name, *coder)
    made = run(make(rare, None, effort="fast"))
    assert made.source.video.codec == codec
    assert (made.result.video.codec, made.result.video.frames) == ("h264", 8)
    assert difference(gray(made.path, at=0.2), gray(rare, at=0.2)) < 6


@pytest.mark.parametrize("name", ["tape.dv", "tape.avi"])
def test_tape_is_read(run: Any, make: Make, tmp_path: Path, name: str):
    tape = source(tmp_path / name, "-pix_fmt", "yuv420p", "-c:v", "dvvideo", size="720x576", frames=3)
    made = run(make(tape, None, effort="fast"))
    assert (made.result.width, made.result.height) == (768 if name.endswith("dv") else 720, 576)
    assert made.result.video.frames == 3
    assert difference(gray(made.path), gray(tape)) < 6


@pytest.mark.parametrize(
    ("name", "coder"),
    [
        ("a.jpg", ()),
        ("a.png", ()),
        ("a.webp", ("-c:v", "libwebp")),
        ("a.gif", ()),
        ("a.avif", ("-c:v", "libaom-av1", "-still-picture", 1, "-cpu-used", 8)),
        ("a.bmp", ()),
        ("a.tiff", ()),
    ],
)
def test_still_images_are_refused_with_a_word_on_what_takes_them(
    run: Any, tmp_path: Path, name: str, coder: tuple[object, ...]
):
    with pytest.raises(UnsupportedFile, match=r"a\.\w+ is a still image, not a video\. .*image tool"):
        run(_fit(source(tmp_path / name, *coder, frames=1), tmp_path))


def test_animated_webp_is_named(run: Any, tmp_path: Path):
    moving = source(tmp_path / "a.webp", "-c:v", "libwebp_anim")
    with pytest.raises(UnsupportedFile, match=r"is an animated WebP, which is not read here.*GIF"):
        run(probe(moving))


async def _fit(path: Path, folder: Path) -> None:
    (folder / "work").mkdir()
    target = folder / "result.mp4"
    request = CompressRequest(max_bytes=10_000)
    try:
        await fit(await probe(path), target, request, container="mp4", work=folder / "work", on_progress=print)
    finally:
        assert not target.exists()


@pytest.mark.parametrize("name", ["song.mp3", "song.m4a"])
def test_a_cover_is_no_film(run: Any, tmp_path: Path, name: str):
    cover, song = source(tmp_path / "cover.png", frames=1), tmp_path / name
    sound = ("-f", "lavfi", "-i", "sine=d=0.5", "-i", cover, "-map", 0, "-map", 1, "-c:v", "copy")
    ffmpeg(*sound, "-disposition:v", "attached_pic", song)
    found = run(probe(song))
    assert (found.kind, found.video, found.covers, found.data_tracks) == ("audio", None, 1, 0)
    with pytest.raises(NoPicture, match="has no picture, only sound"):
        run(_fit(song, tmp_path))


def test_a_cover_beside_a_film_is_left_out(run: Any, make: Make, tmp_path: Path):
    cover, film, both = source(tmp_path / "cover.png", frames=1, size="400x400"), tmp_path / "f.mp4", tmp_path / "b.mp4"
    source(film, *FAST)
    ffmpeg("-i", cover, "-i", film, "-map", 0, "-map", 1, "-c", "copy", "-disposition:v:0", "attached_pic", both)
    made = run(make(both, film.stat().st_size * 2 // 3, effort="fast"))
    assert (made.result.width, made.result.video_tracks) == (96, 1)
    assert difference(gray(made.path), gray(film)) < 10
    assert "cover picture left out" in made.report.notes
    assert not any("data track" in note for note in made.report.notes)


def test_the_clock_of_a_camera_is_left_out_with_a_word(run: Any, make: Make, tmp_path: Path):
    camera = source(tmp_path / "camera.mov", "-metadata:s:v", "timecode=01:00:00:00", *FAST)
    made = run(make(camera, camera.stat().st_size * 2 // 3, effort="fast"))
    assert (made.source.data_tracks, made.result.data_tracks) == (1, 0)
    assert any("data track(s) left out" in note for note in made.report.notes)


def test_of_two_pictures_the_default_one_is_taken(run: Any, make: Make, tmp_path: Path):
    small, large, both = tmp_path / "s.mp4", tmp_path / "l.mp4", tmp_path / "both.mkv"
    source(small, *FAST)
    source(large, "-vf", "hflip", *FAST, size="192x128")
    maps = ("-i", large, "-i", small, "-map", 0, "-map", 1, "-c", "copy", "-disposition:v:0", 0)
    ffmpeg(*maps, "-disposition:v:1", "default", both)
    made = run(make(both, None, effort="fast"))
    assert made.result.width == 96
    assert difference(gray(made.path), gray(small)) < 6
    assert any("1 more picture track(s) left out" in note for note in made.report.notes)


def test_a_gif_keeps_its_pauses_and_its_holes_become_black(run: Any, make: Make, tmp_path: Path):
    gif = tmp_path / "holes.gif"
    holes = "color=white@0:s=64x48:r=10:d=0.5,format=rgba,drawbox=x=32:w=32:h=48:c=white:t=fill:replace=1"
    pauses = "setpts='if(lt(N,2),N,N+5)'"
    ffmpeg(
        *("-f", "lavfi", "-i", f"{holes},drawbox=x=32:y='t*80':w=32:h=8:c=red:t=fill:replace=1"),
        *("-vf", f"{pauses},split[a][b];[a]palettegen[p];[b][p]paletteuse", "-fps_mode", "passthrough", gif),
    )
    made = run(make(gif, None, effort="fast"))
    lines = ffmpeg("-i", made.path, "-f", "framecrc", "-enc_time_base", "1/100", "-").decode().splitlines()
    times = [int(line.split(",")[2]) for line in lines if not line.startswith("#")]
    assert times == [0, 10, 70, 80, 90]
    assert "transparency laid over black" in made.report.notes
    picture = gray(made.path, side=8)
    assert (picture[8 * 6] < 20, picture[8 * 6 + 7] > 220) == (True, True)
