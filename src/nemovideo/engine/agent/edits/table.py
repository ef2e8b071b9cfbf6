"""Every edit that the agent knows, in the order in which a clause is offered to them.

The first that reads a clause does it. An edit module ends in its row, `TRIM = EditKind("trim", _read, {…})`; here it
is one import and one line.
"""

from __future__ import annotations

from nemovideo.engine.agent.edits.aspect import ASPECT
from nemovideo.engine.agent.edits.caption import CAPTION_EDIT
from nemovideo.engine.agent.edits.crop import CROP
from nemovideo.engine.agent.edits.cut import CUT
from nemovideo.engine.agent.edits.edit import EditKind
from nemovideo.engine.agent.edits.fade import FADE
from nemovideo.engine.agent.edits.flip import FLIP
from nemovideo.engine.agent.edits.fps import FPS
from nemovideo.engine.agent.edits.gif import GIF
from nemovideo.engine.agent.edits.join import JOIN
from nemovideo.engine.agent.edits.music import MUSIC
from nemovideo.engine.agent.edits.musicstart import MUSIC_START
from nemovideo.engine.agent.edits.mute import MUTE, UNMUTE
from nemovideo.engine.agent.edits.order import ORDER, REPEAT
from nemovideo.engine.agent.edits.outcome import AS_VIDEO
from nemovideo.engine.agent.edits.remove import REMOVE
from nemovideo.engine.agent.edits.resolution import RESOLUTION
from nemovideo.engine.agent.edits.retitle import RETITLE
from nemovideo.engine.agent.edits.rotate import ROTATE
from nemovideo.engine.agent.edits.sound import SOUND
from nemovideo.engine.agent.edits.speed import SPEED
from nemovideo.engine.agent.edits.split import SPLIT
from nemovideo.engine.agent.edits.title import TITLE_EDIT
from nemovideo.engine.agent.edits.trim import TRIM
from nemovideo.engine.agent.edits.unmusic import UNMUSIC
from nemovideo.engine.agent.edits.untitle import UNTITLE
from nemovideo.engine.agent.edits.volume import VOLUME

__all__ = ["EDITS"]

EDITS: tuple[EditKind, ...] = (
    # looks: words first, since what they say may sound like any other edit; then sound, then picture
    UNTITLE,
    RETITLE,
    CAPTION_EDIT,
    TITLE_EDIT,
    UNMUSIC,
    MUSIC_START,
    MUSIC,
    AS_VIDEO,
    SOUND,
    GIF,
    UNMUTE,
    MUTE,
    FADE,
    VOLUME,
    ROTATE,
    FLIP,
    CROP,
    ASPECT,
    RESOLUTION,
    FPS,
    # time: how fast, which clips in which order, and last what spans are kept or cut
    REPEAT,
    SPEED,
    ORDER,
    JOIN,
    REMOVE,
    SPLIT,
    TRIM,
    CUT,
)
