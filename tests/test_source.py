"""What may be given as a source, and the one clear line for what may not."""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

from nemovideo.errors import NemoError, SourceNotFound, UnsupportedFile, UsageError
from nemovideo.source import Source, SourceLike, open_source

DATA = b"0123456789" * 300_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "talk.mp4"
    path.write_bytes(DATA)
    return path


async def whole(source: Source) -> bytes:
    return b"".join([chunk async for chunk in source.chunks()])


def test_every_kind_of_source(run: Run[Any], file: Path) -> None:
    with file.open("rb") as opened, file.open("rb", buffering=0) as unbuffered:
        given: list[tuple[SourceLike, str]] = [
            (file, "talk.mp4"),
            (str(file), "talk.mp4"),
            (DATA, "video.mp4"),
            (bytearray(DATA), "video.mp4"),
            (memoryview(DATA), "video.mp4"),
            (opened, "talk.mp4"),
            (unbuffered, "talk.mp4"),
            (io.BytesIO(DATA), "video.mp4"),
        ]
        for source, name in given:
            found = run(open_source(source))
            assert (found.name, found.size) == (name, len(DATA))
            assert run(whole(found)) == run(whole(found)) == DATA
            assert len(repr(found)) < 300


def test_an_open_file_counts_from_where_it_stands(run: Run[Any]) -> None:
    file = io.BytesIO(b"skipped" + DATA)
    file.seek(7)
    found = run(open_source(file, name="a.mov"))
    assert (found.name, found.size) == ("a.mov", len(DATA))
    assert run(whole(found)) == DATA


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/a/talk%20one.mp4?x=1#y", "talk one.mp4"),
        ("HTTP://EXAMPLE.ORG/x.mov", "x.mov"),
        ("https://example.org", "video.mp4"),
        ("https://example.org/a/", "video.mp4"),
        ("https://example.org/..%2f..%2fetc%2fpasswd", "passwd"),
        ("https://example.org/..%5C..%5Cwindows%5Cx.mp4", "x.mp4"),
    ],
)
def test_a_url_is_for_the_backend_to_fetch(url: str, name: str, run: Run[Any]) -> None:
    found = run(open_source(url))
    assert (found.url, found.size, found.path) == (url, None, None)
    assert found.name == name


def test_a_home_folder_is_found(run: Run[Any], world: Path) -> None:
    (world / "a.mp4").write_bytes(b"x")
    assert run(open_source("~/a.mp4")).size == 1


def refused(run: Run[Any], given: Any, kind: type[NemoError], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        run(open_source(given))
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)


def test_what_is_no_source(run: Run[Any], tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty.mp4").touch()
    os.mkfifo(tmp_path / "pipe.mp4")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path)
        listening.bind("s.mp4")
        refused(run, tmp_path / "s.mp4", SourceNotFound, "no regular file")
    refused(run, tmp_path / "none.mp4", SourceNotFound, r"none\.mp4: no such file")
    refused(run, tmp_path, SourceNotFound, "is a folder")
    refused(run, file / "x.mp4", SourceNotFound, "no folder")
    refused(run, tmp_path / "pipe.mp4", SourceNotFound, "no regular file")
    refused(run, "/dev/null", SourceNotFound, "no regular file")
    refused(run, tmp_path / "empty.mp4", UnsupportedFile, r"empty\.mp4: is empty")
    refused(run, "", SourceNotFound, "is empty")
    refused(run, ".", SourceNotFound, "is a folder")
    refused(run, Path("/"), SourceNotFound, "is a folder")
    refused(run, "a\0b", SourceNotFound, "cannot be read")
    refused(run, "x" * 5000, SourceNotFound, "cannot be read")
    refused(run, b"", UnsupportedFile, "is empty")
    refused(run, io.BytesIO(), UnsupportedFile, "is empty")
    refused(run, None, UsageError, "The source is None")
    refused(run, 3, UsageError, "The source is an int")
    refused(run, io.StringIO("text"), UsageError, "text mode")
    with file.open("a") as writing:
        refused(run, writing, UsageError, "text mode")
    with file.open("ab") as writing_bytes:
        refused(run, writing_bytes, UsageError, "cannot be read")
    closed = io.BytesIO(b"x")
    closed.close()
    refused(run, closed, UsageError, "cannot be read")
    assert file.read_bytes() == DATA


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(run: Run[Any], file: Path) -> None:
    file.chmod(0o000)
    refused(run, file, SourceNotFound, "may not be read")
