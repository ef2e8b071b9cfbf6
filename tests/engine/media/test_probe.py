from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import ffmpeg

from nemovideo.engine.media.findings import understand
from nemovideo.engine.media.media import media_from_json
from nemovideo.engine.media.probe import probe
from nemovideo.errors import DamagedFile, SourceNotFound, UnsupportedFile


def test_a_film_is_measured(run: Any, talk: Path):
    found = run(probe(talk))
    assert (found.container, found.kind, found.width, found.height, found.fps) == ("mp4", "video", 320, 180, 25.0)
    assert found.video is not None
    assert found.audio is not None
    assert (found.video.frames, found.video.codec, found.audio.codec) == (50, "h264", "aac")
    assert found.duration == pytest.approx(2.0, abs=0.03)
    assert found.video.bytes + found.audio.bytes < found.size == talk.stat().st_size


def test_json_and_back(run: Any, talk: Path):
    found = run(probe(talk))
    assert media_from_json(json.loads(json.dumps(found.to_json()))) == found


def test_rotation_and_pixel_aspect_are_applied(run: Any, portrait: Path, talk: Path, tmp_path: Path):
    found = run(probe(portrait))
    assert (found.width, found.height) == (180, 320)
    wide = tmp_path / "wide.mp4"
    ffmpeg("-i", talk, "-an", "-vf", "setsar=4/3", "-c:v", "libx264", "-frames:v", 3, wide)
    assert (run(probe(wide)).width, run(probe(wide)).height) == (427, 180)


def test_what_the_header_hides_is_counted(run: Any, talk: Path, tmp_path: Path):
    piped = tmp_path / "piped.mkv"
    piped.write_bytes(ffmpeg("-i", talk, "-c", "copy", "-f", "matroska", "pipe:1"))
    found = run(probe(piped))
    assert found.container == "mkv"
    assert found.duration == pytest.approx(2.0, abs=0.05)
    assert found.video is not None
    assert found.video.frames == 50


def test_sound_alone_is_said_to_be(run: Any, sound_only: Path):
    found = run(probe(sound_only))
    assert (found.kind, found.video) == ("audio", None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"just some text\n" * 9, "is no video"),
        (b"#EXTM3U\n#EXTINF:1,\nsecret.mp4\n", "is no video"),
        (b"ffconcat version 1.0\nfile secret.mp4\n", "is no video"),
    ],
)
def test_what_is_no_media_is_refused_by_content(run: Any, tmp_path: Path, content: bytes, says: str):
    fake = tmp_path / "film.mp4"
    fake.write_bytes(content)
    with pytest.raises(UnsupportedFile, match=says):
        run(probe(fake))


def test_folders_and_absent_files(run: Any, tmp_path: Path):
    with pytest.raises(UnsupportedFile, match="folder"):
        run(probe(tmp_path))
    with pytest.raises(SourceNotFound, match="no file"):
        run(probe(tmp_path / "absent.mp4"))


@pytest.mark.parametrize("flags", [(), ("-movflags", "+faststart")])
@pytest.mark.parametrize("share", [0.97, 0.5, 0.1])
def test_a_cut_off_film_is_damaged(run: Any, talk: Path, tmp_path: Path, share: float, flags: tuple[str, ...]):
    whole = tmp_path / "whole.mp4"
    ffmpeg("-i", talk, "-c", "copy", *flags, whole)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    with pytest.raises(DamagedFile, match=r"cut\.mp4 is damaged"):
        run(probe(cut))


