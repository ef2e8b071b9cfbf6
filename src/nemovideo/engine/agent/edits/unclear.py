"""Words that could mean two edits, one of them a loss: nothing is done, and the answer asks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nemovideo.engine.agent.edits.edit import Done, Edit, Refused, Scene
from nemovideo.engine.agent.language import Said
from nemovideo.engine.agent.wording import Wording

__all__ = ["NOT_TIME", "Unclear"]

NOT_TIME = Wording(
    en=(
        (
            r"\b(?:music|bgm|songs?|soundtrack|sounds?|audio|volume|voice\w*|"
            r"narration|titles?|captions?|subtitles?|texts?|words?|speed|slow\w*"
            r"|fast\w*|fad\w+|watermark|logo|noise|background|mut\w+|silen\w+|"
            r"loud\w*|blur\w*|rotat\w+|gif|transition|filter"
            r"|crossfade|zoom|colou?rs?|brightness|people|person|frame\s?rate|"
            r"fps)\b"
        ),
        r"\b(?:alone|untouched|intact|unchanged|as\s+(?:it|they)\s+(?:is|are))\W*$",
        r"\bi(?:'ve|\s+have)?\s+(?:already\s+)?(?:cut|trimmed|shortened|removed|deleted|kept)\b",
    ),
    zh=(
        (
            "音乐|配乐|声音|音轨|音频|音量|静音|标题|字幕|文字|速|慢|快|淡[入出]|"
            "水印|标志|噪音|背景|模糊|旋转|动图|转场|滤镜"
        ),
    ),
)
"""Words by which a span is only the place of another thing ("remove the music from 5s to 8s"), or no wish at all."""

_ASKED: dict[str, Said] = {
    "which_part": {
        "en": "Which part? Say “keep the first 10 seconds” or “keep the last 10 seconds”. Nothing was cut.",
        "zh": "哪一段？请说“保留前10秒”或“保留最后10秒”。没有做任何剪切。",
    },
    "which_end": {
        "en": "Off which end? Say “remove the first 5 seconds” or “remove the last 5 seconds”. Nothing was cut.",
        "zh": "去掉哪一头？请说“删掉前5秒”或“删掉最后5秒”。没有做任何剪切。",
    },
    "keep_or_remove": {
        "en": "Keep it or remove it? Say “keep the first 10 seconds” or “remove the first 10 seconds”.",
        "zh": "是保留还是删掉？请说“保留前10秒”或“删掉前10秒”。",
    },
    "how_long": {
        "en": "How long is that? I do not see the picture: say “remove the first 5 seconds”, or name the times.",
        "zh": "具体多长？我看不到画面内容：请说“删掉前5秒”，或给出起止时间。",
    },
    "no_eyes": {
        "en": "I do not see the picture. If that part is to go, say “remove the first 10 seconds”. Nothing was cut.",
        "zh": "我看不到画面内容。如果要去掉这一段，请说“删掉前10秒”。没有做任何剪切。",
    },
    "which_files": {
        "en": "Which ones? Name the files: “join a.mp4 and b.mp4”.",
        "zh": "哪几个？请说出文件名，例如“把 a.mp4 和 b.mp4 拼接”。",
    },
    "backwards": {
        "en": "That ends before it begins. Say the earlier time first: “cut from 2s to 6s”. Nothing was changed.",
        "zh": "结束时间早于开始时间。请先说较早的时间，例如“删掉2秒到6秒”。没有做任何改动。",
    },
    "how_fast": {
        "en": "How fast? Say “2x”, “half speed”, or “normal speed”.",
        "zh": "多快？请说“2倍速”、“放慢一半”或“正常速度”。",
    },
}
Question = Literal[
    "which_part", "which_end", "keep_or_remove", "how_long", "no_eyes", "which_files", "backwards", "how_fast"
]


@dataclass(frozen=True, slots=True)
class Unclear:
    """Asks back."""

    question: Question

    def apply(self, scene: Scene) -> Done | Refused:
        """Do nothing and ask."""
        return Refused(self.question, _ASKED[self.question])

    def inverse(self, scene: Scene) -> Edit | None:
        """None: nothing was done."""
        return None
