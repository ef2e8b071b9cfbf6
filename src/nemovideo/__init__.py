"""nemovideo: a video goes in, one that fits comes out.

    async with AsyncNemoClient.local() as client:
        result = await client.compress("talk.mp4", max_mb=50)

The public names are loaded when they are first used, so that `import nemovideo` costs next to nothing.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

from nemovideo._version import __version__

if TYPE_CHECKING:
    from nemovideo.backend import BackendProfile
    from nemovideo.blocking import NemoClient
    from nemovideo.blockingstream import BlockingChatStream
    from nemovideo.client import AsyncNemoClient
    from nemovideo.errors import (
        AgentError,
        AuthenticationError,
        ConnectionFailed,
        DamagedFile,
        DeadlineExceeded,
        DiskFull,
        EngineError,
        FFmpegMissing,
        FileTooLarge,
        MissingExtra,
        NemoError,
        NoPicture,
        OutOfCredits,
        OutputExists,
        OutputNotWritable,
        PlanError,
        ProtocolError,
        RateLimited,
        RenderFailed,
        SessionNotFound,
        SourceNotFound,
        StreamInterrupted,
        TargetNotMet,
        TransportError,
        UnsupportedFile,
        UsageError,
    )
    from nemovideo.limits import Limits
    from nemovideo.progress import Progress
    from nemovideo.protocol.compress import CompressRequest
    from nemovideo.protocol.draft import Segment, Timeline, Track
    from nemovideo.protocol.events import (
        ChatEvent,
        Heartbeat,
        ServerError,
        StateDelta,
        StillWorking,
        Text,
        ToolCall,
        ToolResult,
        Unknown,
    )
    from nemovideo.protocol.lifecycle import Render, RenderFault
    from nemovideo.protocol.plan import Plan
    from nemovideo.protocol.presets import PRESETS, Preset
    from nemovideo.protocol.reply import Ended, Reply, Snapshot
    from nemovideo.protocol.routing import Action
    from nemovideo.resources.chatstream import ChatStream
    from nemovideo.resources.credits import Balance
    from nemovideo.resources.remembered import PendingRender
    from nemovideo.resources.session import Session
    from nemovideo.resources.state import State
    from nemovideo.resources.upload import Upload
    from nemovideo.workflows.conversation import Answer
    from nemovideo.workflows.result import CompressResult

logging.getLogger(__name__).addHandler(logging.NullHandler())  # quiet until the application says otherwise

_HOMES: dict[str, tuple[str, ...]] = {
    "backend": ("BackendProfile",),
    "blocking": ("NemoClient",),
    "blockingstream": ("BlockingChatStream",),
    "client": ("AsyncNemoClient",),
    "errors": (
        "AgentError", "AuthenticationError", "ConnectionFailed", "DamagedFile", "DeadlineExceeded", "DiskFull",
        "EngineError", "FFmpegMissing", "FileTooLarge", "MissingExtra", "NemoError", "NoPicture", "OutOfCredits",
        "OutputExists", "OutputNotWritable", "PlanError", "ProtocolError", "RateLimited", "RenderFailed",
        "SessionNotFound", "SourceNotFound", "StreamInterrupted", "TargetNotMet", "TransportError", "UnsupportedFile",
        "UsageError",
    ),
    "limits": ("Limits",),
    "progress": ("Progress",),
    "protocol.compress": ("CompressRequest",),
    "protocol.draft": ("Segment", "Timeline", "Track"),
    "protocol.events": (
        "ChatEvent", "Heartbeat", "ServerError", "StateDelta", "StillWorking", "Text", "ToolCall", "ToolResult",
        "Unknown",
    ),
    "protocol.lifecycle": ("Render", "RenderFault"),
    "protocol.plan": ("Plan",),
    "protocol.presets": ("PRESETS", "Preset"),
    "protocol.reply": ("Ended", "Reply", "Snapshot"),
    "protocol.routing": ("Action",),
    "resources.chatstream": ("ChatStream",),
    "resources.credits": ("Balance",),
    "resources.remembered": ("PendingRender",),
    "resources.session": ("Session",),
    "resources.state": ("State",),
    "resources.upload": ("Upload",),
    "workflows.conversation": ("Answer",),
    "workflows.result": ("CompressResult",),
}  # fmt: skip
_HOME = {name: f"nemovideo.{module}" for module, names in _HOMES.items() for name in names}

__all__ = [
    "Action",
    "AgentError",
    "Answer",
    "AsyncNemoClient",
    "AuthenticationError",
    "BackendProfile",
    "Balance",
    "BlockingChatStream",
    "ChatEvent",
    "ChatStream",
    "CompressRequest",
    "CompressResult",
    "ConnectionFailed",
    "DamagedFile",
    "DeadlineExceeded",
    "DiskFull",
    "Ended",
    "EngineError",
    "FFmpegMissing",
    "FileTooLarge",
    "Heartbeat",
    "Limits",
    "MissingExtra",
    "NemoClient",
    "NemoError",
    "NoPicture",
    "OutOfCredits",
    "OutputExists",
    "OutputNotWritable",
    "PRESETS",
    "PendingRender",
    "Plan",
    "PlanError",
    "Preset",
    "Progress",
    "ProtocolError",
    "RateLimited",
    "Render",
    "RenderFailed",
    "RenderFault",
    "Reply",
    "Segment",
    "ServerError",
    "Session",
    "SessionNotFound",
    "Snapshot",
    "SourceNotFound",
    "State",
    "StateDelta",
    "StillWorking",
    "StreamInterrupted",
    "TargetNotMet",
    "Text",
    "Timeline",
    "ToolCall",
    "ToolResult",
    "Track",
    "TransportError",
    "Unknown",
    "UnsupportedFile",
    "Upload",
    "UsageError",
    "__version__",
]


def __getattr__(name: str) -> object:
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'nemovideo' has no attribute {name!r}") from None
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
