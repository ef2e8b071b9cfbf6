"""Sizes of files as people say them, one form everywhere."""

from __future__ import annotations

__all__ = ["told_limit", "told_size"]

_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))


def told_size(count: int) -> str:
    """A number of bytes that was measured, by thousands.

    Example:
        >>> told_size(4_912_345), told_size(51_200), told_size(999)
        ('4.91 MB', '51.2 kB', '999 bytes')
    """
    for unit, factor in _UNITS:
        if count >= factor:
            return f"{_three_digits(count, factor)} {unit}"
    return f"{count} bytes"


def told_limit(count: int) -> str:
    """A number of bytes that was asked for: the same, without the zeros that nobody says.

    Example:
        >>> told_limit(2_000_000), told_limit(2_500_000), told_limit(90_000)
        ('2 MB', '2.5 MB', '90 kB')
    """
    number, _, unit = told_size(count).partition(" ")
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {unit}"


def _three_digits(count: int, factor: int) -> str:
    # Cut, not rounded: a size just under its limit must not be told as the limit itself.
    places = 2 if count < 10 * factor else 1 if count < 100 * factor else 0
    cut = count * 10**places // factor
    return f"{cut // 10**places}.{cut % 10**places:0{places}}" if places else str(cut)
