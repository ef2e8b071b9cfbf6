"""The JSON edge: where untyped values come in, and the few ways to look into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, cast

from pydantic_core import from_json

__all__ = ["JSON", "integer", "mapping", "number", "parse", "sequence", "text"]

JSON: TypeAlias = Any
"""A decoded JSON value. The one place where `Any` is meant: what a server sends is unknown until it is looked at."""


def parse(data: bytes | str) -> JSON:
    """Decode JSON; integers over 64 bits stay whole. Raises ValueError when it is none."""
    return from_json(data)


def mapping(value: JSON) -> Mapping[str, JSON]:
    """`value` where it is an object, else an empty one."""
    return cast("Mapping[str, JSON]", value) if isinstance(value, dict) else {}


def sequence(value: JSON) -> list[JSON]:
    """`value` where it is an array, else an empty one."""
    return list(cast("Iterable[JSON]", value)) if isinstance(value, list) else []


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
