"""`nemovideo export`: the session's draft as a file."""

from __future__ import annotations

import asyncio
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import click

from nemovideo.cli.oneshot import choose, one_shot, patience
from nemovideo.cli.options import backend_option, output_options, session_option, set_up_log, skill_option, video_output
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run
from nemovideo.errors import NemoError, RenderFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from nemovideo.cli.oneshot import Choice
    from nemovideo.client import AsyncNemoClient
    from nemovideo.display.terminal import ProgressView

__all__ = ["export"]


@click.command()
@click.option(
    "-o",
    "--output",
    type=video_output,
    metavar="OUTPUT",
    help="A file, or a folder. Default: a free name here.",
)
@click.option("--resume", metavar="RENDER_ID", help="Wait for a render that was begun earlier, and fetch its result.")
@click.option("-y", "overwrite", is_flag=True, help="Replace an output that is there already.")
@session_option
@skill_option
@backend_option
@output_options
def export(
    output: Path | None,
    resume: str | None,
    *,
    overwrite: bool,
    given: str | None,
    skill: str | None,
    backend: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Render what the session holds and fetch the result. It costs no credits."""
    set_up_log(verbose=verbose)
    told = Output(json=as_json, quiet=quiet)
    choice = choose(backend, given, told.note)
    session = None if resume is not None else choice.present()
    with one_shot(backend, skill, told, abandon=resume is None) as client, choice.explained():
        fetch = _Fetch(client, output, told.bar(here=backend == "local"), overwrite=overwrite)
        work = fetch.resumed(resume) if resume is not None else fetch.exported(choice)
        path = run(_patiently(work, told))
    from nemovideo.display.terminal import size  # noqa: PLC0415 - loaded by now

    made = path.stat().st_size
    told.result({"backend": backend, "session_id": session, "path": str(path), "size": made}, f"{path}: {size(made)}")
    return 0


async def _patiently(work: Coroutine[Any, Any, Path], told: Output) -> Path:
    async with patience(told.note):
        return await work


@dataclass(slots=True)
class _Fetch:
    """Where a result goes, and who is shown how it comes."""

    client: AsyncNemoClient
    output: Path | None
    view: ProgressView
    _: KW_ONLY
    overwrite: bool

    async def exported(self, choice: Choice) -> Path:
        """Render the session's draft and fetch the result."""
        from nemovideo.workflows.naming import destination  # noqa: PLC0415 - loaded by now

        session = choice.present()
        async with self.client:
            state = await self.client.state.get(session)
            path = await asyncio.to_thread(destination, self.output, None, state)
            with self.view:
                done = await self.client.render.export(
                    session, path, overwrite=self.overwrite, on_progress=self.view.update
                )
            await choice.keep(session)
        return done

    async def resumed(self, render_id: str) -> Path:
        """Wait for a render that was begun earlier and fetch its result."""
        if self.output is None:
            raise UsageError("A render that is resumed needs a name for its result.", hint="Name it with -o OUTPUT.")
        async with self.client:
            try:
                with self.view:
                    return await self.client.render.resume(
                        render_id, self.output, overwrite=self.overwrite, on_progress=self.view.update
                    )
            except NemoError as error:
                if error.status not in {404, 410}:
                    raise
                raise RenderFailed(
                    f"There is no render {render_id} with this backend, or its file is gone.",
                    hint="See nemovideo state, or export again.",
                    render_id=render_id,
                ) from error
