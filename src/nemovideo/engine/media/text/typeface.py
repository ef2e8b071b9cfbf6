"""The two fonts that come along, read for what a layout needs: which sign has which glyph, how wide, how kerned.

Pillow tells none of it dependably: it has no way to ask for a missing glyph, and its basic layout (the one that does
not depend on what else is installed) rounds kerning away. So a small reader of four tables stands here; it reads our
own two files (fonts/README.md) and no other's.
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Typeface", "covering", "typefaces"]

_FOLDER = Path(__file__).with_name("fonts")
_LATIN = _FOLDER / "NotoSans-Bold.subset.ttf"
_HAN = _FOLDER / "NotoSansCJKsc-Bold.subset.otf"


@dataclass(frozen=True, slots=True)
class Typeface:
    """One font file.

    Attributes:
        path: for whoever draws.
        glyphs: code point -> number of the glyph.
        advances: width of each glyph in em.
        kerns: a pair of glyphs -> what is added between them, in em.
    """

    path: Path
    glyphs: dict[int, int]
    advances: tuple[float, ...]
    kerns: dict[tuple[int, int], float]

    def advance(self, sign: str) -> float:
        """The width of a sign that it covers, in em."""
        return self.advances[self.glyphs[ord(sign)]]

    def kern(self, one: str, other: str) -> float:
        """What is added between two signs that it covers, in em."""
        return self.kerns.get((self.glyphs[ord(one)], self.glyphs[ord(other)]), 0.0)


@functools.cache
def typefaces() -> tuple[Typeface, Typeface]:
    """The font of Latin, Greek and Cyrillic, and that of Han, kana and their punctuation. Reads 3 MB the first time."""
    return _read(_LATIN), _read(_HAN)


def covering(sign: str) -> tuple[Typeface, ...]:
    """The fonts that have a sign, the Latin one first; none for an emoji."""
    return tuple(face for face in typefaces() if ord(sign) in face.glyphs)


def _read(path: Path) -> Typeface:
    font = path.read_bytes()
    count = struct.unpack_from(">H", font, 4)[0]
    tables: dict[bytes, bytes] = {}
    for number in range(count):
        name, _, start, length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        tables[name] = font[start : start + length]
    em = struct.unpack_from(">H", tables[b"head"], 18)[0]
    long = struct.unpack_from(">H", tables[b"hhea"], 34)[0]
    glyphs = struct.unpack_from(">H", tables[b"maxp"], 4)[0]
    widths = [width / em for width in struct.unpack_from(">" + "Hh" * long, tables[b"hmtx"])[::2]]
    widths += widths[-1:] * (glyphs - long)  # those that follow are as wide as the last
    return Typeface(path, _plan(tables[b"cmap"]), tuple(widths), _pairs(tables.get(b"kern"), em))


def _plan(cmap: bytes) -> dict[int, int]:
    """Format 12, the only one in these files: groups of successive code points."""
    start = struct.unpack_from(">I", cmap, 8)[0]
    found: dict[int, int] = {}
    for number in range(struct.unpack_from(">I", cmap, start + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", cmap, start + 16 + 12 * number)
        found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
    return found


def _pairs(kern: bytes | None, em: int) -> dict[tuple[int, int], float]:
    """Format 0 of the first subtable: pairs of glyphs and a signed distance."""
    if kern is None:
        return {}
    count = struct.unpack_from(">H", kern, 10)[0]
    return {(one, other): by / em for one, other, by in struct.iter_unpack(">HHh", kern[18 : 18 + 6 * count])}
