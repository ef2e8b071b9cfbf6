"""The walk over boxes: what it finds in whole files, and that it says what is wrong with every other."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import make_clip

from nemovideo.errors import DamagedFile, NemoError, UnsupportedFile
from nemovideo.protocol.mp4 import Movie, walk


def look(data: bytes) -> Movie:
    return walk(lambda offset, length: data[offset : offset + length], len(data))


def test_a_whole_file(talk: Path) -> None:
    movie = look(talk.read_bytes())
    picture, sound = movie.first("video"), movie.first("audio")
    assert picture is not None
    assert sound is not None
    assert (picture.codec, picture.width, picture.height, picture.samples, picture.rotation) == (
        "h264",
        320,
        180,
        50,
        0,
    )
    assert picture.fps == pytest.approx(25.0)
    assert sound.codec == "aac"
    assert movie.duration == pytest.approx(2.0, abs=0.1)
    assert not movie.fragmented


def test_one_frame(one_frame: Path) -> None:
    picture = look(one_frame.read_bytes()).first("video")
    assert picture is not None
    assert picture.samples == 1


def test_a_rotated_picture_is_told_as_it_is_shown(portrait: Path) -> None:
    picture = look(portrait.read_bytes()).first("video")
    assert picture is not None
    assert (picture.width, picture.height) == (180, 320)
    assert picture.rotation in {90, 270}


def test_sound_without_a_picture(sound_only: Path) -> None:
    movie = look(sound_only.read_bytes())
    assert movie.first("video") is None
    assert movie.first("audio") is not None


def test_a_quicktime_file(clips: Path, talk: Path) -> None:
    movie = look(make_clip(clips / "talk.mov", "-i", talk, "-c", "copy").read_bytes())
    assert [track.kind for track in movie.tracks][:2] == ["video", "audio"]


def test_a_fragmented_file(clips: Path, talk: Path) -> None:
    flags = ("-movflags", "+frag_keyframe+empty_moov")
    movie = look(make_clip(clips / "fragments.mp4", "-i", talk, "-c", "copy", *flags).read_bytes())
    assert movie.fragmented
    assert movie.first("video") is not None


@pytest.mark.parametrize("clip", ["talk", "small"])
def test_a_cut_file_is_never_taken_for_a_whole_one(clip: str, request: pytest.FixtureRequest) -> None:
    data: bytes = request.getfixturevalue(clip).read_bytes()
    length = len(data)
    media = data.index(b"mdat")  # a cut there leaves nothing but whole boxes, where the index comes first
    for end in {
        *range(media - 12, media + 12),
        *range(200),
        *range(length - 200, length),
        *range(0, length, max(1, length // 200)),
    }:
        with pytest.raises((DamagedFile, UnsupportedFile)):
            look(data[:end])


@pytest.mark.parametrize("kind", ["webm", "mkv", "avi", "ts"])
def test_another_container_is_no_mp4(kind: str, clips: Path, talk: Path) -> None:
    codecs = ("-c:v", "libvpx", "-deadline", "realtime", "-an") if kind == "webm" else ("-c", "copy")
    with pytest.raises(UnsupportedFile):
        look(make_clip(clips / f"other.{kind}", "-i", talk, *codecs).read_bytes())


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_ours(data: bytes) -> None:
    with contextlib.suppress(NemoError):
        look(data)


@given(st.data())
def test_no_damage_raises_anything_but_ours(data: st.DataObject) -> None:
    body = bytearray(SMALLEST)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=8))
        body[at : at + len(piece)] = piece
    try:
        movie = look(bytes(body))
    except NemoError:
        return
    for track in movie.tracks:
        assert track.fps is None or track.fps >= 0


def box(kind: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def long_box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body


def header(version: int, ticks: int) -> bytes:
    times = struct.pack(">QQIQ", 0, 0, 1000, ticks) if version else struct.pack(">IIII", 0, 0, 1000, ticks)
    return bytes([version, 0, 0, 0]) + times


MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
TRACK_HEADER = bytes(40) + MATRIX + struct.pack(">II", 320 << 16, 180 << 16)
TRACK = box(
    b"trak",
    box(b"tkhd", TRACK_HEADER),
    box(
        b"mdia",
        box(b"mdhd", header(0, 2000)),
        box(b"hdlr", bytes(8), b"vide", bytes(12)),
        box(b"minf", box(b"stbl", box(b"stsd", bytes(8), box(b"avc1")), box(b"stsz", struct.pack(">III", 0, 0, 50)))),
    ),
)
SMALLEST = box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", header(0, 2000)), TRACK) + box(b"mdat", bytes(16))


def test_the_smallest_file() -> None:
    movie = look(SMALLEST)
    assert movie.duration == 2.0
    assert [(track.kind, track.codec, track.width, track.height, track.fps) for track in movie.tracks] == [
        ("video", "h264", 320, 180, 25.0)
    ]


@pytest.mark.parametrize(
    "moov",
    [
        box(b"moov", box(b"mvhd", header(1, 2000)), TRACK),
        long_box(b"moov", box(b"mvhd", header(0, 2000)) + TRACK),
        box(b"moov", long_box(b"mvhd", header(0, 2000)), TRACK),
    ],
)
def test_long_sizes_and_times(moov: bytes) -> None:
    assert look(box(b"ftyp", b"isom") + moov + box(b"mdat", bytes(4))).duration == 2.0


@pytest.mark.parametrize(
    "data",
    [
        box(b"ftyp", b"isom") + box(b"mdat", bytes(100)),
        box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", b"\0")),
        box(b"ftyp", b"isom") + struct.pack(">I4s", 2000, b"moov"),
        box(b"ftyp", b"isom") + struct.pack(">I4s", 3, b"moov") + bytes(20),
        box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"moov", 2**63),
        box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"moov", 5) + bytes(20),
        box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", header(0, 1)[:12] + bytes(8))),
        SMALLEST[:-1],
        SMALLEST[: SMALLEST.index(b"mdat") - 4],
        SMALLEST[: SMALLEST.index(b"mdat")],
        SMALLEST + b"\0\0\1\0mdat",
    ],
)
def test_a_broken_structure_is_damage(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        look(data)


@pytest.mark.parametrize("data", [b"", b"hello, this is text and no film", b"\x1aE\xdf\xa3" + bytes(60), bytes(100)])
def test_what_is_no_mp4_is_unsupported(data: bytes) -> None:
    with pytest.raises(UnsupportedFile):
        look(data)


def test_a_few_zeroes_at_the_end_do_no_harm() -> None:
    assert look(SMALLEST + bytes(3)).tracks


def test_an_unknown_duration_is_zero() -> None:
    data = SMALLEST.replace(header(0, 2000), header(0, 0xFFFFFFFF))
    movie = look(data)
    assert movie.duration == 0.0
    assert movie.tracks[0].fps is None
