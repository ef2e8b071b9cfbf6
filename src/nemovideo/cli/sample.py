"""`nemovideo sample`: a clip for whoever has none at hand."""

from __future__ import annotations

from pathlib import Path

import click

from nemovideo.cli.options import output_options, set_up_log
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run
from nemovideo.errors import OutputExists, OutputNotWritable

__all__ = ["sample"]


@click.command()
@click.argument("output", default="sample.mp4", metavar="[OUTPUT]")
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=10, show_default=True, help="How long.")
@click.option("-y", "overwrite", is_flag=True, help="Replace an output that is there already.")
@output_options
def sample(output: str, *, seconds: float, overwrite: bool, as_json: bool, quiet: bool, verbose: bool) -> int:
    """Make a short clip with picture and sound to try things on (default: sample.mp4)."""
    target = Path(output)
    _refuse_unwritable(target, overwrite=overwrite)
    set_up_log(verbose=verbose)
    from nemovideo.display.terminal import size  # noqa: PLC0415 - a refusal need not wait for it
    from nemovideo.engine.media.sample import make_sample  # noqa: PLC0415

    run(make_sample(target, seconds=seconds))
    made = target.stat().st_size
    told = Output(json=as_json, quiet=quiet)
    told.result(
        {"path": str(target), "size": made, "duration": seconds},
        f"{target}: {size(made)}, {seconds:g} s of picture and sound",
    )
    return 0


def _refuse_unwritable(target: Path, *, overwrite: bool) -> None:
    if target.is_dir():
        raise OutputNotWritable(f"{target} is a folder.", hint="Name a file in it.")
    if target.exists() and not overwrite:
        raise OutputExists(f"{target} is there already.", hint="Pass -y to replace it, or name another output.")
    if not target.parent.is_dir():
        raise OutputNotWritable(f"The folder {target.parent} is missing.")
    if target.suffix.lower() != ".mp4":
        raise click.UsageError(f"{target.name}: a sample is an .mp4 file.")
