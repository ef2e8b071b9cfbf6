"""`nemovideo presets`: what services take, and when that was looked up."""

from __future__ import annotations

import click

from nemovideo.cli.options import output_options, set_up_log
from nemovideo.cli.output import Output
from nemovideo.protocol.presets import PRESETS

__all__ = ["presets"]


@click.command()
@output_options
def presets(*, as_json: bool, quiet: bool, verbose: bool) -> int:
    """List what services take: the names that --preset knows. The figures move; each has the day it was looked up."""
    from nemovideo.protocol.sizes import told_limit  # noqa: PLC0415 - --help does without

    set_up_log(verbose=verbose)
    rows = [(name, told_limit(preset.max_bytes), preset.as_of, preset.what) for name, preset in PRESETS.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    Output(json=as_json, quiet=quiet).result(
        {
            "presets": [
                {"name": name, "max_bytes": preset.max_bytes, "as_of": preset.as_of, "what": preset.what}
                for name, preset in PRESETS.items()
            ]
        },
        *("  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])) for row in rows),
    )
    return 0
