"""Regular expressions that are compiled when first asked, and not when their module is read.

Measured: the agent's 190 patterns took 0.4 s of a core to compile, twice what the rest of the engine takes to start;
a message needs a few of them, and a program's own words need nearly none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

__all__ = ["Pattern"]


class Pattern:
    r"""What `re.compile` gives, compiled at the first use.

    Example:
        >>> bool(Pattern(r"\bmute\b").search("mute it"))
        True
    """

    __slots__ = ("_compiled", "_flags", "_source")

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source, self._flags = source, flags
        self._compiled: re.Pattern[str] | None = None

    @property
    def _pattern(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self._source, self._flags)
        return self._compiled

    def search(self, text: str) -> re.Match[str] | None:
        """The first place in the text, as `re.Pattern.search`."""
        return self._pattern.search(text)

    def match(self, text: str, at: int = 0) -> re.Match[str] | None:
        """What begins at that place, as `re.Pattern.match`."""
        return self._pattern.match(text, at)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The text as a whole, as `re.Pattern.fullmatch`."""
        return self._pattern.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place in the text, as `re.Pattern.finditer`."""
        return self._pattern.finditer(text)

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with every place replaced, as `re.Pattern.sub`."""
        return self._pattern.sub(by, text)

    def findall(self, text: str) -> list[str]:
        """The words of every place, as `re.Pattern.findall`: of patterns with at most one group."""
        return self._pattern.findall(text)
