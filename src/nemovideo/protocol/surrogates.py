r"""Halves of characters: an emoji that a server cut in two, each half a JSON escape of its own.

JSON may hold `"\ud83d"`, half of a UTF-16 pair. Nothing can show or encode it, so text that is shown has a whole
character, or U+FFFD, in its place. Drafts keep what they hold.
"""

from __future__ import annotations

from dataclasses import replace

from nemovideo.protocol.events import ChatEvent, Text
from nemovideo.protocol.json import is_whole, mended

__all__ = ["Halves"]


class Halves:
    r"""Joins the halves of a character over the deltas of each author.

    Example:
        >>> halves = Halves()
        >>> halves.joined(Text("Hi \ud83d", partial=True)).text, halves.joined(Text("\ude00", partial=True)).text
        ('Hi ', '😀')
    """

    def __init__(self) -> None:
        self._held: dict[str | None, str] = {}

    def joined(self, event: ChatEvent) -> ChatEvent:
        """The event with whole characters; a first half is held back for the next delta."""
        if not isinstance(event, Text) or (not self._held and is_whole(event.text)):
            return event
        words = self._held.pop(event.author, "")
        if not event.partial:
            return replace(event, text=mended(event.text))  # it repeats the deltas
        words += event.text
        if words and "\ud800" <= words[-1] <= "\udbff":
            self._held[event.author] = words[-1]
            words = words[:-1]
        return replace(event, text=mended(words))

    def left(self) -> list[ChatEvent]:
        """What is left at the end: halves that stay alone."""
        found: list[ChatEvent] = [Text("\ufffd", partial=True, author=author) for author in self._held]
        self._held.clear()
        return found
