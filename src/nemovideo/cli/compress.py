"""`nemovideo compress`: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nemovideo.cli.backends import describe, open_client
from nemovideo.cli.options import backend_option, megabytes, output_options, set_up_log, whole_bytes
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run
from nemovideo.protocol.presets import PRESETS

if TYPE_CHECKING:
    from nemovideo.protocol.compress import Codec, Effort
    from nemovideo.workflows.result import CompressResult


@click.command()
@click.argument("source", metavar="INPUT")
@click.option("-o", "--output", metavar="OUTPUT", help="Where to. Default: INPUT.compressed.mp4 beside the input.")
@click.option("--max-mb", type=megabytes, metavar="N", help="At most N megabytes of 1,000,000 bytes.")
@click.option("--max-bytes", type=whole_bytes, metavar="N", help="At most N bytes.")
@click.option(
    "--preset",
    type=click.Choice(sorted(PRESETS)),
    metavar="NAME",
    help=f"At most what a service takes: {', '.join(PRESETS)}.",
)
@click.option("--codec", type=click.Choice(["h264", "hevc", "av1"]), help="Default: h264; av1 in a .webm output.")
@click.option("--effort", type=click.Choice(["fast", "balanced", "best"]), default="balanced", show_default=True)
@backend_option
@click.option("-y", "overwrite", is_flag=True, help="Replace an output that is there already.")
@output_options
def compress(
    source: str,
    output: str | None,
    *,
    max_mb: float | None,
    max_bytes: int | None,
    preset: str | None,
    codec: Codec | None,
    effort: Effort,
    overwrite: bool,
    backend: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Make INPUT fit under a size, playable and never over the limit."""
    limits = sum(limit is not None for limit in (max_mb, max_bytes, preset))
    if limits != 1:
        raise click.UsageError(f"Give exactly one limit: --max-mb, --max-bytes or --preset ({limits} given).")
    set_up_log(verbose=verbose)
    told = Output(json=as_json, quiet=quiet)
    told.say(describe(backend))
    client, view = open_client(backend), told.progress()

    async def work() -> CompressResult:
        async with client:
            with view:
                return await client.compress(
                    source,
                    output,
                    max_mb=max_mb,
                    max_bytes=max_bytes,
                    preset=preset,
                    codec=codec,
                    effort=effort,
                    overwrite=overwrite,
                    on_progress=view.update,
                )

    result = run(work())
    told.result(result.to_json() | {"backend": backend}, *story(result))
    return 0


def story(result: CompressResult) -> tuple[str, ...]:
    """A result in two or three lines: where it is, how large, what the picture is, and every choice made on the way."""
    from nemovideo.display.terminal import duration, size  # noqa: PLC0415 - loaded by now

    if result.skipped:
        sizes = f"{size(result.size)}, fits already"
    else:
        sizes = f"{size(result.original_size) if result.original_size else 'a URL'} → {size(result.size)}"
    codecs = " and ".join(filter(None, (result.codec, result.audio_codec)))
    picture = f"{result.width}×{result.height}" if result.width and result.height else ""
    rate = f"{result.fps:.4g} fps" if result.fps else ""
    length = duration(result.duration) if result.duration else ""
    took = f"made in {duration(sum(result.timings.values()))}" if result.timings and not result.skipped else ""
    about = ", ".join(filter(None, (picture, rate, length, codecs, took)))
    lines = [f"{result.path}: {sizes} (limit {size(result.limit)})", about]
    if result.notes:
        lines.append("Notes: " + "; ".join(note.rstrip(".") for note in result.notes) + ".")
    return tuple(filter(None, lines))
