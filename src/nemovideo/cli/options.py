"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")


class Megabytes(click.ParamType):
    """A number of megabytes above zero, fractions allowed."""

    name = "megabytes"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number; zero, negative, nan, inf and words are refused with one line."""
        try:
            number = float(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a number.", param, ctx)
        if not math.isfinite(number) or number <= 0:
            self.fail(f"{value} is no size: give a number of megabytes above zero.", param, ctx)
        if number * 1_000_000 < 1:
            self.fail(f"{value} MB is less than one byte.", param, ctx)
        return number


class Bytes(click.ParamType):
    """A whole number of bytes above zero."""

    name = "bytes"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number; zero, negative, fractions and words are refused with one line."""
        try:
            number = int(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a whole number of bytes.", param, ctx)
        if number <= 0:
            self.fail(f"{value} is no size: give a number of bytes above zero.", param, ctx)
        return number


class BackendName(click.ParamType):
    """`local`, `cloud`, or the URL of an engine."""

    name = "backend"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Accept the two names and http(s) URLs."""
        text = str(value).strip()
        if text not in {"local", "cloud"} and not _is_url(text):
            self.fail(f"{text!r} is no backend: say local, cloud, or the URL of an engine (http://…).", param, ctx)
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
        type=BackendName(),
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


def log_to_stderr() -> None:
    """Send nemovideo's own log to stderr, for `--verbose`."""
    import logging  # noqa: PLC0415 - wanted with --verbose only

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger = logging.getLogger("nemovideo")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
