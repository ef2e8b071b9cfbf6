"""No Python on the command line: every hint of the package is looked through."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import nemovideo
from nemovideo.cli.wording import backend_of, for_shell, message_for_shell

PYTHON = re.compile(r"\b[a-z]\w*=|\w\(|\bclient\.|\bawait\b|`async|\b(?:True|False|None)\b|lambda|\bmax_\w+|\bkeep_\w+")
SAMPLE = "a1"

ONLY_IN_PYTHON = {
    "Make a new one, and use it within `async with`.": "a command enters its client once",
    "Use it within its `async with`.": "likewise",
    "Give a function that makes an aiohttp connector, such as lambda: aiohttp.TCPConnector(...).": "no option",
    "Give a function that makes one, such as lambda: aiohttp.TCPConnector(...).": "likewise",
    "Give the Session that client.session.create() returned; it knows its task_id.": "no command claims a session",
}
"""What no command can come to, and why."""


def texts(node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as value):
            yield value
        case ast.JoinedStr(values=values):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else filled(part) for part in values)
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts(body)
            yield from texts(orelse)
        case _:
            pass


def filled(part: ast.expr) -> str:
    shown = ast.unparse(part)
    if "name" in shown and "_EXAMPLES" not in shown and "example" not in shown:
        return "max_mb"
    return f"'{SAMPLE}'" if "!r" in shown else "7"


def hints() -> Iterator[str]:
    for file in Path(nemovideo.__file__).parent.rglob("*.py"):
        if file.parent.name == "cli":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg="hint", value=value):
                    yield from texts(value)
                case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value) if (
                    "hint" in ast.unparse(target).lower() or re.fullmatch(r"_[A-Z_]+", ast.unparse(target))
                ):
                    yield from (text for text in texts(value) if re.fullmatch(r"[A-Z][^\n]* [^\n]*[.]", text))
                case ast.Call(func=ast.Attribute(attr="setdefault"), args=[ast.Constant(value="hint"), value]):
                    yield from texts(value)
                case _:
                    pass


def test_the_search_finds_what_it_looks_for() -> None:
    found = set(hints())
    assert len(found) > 80
    assert "Pass overwrite=True (-y on the command line) or name another output." in found
    assert "Allow at least that: max_bytes=7, --max-bytes 7." in found
    assert set(ONLY_IN_PYTHON) <= found


@pytest.mark.parametrize("hint", sorted(set(hints()) - set(ONLY_IN_PYTHON)))
def test_no_hint_speaks_python_to_a_shell(hint: str) -> None:
    told = for_shell(hint)
    assert not PYTHON.search(told), told
    assert "{" not in told


def test_what_a_shell_is_told() -> None:
    assert for_shell("Try max_mb=50.") == "Try --max-mb 50."
    assert for_shell('Choose codec="hevc" or "av1".') == "Choose --codec hevc or --codec av1."
    assert (
        for_shell("Come back with client.render.resume('r1', …), from another process if need be.", " --backend cloud")
        == "Come back with nemovideo export --backend cloud --resume r1 -o OUTPUT."
    )


def test_a_message_is_changed_only_where_it_names_an_argument() -> None:
    assert message_for_shell("max_height must be 16: 0.") == "--max-height must be 16: 0."
    for message in ("max_height.mp4: no such file.", "fps: no such file.", "It must be codec must be."):
        assert message_for_shell(message) == message


def test_the_backend_is_named_again() -> None:
    assert backend_of(["state", "--backend", "cloud"]) == backend_of(["--backend=cloud"]) == " --backend cloud"
    assert backend_of(["--backend"]) == backend_of(["compress", "--", "x"]) == ""
