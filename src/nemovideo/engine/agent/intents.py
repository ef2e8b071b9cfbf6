"""What a person may want, as data: a name and how it is read from their words.

An intent reads a text into a typed edit, or gives None. The first that reads something is what is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nemovideo.engine.archive import UploadRow
from nemovideo.engine.config import MOST_BYTES
from nemovideo.protocol.compress import CompressRequest

__all__ = ["INTENTS", "Abilities", "Compress", "Edit", "Intent", "read"]


@dataclass(frozen=True, slots=True)
class Compress:
    """Bring one upload under a request; `upload` is None when there is none that could be meant."""

    request: CompressRequest
    upload: UploadRow | None


@dataclass(frozen=True, slots=True)
class Abilities:
    """The person asks what can be done."""


Edit = Compress | Abilities
Reader = Callable[[str, Sequence[UploadRow]], Edit | None]


@dataclass(frozen=True, slots=True)
class Intent:
    """One kind of wish; `costs` tells whether it is an edit that is paid for."""

    name: str
    reader: Reader
    costs: bool


def _compress(text: str, uploads: Sequence[UploadRow]) -> Compress | None:
    upload = _meant(text, uploads)
    words = text if upload is None else text.replace(upload.filename, "")  # "talk_50mb.mp4" names no limit
    request = CompressRequest.from_sentence(words, original_bytes=None if upload is None else upload.size)
    if request is None or (request.max_bytes or 0) > MOST_BYTES:
        return None
    return Compress(request, upload)


_ASKS = re.compile(
    r"^\W*(?:help|what (?:can|do) you (?:do|offer|support)|what are you able|who are you|hi\b|hello"
    r"|你好|帮助|你(?:能|会|可以)(?:做|干)?什么)",
    re.IGNORECASE,
)


def _abilities(text: str, _uploads: Sequence[UploadRow]) -> Abilities | None:
    return Abilities() if _ASKS.search(text) else None


INTENTS: tuple[Intent, ...] = (
    Intent("compress", _compress, costs=True),
    Intent("abilities", _abilities, costs=False),
)


def read(text: str, uploads: Sequence[UploadRow]) -> tuple[Intent, Edit] | None:
    """What the text asks for, given the session's uploads, oldest first; None when it is not understood."""
    for intent in INTENTS:
        if (edit := intent.reader(text, uploads)) is not None:
            return intent, edit
    return None


def _meant(text: str, uploads: Sequence[UploadRow]) -> UploadRow | None:
    """The upload that the text names by its file name, else the latest with a moving picture, else the latest."""
    folded = text.casefold()
    named = [upload for upload in uploads if upload.filename.casefold() in folded]
    moving = [upload for upload in uploads if upload.kind == "video"]
    candidates = sorted(named, key=lambda upload: len(upload.filename)) or moving or list(uploads)
    return candidates[-1] if candidates else None
