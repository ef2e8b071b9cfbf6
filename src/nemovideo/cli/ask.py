"""`nemovideo ask`: one message to the session, and what it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nemovideo.cli.oneshot import choose, one_shot, patience
from nemovideo.cli.options import (
    backend_option,
    output_options,
    session_option,
    set_up_log,
    skill_option,
    video_output,
    words,
)
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run
from nemovideo.errors import NemoError

if TYPE_CHECKING:
    from pathlib import Path

    from nemovideo.cli.oneshot import Choice
    from nemovideo.client import AsyncNemoClient
    from nemovideo.workflows.conversation import Answer

__all__ = ["ask"]


@click.command()
@click.argument("text", type=words)
@click.option("-f", "--file", "files", multiple=True, metavar="FILE_OR_URL", help="Upload this first; may be repeated.")
@click.option("-o", "--output", type=video_output, metavar="OUTPUT", help="Export, when it is done, to this file.")
@click.option("-y", "overwrite", is_flag=True, help="Replace an output that is there already.")
@session_option
@skill_option
@backend_option
@output_options
def ask(
    text: str,
    files: tuple[str, ...],
    output: Path | None,
    *,
    overwrite: bool,
    given: str | None,
    skill: str | None,
    backend: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Say what is wanted: "compress it to 5 MB", "export", "导出".

    -o FILE exports to it; a folder only says where exports go. Prints the answer, and where a file was written. What
    is not understood is answered and ends with 0; with -o FILE it is an error (5), as nothing is exported then.
    """
    set_up_log(verbose=verbose)
    told = Output(json=as_json, quiet=quiet)
    choice = choose(backend, given, told.note, text=text)
    with one_shot(backend, skill, told) as client, choice.explained():
        session, answer = run(_ask(client, choice, told, text=text, files=files, output=output, overwrite=overwrite))
    told.result(
        {
            "backend": backend,
            "session_id": session,
            "new_session": choice.made,
            "text": answer.text,
            "done": answer.done,
            "actions": list(answer.actions),
            "changes": list(answer.changes),
            "files": [str(each) for each in answer.files],
        },
        answer.text,
    )
    return 0


async def _ask(
    client: AsyncNemoClient,
    choice: Choice,
    told: Output,
    *,
    text: str,
    files: tuple[str, ...],
    output: Path | None,
    overwrite: bool,
) -> tuple[str, Answer]:
    from nemovideo.source import open_source  # noqa: PLC0415 - loaded by now

    for source in files:
        await open_source(source)  # a file that is missing makes no session
    view = told.bar(here=client.is_local)
    async with client, patience(told.note):
        session = await choice.usable(client, replace=bool(files))
        try:
            with view:
                answer = await client.ask(
                    session, text, files=files, output=output, overwrite=overwrite, on_progress=view.update
                )
        except NemoError as error:
            if error.answer is not None:  # what was done before it failed is done
                told.say(str(error.answer))
            raise
        await choice.keep(session)
    return session, answer
