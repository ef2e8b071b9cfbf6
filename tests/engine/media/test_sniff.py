from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.engine.media.sniff import HEAD_BYTES, announced, brand, sniff, unread


@pytest.mark.parametrize(
    ("head", "demuxer"),
    [
        (b"\x00\x00\x00\x20ftypisom", "mov"),
        (b"\x00\x00\x00\x08wide\x00\x00", "mov"),
        (b"\x1aE\xdf\xa3\x9fB\x86", "matroska"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "avi"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp_pipe"),
        (b"GIF89a", "gif"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "png_pipe"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR    \0\0\0\x08acTL   IDAT", "apng"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR    IDAT acTL", "png_pipe"),
        (b"\x1f\x07\x00\xbf", "dv"),
        ((b"G" + bytes(187)) * 10, "mpegts"),
        (b"torn" + (b"G" + bytes(187)) * 10, "mpegts"),
        (bytes(4) + (b"G" + bytes(191)) * 10, "mpegts"),
        (b"\xff\xd8\xff\xe0", "jpeg_pipe"),
        (b"#EXTM3U\n#EXT-X-VERSION:3", None),
        (b"ffconcat version 1.0\nfile '/etc/passwd'", None),
        (b"<?xml version='1.0'?><MPD>", None),
        (b"hello", None),
        (b"", None),
    ],
)
def test_first_bytes_name_the_one_demuxer(head: bytes, demuxer: str | None):
    assert sniff(head) == demuxer


def test_brand_tells_quicktime_and_webm():
    assert brand(b"\x00\x00\x00\x14ftypqt  ") == "mov"
    assert brand(b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm") == "webm"
    assert brand(b"\x00\x00\x00\x14ftypisom") is None
    assert [brand(b"\x00\x00\x00\x14ftyp" + kind) for kind in (b"avif", b"heic", b"mif1")] == ["avif", "heic", "heic"]


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"BM\x36\x00\x00\x00" + bytes(4), "is a still image"),
        (b"II*\x00", "is a still image"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02", "is an animated WebP"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10", None),
        (b"BMW builds cars", None),
    ],
)
def test_kinds_that_are_known_and_not_read(head: bytes, says: str | None):
    found = unread(head)
    assert (found.says[: len(says)] if found and says else found) == says


@given(st.binary(max_size=HEAD_BYTES))
def test_anything_is_answered(head: bytes):
    sniff(head)
    brand(head)
    unread(head)
    announced(b"\x1aE\xdf\xa3" + head)
