"""`nemovideo compress`: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from nemovideo.cli.backends import describe, open_client
from nemovideo.cli.options import backend_option, output_options, private_option, set_up_log, skill_option
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run
from nemovideo.cli.wishes import Wishes, limit_options, one_limit, wish_options
from nemovideo.errors import DeadlineExceeded

if TYPE_CHECKING:
    from nemovideo.workflows.result import CompressResult

__all__ = ["compress", "story"]


@click.command()
@click.argument("source", metavar="INPUT")
@click.option("-o", "--output", metavar="OUTPUT", help="Where to. Default: INPUT.compressed.mp4 beside the input.")
@limit_options
@wish_options
@skill_option
@backend_option
@private_option
@click.option("-y", "overwrite", is_flag=True, help="Replace an output that is there already.")
@output_options
def compress(
    source: str,
    output: str | None,
    *,
    max_mb: float | None,
    max_bytes: int | None,
    preset: str | None,
    overwrite: bool,
    skill: str | None,
    backend: str,
    allow_private_urls: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **wishes: Unpack[Wishes],
) -> int:
    """Make INPUT fit under a size, playable and never over the limit."""
    limit = one_limit({"max_mb": max_mb, "max_bytes": max_bytes, "preset": preset})
    set_up_log(verbose=verbose)
    told = Output(json=as_json, quiet=quiet)
    told.say(describe(backend))
    client, view = (
        open_client(backend, skill=skill, allow_private_urls=allow_private_urls),
        told.progress(here=backend == "local"),
    )

    async def work() -> CompressResult:
        async with client:
            with view:
                return await client.compress(
                    source,
                    output,
                    overwrite=overwrite,
                    on_progress=view.update,
                    **limit,
                    **wishes,
                )

    try:
        result = run(work())
    except DeadlineExceeded as error:
        error.message = f"{source}: was not done within {wishes['deadline']:g} s."
        error.hint = _way_back(error, backend)
        raise
    told.result(result.to_json() | {"backend": backend}, *story(result))
    return 0


def _way_back(error: DeadlineExceeded, backend: str) -> str:
    """A local engine ends with its command; elsewhere a render goes on, and can be fetched."""
    if backend == "local" or error.render_id is None:
        return "Give it longer with --deadline."
    return f"It goes on; fetch it with: nemovideo export --backend {backend} --resume {error.render_id} -o OUTPUT"


def story(result: CompressResult) -> tuple[str, ...]:
    """A result in two or three lines: where it is, how large, what the picture is, and every choice made on the way."""
    from nemovideo.display.terminal import duration, size  # noqa: PLC0415 - loaded by now
    from nemovideo.protocol.json import mapping, number  # noqa: PLC0415

    if result.skipped:
        sizes = f"{size(result.size)}, fits already"
    else:
        sizes = f"{size(result.original_size) if result.original_size else 'a URL'} → {size(result.size)}"
    codecs = " and ".join(filter(None, (result.codec, result.audio_codec)))
    picture = f"{result.width}×{result.height}" if result.width and result.height else ""
    rate = f"{result.fps:.4g} fps" if result.fps else ""
    length = duration(result.duration) if result.duration else ""
    took = f"made in {duration(sum(result.timings.values()))}" if result.timings and not result.skipped else ""
    vmaf = number(mapping(result.quality).get("vmaf"))
    worst = number(mapping(result.quality).get("vmaf_p5"))
    quality = "" if vmaf is None else f"VMAF {vmaf:.1f}" + ("" if worst is None else f" (5th percentile {worst:.1f})")
    about = ", ".join(filter(None, (picture, rate, length, codecs, quality, took)))
    lines = [f"{result.path}: {sizes} (limit {size(result.limit)})", about]
    if result.notes:
        lines.append("Notes: " + "; ".join(note.rstrip(".") for note in result.notes) + ".")
    return tuple(filter(None, lines))
