"""Louder or quieter, the video's sound or the music's: "volume to 50%", "turn the music down", 「音量调到30%」."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips, clips_in, each
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.portion import portion, told_portion
from nemovideo.engine.agent.edits.timeline import AUDIO, VIDEO, changed, meta, segments
from nemovideo.engine.agent.edits.unclear import Unclear
from nemovideo.engine.agent.moments import TIME
from nemovideo.engine.agent.numbers import NUMBER, factor_in, number, share_in
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Span, backwards, span_in
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.wire import JsonObject

__all__ = ["LOUDEST", "MUSIC_WORDS", "VOLUME", "Volume", "no_music_track", "of_music"]

LOUDEST = 4.0
"""The most that a volume may be: 12 dB, over which little but distortion comes."""

MUSIC_WORDS = Wording(
    en=(r"\b(?:music|bgm|song|soundtrack|score|background\s+(?:audio|sound|track|tune))\b",),
    zh=("音乐", "配乐", "bgm", "歌曲?", "背景声"),
)
_SPEAKS = Wording(
    en=(
        r"\bvolume\b",
        r"\b(?:louder|quieter|softer)\b",
        r"\bturn(?:ing|ed)?\s+(?:it|that|this|the\s+(?:\w+\s+){0,2}\w+)?\s*(?:up|down)\b",
        r"\bturn(?:ing|ed)?\s+(?:up|down)\s+(?:the\s+)?(?:\w+\s+){0,2}\w+",
        (
            r"\b(?:raise|lower|boost|increase|decrease|reduce|amplify|halve|double)\b[^,.;]{0,20}\b(?:sound"
            r"|audio|music|song|bgm|soundtrack|loudness)\b"
        ),
        rf"\b(?:sound|audio|music|bgm|song)\s+(?:level\s+)?(?:to|at|by)\s+(?!{TIME})\d",
        r"\bas\s+(?:loud|quiet)\b",
        r"\d\s*db\b",
    ),
    zh=(
        "音量",
        "(?:声音|音乐|配乐|bgm|原声|人声)[^,，。]{0,6}(?:大|小|轻|响|高|低|弱)",
        "(?:大|小)(?:点|一点|一些|些)声",
        "(?:调大|调小|调高|调低|放大|增大|减小|提高|降低)[^,，。]{0,4}(?:声音|音乐|配乐|bgm)",
    ),
)
_NOT = Wording(
    en=(
        (
            r"\b(?:brightness|contrast|speed|title|text|caption|font|quality|resolution|bit\s?rate|size|colou?r"
            r"|saturation)\b"
        ),
        r"\bfad(?:e|es|ing)\b",
        r"\bturn(?:ed)?\s+(?:\w+\s+){0,3}(?:into|upside)\b",
    ),
    zh=("亮度", "对比度", "速度", "标题", "字幕", "字体", "画质", "淡", "分辨率"),
)
_OF_FILM = Wording(  # after "add music" a volume is the music's, unless the words say otherwise
    en=(r"\b(?:video|clip|film|movie|original|own|voices?|speech|talk\w*|dialog\w*)\b",),
    zh=("视频", "影片", "原声", "原来", "原音", "人声", "对白", "说话"),
)
_COMPLAINT = Pattern(
    r"\btoo\s+(?:loud|quiet|soft|low|high)\b|太(?:大|小|轻|响|高|低|弱)|\bmax(?:imum)?\b|最[大高]"
)  # no level is wished
_UP = Wording(
    en=(r"\b(?:louder|up|raise|boost|increase|amplify)\b",),
    zh=("大", "响", "高(?!低)", "增", "提"),
)
_DOWN = Wording(
    en=(r"\b(?:quieter|quiet|softer|down|lower|decrease|reduce|less\s+loud)\b",),
    zh=("小", "轻(?!松)", "低", "弱", "减", "降"),
)
_BY = Pattern(
    rf"\bby\s+(?:about\s+)?{NUMBER}|(?:提高|降低|增加|减少|增大|加大|减小|调大|调小|调高|调低)\s*(?:了)?\s*(?:{NUMBER}\s*%|百分之)"
)
_TO_SHARE = Pattern(r"\b(?:to|at)\s+(?:about\s+)?\d|[到至为成]\s*(?:\d|百分)")
_TO = Pattern(
    rf"(?:\b(?:to|at|of|is|=)|到|至|为|成|volume:?)\s*(?:about\s+)?({NUMBER})(?!\s*(?:%|x\b|×|倍|db|成|times|per)|[\w.:])"
)
_DECIBELS = Pattern(rf"([+\-−]?)\s*({NUMBER})\s*(?:db|decibels?|分贝)")
_FULL = Wording(en=(r"\b(?:normal|original|full|default)\b", r"\bback\b"), zh=("正常", "原来", "恢复", "默认", "原始"))
_MUCH = Wording(en=(r"\b(?:much|a\s+lot|way)\b",), zh=("很多", "得多", "多一点", "大很多"))
_LITTLE = Wording(en=(r"\b(?:bit|little|slightly|touch|tad|somewhat)\b",), zh=("稍", "略", "微"))


@dataclass(frozen=True, slots=True)
class Volume:
    """Set the volume to `level` (1 as it was recorded), or change it by `factor`.

    `music` says of the sound's own tracks and not of the video's.
    """

    level: float | None = None
    factor: float = 1.0
    music: bool = False
    clips: Clips = ALL
    span: Span | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Change it on each of the segments."""
        kind = AUDIO if self._on_tracks(scene.draft) else VIDEO
        if self.music and not segments(scene.draft, AUDIO):
            return no_music_track()
        part = portion(scene, self.clips, self.span, kind)
        if isinstance(part, Refused):
            return part
        wanted = {n: self._wanted(one) for n, one in enumerate(segments(part.draft, kind)) if n in part.places}
        if max(wanted.values()) > LOUDEST:
            return _too_loud(max(wanted.values()))
        draft = each(part.draft, kind, lambda n, one: _with_volume(one, wanted[n]) if n in wanted else one)
        percent = " / ".join(f"{100 * level:.3g}%" for level in sorted(set(wanted.values())))
        whole_music = self.music and self.span is None
        told = {"en": "the music", "zh": "音乐"} if whole_music else told_portion(self.clips, part)
        return Done(
            draft,
            {"en": f"The volume of {told['en']} is now {percent}.", "zh": f"{told['zh']}的音量现在是 {percent}。"},
        )

    def inverse(self, scene: Scene) -> Edit:
        """The volumes that there were."""
        return former(scene, AUDIO if self._on_tracks(scene.draft) else VIDEO)

    def _on_tracks(self, draft: JsonObject) -> bool:
        return self.music or not segments(draft, VIDEO)

    def _wanted(self, segment: JsonObject) -> float:
        now = meta(segment).get("volume", 1)
        wanted = self.level if self.level is not None else float(now) * self.factor
        return round(wanted, 4)


