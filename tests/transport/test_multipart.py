"""The body of an upload: its exact bytes, its exact length, again from the start for each attempt."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

from nemovideo.errors import SourceNotFound, UsageError
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


async def body_of(source: SourceLike, name: str | None) -> tuple[MultipartBody, list[int]]:
    opened = await open_source(source, name=name)
    told: list[int] = []

    async def on_sent(sent: int) -> None:
        told.append(sent)

    return MultipartBody([opened], on_sent), told


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


@pytest.mark.parametrize(("becomes", "words"), [(b"x" * 5_000_000, "more than the 10"), (b"x" * 3, "only 3 of the 10")])
def test_a_file_that_changed_meanwhile_ends_the_body(becomes: bytes, words: str, run: Run[Any], tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x" * 10)
    body, _ = run(body_of(path, None))
    path.write_bytes(becomes)
    with pytest.raises(UsageError, match=words):
        run(joined(body))
    path.write_bytes(b"x" * 10)
    assert len(run(joined(body))) == body.length


def test_a_file_that_vanished_meanwhile(run: Run[Any], tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x" * 10)
    body, _ = run(body_of(path, None))
    path.unlink()
    with pytest.raises(SourceNotFound, match=r"a\.mp4: can no longer be read"):
        run(joined(body))


def test_several_files_are_several_fields(run: Run[Any]) -> None:
    async def flow() -> tuple[MultipartBody, bytes, list[int]]:
        told: list[int] = []

        async def on_sent(sent: int) -> None:
            told.append(sent)

        sources = [await open_source(data, name=f"{at}.mp4") for at, data in enumerate((b"ONE", b"TWO!"))]
        body = MultipartBody(sources, on_sent)
        return body, await joined(body), told

    body, written, told = run(flow())
    boundary = body.content_type.removeprefix("multipart/form-data; boundary=")
    heads = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{at}.mp4"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
        for at in (0, 1)
    ]
    assert written == f"{heads[0]}ONE\r\n{heads[1]}TWO!\r\n--{boundary}--\r\n".encode()
    assert body.length == len(written)
    assert told == [0, 3, 7]


def test_a_body_that_is_given_up_lets_go_of_its_file(run: Run[Any], tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x" * 3_000_000)

    async def flow() -> None:
        body, _ = await body_of(path, None)
        chunks = body.chunks()
        await anext(chunks)
        await anext(chunks)
        await chunks.aclose()
        assert [chunk async for chunk in chunks] == []

    run(flow())  # an open file would be a ResourceWarning, and a task of its closing a task left over


@pytest.mark.parametrize("name", ["x" * 5000 + ".mp4", "中" * 300 + ".mov", "\udcff\ud83d.mp4"])
def test_a_name_that_no_header_carries_is_cut_and_keeps_its_suffix(name: str, run: Run[Any]) -> None:
    body, _ = run(body_of(b"FILM", name))
    disposition = run(joined(body)).split(b"\r\n")[1].decode()
    told = disposition.partition('filename="')[2].removesuffix('"')
    assert len(told) <= 200
    assert told.endswith(name[-4:])


def test_two_bodies_have_two_boundaries(run: Run[Any]) -> None:
    assert run(body_of(b"a", None))[0].content_type != run(body_of(b"a", None))[0].content_type
