"""`nemovideo doctor`: is everything here that a compress needs?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nemovideo.cli.options import backend_option, output_options, set_up_log
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run

if TYPE_CHECKING:
    from nemovideo.cli.checks import Check

__all__ = ["doctor"]


@click.command()
@backend_option
@output_options
def doctor(*, backend: str, as_json: bool, quiet: bool, verbose: bool) -> int:
    """Look whether everything needed is here.

    Exits with 0 when a compress with this backend would work, else with the code that it would end with.
    """
    set_up_log(verbose=verbose)
    from nemovideo.cli.checks import examine  # noqa: PLC0415 - imports what it examines

    checks = run(examine(backend))
    fatal = next((check for check in checks if check.exit_code), None)
    told = Output(json=as_json, quiet=quiet)
    told.result(
        {"ok": fatal is None, "backend": backend, "checks": [check.to_json() for check in checks]},
        *(_line(check) for check in checks),
        "All that is needed is here."
        if fatal is None
        else f"A compress would fail: {fatal.name}. {fatal.hint}".rstrip(),
    )
    if fatal is not None and quiet and not as_json:
        click.echo(f"error: {fatal.name}: {fatal.detail.rstrip('.')}. {fatal.hint}".rstrip(), err=True)
    return fatal.exit_code if fatal else 0


def _line(check: Check) -> str:
    mark = "ok" if check.ok else "FAIL" if check.exit_code else "no"
    return f"{mark:>4}  {check.name}: {check.detail}"
