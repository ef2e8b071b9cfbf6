"""What an agent says, out of deltas and whole texts: each word once, and a view of it at any time.

A whole text repeats the deltas before it. With tool calls and several authors in between, it is not always clear
which: those of its own author that it contains, and the ones still under way in any case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nemovideo.protocol.json import mended

__all__ = ["Piece", "Pieces", "Snapshot"]

_NOISE = re.compile("I encountered a temporary issue", re.IGNORECASE)  # spec, section 5: after good answers
_LONGEST_NOISE = 300  # characters; more is an explanation
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")
_MOST_OPEN = 32  # pieces that wait for their whole text; so many mean that none is to come


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The text as it stood at one event; `str()` gives it, without the backend's noise at its end."""

    _settled: list[str]
    _count: int
    _open: tuple[tuple[list[str], int], ...] = ()

    def __str__(self) -> str:
        texts = [*self._settled[: self._count], *("".join(words[:count]) for words, count in self._open)]
        return mended(_spoken(texts))


@dataclass(slots=True)
class Piece:
    """A message, or the deltas of one, whose words are only ever appended to, since snapshots look at them.

    `whole` says that nothing is to come that repeats it, `ended` that what its author says next is said anew.
    """

    author: str | None
    words: list[str]
    whole: bool = False
    ended: bool = False

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.words)

    def is_by(self, author: str | None) -> bool:
        """Whether it may be this author's; the flat dialect names none."""
        return author is None or self.author is None or self.author == author


@dataclass(slots=True)
class Pieces:
    """The pieces in their order: settled ones, and open ones whose whole text may still come."""

    _settled: list[str] = field(default_factory=list[str])
    _open: list[Piece] = field(default_factory=list[Piece])
    _just_said: Piece | None = None

    @property
    def unfinished(self) -> bool:
        """Whether deltas wait for their whole text."""
        return bool(self._open)

    def snapshot(self) -> Snapshot:
        """A view: two lengths and the lists they belong to."""
        return Snapshot(
            self._settled, len(self._settled), tuple((piece.words, len(piece.words)) for piece in self._open)
        )

    def turn(self) -> None:
        """A tool ran, or something else came in between: what is said next is said anew."""
        self._just_said = None
        for piece in self._open:
            piece.ended = True

    def add_delta(self, delta: Piece) -> None:
        """Take some more words of a message."""
        self._just_said = None
        for piece in reversed(self._open):
            if not piece.ended and piece.author == delta.author:
                piece.words += delta.words
                return
        self._open.append(delta)
        self._settle()

    def add_whole(self, whole: Piece) -> None:
        """Take a whole message: in the place of the deltas that it repeats, or after everything."""
        before = self._just_said
        if before is not None and (before.author, before.words) == (whole.author, whole.words):
            return  # delivered twice
        self._just_said = whole
        whole.whole = True
        text, order, placed = _plain(whole.text), list[Piece](), False
        for piece in self._open:
            mine = not piece.whole and piece.is_by(whole.author)
            if mine and (not piece.ended or _plain(piece.text) in text):
                order += [] if placed else [whole]
                placed = True
            else:
                piece.whole = piece.whole or mine  # said before, and not what this repeats
                order.append(piece)
        self._open = order if placed else [*order, whole]
        self._settle()

    def _settle(self) -> None:
        """Settle the first pieces that nothing will repeat, and half of them all where there are too many."""
        done = 0 if len(self._open) <= _MOST_OPEN else _MOST_OPEN // 2
        while done < len(self._open) and self._open[done].whole:
            done += 1
        self._settled += (piece.text for piece in self._open[:done])
        self._open = self._open[done:]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _spoken(messages: list[str]) -> str:
    texts = [text for text in messages if text.strip()]
    while texts and (kept := _before_noise(texts[-1])) != texts[-1]:
        if kept:
            texts[-1] = kept
        elif len(texts) > 1:
            texts.pop()
        else:
            break  # alone it is the answer
    return "\n\n".join(texts)


def _before_noise(text: str) -> str:
    """The text without a last sentence that is the backend's noise."""
    found = list(_NOISE.finditer(text))
    if not found:
        return text
    at = found[-1].start()
    before, after = text[:at].rstrip(), text[at:].strip()
    begins_a_sentence = not before or before.endswith(_SENTENCE_ENDS) or "\n" in text[len(before) : at]
    if not begins_a_sentence or "\n\n" in after or len(after) > _LONGEST_NOISE:
        return text
    return before
