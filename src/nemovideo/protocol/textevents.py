"""Events of nothing but text, the bulk of a stream, read by msgspec straight into types.

Only the documented form is read here, and quickly. Whatever differs in a key or a type is left to `events.decode`,
which takes anything and makes the same of these events, only slower; a test compares the two.
"""

from __future__ import annotations

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

__all__ = ["read_text_event"]


class _Part(Struct, forbid_unknown_fields=True):
    text: str


class _Content(Struct):
    parts: list[_Part]


class _Nothing(Struct, forbid_unknown_fields=True):
    pass


class _Actions(Struct, rename="camel"):
    state_delta: _Nothing


class TextEvent(Struct):
    """An ADK event (spec, section 5) that carries text and nothing else that is looked at."""

    author: str
    content: _Content
    actions: _Actions
    partial: bool = False
    errorCode: None = None  # noqa: N815 — the wire's own names, in both of its cases
    errorMessage: None = None  # noqa: N815
    error_code: None = None
    error_message: None = None


_read = Decoder(TextEvent).decode


def read_text_event(data: str) -> TextEvent | None:
    """The event in `data`; None where it is anything else."""
    try:
        return _read(data)
    except (DecodeError, ValueError, RecursionError):  # msgspec before 0.20: DecodeError is no ValueError
        return None
