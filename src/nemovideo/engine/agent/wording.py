"""How a wish is worded, as data: patterns in English and in Chinese, and what takes a wish back. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nemovideo.engine.agent.edits.timeline import meta
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.wire import JsonObject
from nemovideo.protocol.wishwords import only_details, wishes

__all__ = ["Wording", "compressing", "forbidden", "holds_request", "spares"]

# "don't crop it", 「不要裁剪」: up to two words may stand between; 「特别」 and 「分别」 forbid nothing.
_FORBIDDEN = Pattern(
    r"(?:\b(?:don'?t|do not|never|not|without|instead of|rather than)\s+(?:\w+\s+){0,2}"
    r"|(?:不要|不用|不必|无需|先不|(?<![特分个区])别)[^,，。;；]{0,4})$"
)
# "can you rotate it" is a wish, "how about a square" too; "is it rotated", "how do I rotate it" are none.
_ASKING = Pattern(
    r"^(?:so\s+|but\s+|and\s+)?(?:is|are|was|were|does|did|has|what|how|why|which|when|where|who)\b(?!\s+about)"
    r"|^(?:怎么|怎样|如何|为什么|是不是|有没有|什么)"
)
_SPARES = Pattern(
    r"^\W*(?:please\s+)?(?:don'?t|do\s+not|never)\s+(?:drop|remove|strip|delete|mute|cut)\b|^(?:请)?(?:不要|别)(?:去掉|静音|删)",
    re.IGNORECASE,
)
_KEEPS = Pattern(
    r"\W*(?:(?:please|and|but|also)\s+)*(?:keep|leave|preserve|retain)(?:ing)?\s+(?:the\s+|its\s+|my\s+)?(?:original\s+)?(?:audio|sound)"
    r"(?:\s+(?:on|unchanged|untouched|alone))?\W*|(?:请|但|并)?保留(?:视频的?)?(?:声音|原声|音频)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wording:
    r"""One thing that may be said: patterns of small letters (`moments.plain`), in two languages.

    Example:
        >>> mute = Wording(en=(r"\bmute\b",), zh=("静音",))
        >>> bool(mute.found("mute it")), bool(mute.found("don't mute it")), bool(mute.found("请静音"))
        (True, False, True)
    """

    en: tuple[str, ...]
    zh: tuple[str, ...]
    _pattern: Pattern = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pattern", Pattern("|".join((*self.en, *self.zh))))

    def found(self, text: str) -> re.Match[str] | None:
        """The first place in the text that says it and does not forbid it."""
        for match in self._pattern.finditer(text):
            if not forbidden(text, match.start()):
                return match
        return None

    def last(self, text: str) -> re.Match[str] | None:
        """The last place in the text that says it."""
        return next(reversed(list(self._pattern.finditer(text))), None)

    def without(self, text: str) -> str:
        """The text with a blank in place of whatever says it."""
        return self._pattern.sub(" ", text)


def forbidden(text: str, at: int) -> bool:
    """Whether what stands there is what not to do, or what is asked about: "don't make it 24 fps", "is it muted"."""
    return _FORBIDDEN.search(text[:at]) is not None or _ASKING.match(text) is not None


def spares(text: str) -> bool:
    """Whether words that wish nothing else say to leave the sound as it is: "don't mute it", "keep the audio"."""
    if _KEEPS.fullmatch(text):
        return True
    return _SPARES.match(text) is not None and only_details(text) and not wishes(text)


def compressing(text: str) -> bool:
    """Whether the words wish a smaller file: what they say of picture and sound then belongs to that wish."""
    return wishes(text)


def holds_request(draft: JsonObject) -> bool:
    """Whether the draft has a request to compress, which bare words like "480p" add to."""
    return meta(draft).get("nemovideo") is not None
