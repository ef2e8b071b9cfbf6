"""A picture over the picture, in its place and its time. Pure.

What lies over is shown while it has pictures: its times are the canvas's own, and nothing of it stays behind.
"""

from __future__ import annotations

from fractions import Fraction

from nemovideo.engine.media.filters import cut, fade

__all__ = ["over", "still"]


def over(below: str, above: str, x: int, y: int) -> str:
    """Lay the labelled `above` over the labelled `below`, its upper left corner at x, y in pixels.

    Example:
        >>> over("a", "b", 10, -4)
        '[a][b]overlay=x=10:y=-4:eval=init:eof_action=pass'
    """
    return f"[{below}][{above}]overlay=x={x}:y={y}:eval=init:eof_action=pass"


def still(
    rate: Fraction, first: int, pictures: int, matrix: str, *, span: tuple[float, float], fades: tuple[float, float]
) -> str:
    """The filters that show one picture with an alpha plane for `pictures` steps of the grid from step `first` on.

    `matrix` is the canvas's, as FFmpeg calls it. `span` are the seconds on the timeline of the whole of it, of which
    these steps may be a part, and `fades` those of its coming and its going.
    """
    steps = [
        f"scale=out_color_matrix={matrix}:out_range=tv,format=yuva420p",
        f"loop=loop=-1:size=1,trim=end_frame={pictures}",
        cut.numbered(rate, first),
        fade.text(*span, *fades),
    ]
    return ",".join(filter(None, steps))
