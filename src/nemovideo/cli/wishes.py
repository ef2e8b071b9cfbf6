"""What may be wished of a compression beyond its size: options under the names that `client.compress` has for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from nemovideo.protocol.compress import Audio, Codec, Effort

__all__ = ["Wishes", "above_zero", "short_side", "wish_options"]

Command = TypeVar("Command", bound="Callable[..., Any]")

# Written out: looking them up in nemovideo.protocol.compress would load pydantic for --help. A test compares.
CODECS = ("h264", "hevc", "av1")
EFFORTS = ("fast", "balanced", "best")
AUDIO = ("auto", "copy", "aac", "opus", "none")
MAX_HEIGHT = 1080


class Wishes(TypedDict):
    """The options' values, as `client.compress` takes them."""

    codec: Codec | None
    effort: Effort
    max_height: int | None
    fps: float | None
    audio: Audio
    keep_hdr: bool
    keep_metadata: bool
    measure_quality: bool
    deadline: float | None


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


_OPTIONS = (
    click.option("--codec", type=click.Choice(CODECS), help="Default: h264; av1 in a .webm output."),
    click.option("--effort", type=click.Choice(EFFORTS), default="balanced", show_default=True),
    click.option(
        "--max-height",
        type=short_side,
        default=str(MAX_HEIGHT),
        show_default=True,
        metavar="N|any",
        help="The longest short side in pixels.",
    ),
    click.option("--fps", type=above_zero, metavar="N", help="At most N frames a second."),
    click.option("--audio", type=click.Choice(AUDIO), default="auto", show_default=True),
    click.option("--keep-hdr", is_flag=True, help="Keep HDR; needs --codec hevc or av1."),
    click.option("--keep-metadata", is_flag=True, help="Keep titles, dates and places, which are stripped otherwise."),
    click.option("--measure-quality", is_flag=True, help="Measure the result's VMAF against the source."),
    click.option("--deadline", type=above_zero, metavar="SECONDS", help="Give up after so long."),
)


def wish_options(command: Command) -> Command:
    """Add them all, in this order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
