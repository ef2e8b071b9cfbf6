"""What the agent can do, as a list with examples to say: built from its table of edits, so that it is never behind."""

from __future__ import annotations

from nemovideo.engine.agent import steps
from nemovideo.engine.agent.edits.table import EDITS
from nemovideo.engine.agent.language import Language, Said

__all__ = ["abilities"]

_COMPRESSION: tuple[Said, ...] = (
    {
        "en": 'compress a video under a size: "compress this video to under 50MB"',
        "zh": "压缩到指定大小：“压缩到 50MB 以内”",
    },
    {
        "en": 'compress it to a share of its size, or for a service: "make it 40% smaller", "fit it into Discord"',
        "zh": "按比例或按平台压缩：“压缩到原来的 40%”、“压缩一下，发 Discord 用”",
    },
    {
        "en": 'keep the quality, limit picture and rate: "compress to 20MB at 720p, 30 fps", "with HEVC", "with AV1"',
        "zh": "保持画质，限制分辨率和帧率：“压缩到 20MB，720p，30 fps”，或用 HEVC、AV1",
    },
    {
        "en": 'foretell a compression: "how small can it get?", "plan it for 20MB"',
        "zh": "先预估压缩结果：“最小能压到多少？”",
    },
)


def abilities(language: Language) -> str:
    """The list, a line each."""
    rows: list[Said] = [*_COMPRESSION, *(kind.example for kind in EDITS), steps.EXAMPLE]
    return "\n".join(f"- {row[language]}" for row in rows)
