"""Is a GIF or a sound file whole, as far as its first and last bytes tell? MP4 and Matroska have walks of their own."""

from __future__ import annotations

from nemovideo.errors import DamagedFile, UnsupportedFile

__all__ = ["SIMPLE", "check_simple"]

SIMPLE = frozenset({"gif", "mp3", "wav", "aac"})
"""What `check_simple` knows, by suffix."""

_UNTOLD = 0xFFFFFFFF  # a WAV's size where its writer could not go back to fill it in


def check_simple(kind: str, head: bytes, tail: bytes, size: int) -> None:
    """Look at a file of a kind in `SIMPLE`.

    Args:
        kind: its suffix.
        head: its first bytes, 16 at least where it has them.
        tail: its last byte.
        size: all of its bytes.

    Raises:
        UnsupportedFile: it is of another kind. DamagedFile: it is cut.
    """
    known = {"gif": _is_gif, "mp3": _is_mp3, "wav": _is_wav, "aac": _is_aac}[kind]
    if not known(head):
        raise UnsupportedFile(f"The file is no {kind.upper()}.")
    if kind == "gif" and tail != b";":
        raise DamagedFile("The GIF is cut: its end mark is missing.")
    if kind == "wav" and (told := int.from_bytes(head[4:8], "little")) != _UNTOLD and told + 8 > size:
        raise DamagedFile(f"The WAV is cut: it tells of {told + 8} bytes and has {size}.")


def _is_gif(head: bytes) -> bool:
    return head[:6] in {b"GIF87a", b"GIF89a"}


def _is_mp3(head: bytes) -> bool:
    """A tag, or the first frame's sync with a layer that is not reserved."""
    return head[:3] == b"ID3" or (_synced(head, 0xE0) and head[1] & 0x06 != 0)


def _is_aac(head: bytes) -> bool:
    return head[:4] == b"ADIF" or head[:3] == b"ID3" or (_synced(head, 0xF0) and head[1] & 0x06 == 0)


def _is_wav(head: bytes) -> bool:
    return head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE"


def _synced(head: bytes, mask: int) -> bool:
    return len(head) > 1 and head[0] == 0xFF and head[1] & mask == mask
