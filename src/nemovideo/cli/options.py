"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Callable

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
