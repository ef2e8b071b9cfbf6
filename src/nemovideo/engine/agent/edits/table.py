"""Every edit that the agent knows, in the order in which a clause is offered to them.

The first that reads a clause does it. An edit module ends in its row, `TRIM = EditKind("trim", _read, {…})`; here it
is one import and one line.
"""

from __future__ import annotations

from nemovideo.engine.agent.edits.edit import EditKind

__all__ = ["EDITS"]

EDITS: tuple[EditKind, ...] = (
    # what a span names is read before what cuts: "speed up the first 5 seconds" is no cut
    # --- looks: sound, picture, words ---
    # --- time: what plays, how fast, in which order ---
)
