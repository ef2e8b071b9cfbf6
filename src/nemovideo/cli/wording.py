"""Errors speak to a program; here what they say in Python is put in the words of the command line.

Data alone: what a hint says, and what a shell has in its place. A test looks through every hint of the package for
Python that is not in here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["backend_of", "for_shell", "message_for_shell"]

_OPTIONS = (
    "max_mb|max_bytes|max_height|preset|codec|effort|fps|audio|audio_tracks|strip_audio|keep_hdr|keep_metadata"
    "|measure_quality|deadline"
)

_TABLE = (
    (r"Pass overwrite=True \(-y on the command line\)", "Pass -y to replace it,"),
    (r"\(AsyncNemoClient\.local\(\), --backend local\)", "(--backend local)"),
    (r"max_bytes=(?=\d+, --max-bytes)\d+, ", ""),
    (r"a smaller max_height, fewer fps, no audio", "a smaller --max-height, a lower --fps, --audio none"),
    (r'pass on_over="local" to let this machine do it', "let this machine do it with --backend local"),
    (r"Create a new session: client\.session\.create\(\)", "Begin a new one with --session new"),
    (
        r"Do not send it again blindly: client\.chat\.recover\(error\) .*",
        "Look with nemovideo state{where} before you say it again.",
    ),
    (r"client\.chat\.recover\(error\) looks once more; sent again", "look with nemovideo state{where}; said again"),
    (
        r"Allow more with Limits\(event_bytes=\.\.\.\)\. (.*) look at the state before sending it again",
        r"\1 look with nemovideo state{where} before you say it again",
    ),
    (r"client\.state\.timeline\(session\) shows", "nemovideo state{where} shows"),
    (r"\(await client\.state\.get\(session\)\)\.video_infos tells", "nemovideo state{where} tells"),
    (
        r"client\.render\.resume\(render_id\) takes it up again",
        "nemovideo export{where} --resume RENDER_ID -o OUTPUT fetches it",
    ),
    (
        r"client\.render\.resume\(['\"](.*?)['\"], …\)(?:, from another process if need be)?",
        r"nemovideo export{where} --resume \1 -o OUTPUT",
    ),
    (
        r"client\.render\.resume, or render it again",
        "nemovideo export{where} --resume RENDER_ID -o OUTPUT, or export again",
    ),
    (r", or go on in its session: client\.render\.export\(.*\)", ""),
    (
        r"proxy=, (HTTP_PROXY, HTTPS_PROXY); trust_env=False ignores the environment's",
        r"\1; NO_PROXY names what is reached without",
    ),
    (r"proxy=(http://name:password@host:port), or the same in (\w+)", r"\2=\1"),
    (
        r"An authority of your own is trusted by ca_bundle=, the system's are found",
        "The authorities to trust are found",
    ),
    (r"NEMO_API_URL, base_url=", "NEMO_API_URL, --backend"),
    (r"token=… or NEMO_TOKEN", "NEMO_TOKEN"),
    (r'codec="hevc" or "av1"', "--codec hevc or --codec av1"),
    (r'output="small\.mp4"', "-o small.mp4"),
    (
        r"AsyncNemoClient\.local\(allow_private_urls=True\), or nemovideo serve --allow-private-urls",
        r"compress and plan take --allow-private-urls, as does nemovideo serve",
    ),
)
"""What a hint says in Python, and the same for a shell; `{where}` is the `--backend` that was given."""

_HINTS = tuple((re.compile(python), shell) for python, shell in _TABLE)
_ARGUMENT = re.compile(rf'\b({_OPTIONS})="?([\w.]+)"?')
_SUBJECT = re.compile(rf"({_OPTIONS})(?= must be )")


def for_shell(hint: str, where: str = "") -> str:
    """A hint in the words of the command line.

    Args:
        hint: as the error has it.
        where: the option that names the backend again, with a space before it.

    Example:
        >>> for_shell("Try max_mb=50.")
        'Try --max-mb 50.'
    """
    for python, shell in _HINTS:
        hint = python.sub(shell, hint).replace("{where}", where)
    return _ARGUMENT.sub(lambda found: f"{_option(found[1])} {found[2]}", hint)


def message_for_shell(message: str) -> str:
    """A message that begins with the name of an argument, which may not be any other: a file may be called so."""
    found = _SUBJECT.match(message)
    if found is None:
        return message
    said = message[found.end() :].replace(", or None: ", ", or any: " if found[1] == "max_height" else ": ", 1)
    return _option(found[1]) + said


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def backend_of(arguments: Sequence[str]) -> str:
    """The `--backend` that a command line gave, to be given again; empty where it gave none."""
    for place, argument in enumerate(arguments):
        if argument == "--backend" and place + 1 < len(arguments):
            return f" --backend {arguments[place + 1]}"
        if argument.startswith("--backend="):
            return f" --backend {argument.partition('=')[2]}"
    return ""
