"""The JSON edge: where untyped values come in, and the few ways to look into them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Self, TypeAlias, cast

from pydantic_core import from_json

__all__ = [
    "JSON",
    "Numeral",
    "dump",
    "integer",
    "is_whole",
    "mapping",
    "mended",
    "number",
    "parse",
    "sequence",
    "text",
]

JSON: TypeAlias = Any
"""A decoded JSON value. The one place where `Any` is meant: what a server sends is unknown until it is looked at."""


class Numeral(float):
    """A number that no float holds, as it was written: it counts as the nearest one, and goes out as it came.

    Example:
        >>> number = parse("0.1234567890123456789012345")
        >>> number < 1, dump(number)
        (True, b'0.1234567890123456789012345')
    """

    literal: str

    def __new__(cls, literal: str) -> Self:
        """The number, and how it was written."""
        made = super().__new__(cls, literal)
        made.literal = literal
        return made

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]
        """What it is made of again, out of a pickle."""
        return (self.literal,)


_LONG = re.compile(rb"[0-9.]{17}|[eE][+-]?[0-9]{3}")  # no float of fewer digits, or a smaller exponent, loses anything
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_MOST_DIGITS = 4300  # of an integer that Python reads: more takes long, and is kept as it is written


def parse(data: bytes | str) -> JSON:
    """Decode JSON, losing nothing: integers over 64 bits, numbers that no float holds, halves of surrogate pairs.

    Raises:
        ValueError: it is none, or is nested too deeply.
    """
    found = _LONG.search(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    if found:
        return _read_exactly(data)
    try:
        return from_json(data)
    except ValueError:
        if not _HALF.search(data if isinstance(data, str) else data.decode("utf-8", "replace")):
            raise
        return _read_exactly(data)


def _read_exactly(data: bytes | str) -> JSON:
    written = data if isinstance(data, str) else data.decode()
    integer = _integer if re.search(r"[0-9]{4300}", written) else None
    try:
        return json.loads(written, parse_float=_float, parse_int=integer)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _float(literal: str) -> float:
    value = float(literal)
    if len(literal) < 17 and value - value == 0 and value != 0:
        return value
    try:
        same = Decimal(repr(value)) == Decimal(literal)
    except ArithmeticError:  # an exponent beyond Decimal's
        same = False
    return value if same else Numeral(literal)


def _integer(literal: str) -> int | float:
    return int(literal) if len(literal) <= _MOST_DIGITS else Numeral(literal)


_STRING_OR_NUMERAL = re.compile(r'"(?:[^"\\]|\\.)*"|NaN')


def dump(value: JSON) -> bytes:
    """Encode a value so that it reads back as the same: numbers whole, nulls, unknown keys, any text.

    An infinite number goes out as one beyond the range of a float, which JSON has a spelling for. Only NaN, which a
    server must have written itself, goes out as it came.

    Raises:
        ValueError, TypeError, RecursionError: it holds something that came from no JSON.
    """
    numerals: list[str] = []
    written = json.dumps(_without_numerals(value, numerals), separators=(",", ":"))
    if numerals:
        rest = iter(numerals)
        written = _STRING_OR_NUMERAL.sub(lambda found: found[0] if found[0] != "NaN" else next(rest), written)
    return written.encode()


def _without_numerals(value: JSON, found: list[str]) -> JSON:
    """A copy with NaN in the place of each number that Python writes differently; `found` tells how, in their order."""
    if isinstance(value, dict):
        fields = cast("dict[str, JSON]", value)
        return {key: _without_numerals(item, found) for key, item in fields.items()}
    if isinstance(value, list | tuple):
        items = cast("Sequence[JSON]", value)
        return [_without_numerals(item, found) for item in items]
    if not isinstance(value, float):
        return value
    if isinstance(value, Numeral):
        found.append(value.literal)
    elif value - value == 0:
        return value
    else:
        found.append("NaN" if math.isnan(value) else "1e999" if value > 0 else "-1e999")
    return math.nan


def is_whole(text: str) -> bool:
    """Whether a text has no half of a character in it."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def mended(text: str) -> str:
    """The text with its halves of characters joined; U+FFFD for one that stays alone."""
    return text if is_whole(text) else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def mapping(value: JSON) -> Mapping[str, JSON]:
    """`value` where it is an object, else an empty one."""
    found: Mapping[str, JSON] = value
    return found if isinstance(value, dict) else {}


def sequence(value: JSON) -> list[JSON]:
    """`value` where it is an array, else an empty one."""
    found: list[JSON] = value
    return found if isinstance(value, list) else []


def text(value: JSON) -> str | None:
    """`value` where it is a non-empty string, or a number as one (ids come as both)."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def number(value: JSON) -> float | None:
    """`value` as a finite float, where it is a number or a string that holds one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if result - result == 0 else None  # neither infinite nor NaN


def integer(value: JSON) -> int | None:
    """`value` as an int, where it is a finite number or a string that holds one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = number(value)
    return None if found is None else int(found)
