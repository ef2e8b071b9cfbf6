"""What a command writes: letters as they are where the stream takes them, and one line whatever a name holds."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path

import pytest

from nemovideo.cli.output import write_json

from .conftest import World

TOLD = {"name": "讲座.mp4", "odd": "a\udcff\u2028\x85b"}


@pytest.mark.parametrize(("encoding", "plain"), [("utf-8", True), ("UTF8", True), ("latin-1", False), ("ascii", False)])
def test_one_line_of_json(encoding: str, plain: bool) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    write_json(TOLD, stream)
    stream.flush()
    line = stream.buffer.getvalue().decode(encoding)
    assert json.loads(line) == TOLD
    assert len(line.splitlines()) == 1
    assert ("讲座" in line) is plain


def test_a_stream_without_an_encoding() -> None:
    stream = io.StringIO()
    write_json(TOLD, stream)
    assert stream.getvalue().isascii()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [("skill", "list"), ("skill", "list", "--json"), ("--help",)])
def test_output_that_cannot_be_written_is_one_line(world: World, arguments: tuple[str, ...]) -> None:
    command = f"{shlex.join(world.command(*arguments))} > /dev/full"
    done = world.run_command(["sh", "-c", command])
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "No space left on device" in done.stderr
