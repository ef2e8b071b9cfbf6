"""What a person may want, as data: a name and how it is read from their words.

An intent reads a text into a typed edit, or gives None. The first that reads something is what is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from nemovideo.engine.agent.mentions import Mentions
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.wording import spares
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.config import MOST_BYTES
from nemovideo.engine.drafts import requested, shows
from nemovideo.engine.wire import JsonObject, table
from nemovideo.errors import NemoError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Abilities", "Compress", "Edit", "INTENTS", "Intent", "Missing", "compression_in", "read"]


@dataclass(frozen=True, slots=True)
class Compress:
    """Bring one upload under a request; `upload` is None when there is none that could be meant.

    `others` were meant as well, and are left as they are: a draft holds one video.
    """

    request: CompressRequest
    upload: UploadRow | None
    others: tuple[UploadRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """The person names files that are not in the session: nothing is done to another in their place."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abilities:
    """The person asks what can be done."""


Edit = Compress | Missing | Abilities
Reader = Callable[[Mentions, JsonObject | None], Edit | None]


@dataclass(frozen=True, slots=True)
class Intent:
    """One kind of wish; `costs` tells whether it is an edit that is paid for."""

    name: str
    reader: Reader
    costs: bool


def _compress(said: Mentions, draft: JsonObject | None) -> Compress | Missing | None:
    upload = said.upload
    size, held = (None, None) if upload is None else (upload.size, _held(draft, upload))
    wishes = (
        CompressRequest.from_sentence(words, original_bytes=size, held=held)
        for words in (said.first_words, said.words)
        if words is not None
    )
    request = next((wish for wish in wishes if wish is not None), None)
    if held is None and spares(said.words):
        return None
    if request is None or (request.max_bytes or 0) > MOST_BYTES:
        return None
    return Missing(said.missing) if said.missing else Compress(request, upload, said.others)


def compression_in(words: str, upload: UploadRow, draft: JsonObject | None) -> CompressRequest | None:
    """The request in the words about one upload; None where they wish none."""
    request = CompressRequest.from_sentence(words, original_bytes=upload.size, held=_held(draft, upload))
    return None if request is None or (request.max_bytes or 0) > MOST_BYTES else request


def _held(draft: JsonObject | None, upload: UploadRow) -> CompressRequest | None:
    """What the draft wishes of this upload already."""
    if draft is None or not shows(draft, upload) or table(draft.get("m")).get("nemovideo") is None:
        return None
    try:
        return requested(draft)
    except NemoError:
        return None


_ASKS = Pattern(
    r"^\W*(?:help|what (?:can|do) you (?:do|offer|support)|what are you able|who are you|hi\b|hello"
    r"|你好|帮助|你(?:能|会|可以)(?:做|干)?什么)",
    re.IGNORECASE,
)


def _abilities(said: Mentions, _draft: JsonObject | None) -> Abilities | None:
    return Abilities() if _ASKS.search(said.words) else None


INTENTS: tuple[Intent, ...] = (
    Intent("compress", _compress, costs=True),
    Intent("abilities", _abilities, costs=False),
)


def read(said: Mentions, draft: JsonObject | None) -> tuple[Intent, Edit] | None:
    """What the words ask for, given the session's draft; None when it is not understood."""
    for intent in INTENTS:
        if (edit := intent.reader(said, draft)) is not None:
            return intent, edit
    return None
