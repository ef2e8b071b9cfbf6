from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.media.surgery import REFERENCES, box, reference

from nemovideo.engine.media.references import refers_elsewhere


def moov(*entries: bytes) -> bytes:
    inside = box(b"dref", bytes(4) + struct.pack(">I", len(entries)) + b"".join(entries))
    for kind in reversed(REFERENCES[:-1]):
        inside = box(kind, inside)
    return inside


OWN = box(b"url ", bytes([0, 0, 0, 1]))


@pytest.mark.parametrize(
    ("entries", "elsewhere"),
    [((OWN,), False), ((reference(b"url ", b"http://x/"),), True), ((OWN, reference(b"alis", b"")), True), ((), False)],
)
def test_only_references_to_others_count(tmp_path: Path, entries: tuple[bytes, ...], elsewhere: bool):
    film = tmp_path / "film.mov"
    film.write_bytes(box(b"ftyp", b"qt  ") + box(b"mdat", b"pictures") + moov(*entries))
    assert refers_elsewhere(film) is elsewhere


@given(cut=st.integers(0, 200), broken=st.integers(0, 199), value=st.integers(0, 255))
def test_broken_files_are_answered(tmp_path_factory: pytest.TempPathFactory, cut: int, broken: int, value: int):
    film = tmp_path_factory.getbasetemp() / "broken.mov"
    whole = bytearray(moov(OWN, reference(b"url ", b"http://x/")))
    whole[broken % len(whole)] = value
    film.write_bytes(whole[:cut])
    assert refers_elsewhere(film) in {True, False}
