"""A piece out of a source: which pictures and which samples, exactly. Pure.

Times are seconds in the decoder's clock (see `timing.Opening`), pictures are counted on the canvas's grid.
"""

from __future__ import annotations

from fractions import Fraction

__all__ = ["SAMPLES", "count", "moved", "numbered", "picture", "sound"]

SAMPLES = 48_000
"""Samples a second of every sound that is composed."""


def moved(at: float, speed: float = 1.0) -> str:
    """Let the time `at` be zero and time run `speed` times as fast.

    Microseconds first: a container may count in whole pictures, of which half the speed has halves.

    Example:
        >>> moved(1.5, 2.0)
        'settb=expr=AVTB,setpts=(PTS-1.500000/TB)/2'
    """
    moving = f"(PTS-{at:.6f}/TB)"
    return f"settb=expr=AVTB,setpts={moving}/{speed:.9g}" if speed != 1.0 else f"settb=expr=AVTB,setpts={moving}"


def picture(rate: Fraction) -> str:
    """The picture that shows at each step of the grid from zero on; what came before zero goes, all but its last.

    Example:
        >>> picture(Fraction(30000, 1001))
        'fps=fps=30000/1001:start_time=0:round=near'
    """
    return f"fps=fps={rate}:start_time=0:round=near"


def count(pictures: int) -> str:
    """Exactly so many pictures; the last one stays where there are fewer."""
    return f"tpad=stop_mode=clone:stop=-1,trim=end_frame={pictures}"


def numbered(rate: Fraction, first: int = 0) -> str:
    """The pictures at the steps `first`, `first + 1` … of the grid."""
    return f"settb=expr={rate.denominator}/{rate.numerator},setpts=N+{first}"


def sound(at: float, seconds: float) -> str:
    """The sound from `at` for somewhat more than `seconds` of the source; silence where it starts later or has gaps."""
    return f"asetpts=PTS-{at:.6f}/TB,atrim=start=0:end={seconds + 1:.6f},aresample={SAMPLES}:async=1:first_pts=0"