@pytest.mark.parametrize("suffix", ["mkv", "webm"])
def test_a_cut_off_matroska_is_damaged_unless_it_never_knew_its_end(run: Any, talk: Path, tmp_path: Path, suffix: str):
    """A broken download lacks what it announced; a recorder that was switched off announced nothing."""
    whole, cut = tmp_path / f"whole.{suffix}", tmp_path / f"cut.{suffix}"
    coder = ("-c", "copy") if suffix == "mkv" else ("-an", "-c:v", "libvpx", "-deadline", "realtime")
    ffmpeg("-i", talk, *coder, whole)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    with pytest.raises(DamagedFile, match=r"the last \d+ of its \d+ bytes are missing"):
        run(probe(cut))
    live = ffmpeg("-i", talk, "-c", "copy", "-f", "matroska", "pipe:1")
    cut.write_bytes(live[: len(live) * 6 // 10])
    assert run(probe(cut)).duration == pytest.approx(1.2, abs=0.3)


def test_a_playlist_inside_media_opens_nothing(run: Any, tmp_path: Path):
    """The demuxer is named, so even bytes that FFmpeg would take for a playlist after a false start open no file."""
    fake = tmp_path / "list.mp4"
    fake.write_bytes(b"\x00\x00\x00\x10ftypisom" + bytes(4) + b"\n#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    with pytest.raises((DamagedFile, UnsupportedFile)):
        run(probe(fake))


def test_no_ffmpeg_library_is_loaded_here(talk: Path):
    program = (
        "import asyncio, sys, pathlib\nimport nemovideo.engine.media.fit\n"
        "from nemovideo.engine.media.probe import probe\n"
        "asyncio.run(probe(pathlib.Path(sys.argv[1])))\nassert 'av' not in sys.modules\n"
        "maps = pathlib.Path('/proc/self/maps')\nassert not maps.exists() or 'libav' not in maps.read_text()\n"
    )
    subprocess.run([sys.executable, "-c", program, talk], check=True)


def test_codecs_that_are_not_read_are_named(run: Any, talk: Path, tmp_path: Path):
    odd, dumb, loud = tmp_path / "odd.mkv", tmp_path / "dumb.mkv", tmp_path / "loud.mka"
    ffmpeg("-i", talk, "-frames:v", 3, "-c:v", "asv1", odd)
    with pytest.raises(UnsupportedFile, match="picture is coded as asv1, which is not read here"):
        run(probe(odd))
    ffmpeg("-i", talk, "-c:v", "copy", "-c:a", "wavpack", dumb)
    found = run(probe(dumb))
    assert (found.audio, found.unread) == (None, ("wavpack",))
    ffmpeg("-i", dumb, "-vn", "-c", "copy", "-f", "matroska", loud)
    with pytest.raises(UnsupportedFile, match="sound is coded as wavpack"):
        run(probe(loud))


def test_a_picture_too_large_is_refused_with_its_size(run: Any, tmp_path: Path):
    large = tmp_path / "large.mkv"
    ffmpeg("-f", "lavfi", "-i", "color=s=8200x8200", "-frames:v", 1, "-c:v", "mjpeg", large)
    with pytest.raises(UnsupportedFile, match="8200x8200 is larger"):
        run(probe(large))


def test_damage_is_told_without_advice_for_programmers():
    advice = "Could not find codec parameters. Consider increasing the value for the 'analyzeduration'"
    with pytest.raises(DamagedFile) as raised:
        understand(Path("film.mov"), 9, "mov", {"error": "damaged", "message": "Invalid data"}, said=advice)
    assert "analyzeduration" not in str(raised.value)


CLIPS = {
    "anim_bbb_480p24_30s_aac.mp4": (854, 480, 720, 30.0),
    "rot90_bbb_1080p24_aac.mp4": (1080, 1920, 45, 2.01),
    "screen_1080p_noduration.mkv": (1920, 1080, 745, 35.2),
    "multi_2v2a2s_nasa.mp4": (480, 270, 390, 13.06),
    "hlg8bit_720x720p60.ts": (720, 720, 298, 4.99),
    "alpha_vp9_720p60.webm": (1280, 720, 541, 9.02),
    "tiny_vfr.mp4": (128, 128, 300, 14.95),
}


@pytest.mark.media
@pytest.mark.parametrize("name", CLIPS)
def test_real_clips(run: Any, shared: Path, name: str):
    found = run(probe(shared / "media" / name))
    width, height, frames, seconds = CLIPS[name]
    assert found.video is not None
    assert (found.width, found.height, found.video.frames) == (width, height, frames)
    assert found.duration == pytest.approx(seconds, abs=0.05)


@pytest.mark.media
def test_real_troubles(run: Any, shared: Path):
    with pytest.raises(DamagedFile, match="picture 31 is torn"):
        run(probe(shared / "media" / "err_corrupted.mp4"))
    alpha = run(probe(shared / "media" / "alpha_vp9_720p60.webm")).video
    hlg = run(probe(shared / "media" / "hlg8bit_720x720p60.ts")).video
    vfr = run(probe(shared / "media" / "tiny_vfr.mp4")).video
    assert (alpha.alpha, hlg.hdr, vfr.vfr) == (True, "hlg", True)
