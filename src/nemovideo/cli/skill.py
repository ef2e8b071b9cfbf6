"""`nemovideo skill`: the skills that come with nemovideo, for an agent to read."""

from __future__ import annotations

import os
import shlex
import tempfile
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import click

from nemovideo.cli.options import output_options, set_up_log
from nemovideo.cli.output import Output
from nemovideo.errors import OutputExists, OutputNotWritable

__all__ = ["NAMES", "content", "default_folder", "front_matter", "install", "list_skills", "skill"]

NAMES = ("free-video-compressor", "video-compressor-panda")
_KNOWN = (".clawhub/skills", ".cursor/skills")  # under the home folder: where the agents that the seeds name look
_ELSEWHERE = "skills"


@click.group(invoke_without_command=True)
@click.pass_context
def skill(context: click.Context) -> None:
    """Install a skill: a SKILL.md by which an agent works with this command line."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@skill.command("list")
@output_options
def list_skills(*, as_json: bool, quiet: bool, verbose: bool) -> int:
    """List the skills: name, version, what for."""
    set_up_log(verbose=verbose)
    fields = [front_matter(name) for name in NAMES]
    Output(json=as_json, quiet=quiet).result(
        {"skills": fields}, *(f"{each['name']} {each['version']}: {each['description']}" for each in fields)
    )
    return 0


@skill.command()
@click.argument("name", type=click.Choice(NAMES), metavar="NAME")
@click.option(
    "--to",
    metavar="DIR",
    help="Where to make NAME/SKILL.md. Default: ~/.clawhub/skills or ~/.cursor/skills, else ./skills.",
)
@click.option("-y", "overwrite", is_flag=True, help="Replace a SKILL.md that was changed.")
@output_options
def install(name: str, *, to: str | None, overwrite: bool, as_json: bool, quiet: bool, verbose: bool) -> int:
    """Write the skill NAME (free-video-compressor or video-compressor-panda) where an agent finds it."""
    set_up_log(verbose=verbose)
    folder = (Path(to).expanduser() if to is not None else default_folder()).absolute() / name
    path = folder / "SKILL.md"
    written = _write(path, content(name), overwrite=overwrite)
    Output(json=as_json, quiet=quiet).result(
        {"name": name, "version": front_matter(name)["version"], "path": str(path), "written": written},
        f"{name} {front_matter(name)['version']}: {path} {'written' if written else 'is there already, unchanged'}",
        f"An agent reads that file and runs the commands in it with --skill {shlex.quote(str(folder))}",
    )
    return 0


def default_folder() -> Path:
    """The first of the agents' folders that is there, else `skills` in the current folder."""
    found = (Path.home() / known for known in _KNOWN if (Path.home() / known).parent.is_dir())
    return next(found, Path(_ELSEWHERE))


def content(name: str) -> bytes:
    """A skill's SKILL.md as it comes with this package."""
    return (files("nemovideo") / "skills" / name / "SKILL.md").read_bytes()


def front_matter(name: str) -> dict[str, str]:
    """A skill's name, version and description."""
    import yaml  # noqa: PLC0415 - for this command only

    fields: dict[str, str] = yaml.load(content(name).split(b"---\n")[1], yaml.BaseLoader)  # noqa: S506 - strings only
    return {key: " ".join(fields[key].split()) for key in ("name", "version", "description")}


def _write(path: Path, text: bytes, *, overwrite: bool) -> bool:
    """Write the file, whole or not at all; False when it is there just so."""
    try:
        there = path.read_bytes() if path.exists() else None
        if there == text:
            return False
        if there is not None and not overwrite:
            raise OutputExists(f"{path} is there and differs.", hint="Pass -y to replace it, or another --to DIR.")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".SKILL-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        finally:
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise OutputNotWritable(
            f"{path} cannot be written: {error.strerror}.", hint="Name another --to DIR."
        ) from error
    return True
