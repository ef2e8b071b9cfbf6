from __future__ import annotations

from pathlib import Path

from nemovideo.engine.media.boxes import measured, payload


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def test_payload_is_what_mdat_holds(tmp_path: Path):
    film = tmp_path / "film.mp4"
    film.write_bytes(
        box(b"ftyp", b"isom") + box(b"mdat", bytes(100)) + box(b"moov", bytes(50)) + box(b"mdat", bytes(5))
    )
    assert payload(film) == 105
    assert measured(film) == (film.stat().st_size, 105)


def test_long_and_last_boxes(tmp_path: Path):
    film = tmp_path / "film.mp4"
    film.write_bytes(
        (1).to_bytes(4, "big") + b"mdat" + (16 + 30).to_bytes(8, "big") + bytes(30) + bytes(4) + b"mdat" + bytes(7)
    )
    assert payload(film) == 37


def test_other_files_have_none(tmp_path: Path):
    film = tmp_path / "film.mkv"
    film.write_bytes(b"\x1aE\xdf\xa3" + bytes(60))
    assert payload(film) is None
