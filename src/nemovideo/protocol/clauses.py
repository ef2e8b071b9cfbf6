"""A text into clauses, each a row of letters of the lexicon's grammar, with the place in the text that it stands at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from nemovideo.protocol.lexicon import LONGEST, PHRASES

__all__ = ["Clause", "MEDIA", "clauses"]

MEDIA = "mp4|mov|avi|webm|mkv|m4v|jpe?g|png|gif|webp|mp3|wav|m4a|aac"
_URL = re.compile(r"https?://[^\s，。；、]+", re.IGNORECASE)
_QUOTES = {'"': '"', "“": "”", "„": "“", "「": "」", "『": "』", "《": "》", "«": "»", "`": "`", "‘": "’", "'": "'"}
_PATH = re.compile(
    rf"(?:~|\.{{1,2}})?/[^\s,;，；。]*\.(?:{MEDIA})(?![a-z0-9])"
    rf"|(?:~|\.{{1,2}})?/[^\n,;，；。'\"]*?\.(?:{MEDIA})(?![a-z0-9])"
    r"|(?:~|\.{1,2})?/[^\s,;，；。]+"
    r"|[a-z]:\\[^\s,;，；。]+",
    re.IGNORECASE,
)
_FILE = re.compile(rf"[\w\-.()（）+@#%\[\]/]*\w\.(?:{MEDIA})(?![a-z0-9])", re.IGNORECASE)
_NAMED = re.compile(rf"[^\n]+\.(?:{MEDIA})", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9À-ɏ_][a-z0-9À-ɏ_'%./+-]*")
_STOPS = {**dict.fromkeys(".!?。…;\n", ";"), **dict.fromkeys(",、—–", ","), **dict.fromkeys("→⇒➡>", ">")}
_STRENGTH = "><|&;,"  # of several joiners in a row, ", and then", the first of these says how the clauses hang together
_BEFORE_A_NAME = "UXBtS>&"  # Chinese writes no space between these and a file's name
_MARKS = "'\"“”„「」『』《》«»` "


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause.

    Attributes:
        joiner: what joins it to the one before: `;` a stop, `,` a comma, `&` and, `|` or, `>` then, `<` after.
        letters: its words as letters of the lexicon, `?` for one that is not there; without fillers.
        start, end: where in the text.
        names: the paths, URLs and file names in it.
    """

    joiner: str
    letters: str
    start: int
    end: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    letter: str
    start: int
    end: int
    name: str | None = None


class _Text:
    """The text as it is compared: full-width letters made plain, capitals small, and where each letter stood."""

    def __init__(self, said: str) -> None:
        self.said = said
        letters, self.places = "", list[int]()
        for place, letter in enumerate(said):
            plain = unicodedata.normalize("NFKC", letter).lower()
            plain = {"’": "'", "‘": "'"}.get(plain, plain)
            letters += plain
            self.places += [place] * len(plain)
        self.letters = letters
        self.places.append(len(said))


def clauses(said: str) -> list[Clause]:
    """The clauses of a text, in order; none where it holds no word."""
    found: list[Clause] = []
    joiners, tokens = ";", list[_Token]()
    for token in (*_tokens(_Text(said)), _Token(";", len(said), len(said))):
        if token.letter not in _STRENGTH:
            tokens.append(token)
            continue
        if tokens:
            letters = "".join(word.letter for word in tokens if word.letter != "F")
            names = tuple(word.name for word in tokens if word.name)
            found.append(Clause(min(joiners, key=_STRENGTH.index), letters, tokens[0].start, tokens[-1].end, names))
            joiners, tokens = "", []
        joiners += token.letter
    return found


def _tokens(text: _Text) -> Iterator[_Token]:
    at, letters = 0, text.letters
    while at < len(letters):
        letter, length = _next(letters, at)
        if letter:
            start, end = text.places[at], text.places[at + length - 1] + 1
            name = text.said[start:end] if letter in "PfQ" else None
            yield _Token(letter, start, end, name.strip(_MARKS) if name and letter != "Q" else None)
        at += length


def _next(letters: str, at: int) -> tuple[str, int]:
    """The next token's letter and length; no letter for what is passed over."""
    here = letters[at]
    if here in _STOPS:
        return _STOPS[here], 1
    if here in _QUOTES and (quoted := _quoted(letters, at)):
        content = letters[at + 1 : at + quoted - 1]
        named = _URL.fullmatch(content) or _PATH.fullmatch(content) or _NAMED.fullmatch(content)
        return ("P" if named else "Q"), quoted
    if place := _URL.match(letters, at) or _PATH.match(letters, at):
        return "P", len(place[0].rstrip(".!?:)]"))
    phrase = _phrase(letters, at)
    file = _FILE.match(letters, at)
    if file and not (phrase and phrase[0] in _BEFORE_A_NAME and not here.isascii()):
        return "f", len(file[0])
    return phrase or _unknown(letters, at)


def _unknown(letters: str, at: int) -> tuple[str, int]:
    if word := _WORD.match(letters, at):
        return "?", len(word[0].rstrip(".'/+-")) or 1
    return ("?" if letters[at].isalnum() else ""), 1


def _phrase(letters: str, at: int) -> tuple[str, int] | None:
    """The longest phrase of the lexicon here, not cut out of a longer word."""
    for length in range(min(LONGEST, len(letters) - at), 0, -1):
        letter = PHRASES.get(letters[at : at + length])
        if letter and not _goes_on(letters, at + length):
            return letter, length
    return None


def _goes_on(letters: str, end: int) -> bool:
    if not _is_plain(letters[end - 1]) or end >= len(letters):
        return False
    return _is_plain(letters[end]) or (
        letters[end] in "'.-/" and end + 1 < len(letters) and _is_plain(letters[end + 1])
    )


def _is_plain(letter: str) -> bool:
    return letter == "_" or (letter.isalnum() and letter < "\u0250")


def _quoted(letters: str, at: int) -> int | None:
    """The length of the quotation that begins here, quotes and all; one that is never closed goes to the end."""
    mark = letters[at]
    if mark == "'" and at and letters[at - 1].isalnum():
        return None
    end = letters.find(_QUOTES[mark], at + 1)
    while mark == "'" and 0 <= end < len(letters) - 1 and letters[end + 1].isalnum():
        end = letters.find(mark, end + 1)
    if end >= 0:
        return end + 1 - at
    return len(letters) - at if mark == '"' else None
