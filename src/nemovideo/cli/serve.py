"""`nemovideo serve`: the engine for other programs, until somebody stops it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nemovideo.cli.failures import Interrupted
from nemovideo.cli.options import output_options, set_up_log
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run
from nemovideo.errors import OutputNotWritable

if TYPE_CHECKING:
    from nemovideo.engine.faults.faults import Faults
    from nemovideo.engine.server import EngineConfig

__all__ = ["default_folder", "serve"]

DEFAULT_PORT = 8765
_BEYOND = "Other machines can reach it, and what they send travels unencrypted: keep it within a network you trust."


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; loopback unless you mean it."
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=DEFAULT_PORT, show_default=True, help="0 takes a free one."
)
@click.option("--data", metavar="DIR", help="Accounts, uploads and renders. Default: a folder of its own for you.")
@click.option("--unmetered", is_flag=True, help="Count no credits.")
@click.option(
    "--allow-private-urls",
    is_flag=True,
    help="Let uploads by URL reach this machine's own and private networks; refused otherwise.",
)
@click.option("--faults", metavar="FILE", help="Misbehave as the rules of this YAML file say; for testing programs.")
@output_options
def serve(
    *,
    host: str,
    port: int,
    data: str | None,
    unmetered: bool,
    allow_private_urls: bool,
    faults: str | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Run the engine for other programs until Ctrl-C."""
    if verbose:
        set_up_log(verbose=True)
    else:  # an operator sees the warnings: nobody else is told of them
        logging.getLogger("nemovideo").addHandler(logging.StreamHandler())
    wrong = None if faults is None else _faults(faults)
    folder = Path(data) if data else default_folder()
    _prepare(folder)
    from nemovideo.engine.server import EngineConfig  # noqa: PLC0415 - what is heavy comes after what may be refused

    config = EngineConfig(
        data_dir=folder,
        host=host,
        port=port,
        metered=not unmetered,
        allow_private_urls=allow_private_urls,
        faults=wrong,
    )
    told = Output(json=as_json, quiet=quiet)
    try:
        run(_serve(config, told, faults))
    except Interrupted as stop:
        told.say("Stopped.", *([] if wrong is None else _happened(wrong)))
        return 128 + stop.signum
    return 0


async def _serve(config: EngineConfig, told: Output, faults: str | None) -> None:
    from nemovideo.engine.server import EngineServer  # noqa: PLC0415 - loaded by now

    server = EngineServer(config)
    await server.start()
    try:
        key = config.data_dir / "key"
        rules = 0 if config.faults is None else len(config.faults.rules)
        told.result(
            {
                "url": server.base_url,
                "data": str(config.data_dir),
                "key_file": str(key),
                "metered": config.metered,
                "faults": rules,
            },
            f"Serving {server.base_url}",
            f"Data in {config.data_dir}; the operator's key is in {key}",
            *([] if faults is None else [f"Faults: {rules} rule{'' if rules == 1 else 's'} from {faults}"]),
            *([] if _is_loopback(config.host) else [_BEYOND]),
            "Ctrl-C stops it.",
        )
        await asyncio.Event().wait()
    finally:
        await server.stop()


def _faults(path: str) -> Faults:
    from nemovideo.engine.faults.faults import Faults  # noqa: PLC0415
    from nemovideo.engine.faults.rules import read_rules  # noqa: PLC0415 - for those alone who wish for faults

    return Faults(read_rules(path))


def _happened(faults: Faults) -> list[str]:
    """How often each rule has happened."""
    return [f"{times} × {rule}" for rule, times in faults.applied.items()]


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def default_folder() -> Path:
    """Where an engine without `--data` keeps what it knows."""
    from platformdirs import user_data_path  # noqa: PLC0415 - for this one question

    return user_data_path("nemovideo") / "engine"


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(
            f"The data folder {folder} cannot be made ({error.strerror}).", hint="Name another one with --data."
        ) from error
