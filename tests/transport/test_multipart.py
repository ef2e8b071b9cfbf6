"""The body of an upload: its exact bytes, its exact length, again from the start for each attempt."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

from nemovideo.source import SourceLike, open_source
from nemovideo.transport.multipart import MultipartBody

NAMES = [
    ("talk.mp4", "talk.mp4"),
    ("Über uns 中文 🎬.mp4", "Über uns 中文 🎬.mp4"),
    ('say "hi".mp4', "say %22hi%22.mp4"),
    ("two\r\nlines.mp4", "two%0D%0Alines.mp4"),
    ("semi;colon=.mp4", "semi;colon=.mp4"),
    ("back\\slash.mp4", "back\\slash.mp4"),
]


async def body_of(source: SourceLike, name: str | None, size: int | None = None) -> tuple[MultipartBody, list[int]]:
    opened = await open_source(source, name=name)
    told: list[int] = []

    async def on_sent(sent: int) -> None:
        told.append(sent)

    return MultipartBody(opened, opened.size if size is None and opened.size else size or 0, on_sent), told


async def joined(body: MultipartBody) -> bytes:
    return b"".join([chunk async for chunk in body.chunks()])


@pytest.mark.parametrize(("name", "written"), NAMES)
def test_the_exact_bytes(name: str, written: str, run: Run[Any]) -> None:
    body, told = run(body_of(b"FILM", name))
    boundary = body.content_type.removeprefix("multipart/form-data; boundary=")
    expected = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{written}"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\nFILM\r\n--{boundary}--\r\n"
    ).encode()
    assert run(joined(body)) == expected
    assert body.length == len(expected)
    assert told == [0, 4]


def test_each_attempt_starts_anew(run: Run[Any], tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789" * 300_000)
    file = io.BytesIO(b"skipped" + path.read_bytes())
    file.seek(7)
    for source in (path, path.read_bytes(), file):
        body, _ = run(body_of(source, "a.mp4"))
        first, again = run(joined(body)), run(joined(body))
        assert first == again
        assert len(first) == body.length
        assert path.read_bytes() in first


def test_a_file_that_grew_is_cut_at_what_was_announced(run: Run[Any], tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x" * 10)
    body, told = run(body_of(path, None))
    path.write_bytes(b"x" * 5_000_000)
    assert len(run(joined(body))) == body.length
    assert told == [0, 10]


def test_two_bodies_have_two_boundaries(run: Run[Any]) -> None:
    assert run(body_of(b"a", None))[0].content_type != run(body_of(b"a", None))[0].content_type
