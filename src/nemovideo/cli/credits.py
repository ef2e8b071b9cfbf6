"""`nemovideo credits`: what the account has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nemovideo.cli.backends import describe, open_client
from nemovideo.cli.options import backend_option, output_options, set_up_log, skill_option
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run

if TYPE_CHECKING:
    from nemovideo.client import AsyncNemoClient
    from nemovideo.resources.credits import Balance

__all__ = ["credits"]


@click.command()
@skill_option
@backend_option
@output_options
def credits(*, skill: str | None, backend: str, as_json: bool, quiet: bool, verbose: bool) -> int:  # noqa: A001 - the command's name
    """Show the credits of the account."""
    set_up_log(verbose=verbose)
    told = Output(json=as_json, quiet=quiet)
    told.say(describe(backend))
    if backend == "local":
        told.result(
            {"backend": backend, "metered": False},
            "This machine counts no credits; --backend cloud shows the account's.",
        )
        return 0
    balance = run(_balance(open_client(backend, skill=skill)))
    counted = {"available": balance.available, "frozen": balance.frozen, "total": balance.total}
    told.result(
        {"backend": backend, "metered": True} | counted,
        f"{balance.available:g} credits available, {balance.frozen:g} more reserved for work under way",
    )
    return 0


async def _balance(client: AsyncNemoClient) -> Balance:
    async with client:
        return await client.credits.balance()
