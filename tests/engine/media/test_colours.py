"""Colours and levels that must come out as they went in, and shapes at the edge of what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, difference, ffmpeg, gray

pytestmark = pytest.mark.media
CLAY = (200, 100, 50)
"""A colour on which BT.601 and BT.709 differ by a dozen levels."""


def patch(path: Path, *coder: object, size: str = "64x48") -> Path:
    colour = "0x{:02X}{:02X}{:02X}".format(*CLAY)
    ffmpeg("-f", "lavfi", "-i", f"color={colour}:s={size}:r=10:d=0.2,format=rgb24", *coder, path)
    return path


def colour(path: Path) -> list[int]:
    """The mean colour of the first picture, as a player shows it that obeys the tags."""
    shown = "scale=in_range=auto:flags=accurate_rnd+full_chroma_int,format=gbrp,scale=1:1:flags=area,format=rgb24"
    return list(ffmpeg("-i", path, "-frames:v", 1, "-vf", shown, "-f", "rawvideo", "-"))


@pytest.mark.parametrize("size", ["64x48", "1280x720"])
@pytest.mark.parametrize(
    ("name", "coder"),
    [
        ("screen.mov", ("-c:v", "qtrle", "-pix_fmt", "rgb24")),
        ("clear.mov", ("-c:v", "qtrle", "-pix_fmt", "argb")),
        ("plain.avi", ("-c:v", "rawvideo", "-pix_fmt", "bgr24")),
        ("capture.avi", ("-c:v", "utvideo", "-pix_fmt", "gbrp")),
    ],
)
def test_rgb_keeps_its_colours(run: Any, make: Make, tmp_path: Path, name: str, coder: tuple[object, ...], size: str):
    source = patch(tmp_path / name, *coder, size=size)
    assert colour(run(make(source, None, effort="fast")).path) == pytest.approx(colour(source), abs=4)


@pytest.mark.parametrize("size", ["64x48", "1280x720"])
def test_a_gif_keeps_its_colours(run: Any, make: Make, tmp_path: Path, size: str):
    gif = patch(tmp_path / "a.gif", "-vf", "split[a][b];[a]palettegen=max_colors=4[p];[b][p]paletteuse", size=size)
    assert colour(run(make(gif, None, effort="fast")).path) == pytest.approx(CLAY, abs=6)


def test_full_range_becomes_limited_with_the_levels_kept(run: Any, make: Make, tmp_path: Path):
    full = tmp_path / "full.mp4"
    steps = "if(lt(X,40),0,if(lt(X,80),64,if(lt(X,120),191,255)))"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=s=160x48:r=10", "-frames:v", 2),
        *("-vf", f"format=yuv420p,geq=lum='{steps}':cb=128:cr=128,setparams=range=pc"),
        *("-color_range", "pc", "-c:v", "libx264", "-crf", 1, full),
    )
    made = run(make(full, None, effort="fast", max_height=46))
    assert (made.source.video.range, made.result.video.range, made.result.video.pix_fmt) == (2, 1, "yuv420p")
    row = ffmpeg("-i", made.path, "-frames:v", 1, "-vf", "extractplanes=y,crop=iw:1", "-f", "rawvideo", "-")
    seen = [row[len(row) * (2 * n + 1) // 8] for n in range(4)]
    assert seen == pytest.approx([16 + 219 * value / 255 for value in (0, 64, 191, 255)], abs=3)


@pytest.mark.parametrize(
    "turn", [("-display_hflip",), ("-display_vflip",), ("-display_hflip", "-display_rotation", 90)]
)
def test_mirrored_films_are_shown_so(run: Any, make: Make, talk: Path, tmp_path: Path, turn: tuple[object, ...]):
    mirrored = tmp_path / "mirrored.mp4"
    ffmpeg(*turn, "-i", talk, "-an", "-t", 0.2, "-c", "copy", mirrored)
    made = run(make(mirrored, None, effort="fast"))
    assert made.result.video.rotation == 0
    assert difference(gray(made.path), gray(mirrored)) < 6
    assert difference(gray(made.path), gray(talk)) > 12
    wrapped = run(make(mirrored, mirrored.stat().st_size * 2, container="mkv"))
    assert wrapped.report.plan["action"] == "remux"
    assert difference(gray(wrapped.path), gray(mirrored)) < 1


@pytest.mark.parametrize(("size", "width", "height"), [("2x2", 2, 2), ("2x64", 2, 64), ("65x49", 64, 48)])
def test_the_smallest_and_the_oddest_sizes(run: Any, make: Make, tmp_path: Path, size: str, width: int, height: int):
    tiny = tmp_path / "tiny.mkv"
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={size}:r=10", "-frames:v", 3, "-c:v", "ffv1", "-pix_fmt", "yuv444p", tiny)
    made = run(make(tiny, None, effort="fast"))
    assert (made.result.width, made.result.height, made.result.video.frames) == (width, height, 3)
    assert difference(gray(made.path, side=2), gray(tiny, side=2)) < 12


def test_eight_thousand_pixels_wide(run: Any, make: Make, tmp_path: Path):
    huge = tmp_path / "huge.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=0x808080:s=7680x4320:r=5:d=0.2,drawbox=w=3840:c=black:t=fill", "-frames:v", 1),
        *("-c:v", "libx264", "-preset", "ultrafast", huge),
    )
    made = run(make(huge, None, effort="fast"))
    assert (made.result.width, made.result.height) == (1920, 1080)
    assert gray(made.path, side=2)[0] < 10 < gray(made.path, side=2)[1]
