"""`nemovideo plan`: what `nemovideo compress` with the same options would do, without an encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from nemovideo.cli.backends import describe, open_client
from nemovideo.cli.options import backend_option, output_options, private_option, set_up_log, skill_option
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run
from nemovideo.cli.wishes import PlanWishes, limit_options, one_limit, plan_options
from nemovideo.errors import TargetNotMet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nemovideo.protocol.plan import Plan

__all__ = ["plan", "table"]


@click.command()
@click.argument("source", metavar="INPUT")
@click.option(
    "-o", "--output", metavar="OUTPUT", help="What the result is to be called; its suffix says the container."
)
@limit_options
@plan_options
@skill_option
@backend_option
@private_option
@output_options
def plan(
    source: str,
    output: str | None,
    *,
    max_mb: float | None,
    max_bytes: int | None,
    preset: str | None,
    skill: str | None,
    backend: str,
    allow_private_urls: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **wishes: Unpack[PlanWishes],
) -> int:
    """Tell what compressing INPUT would give: size, quality and time. Nothing is encoded, nothing written.

    Exits with 4 where the limit is out of reach; the plan then names the least that works. The cloud has no plans:
    this machine, or an engine that runs elsewhere, makes them.
    """
    limit = one_limit({"max_mb": max_mb, "max_bytes": max_bytes, "preset": preset})
    set_up_log(verbose=verbose)
    told = Output(json=as_json, quiet=quiet)
    told.say(describe(backend))
    client, view = (
        open_client(backend, skill=skill, allow_private_urls=allow_private_urls),
        told.bar(here=backend == "local"),
    )

    async def work() -> Plan:
        async with client:
            with view:
                return await client.plan(source, output, on_progress=view.update, **limit, **wishes)

    made = run(work())
    told.result({"source": source, "backend": backend} | made.model_dump(mode="json"), *table(source, made))
    return TargetNotMet.exit_code if made.action == "impossible" else 0


def table(source: str, made: Plan) -> tuple[str, ...]:
    """A plan as a person reads it: what would be done, then one line for each figure, then the reasons."""
    rows = list(_rows(made))
    width = max((len(name) for name, _ in rows), default=0)
    lines = [f"{source}: {_verdict(made)}", *(f"  {name.ljust(width)}  {value}" for name, value in rows)]
    if made.notes:
        lines.append("Notes: " + "; ".join(note.rstrip(".") for note in made.notes) + ".")
    return (*lines, "Nothing was made.")


def _verdict(made: Plan) -> str:
    from nemovideo.protocol.sizes import told_limit  # noqa: PLC0415 - loaded by now

    under = "" if made.limit is None else f" under {told_limit(made.limit)}"
    return {
        "keep": f"fits{under} already, and would be handed back as it is.",
        "remux": f"fits{under} wrapped anew, without an encode.",
        "encode": f"fits{under}, encoded.",
        "impossible": f"does not fit{under}.",
    }[made.action]


def _rows(made: Plan) -> Iterator[tuple[str, str]]:
    from nemovideo.display.terminal import duration, size  # noqa: PLC0415 - loaded by now

    if made.least_bytes is not None:
        yield "least", f"{size(made.least_bytes)} would work (--max-bytes {made.least_bytes})"
    if made.size is not None:
        about = "" if made.action == "keep" else "about "
        yield "size", about + size(made.size)
    picture = [f"{made.width}×{made.height}"] if made.width and made.height else []
    picture += [f"{made.fps:.4g} fps"] if made.fps else []
    picture += [duration(made.duration)] if made.duration else []
    if picture:
        yield "picture", ", ".join(picture)
    if made.quality is not None:
        yield "quality", f"about VMAF {made.quality:.0f} of 100"
    if made.audio:
        yield "sound", made.audio.removeprefix("sound ")
    encoder = [made.codec] if made.codec else []
    encoder += [f"preset {made.preset}"] if made.preset else []
    encoder += [f"{made.passes} pass{'es' * (made.passes > 1)}"] if made.passes else []
    encoder += [f"{made.video_kbps:.0f} kb/s"] if made.video_kbps else []
    if encoder:
        yield "encoder", ", ".join(encoder)
    if made.seconds:
        yield "time", f"about {duration(made.seconds)}"
