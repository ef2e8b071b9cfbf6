"""Whether a Matroska file is one, and ends where it says."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import make_clip

from nemovideo.errors import DamagedFile, NemoError, UnsupportedFile
from nemovideo.protocol.matroska import EBML, check_matroska

HEAD = EBML + b"\x84webm"
SEGMENT = b"\x18S\x80g"


@pytest.mark.parametrize("suffix", ["mkv", "webm"])
def test_a_real_one(suffix: str, clips: Path, talk: Path) -> None:
    codecs = ("-c", "copy") if suffix == "mkv" else ("-an", "-c:v", "libvpx", "-frames:v", "5")
    film = make_clip(clips / f"whole.{suffix}", "-i", talk, *codecs).read_bytes()
    check_matroska(film[:64], len(film))
    with pytest.raises(DamagedFile, match="1 bytes are missing"):
        check_matroska(film[:64], len(film) - 1)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", UnsupportedFile),
        (b"<html>", UnsupportedFile),
        (EBML, DamagedFile),
        (HEAD, DamagedFile),
        (HEAD + SEGMENT + b"\x85four", DamagedFile),
        (HEAD + SEGMENT + b"\x40\x05four", DamagedFile),
    ],
)
def test_what_is_none(data: bytes, kind: type[NemoError]) -> None:
    with pytest.raises(kind):
        check_matroska(data[:64], len(data))


@pytest.mark.parametrize("size", [b"\x84", b"\x40\x04", b"\x08\x00\x00\x00\x04", b"\xff", b"\x01" + b"\xff" * 7])
def test_sizes_of_every_width_and_none(size: bytes) -> None:
    data = HEAD + SEGMENT + size + b"four"
    check_matroska(data, len(data))
    check_matroska(HEAD + b"\xecsomething else", len(HEAD) + 15)


@given(st.binary(max_size=80))
def test_no_bytes_make_it_break(data: bytes) -> None:
    for one in (data, EBML + data, HEAD + SEGMENT + data):
        with contextlib.suppress(DamagedFile, UnsupportedFile):
            check_matroska(one[:64], len(one))
