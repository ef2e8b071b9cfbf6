"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "backend_name",
    "backend_option",
    "megabytes",
    "output_options",
    "private_option",
    "session_id",
    "session_option",
    "set_up_log",
    "skill_option",
    "video_output",
    "whole_bytes",
    "words",
]

Command = TypeVar("Command", bound="Callable[..., Any]")


def megabytes(text: str) -> float:
    """A number of megabytes above zero, fractions allowed; anything else is refused with one line."""
    try:
        number = float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a number.") from None
    if not math.isfinite(number) or number <= 0:
        raise click.BadParameter(f"{text} is no size: give a number of megabytes above zero.")
    if number * 1_000_000 < 1:
        raise click.BadParameter(f"{text} MB is less than one byte.")
    return number


def whole_bytes(text: str) -> int:
    """A whole number of bytes above zero; anything else is refused with one line."""
    try:
        number = int(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a whole number of bytes.") from None
    if number <= 0:
        raise click.BadParameter(f"{text} is no size: give a number of bytes above zero.")
    return number


def backend_name(text: str) -> str:
    """`local`, `cloud`, or the URL of an engine."""
    text = text.strip()
    if text not in {"local", "cloud"} and not _is_url(text):
        raise click.BadParameter(f"{text!r} is no backend: say local, cloud, or the URL of an engine (http://…).")
    return text.rstrip("/")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that does not close
        return False


def _default_backend() -> str:
    from nemovideo.settings import Settings  # noqa: PLC0415 - --help and refusals do without

    return Settings.from_environment().backend


def backend_option(command: Command) -> Command:
    """Add `--backend`, local unless NEMO_BACKEND says otherwise."""
    return click.option(
        "--backend",
        type=backend_name,
        default=_default_backend,
        metavar="local|cloud|URL",
        help="Who does the work. Default: NEMO_BACKEND, else local.",
    )(command)


def session_id(text: str) -> str:
    """A session's id, or `new`."""
    if not (text := text.strip()) or not text.isprintable():
        raise click.BadParameter(f"{text!r} is no session: give its id, or new.")
    return text


def session_option(command: Command) -> Command:
    """Add `--session`."""
    return click.option(
        "--session",
        "given",
        type=session_id,
        metavar="ID|new",
        help="Which session, and remember it; new starts over. Default: the one remembered for this backend.",
    )(command)


def skill_option(command: Command) -> Command:
    """Add `--skill`."""
    return click.option(
        "--skill",
        metavar="PATH",
        help="The folder of the skill on whose behalf this is done, or its SKILL.md: named in every call's headers.",
    )(command)


def private_option(command: Command) -> Command:
    """Add `--allow-private-urls`."""
    return click.option(
        "--allow-private-urls",
        is_flag=True,
        help="Let an INPUT that is a URL lie on this machine's own or a private network; with the local backend.",
    )(command)


def words(text: str) -> str:
    """What a person says, as Unicode whatever the locale: arguments that the locale could not read are UTF-8."""
    try:
        text = os.fsencode(text).decode("utf-8")
    except UnicodeError:
        raise click.BadParameter("the text is not UTF-8.") from None
    if not text.strip():
        raise click.BadParameter('there is nothing in it; say something like "compress it to 5 MB".')
    return text.strip()


OUTPUTS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".gif", ".mp3", ".m4a", ".wav", ".aac")


def video_output(text: str) -> Path:
    """Where an export goes: a folder, or a file whose suffix says what is made."""
    path = Path(text).expanduser()
    if path.suffix.lower() not in OUTPUTS and not path.is_dir():
        raise click.BadParameter(f"{text}: end the name in {', '.join(OUTPUTS)}.")
    return path


def output_options(command: Command) -> Command:
    """Add `--json`, `--quiet` and `--verbose`."""
    for option in (
        click.option("--verbose", is_flag=True, help="Log what happens, and the whole trace of an error, to stderr."),
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        click.option(
            "--json", "as_json", is_flag=True, help="Print one JSON object, errors included, and nothing else."
        ),
    ):
        command = option(command)
    return command


def set_up_log(*, verbose: bool) -> None:
    """Send nemovideo's own log to stderr with `--verbose`; without, nothing but our one line goes there."""
    import logging  # noqa: PLC0415 - --help and refusals do without

    if not verbose:
        logging.lastResort = logging.NullHandler()
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger = logging.getLogger("nemovideo")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
