"""Media nobody trusts: what strangers try, and what must not come of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, ffmpeg
from tests.engine.media.surgery import REFERENCES, SAMPLE_ENTRY, box, put, reference, without

from nemovideo.engine.media.ffmpeg import opened
from nemovideo.engine.media.findings import oversized
from nemovideo.engine.media.probe import probe
from nemovideo.errors import DamagedFile, EngineError, SourceNotFound, UnsupportedFile

pytestmark = pytest.mark.media
CANARY = b"the canary sings"
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five small pictures with the index at the end."""
    path = tmp_path_factory.mktemp("untrusted") / "film.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:r=10", "-frames:v", 5, *FAST, "-bf", 2, path)
    return path


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A door on this machine at which nobody may knock."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setblocking(False)
        yield door
        with pytest.raises(BlockingIOError):
            door.accept()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "canary.txt"
    path.write_bytes(CANARY)
    return path


def address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/secret.mp4"


LISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{there}\n#EXTINF:1,\n{here}\n",
    "concat": "ffconcat version 1.0\nfile '{there}'\nfile '{here}'\n",
    "dash": "<?xml version='1.0'?><MPD><Period><BaseURL>{there}</BaseURL></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=control:{there}\n",
    "metadata": ";FFMETADATA1\ntitle={here}\n",
    "avisynth": 'DirectShowSource("{there}")\nImport("{here}")\n',
    "vapoursynth": "import vapoursynth\nvideo = core.ffms2.Source('{here}')\n",
    "asx": "<ASX version='3.0'><ENTRY><REF HREF='{there}'/></ENTRY></ASX>",
    "pls": "[playlist]\nFile1={there}\nFile2={here}\n",
    "smil": "<smil><body><video src='{there}'/></body></smil>",
    "svg": "<svg xmlns='http://www.w3.org/2000/svg'><image href='{there}'/></svg>",
    "text": "{here}\n" * 40,
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("name", ["film.mp4", "film-%03d.mp4"])
def test_lists_of_other_files_are_no_video(run: Any, listener: Any, canary: Path, kind: str, name: str):
    listed = canary.with_name(name)
    listed.write_text(LISTS[kind].format(there=address(listener), here=canary))
    with pytest.raises(UnsupportedFile, match="is no video, whatever its name says") as refused:
        run(probe(listed))
    assert CANARY.decode() not in str(refused.value)


