"""The wishes on the command line are those of the program, no more and no less."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import get_args

import click
import pytest

from nemovideo import AsyncNemoClient
from nemovideo.cli import wishes
from nemovideo.cli.compress import compress
from nemovideo.cli.plan import plan
from nemovideo.protocol.compress import DEFAULT_MAX_HEIGHT, Audio, AudioTracks, Codec, Effort

from .conftest import World


def test_the_choices_are_the_programs() -> None:
    assert get_args(Codec) == wishes.CODECS
    assert get_args(Effort) == wishes.EFFORTS
    assert get_args(Audio) == wishes.AUDIO
    assert get_args(AudioTracks) == wishes.AUDIO_TRACKS
    assert wishes.MAX_HEIGHT == DEFAULT_MAX_HEIGHT


def test_every_argument_of_compress_has_its_option() -> None:
    arguments = set(inspect.signature(AsyncNemoClient.compress).parameters) - {"self", "on_progress", "on_over"}
    assert arguments <= {parameter.name for parameter in compress.params}
    planned = set(inspect.signature(AsyncNemoClient.plan).parameters) - {"self", "on_progress"}
    assert planned <= {parameter.name for parameter in plan.params}
    assert {parameter.name for parameter in compress.params} - {parameter.name for parameter in plan.params} == {
        "measure_quality",
        "overwrite",
    }


@pytest.mark.parametrize(("text", "height"), [("720", 720), ("720p", 720), ("any", None), (" ANY ", None)])
def test_heights(text: str, height: int | None) -> None:
    assert wishes.short_side(text) == height


@pytest.mark.parametrize("text", ["", "high", "7.5", "720i"])
def test_what_is_no_height(text: str) -> None:
    with pytest.raises(click.BadParameter):
        wishes.short_side(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "x"])
def test_what_is_not_above_zero(text: str) -> None:
    with pytest.raises(click.BadParameter):
        wishes.above_zero(text)


def test_they_all_reach_the_encoder(world: World, clip: Path) -> None:
    options = ("--max-height", "120p", "--fps", "10", "--audio", "none", "--measure-quality", "--codec", "hevc")
    done = world.run("compress", clip, "--max-bytes", 60_000, *options, "--keep-metadata", "--deadline", 100, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, told
    assert (told["height"], told["codec"], told["audio_codec"]) == (120, "hevc", None)
    assert told["fps"] == pytest.approx(10)
    assert told["quality"]["vmaf"] > 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--max-height", "5"), "--max-height"),
        (("--fps", "0"), "--fps"),
        (("--audio", "mp3"), "--audio"),
        (("--audio", "aac", "--strip-audio"), "No sound and sound (aac)"),
        (("--audio-tracks", "all", "--strip-audio"), "all sound tracks"),
        (("--keep-hdr",), "HDR"),
        (("--deadline", "-1"), "--deadline"),
    ],
)
def test_wishes_that_cannot_be(world: World, clip: Path, options: tuple[str, ...], says: str) -> None:
    done = world.run("compress", clip, "--max-bytes", 60_000, *options)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_a_deadline_that_passes(world: World, clip: Path, engine: str) -> None:
    done = world.run("compress", clip, "--max-bytes", 60_000, "--deadline", "0.001")
    assert done.returncode == 5
    assert done.stderr == f"error: {clip}: was not done within 0.001 s. Give it longer with --deadline.\n"
