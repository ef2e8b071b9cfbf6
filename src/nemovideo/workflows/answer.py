"""What comes of a person's words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nemovideo.protocol.reply import Reply
from nemovideo.protocol.routing import Action

__all__ = ["Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a person's words. `str()` gives the text.

    Attributes:
        text: something to read, always.
        actions: what was done, in order, with what the backend's own instructions led to; "chat" for each message.
        changes: what changed on the timeline, in words, where the agent itself did not say.
        files: what was exported.
        reply: the agent's reply to the words, as it came; None where the chat was skipped.
        done: whether anything was done: an upload, a look-up, an export, or a chat that changed the timeline or whose
            tools worked. An answer in words alone ("I did not understand that") does nothing.
    """

    text: str
    actions: tuple[Action, ...] = ()
    changes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    reply: Reply | None = None
    done: bool = False

    def __str__(self) -> str:
        return self.text
