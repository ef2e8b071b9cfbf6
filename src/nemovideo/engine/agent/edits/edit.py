"""What an edit is to the agent: read from a clause, done to a draft, undone by its opposite. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from nemovideo.engine.agent.language import Said
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.wire import JsonObject

__all__ = ["Clause", "Done", "Edit", "EditKind", "Refused", "Said", "Scene"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One wish out of a message.

    Attributes:
        text: the words, plain (`moments.plain`: small letters, single blanks), a file's name read as "the video"
            and each quoted text as "§0", "§1" …
        quotes: the quoted texts, exactly as they were said.
        files: the uploads that the clause names, in order.
        said: the words as they stood in the message, for an answer to quote.
        after: the edit that the words before asked for, by its name: "add music and fade it out" means the music.
    """

    text: str
    quotes: tuple[str, ...] = ()
    files: tuple[UploadRow, ...] = ()
    said: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What an edit may look at.

    Attributes:
        draft: the timeline before the edit, never empty.
        uploads: all of the session, oldest first.
        upload: the one the message means.
    """

    draft: JsonObject
    uploads: tuple[UploadRow, ...]
    upload: UploadRow


@dataclass(frozen=True, slots=True)
class Done:
    """The new timeline, and what was done to it."""

    draft: JsonObject
    said: Said


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was done: `reason` is the tool's word for it ("beyond_end"), `said` the person's."""

    reason: str
    said: Said


class Edit(Protocol):
    """One edit with its numbers: `Speed(factor=2.0)`. A frozen dataclass."""

    def apply(self, scene: Scene) -> Done | Refused:
        """Do it to the draft; what the edit does not speak of stays as it is."""
        ...

    def inverse(self, scene: Scene) -> Edit | None:
        """What undoes it, given the scene *before* it; None where nothing but "undo" does."""
        ...


@dataclass(frozen=True, slots=True)
class EditKind:
    """One kind of edit, as a row of the agent's table.

    Attributes:
        name: the tool's name on the wire: "trim".
        read: the edit that a clause asks for, or None when it asks for something else.
        example: what the agent answers to "what can you do?", with an example to say.
        takes_files: whether files that the clause names are what the edit works with ("append b.mp4", "add song.mp3"),
            and not the film that it is done to. Its scene then has the timeline as it is.
    """

    name: str
    read: Callable[[Clause, Scene], Edit | None]
    example: Said
    takes_files: bool = False
