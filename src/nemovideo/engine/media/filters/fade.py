"""In from black, silence or nothing, and out again. Pure. Times are seconds in the clock of what is faded."""

from __future__ import annotations

__all__ = ["picture", "sound", "text"]


def picture(start: float, end: float, fade_in: float, fade_out: float) -> str:
    """The filters for a picture that lasts from `start` to `end`.

    Example:
        >>> picture(2.0, 5.0, 0.5, 1.0)
        'fade=t=in:st=2.000000:d=0.500000,fade=t=out:st=4.000000:d=1.000000'
    """
    return _both("fade=t={way}:st={at:.6f}:d={length:.6f}", start, end, fade_in, fade_out)


def text(start: float, end: float, fade_in: float, fade_out: float) -> str:
    """The same for a picture with an alpha plane, which comes from nothing."""
    return _both("fade=t={way}:st={at:.6f}:d={length:.6f}:alpha=1", start, end, fade_in, fade_out)


def sound(end: float, fade_in: float, fade_out: float) -> str:
    """The filters for a sound from zero to `end`."""
    return _both("afade=t={way}:st={at:.6f}:d={length:.6f}", 0.0, end, fade_in, fade_out)


def _both(form: str, start: float, end: float, fade_in: float, fade_out: float) -> str:
    steps: list[str] = []
    if fade_in > 0:
        steps.append(form.format(way="in", at=start, length=fade_in))
    if fade_out > 0:
        steps.append(form.format(way="out", at=max(start, end - fade_out), length=fade_out))
    return ",".join(steps)