@pytest.mark.parametrize("name", ["-y.mp4", "two\nlines: 'it' \"is\".mp4", "concat:a|b,c[d];e=f.mp4", "100%d 影片.mp4"])
def test_odd_names_are_only_names(run: Any, make: Make, film: Path, tmp_path: Path, name: str):
    odd = tmp_path / name
    odd.write_bytes(film.read_bytes())
    made = run(make(odd, odd.stat().st_size * 3, container="mkv"))
    assert made.result.video.frames == 5


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text(run: Any, film: Path, tmp_path: Path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp4"))
    odd.write_bytes(film.read_bytes())
    assert run(probe(odd)).video.frames == 5


@pytest.mark.parametrize("name", ["concat:{here}|{here}", "data:video/mp4,{here}", "{there}", "file:{here}", "pipe:0",
                                  "subfile,,start,0,end,9,,:{here}", "-", "tcp://127.0.0.1:1?listen"])  # fmt: skip
def test_what_looks_like_an_address_is_a_name(run: Any, listener: Any, canary: Path, name: str):
    with pytest.raises((SourceNotFound, UnsupportedFile)):
        run(probe(Path(name.format(there=address(listener), here=canary))))


def alias(place: bytes) -> bytes:
    """What a Mac writes down of a file: volume, name, levels up and down, and (2) its whole path."""
    name = place.rpartition(b"/")[2]
    head = bytes(10) + b"\x01/" + bytes(26) + bytes(12) + bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    path = struct.pack(">hH", 2, len(place)) + place + bytes(len(place) % 2)
    return head + struct.pack(">hh", 1, 1) + bytes(16) + path + struct.pack(">hH", -1, 0)


@pytest.mark.parametrize("kind", [b"url ", b"alis", b"rsrc", b"urn "])
@pytest.mark.parametrize("hollow", [True, False])
def test_a_reference_to_another_file_is_not_followed(
    run: Any, make: Make, listener: Any, film: Path, canary: Path, kind: bytes, hollow: bool
):
    place = (address(listener) if kind == b"url " else str(canary)).encode()
    named = reference(kind, alias(place) if kind == b"alis" else place + b"\0" + bytes(160))
    entry = bytes(4) + struct.pack(">I", 1) + named
    whole = put(film.read_bytes(), REFERENCES[:-1], box(b"dref", entry), instead=True)
    referring = canary.with_name("film.mov")
    referring.write_bytes(without(whole, b"mdat") if hollow else whole)
    if hollow or kind == b"alis":  # its pictures lie elsewhere, or FFmpeg would have to look there to know
        with pytest.raises(UnsupportedFile, match="keeps its picture or sound in another file, which is never opened"):
            run(probe(referring))
    else:  # its own bytes are all that is ever read
        made = run(make(referring, None, effort="fast"))
        assert CANARY not in made.path.read_bytes()


def test_attachments_stay_inside(run: Any, make: Make, film: Path, canary: Path):
    carrying = canary.with_name("film.mkv")
    attached = ("-attach", canary, "-metadata:s:t", "mimetype=text/plain", "-metadata:s:t", "filename=/tmp/../x.ttf")
    ffmpeg("-i", film, *attached, "-c", "copy", carrying)
    made = run(make(carrying, None, effort="fast"))
    assert CANARY not in made.path.read_bytes()
    assert any("1 data track(s) left out" in note for note in made.report.notes)


@pytest.mark.parametrize(
    ("size", "says"),
    [((65_535, 65_535), "65535x65535 is larger than is read"), ((65_535, 1_100), "65535x1100 is larger than is read")],
)
def test_absurd_sizes_are_refused_before_anything_is_decoded(
    run: Any, tmp_path: Path, size: tuple[int, int], says: str
):
    head = b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + bytes(6)
    image = b"," + struct.pack("<HHHHB", 0, 0, *size, 0) + b"\x02\x02\x44\x01\x00"
    huge = tmp_path / "huge.gif"
    huge.write_bytes(head + (b"!\xf9\x04\0\n\0\0\0" + image) * 2 + b";")
    with pytest.raises(UnsupportedFile, match=says):
        run(probe(huge))


def test_ffmpeg_tells_of_absurd_sizes_too():
    assert oversized("matroska", b"", "[mjpeg] Picture size 65500x65500 is invalid") == "65500x65500"
    assert oversized("matroska", b"", "[h264] Picture size 0x0 is invalid") is None
    assert oversized("gif", b"GIF89a" + bytes([16, 0, 16, 0]), "") is None


def test_a_picture_of_one_line(run: Any, make: Make, tmp_path: Path):
    line = tmp_path / "line.mkv"
    ffmpeg("-f", "lavfi", "-i", "color=s=30000x2:r=5", "-frames:v", 2, "-c:v", "ffv1", line)
    made = run(make(line, None, effort="fast"))
    assert (made.result.width, made.result.height) == (1920, 2)


def test_a_short_file_of_many_pictures(run: Any, make: Make, tmp_path: Path):
    """40 bytes each; they are counted, and only as many are decoded as the plan keeps."""
    one = b"!\xf9\x04\0\x02\0\0\0,\0\0\0\0\x02\0\x02\0\0\x02\x02\x44\x0a\0"
    many = tmp_path / "many.gif"
    many.write_bytes(b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + bytes(3) + b"\xff" * 3 + one * 20_000 + b";")
    made = run(probe(many))
    assert made.video.frames == 20_000


def test_a_compressed_index_that_grows_without_end(run: Any, tmp_path: Path):
    packed = zlib.compress(bytes(50_000_000), 1)
    claim = struct.pack(">I", 0x7FFFFFFF) + packed
    bomb = tmp_path / "bomb.mov"
    bomb.write_bytes(
        box(b"ftyp", b"qt  " + bytes(8)) + box(b"moov", box(b"cmov", box(b"dcom", b"zlib") + box(b"cmvd", claim)))
    )
    with pytest.raises((DamagedFile, UnsupportedFile)):
        run(probe(bomb))


@pytest.mark.parametrize("table", [b"stsz", b"stts", b"stsc", b"ctts"])
def test_more_packets_claimed_than_there_are(run: Any, film: Path, tmp_path: Path, table: bytes):
    claims = {
        b"stsz": struct.pack(">III", 0, 1, 0x7FFFFFFF),
        b"stts": struct.pack(">IIII", 0, 1, 0x7FFFFFFF, 1),
        b"stsc": struct.pack(">IIIII", 0, 1, 1, 0x7FFFFFFF, 1),
        b"ctts": struct.pack(">IIII", 0, 1, 0x7FFFFFFF, 1),
    }
    lying = tmp_path / "lying.mp4"
    lying.write_bytes(put(film.read_bytes(), (*SAMPLE_ENTRY[:-1], table), claims[table], instead=True))
    with contextlib.suppress(DamagedFile, EngineError):
        assert run(probe(lying)).video.frames <= 5


def test_boxes_in_boxes_in_boxes(run: Any, tmp_path: Path):
    nested = b""
    for _ in range(20_000):
        nested = struct.pack(">I4s", 8 + len(nested), b"moov") + nested if len(nested) < 160_000 else nested
    deep = tmp_path / "deep.mp4"
    deep.write_bytes(box(b"ftyp", b"isom" + bytes(8)) + nested)
    with pytest.raises((DamagedFile, UnsupportedFile)):
        run(probe(deep))


def test_very_many_tracks(run: Any, make: Make, tmp_path: Path):
    crowd = tmp_path / "crowd.mkv"
    sound = ("-f", "lavfi", "-i", "sine=d=0.1:r=8000", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=0.1", "-map", "1")
    ffmpeg(*sound, *["-map", "0"] * 60, *FAST, "-c:a", "pcm_s16le", crowd)
    made = run(make(crowd, None, effort="fast"))
    assert (made.source.audio_tracks, made.result.audio_tracks) == (60, 1)
    assert any("59 more sound track(s) left out" in note for note in made.report.notes)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has none")
def test_what_has_no_end_is_no_file(run: Any, tmp_path: Path):
    os.mkfifo(tmp_path / "endless.mp4")
    for endless in (tmp_path / "endless.mp4", Path("/dev/zero")):
        with pytest.raises(UnsupportedFile, match="is no regular file"):
            run(probe(endless))


def test_every_source_is_opened_hardened():
    """LCEVC's data is set aside: its decoder in 9.0.2 can be made to write out of bounds."""
    words = opened(Path("/x/-a.mp4"), "mov")
    given = dict(zip(words[::2], words[1::2], strict=True))
    assert given["-protocol_whitelist"] == "file,pipe"
    assert given["-format_whitelist"] == given["-f"] == "mov"
    assert given["-export_side_data"] == "enhancements"
    assert given["-i"] == "file:/x/-a.mp4"
    assert not {"hls", "concat", "lcevc", "tiff", "svg", "ansi"} & set(given["-codec_whitelist"].split(","))
    assert {"-max_pixels", "-max_alloc"} <= given.keys()


def test_no_engine_module_loads_an_ffmpeg_library():
    program = (
        "import importlib, pkgutil, sys, pathlib, nemovideo.engine as engine\n"
        "for found in pkgutil.walk_packages(engine.__path__, 'nemovideo.engine.'):\n"
        "    if not found.name.endswith(('.scan', '.__main__')): importlib.import_module(found.name)\n"
        "assert 'av' not in sys.modules\n"
        "maps = pathlib.Path('/proc/self/maps')\n"
        "assert not maps.exists() or not [name for name in ('libav', 'libsw') if name in maps.read_text()]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_cancelled_probe_leaves_nothing(run: Any, film: Path):
    async def flow() -> None:
        task = asyncio.create_task(probe(film))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(flow())
