"""What may be wished of a compression: options by the names that `client.compress` and `client.plan` have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from nemovideo.cli.options import megabytes, whole_bytes
from nemovideo.protocol.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nemovideo.protocol.compress import Audio, AudioTracks, Codec, Effort

__all__ = [
    "Limit",
    "PlanWishes",
    "Wishes",
    "above_zero",
    "limit_options",
    "one_limit",
    "plan_options",
    "short_side",
    "wish_options",
]

Command = TypeVar("Command", bound="Callable[..., Any]")

# Written out: looking them up in nemovideo.protocol.compress would load pydantic for --help. A test compares.
CODECS = ("h264", "hevc", "av1")
EFFORTS = ("fast", "balanced", "best")
AUDIO = ("auto", "copy", "aac", "opus", "none")
AUDIO_TRACKS = ("default", "all")
MAX_HEIGHT = 1080


class Limit(TypedDict):
    """The options that say how large; one of them is given."""

    max_mb: float | None
    max_bytes: int | None
    preset: str | None


class PlanWishes(TypedDict):
    """The options' values, as `client.plan` takes them."""

    codec: Codec | None
    effort: Effort
    max_height: int | None
    fps: float | None
    audio: Audio
    audio_tracks: AudioTracks
    strip_audio: bool
    keep_hdr: bool
    keep_metadata: bool
    deadline: float | None


class Wishes(PlanWishes):
    """The options' values, as `client.compress` takes them."""

    measure_quality: bool


def short_side(text: str) -> int | None:
    """A height in pixels, with or without a p; `any` lifts the ceiling."""
    if text.strip().lower() == "any":
        return None
    try:
        return int(text.strip().lower().removesuffix("p"))
    except ValueError:
        raise click.BadParameter(f"{text!r} is no height: give pixels, like 720, or any.") from None


def above_zero(text: str) -> float:
    """A finite number above zero."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise click.BadParameter(f"{text!r} is no number above zero.")
    return number


_LIMITS = (
    click.option("--max-mb", type=megabytes, metavar="N", help="At most N megabytes of 1,000,000 bytes."),
    click.option("--max-bytes", type=whole_bytes, metavar="N", help="At most N bytes."),
    click.option(
        "--preset",
        type=click.Choice(sorted(PRESETS)),
        metavar="NAME",
        help=f"At most what a service takes: {', '.join(PRESETS)}. See: nemovideo presets.",
    ),
)
_OPTIONS = (
    click.option(
        "--codec",
        type=click.Choice(CODECS),
        help="h264 plays everywhere; hevc and av1 look better at the same size. Default: h264; av1 in a .webm output.",
    ),
    click.option(
        "--effort",
        type=click.Choice(EFFORTS),
        default="balanced",
        show_default=True,
        help="How long to look for a better picture of the same size.",
    ),
    click.option(
        "--max-height",
        type=short_side,
        default=str(MAX_HEIGHT),
        show_default=True,
        metavar="N|any",
        help="The longest short side in pixels.",
    ),
    click.option("--fps", type=above_zero, metavar="N", help="At most N frames a second."),
    click.option(
        "--audio",
        type=click.Choice(AUDIO),
        default="auto",
        show_default=True,
        help="What becomes of the sound: auto copies it where it is small enough; none leaves it out.",
    ),
    click.option(
        "--audio-tracks",
        type=click.Choice(AUDIO_TRACKS),
        default="default",
        show_default=True,
        help="The sound track that players choose, or all of them.",
    ),
    click.option("--strip-audio", is_flag=True, help="Leave the sound out, as --audio none does."),
    click.option("--keep-hdr", is_flag=True, help="Keep HDR, which is mapped to SDR otherwise; needs hevc or av1."),
    click.option("--keep-metadata", is_flag=True, help="Keep titles, dates and places, which are stripped otherwise."),
    click.option("--deadline", type=above_zero, metavar="SECONDS", help="Give up after so long."),
)


def limit_options(command: Command) -> Command:
    """Add the three that say how large."""
    return _with(_LIMITS, command)


def plan_options(command: Command) -> Command:
    """Add what may be wished of a plan, in this order."""
    return _with(_OPTIONS, command)


def wish_options(command: Command) -> Command:
    """Add what may be wished of a compression: the same, and what only a result can be asked."""
    measure = click.option(
        "--measure-quality", is_flag=True, help="Measure the result's VMAF against the source, and tell it; takes time."
    )
    return _with((*_OPTIONS, measure), command)


def one_limit(limit: Limit) -> Limit:
    """The limit, of which exactly one kind is given.

    Raises:
        click.UsageError: none is, or several.
    """
    given = sum(value is not None for value in limit.values())
    if given != 1:
        raise click.UsageError(f"Give exactly one limit: --max-mb, --max-bytes or --preset ({given} given).")
    return limit


def _with(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