def _with_volume(segment: JsonObject, volume: float) -> JsonObject:
    return changed(segment, volume=None if volume == 1 else volume, unmuted=None)


def of_music(clause: Clause) -> bool:
    """Whether the words are about the music: by name, or as the "it" that was added just before."""
    if MUSIC_WORDS.found(clause.text.replace("soundtrack", "")):
        return True
    return clause.after == "music" and re.search(r"\b(?:it|its)\b|它", clause.text) is not None


def no_music_track() -> Refused:
    """There is no music to speak of."""
    return Refused(
        "no_music",
        {
            "en": "There is no music on the timeline. Say “add background music” with an audio file in the session.",
            "zh": "时间线上还没有音乐。请先传入音频文件，再说“加背景音乐”。",
        },
    )


def _too_loud(level: float) -> Refused:
    return Refused(
        "volume_range",
        {
            "en": f"That would be {100 * level:.3g}%; a volume goes from 0 to {100 * LOUDEST:.0f}%. "
            "Name one in that range.",
            "zh": f"那样会是 {100 * level:.3g}%；音量范围是 0 到 {100 * LOUDEST:.0f}%，请在其中选一个。",
        },
    )


def _read(clause: Clause, scene: Scene) -> Volume | Unclear | None:
    text = clause.text
    if not _SPEAKS.found(text) or _NOT.found(text) or _COMPLAINT.search(text):
        return None
    if (said := _amount(text)) is None:
        return None
    if backwards(text):
        return Unclear("backwards")
    music = of_music(clause) or (clause.after == "music" and not _OF_FILM.found(text) and not clause.files)
    clips, span = ALL if music else clips_in(clause, scene), span_in(text)
    return Volume(said[0], said[1], music, clips, span)


def _amount(text: str) -> tuple[float | None, float] | None:
    """A level, or None and a factor; None where the words tell neither."""
    down = _DOWN.found(text) is not None
    turned = down or _UP.found(text) is not None
    if decibels := _DECIBELS.search(text):
        sign = -1 if down or decibels[1] in {"-", "−"} else 1
        return None, round(10 ** (sign * min(number(decibels[2]), 60) / 20), 4)
    share = share_in(text)
    if share is not None:
        by = turned and (_BY.search(text) is not None or _TO_SHARE.search(text) is None)
        return (None, max(0.0, 1 - share) if down else 1 + share) if by else (share, 1.0)
    if plain := _TO.search(text):
        level = number(plain[1])
        return (level / 100 if level > LOUDEST else level), 1.0
    if (factor := factor_in(text)) is not None:
        return None, 1 / factor if down and factor > 1 else factor
    if _FULL.found(text):
        return 1.0, 1.0
    if not turned:
        return None
    step = 2.0 if _MUCH.found(text) else 1.25 if _LITTLE.found(text) else 1.5
    return None, round(1 / step, 4) if down else step


VOLUME = EditKind(
    "volume",
    _read,
    {
        "en": 'set the volume: "volume to 50%", "make the music quieter"',
        "zh": "调音量：“音量调到30%”、“音乐小声一点”",
    },
)
