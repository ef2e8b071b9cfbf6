"""`nemovideo state`: what the session holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nemovideo.cli.oneshot import choose, one_shot
from nemovideo.cli.options import backend_option, output_options, session_option, set_up_log, skill_option
from nemovideo.cli.output import Output
from nemovideo.cli.signals import run
from nemovideo.cli.upload import TOLD, describe_file

if TYPE_CHECKING:
    from nemovideo.cli.oneshot import Choice
    from nemovideo.client import AsyncNemoClient
    from nemovideo.protocol.draft import Track
    from nemovideo.protocol.json import JSON
    from nemovideo.protocol.lifecycle import Render
    from nemovideo.resources.state import State

__all__ = ["state"]


@click.command()
@session_option
@skill_option
@backend_option
@output_options
def state(*, given: str | None, skill: str | None, backend: str, as_json: bool, quiet: bool, verbose: bool) -> int:
    """Show what the session holds: its timeline, its uploads, renders under way."""
    set_up_log(verbose=verbose)
    told = Output(json=as_json, quiet=quiet)
    choice = choose(backend, given, told.note)
    session = choice.present()
    with one_shot(backend, skill, told, abandon=False) as client, choice.explained():
        found, pending = run(_state(client, choice, session))
    timeline, uploads = found.timeline, [_file(info) for info in found.video_infos]
    told.result(
        {
            "backend": backend,
            "session_id": session,
            "summary": timeline.summary,
            "duration": timeline.duration,
            "exportable": timeline.exportable,
            "tracks": [_track(track) for track in timeline.tracks],
            "uploads": uploads,
            "renders": [{"id": each.id, "status": each.status, "progress": each.progress} for each in pending],
        },
        timeline.summary,
        *(f"Upload {number}: {file['filename']}: {describe_file(file)}" for number, file in enumerate(uploads, 1)),
        *(_render(each, backend) for each in pending),
        f"Session {session}",
    )
    return 0


async def _state(client: AsyncNemoClient, choice: Choice, session: str) -> tuple[State, list[Render]]:
    async with client:
        found = await client.state.get(session)
        await choice.keep(session)
        pending = await client.render.pending()
    return found, [each.render for each in pending if each.session_id == session and each.render is not None]


def _render(render: Render, backend: str) -> str:
    """Where a render stands, and the command that fetches it."""
    where = "" if backend == "local" else f" --backend {backend}"
    fetch = f"nemovideo export{where} --resume {render.id} -o OUTPUT"
    return f"Render {render.id}: {render.status}, {render.progress:.0f} %; fetch it with: {fetch}"


def _track(track: Track) -> dict[str, Any]:
    segments = [
        {"label": each.label, "start": each.start, "duration": each.duration, "volume": each.volume}
        for each in track.segments
    ]
    return {"kind": track.kind, "name": track.name, "segments": segments}


def _file(info: JSON) -> dict[str, Any]:
    """An upload as the state tells it, in the words of `nemovideo upload`; what is of no use there is untold."""
    from nemovideo.protocol.json import mapping, number, text  # noqa: PLC0415 - loaded by now

    fields = mapping(info)
    words: dict[str, str | None] = {
        "filename": text(fields.get("filename")) or "?",
        "kind": text(fields.get("file_type")) or "video",
    }
    words |= {"hash": text(fields.get("hash"))} if fields.get("hash") else {}
    numbers = {name: number(fields.get(name)) for name in ("duration", "width", "height", "fps", "size")}
    whole = {"width", "height", "size"}
    told: dict[str, Any] = dict.fromkeys(TOLD) | words
    told |= {name: int(v) if v is not None and name in whole else v for name, v in numbers.items()}
    return told | {"duration": None if numbers["duration"] is None else round(numbers["duration"], 3)}
