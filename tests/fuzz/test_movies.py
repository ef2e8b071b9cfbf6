"""Any bytes are a movie or refused; boxes that lie about their length, nest or change under the reader as well."""

from __future__ import annotations

import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nemovideo import DamagedFile, NemoError
from nemovideo.protocol.mp4 import Movie, walk

KINDS = st.sampled_from([b"ftyp", b"moov", b"mdat", b"trak", b"mdia", b"minf", b"stbl", b"mvhd", b"tkhd", b"mdhd",
                         b"hdlr", b"stsd", b"stsz", b"free", b"moof", b"\xff\x00\x01\x02"])  # fmt: skip
LENGTHS = st.none() | st.integers(0, 40) | st.sampled_from([2**32 - 1, 2**31])


def box(kind: bytes, content: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I4s", len(content) + 8 if length is None else length, kind) + content


BOXES = st.recursive(
    st.builds(box, KINDS, st.binary(max_size=90), LENGTHS),
    lambda inner: st.builds(box, KINDS, st.lists(inner, max_size=4).map(b"".join), LENGTHS),
    max_leaves=12,
)
MOVIES = st.lists(BOXES, max_size=4).map(
    lambda boxes: box(b"ftyp", b"isom0000") + b"".join(boxes) + box(b"mdat", b"...")
)


def deep(levels: int) -> bytes:
    nested = b""
    for _ in range(levels):
        nested = box(b"mdia", nested)
    return box(b"ftyp", b"isom0000") + box(b"moov", box(b"trak", nested)) + box(b"mdat", b"...")


@given(MOVIES | st.binary(max_size=60), st.integers(0, 4))
@example(deep(5000), 0)
@settings(max_examples=250)
def test_any_bytes_are_a_movie_or_refused(data: bytes, missing: int) -> None:
    there = len(data) - missing  # the file has become shorter since its size was asked
    try:
        movie = walk(lambda offset, length: data[offset : min(offset + length, there)], len(data))
    except NemoError:
        return
    assert isinstance(movie, Movie)
    assert movie.duration >= 0


def test_a_file_that_shrinks_is_told() -> None:
    with pytest.raises(DamagedFile, match="shorter"):
        walk(lambda offset, length: b"", 100)
