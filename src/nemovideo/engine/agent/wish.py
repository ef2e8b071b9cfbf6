"""What a fragment of a message asks for, as data: an edit, a step, a compression, or what is not done. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Clause, Edit, EditKind
from nemovideo.engine.agent.steps import Step
from nemovideo.engine.agent.unable import Unable

__all__ = ["Asked", "Compressing", "Found", "Part", "Reader", "Unknown", "What"]


@dataclass(frozen=True, slots=True)
class Found:
    """An edit and its kind."""

    kind: EditKind
    edit: Edit


@dataclass(frozen=True, slots=True)
class Compressing:
    """Words of a wish to compress."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Words that ask how an edit is said; `words` say it."""

    words: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words that nobody here understands."""


What = Found | Step | Compressing | Unable | Asked | Unknown


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to do, and where its words stand in the masked message."""

    clause: Clause
    start: int
    end: int
    what: What


Reader = Callable[[Clause], Found | None]
"""Reads an edit out of a clause, given the timeline as it is at that point."""
