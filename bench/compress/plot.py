"""The picture of the table: for each contestant, how large a share of the limit's size gives how good a picture.

One panel for each share of the source's size, one dot for each clip; what is over the limit is hollow, and to the right
of the red line. Broken lines are means. Plain SVG: nothing is needed to draw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from bench.compress.entry import Entry
from bench.compress.table import by_contestant, mean

__all__ = ["draw"]

COLOURS = {
    "naive": "#8c8c8c",
    "ecompress": "#e07b39",
    "fast": "#7fb8e6",
    "balanced": "#1f6fb4",
    "best": "#0b3c66",
    "av1": "#2a9d5c",
    "hevc": "#8a4fbf",
}
"""The peers in grey and orange, ours in blues, the other codecs in green and violet."""
WIDTH, HEIGHT = 560, 420  # of one panel, in pixels
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 64, 52
FROM, TO = 0.6, 1.3  # fill; what is outside is drawn at the edge


def draw(entries: list[Entry], target: Path) -> None:
    """Write an SVG of all that has a score."""
    shares = sorted({entry.share for entry in entries}, reverse=True)
    body = "".join(
        f'<g transform="translate({WIDTH * number},0)">{"".join(_panel(share, entries))}</g>'
        for number, share in enumerate(shares)
    )
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH * len(shares)}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>{body}</svg>\n',
        encoding="utf-8",
    )


def _panel(share: float, entries: list[Entry]) -> Iterator[str]:
    groups = by_contestant(entry for entry in entries if entry.share == share and entry.vmaf is not None)
    yield _text(LEFT, 20, f"{share:g} % of the source's size", size=15)
    yield from _axes()
    for number, (name, group) in enumerate(groups.items()):
        colour = COLOURS.get(name, "#000000")
        average = mean(entry.vmaf for entry in group) or 0.0
        column = LEFT + number * 70
        yield f'<circle cx="{column}" cy="36" r="4" fill="{colour}"/>'
        yield _text(column + 8, 40, name, size=9)
        yield _text(column + 8, 53, f"mean {average:.1f}", size=9)
        yield (
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(average):.1f}" y2="{_y(average):.1f}" '
            f'stroke="{colour}" stroke-dasharray="5 4"/>'
        )
        for entry in group:
            fill = colour if entry.fits else "white"
            yield (
                f'<circle cx="{_x(entry.fill):.1f}" cy="{_y(entry.vmaf or 0):.1f}" r="4.5" fill="{fill}" '
                f'fill-opacity="0.8" stroke="{colour}" stroke-width="1.5"><title>{escape(entry.case)}: {name}, '
                f"VMAF {entry.vmaf}, fill {entry.fill:.3f}</title></circle>"
            )


def _axes() -> Iterator[str]:
    for score in range(0, 101, 20):
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(score):.1f}" y2="{_y(score):.1f}" stroke="#dddddd"/>'
        yield _text(LEFT - 8, _y(score) + 4, str(score), anchor="end")
    for tenth in range(round(FROM * 10), round(TO * 10) + 1):
        yield _text(_x(tenth / 10), HEIGHT - BOTTOM + 18, f"{tenth / 10:.1f}", anchor="middle")
    yield f'<line x1="{_x(1):.1f}" x2="{_x(1):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#c62828"/>'
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "size over limit (red: the limit)", anchor="middle")
    yield f'<text transform="translate(16,{HEIGHT / 2}) rotate(-90)" text-anchor="middle">VMAF, mean of a clip</text>'


def _x(fill: float) -> float:
    inside = min(max(fill, FROM), TO)
    return LEFT + (inside - FROM) / (TO - FROM) * (WIDTH - LEFT - RIGHT)


def _y(score: float) -> float:
    return HEIGHT - BOTTOM - score / 100 * (HEIGHT - TOP - BOTTOM)


def _text(x: float, y: float, words: str, *, size: int = 12, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(words)}</text>'
