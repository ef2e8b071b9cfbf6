"""Which of the session's files a text speaks of, which it names that are not there, and the words that are left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.archive import UploadRow
from nemovideo.protocol.clauses import MEDIA

__all__ = ["Mentions", "Place", "mentions", "named_files"]

_FILE = Pattern(
    rf"[A-Z0-9_][\w.\-]{{0,200}}?\.(?:{MEDIA})(?![A-Z0-9_])"
    rf"|[^\s,;，。；：“”\"'/\\]{{1,200}}\.(?:{MEDIA})(?![A-Z0-9_])",
    re.IGNORECASE,
)
_PARTICLES = Pattern(r"^(?:请|帮我|压缩|把|将)+")
# Behind these stands what the result is to be called.
_RESULT = Pattern(
    r"(?:\b(?:as|named|called|saved? (?:it )?(?:to|in|as))|另存为|名为|保存(?:为|到))\s*[\"'“]?$", re.IGNORECASE
)
_RESULT_IF_UNKNOWN = Pattern(r"(?:\b(?:to|into)|成|为|到)\s*[\"'“]?$", re.IGNORECASE)
_SEVERAL = Pattern(
    r"\b(?:both|these|those|all|two|three|four|five|\d+)\b[^,.;!?]{0,15}\b(?:clips|videos|files|films|movies|recordings)\b"
    r"|\b(?:both|all) of them\b|这些|(?:两|三|几)个(?:视频|文件|片)|(?:所有|全部)的?(?:视频|文件|片)",
    re.IGNORECASE,
)
_LISTED = Pattern(r"[\s,、，&+]{0,5}(?:and|plus|as well as|和|与|及|跟)?\s{0,5}", re.IGNORECASE)
_MOST = 100  # names that a text is searched for


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text says of files.

    Attributes:
        upload: the one that is meant first: named, else the latest with a moving picture, else the latest.
        others: those that are meant as well.
        missing: names of files that the session does not hold.
        words: the text, a file's name read as "the video": "talk_50mb.mp4" names no limit.
        first_words: the part that is about `upload` alone, where another comes after it with words of its own.
        bare: the text without the files' names.
    """

    upload: UploadRow | None
    others: tuple[UploadRow, ...]
    missing: tuple[str, ...]
    words: str
    first_words: str | None
    bare: str


@dataclass(frozen=True, slots=True)
class Place:
    """A file's name in a text: the upload that it means, None where the session holds none of that name."""

    start: int
    end: int
    name: str
    upload: UploadRow | None


def mentions(text: str, uploads: Sequence[UploadRow]) -> Mentions:
    """Look for the files in a text, given the session's uploads, oldest first."""
    text = unicodedata.normalize("NFC", text)
    places = _places(text, {_folded(upload.filename): upload for upload in uploads})
    found = {place.upload.hash: place for place in reversed(places) if place.upload is not None}
    named = sorted(found.values(), key=lambda place: place.start)
    moving = [upload for upload in uploads if upload.kind == "video"]
    meant = [place.upload for place in named if place.upload is not None] or (moving or list(uploads))[-1:]
    others = meant[1:]
    if not others and meant and _SEVERAL.search(text):
        others = list({upload.hash: upload for upload in moving if upload.hash != meant[0].hash}.values())
    first = None
    if len(named) > 1 and not _LISTED.fullmatch(text[named[0].end : named[1].start]):
        first = _without(text, places, named[1].start)
    return Mentions(
        upload=meant[0] if meant else None,
        others=tuple(others),
        missing=tuple(dict.fromkeys(place.name for place in places if place.upload is None)),
        words=_without(text, places, len(text)),
        first_words=first,
        bare=_without(text, places, len(text), by=" "),
    )


def named_files(text: str, uploads: Sequence[UploadRow]) -> list[Place]:
    """Every file's name in an NFC text, in order; an upload may also be named without its suffix."""
    known = {_folded(upload.filename): upload for upload in uploads}
    places = _places(text, known)
    stems = {name.rpartition(".")[0]: upload for name, upload in known.items()}
    for stem in sorted(filter(_is_a_name, stems), key=len, reverse=True):
        _add(places, text, Pattern(rf"(?<![\w.\-]){re.escape(stem)}(?![\w\-]|\.\w)", re.IGNORECASE), stems[stem])
    return sorted(places, key=lambda place: place.start)


def _is_a_name(stem: str) -> bool:
    """Whether a name without its suffix can be nothing else: "IMG_0042", "beach-day", and not "video" or "music"."""
    return len(stem) > 3 and re.search(r"\d|[_\-]|\w \w", stem) is not None and re.search(r"[^\W\d_]", stem) is not None


def _places(text: str, uploads: dict[str, UploadRow]) -> list[Place]:
    """Every file's name in the text, in order; those of the uploads are looked for first, the longest first."""
    places: list[Place] = []
    for name in sorted(uploads, key=len, reverse=True):
        whole = rf"(?<![A-Z0-9_.\-]){re.escape(name)}(?![A-Z0-9_\-])"
        _add(places, text, Pattern(whole, re.IGNORECASE), uploads[name])
    _add(places, text, _FILE, None)
    return sorted(places, key=lambda place: place.start)


def _add(places: list[Place], text: str, pattern: Pattern, upload: UploadRow | None) -> None:
    for match in islice(pattern.finditer(text), _MOST):
        name, start = match[0], match.start()
        if upload is None:
            name = _PARTICLES.sub("", name) or name
            start = match.end() - len(name)
        before = text[max(0, start - 20) : start]
        if any(place.start < match.end() and start < place.end for place in places):
            continue
        if _RESULT.search(before) or (upload is None and _RESULT_IF_UNKNOWN.search(before)):
            continue
        places.append(Place(start, match.end(), name, upload))


def _without(text: str, places: Sequence[Place], end: int, *, by: str = "the video") -> str:
    pieces: list[str] = []
    at = 0
    for place in places:
        if place.end <= end:
            pieces += [text[at : place.start], by]
            at = place.end
    return "".join([*pieces, text[at:end]])


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()
