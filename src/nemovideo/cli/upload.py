"""`nemovideo upload`: files into the session."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from nemovideo.cli.oneshot import Choice, choose, one_shot, patience
from nemovideo.cli.options import backend_option, output_options, session_option, set_up_log, skill_option
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nemovideo.client import AsyncNemoClient
    from nemovideo.resources.upload import Upload

__all__ = ["TOLD", "describe_file", "facts", "upload"]

TOLD = ("filename", "kind", "duration", "width", "height", "fps", "size", "hash")


@click.command()
@click.argument("sources", metavar="FILE_OR_URL...", nargs=-1, required=True)
@session_option
@skill_option
@backend_option
@output_options
def upload(
    sources: tuple[str, ...],
    *,
    given: str | None,
    skill: str | None,
    backend: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Put files, or what lies at URLs, into the session; a first one makes it.

    All files are looked at before the first is sent. Prints what was understood of each.
    """
    set_up_log(verbose=verbose)
    told = Output(json=as_json, quiet=quiet)
    choice = choose(backend, given, told.note)
    with one_shot(backend, skill, told) as client, choice.explained():
        session, uploads = run(_upload(client, choice, sources, told))
    entries = [{"source": source} | facts(upload) for source, upload in zip(sources, uploads, strict=True)]
    told.result(
        {"backend": backend, "session_id": session, "new_session": choice.made, "files": entries},
        *(f"{entry['filename']}: {describe_file(entry)}" for entry in entries),
        f"Session {session}{' (new)' if choice.made else ''}",
    )
    return 0


async def _upload(
    client: AsyncNemoClient, choice: Choice, sources: tuple[str, ...], told: Output
) -> tuple[str, list[Upload]]:
    from nemovideo.source import open_source  # noqa: PLC0415 - loaded by now

    for source in sources:
        await open_source(source)  # a file that is missing makes no session
    async with client, patience(told.note):
        session = await choice.usable(client, replace=True)
        uploads = await client.upload.many(session, sources)
        await choice.keep(session)
    return session, uploads


def facts(upload: Upload) -> dict[str, Any]:
    """What `--json` tells of a file that was uploaded."""
    return {name: value for name, value in asdict(upload).items() if name in TOLD}


def describe_file(file: Mapping[str, Any]) -> str:
    """`video, 320×240, 2.0 s, 25 fps, 245 kB`: what was understood of a file."""
    from nemovideo.display.terminal import duration, size  # noqa: PLC0415 - loaded by now

    parts = [str(file["kind"])]
    parts += [f"{file['width']}×{file['height']}"] if file["width"] and file["height"] else []
    parts += [duration(file["duration"])] if file["duration"] else []
    parts += [f"{file['fps']:.4g} fps"] if file["fps"] else []
    parts += [size(file["size"])] if file["size"] else []
    return ", ".join(parts)
