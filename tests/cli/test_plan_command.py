"""`nemovideo plan`: a table for people, JSON for programs, and nothing made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nemovideo import Plan
from nemovideo.cli.plan import table

from .conftest import World


def test_a_table() -> None:
    made = Plan(
        action="encode",
        limit=50_000_000,
        size=48_900_000,
        quality=91.6,
        seconds=80,
        width=1280,
        height=720,
        fps=25,
        duration=600,
        codec="h264",
        preset="slow",
        passes=2,
        video_kbps=530.4,
        audio="sound aac 96 kb/s stereo",
        notes=("720p looks better at this rate.", "the sound is encoded anew"),
    )
    assert "\n".join(table("talk.mp4", made)) == (
        "talk.mp4: fits under 50 MB, encoded.\n"
        "  size     about 48.9 MB\n"
        "  picture  1280×720, 25 fps, 10:00\n"
        "  quality  about VMAF 92 of 100\n"
        "  sound    aac 96 kb/s stereo\n"
        "  encoder  h264, preset slow, 2 passes, 530 kb/s\n"
        "  time     about 1:20\n"
        "Notes: 720p looks better at this rate; the sound is encoded anew.\n"
        "Nothing was made."
    )


@pytest.mark.parametrize(
    ("made", "lines"),
    [
        (
            Plan(action="keep", limit=10**7, size=5),
            ("fits under 10 MB already, and would be", "  size  5 b"),
        ),
        (Plan(action="remux", limit=None, size=5000), ("fits wrapped anew", "  size  about 5.00 kB")),
        (
            Plan(action="impossible", limit=1000, least_bytes=40_000),
            ("does not fit under 1 kB.", "  least  40.0 kB would work (--max-bytes 40000)"),
        ),
    ],
)
def test_other_outcomes(made: Plan, lines: tuple[str, ...]) -> None:
    told = table("a.mp4", made)
    for line, start in zip(told, lines, strict=False):
        assert line.removeprefix("a.mp4: ").startswith(start)
    assert told[-1] == "Nothing was made."


def test_nothing_is_made(world: World, clip: Path) -> None:
    done = world.run("plan", clip, "--max-bytes", 90_000, "--effort", "fast", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (told["action"], told["limit"], told["source"]) == ("encode", 90_000, str(clip))
    assert 0 < told["size"] <= 90_000
    assert told["seconds"] > 0
    assert told["notes"]
    done = world.run("plan", clip, "--max-bytes", 500)
    assert done.returncode == 4
    assert "  least " in done.stdout
    assert [path.name for path in world.work.iterdir()] == ["talk.mp4"]
    assert world.left_behind() == []


def test_exactly_one_limit(world: World, clip: Path) -> None:
    for options in ((), ("--max-mb", 1, "--preset", "discord")):
        done = world.run("plan", clip, *options)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "exactly one limit" in done.stderr


def test_the_cloud_is_refused_with_a_way_on(world: World, clip: Path) -> None:
    done = world.run("plan", clip, "--max-mb", 1, "--backend", "cloud", "--json", NEMO_TOKEN="t")
    told = json.loads(done.stdout)["error"]
    assert (done.returncode, told["type"]) == (2, "UsageError")
    assert told["hint"] == "Plan on this machine (--backend local)."


def test_presets_are_listed(world: World) -> None:
    done = world.run("presets")
    assert done.returncode == 0, done.stderr
    assert "discord-nitro-basic  50 MB   2026-11-20  an attachment with Nitro Basic" in done.stdout.splitlines()
    listed = json.loads(world.run("presets", "--json").stdout)["presets"]
    assert {"name", "max_bytes", "as_of", "what"} == set(listed[0])
