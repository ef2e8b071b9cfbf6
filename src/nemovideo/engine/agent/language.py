"""Which language a person speaks, and how things are said in a row in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from nemovideo.protocol.tongue import is_chinese

__all__ = ["Language", "Said", "language_of", "listed"]

Language = Literal["en", "zh"]
Said = dict[Language, str]
"""One sentence in each language."""

_CLEARLY = 2  # words; one alone, "export" or "HEVC", is said in every language


def language_of(text: str, session_language: str) -> Language:
    """The language to answer in: that of the words, where they are clearly of one; else the session's."""
    if is_chinese(text):
        return "zh"
    if len(re.findall(r"[A-Za-z]{2,}", text)) >= _CLEARLY:
        return "en"
    return "zh" if session_language.lower().startswith("zh") else "en"


def listed(names: Sequence[str], language: Language) -> str:
    """Several names in a row."""
    return ("、" if language == "zh" else ", ").join(names)
