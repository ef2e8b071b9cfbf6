"""Silence, and sound again: "mute the first 3 seconds", "no audio", "unmute", 「静音」「恢复声音」."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips, clips_in, each
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Said, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.lettering import Incomplete
from nemovideo.engine.agent.edits.portion import Portion, portion, told_portion
from nemovideo.engine.agent.edits.timeline import AUDIO, VIDEO, changed, meta, segments, with_meta
from nemovideo.engine.agent.edits.unclear import Unclear
from nemovideo.engine.agent.edits.volume import MUSIC_WORDS, no_music_track
from nemovideo.engine.agent.moments import TIME, duration_in, milliseconds, moment_in
from nemovideo.engine.agent.spans import Span, backwards, span_in
from nemovideo.engine.agent.wording import Wording, compressing, holds_request
from nemovideo.engine.wire import JsonObject, table

__all__ = ["MUTE", "Mute", "UNMUTE", "Unmute", "silent"]

_SOUND = (
    r"(?:audio|sounds?|soundtrack|volume|noise)\b(?!\s+(?:loss|quality|problem|issue|effects?|change|sync|bit|level))"
)
_MUTES = Wording(
    en=(
        r"\b(?:mute|muting|muted)\b",
        (
            rf"\b(?:remove|drop|strip|delete|kill|get\s+rid\s+of|take\s+(?:out|off|away)|turn\s+off|switch\s+off"
            rf"|disable|cut\s+out|silence)"
            rf"\s+(?:(?:all|of|the|its|any|original|video'?s)\s+){{0,4}}{_SOUND}"
        ),
        (
            r"(?<!has )(?<!have )(?<!had )(?<!is )(?<!got )(?<!there\'s )"
            rf"\b(?:no|without)\s+(?:(?:any|the|its|original)\s+){{0,3}}{_SOUND}"
        ),
        r"\bsilence\s+(?:it|this|the\s+(?:video|clip|film|first|last)|from|between)\b",
        rf"\b{_SOUND}\s+(?:off|removed|muted|gone)\b",
        r"\bmake\s+(?:it|this|the\s+\w+)\s+silent\b",
        r"\b(?:remove|drop|mute|turn\s+off)\s+the\s+(?:music|bgm)\s*(?:'s\s+)?(?:sound|volume)\b",
    ),
    zh=(
        "(?<!取消)(?<!解除)静音",
        "消音",
        "无声",
        "(?:去掉|去除|删掉|删除|移除|关掉|关闭|关了|不要|取消|消除)(?:视频|原视频|原来|所有|全部|原|的)*(?:声音|音频|原声|音轨|声)",
        "把?声音(?:去掉|关掉|关了|删掉|关闭|去除)",
    ),
)
_UNMUTES = Wording(
    en=(
        r"\bun-?mute\b",
        r"\b(?:bring|put|turn|switch|get)\s+(?:back\s+)?(?:the\s+)?(?:audio|sound)\s+(?:back|on)\b",
        (
            r"\b(?:restore|bring\s+back|put\s+back|get\s+back|turn\s+on)\s+(?:the\s+"
            r"|its\s+)?(?:original\s+)?(?:audio|sound|volume)\b"
        ),
        r"\b(?:audio|sound)\s+(?:back\s+)?on\b",
        r"^keep\s+(?:the\s+|its\s+)?original\s+(?:sound|audio)$",
    ),
    zh=(
        "(?:取消|解除|不要)静音",
        "保留(?:视频的?)?(?:原声|原音|原来的声音)",
        "恢复(?:视频|原来|原)?的?(?:声音|音频|原声)",
        "(?:打开|开启|还原)(?:声音|音频|原声)",
    ),
)
_EVERYTHING = Wording(
    en=(r"\b(?:everything|all\s+(?:the\s+)?(?:audio|sounds?)|completely)\b",), zh=("所有", "全部", "完全")
)


_VAGUE = Wording(
    en=(r"\b(?:beginning|start|end|intro|outro|part|middle)\b",), zh=("开头", "结尾", "片头", "片尾", "部分", "中间")
)


@dataclass(frozen=True, slots=True)
class Mute:
    """Silence clips or a stretch; the volume that there was is kept in the draft for `Unmute`.

    `music` silences the sound's own tracks instead; `everything` both.
    """

    clips: Clips = ALL
    span: Span | None = None
    music: bool = False
    everything: bool = False

    def apply(self, scene: Scene) -> Done | Refused:
        """Silence them."""
        kinds = self._kinds(scene.draft)
        if self.music and not segments(scene.draft, AUDIO):
            return no_music_track()
        draft: JsonObject = scene.draft
        told: Said = {}
        for kind in kinds:
            part = portion(Scene(draft, scene.uploads, scene.upload), self.clips, self.span, kind)
            if isinstance(part, Refused):
                return part
            draft = _silenced(part, kind)
            told = told or told_portion(self.clips, part)
        if draft == scene.draft:
            return Refused(
                "unchanged", {"en": "It is silent already; nothing was changed.", "zh": "已经是静音了，没有改动。"}
            )
        if kinds == (AUDIO,) and self.span is None:
            told = {"en": "the music" if segments(draft, VIDEO) else "the sound", "zh": "音乐"}
        heard = kinds == (VIDEO,) and bool(segments(draft, AUDIO))
        return Done(
            draft,
            {
                "en": f"I muted {told['en']}{'; the music plays on' if heard else ''}.",
                "zh": f"已将{told['zh']}静音{'，音乐保留' if heard else ''}。",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The segments with the volumes that they had."""
        return former(scene, *self._kinds(scene.draft))

    def _kinds(self, draft: JsonObject) -> tuple[int, ...]:
        if self.everything and segments(draft, AUDIO):
            return VIDEO, AUDIO
        return (AUDIO,) if self.music or not segments(draft, VIDEO) else (VIDEO,)


@dataclass(frozen=True, slots=True)
class Unmute:
    """Give what is silent the volume back that it had; a request without sound is taken back as well."""

    clips: Clips = ALL

    def apply(self, scene: Scene) -> Done | Refused:
        """Let it be heard."""
        chosen = self.clips.places(scene.draft)
        draft = each(scene.draft, VIDEO, lambda n, one: _heard(one) if n in chosen else one)
        draft = each(draft, AUDIO, lambda _, one: _heard(one)) if self.clips == ALL else draft
        request = table(meta(draft).get("nemovideo"))
        if request.get("audio") == "none":
            draft = with_meta(draft, nemovideo=request | {"audio": "auto"})
        if draft == scene.draft:
            return Refused(
                "unchanged", {"en": "Nothing is muted, so nothing was changed.", "zh": "没有静音的部分，没有改动。"}
            )
        return Done(draft, {"en": "The sound is back, as loud as it was.", "zh": "声音已恢复到原来的音量。"})

    def inverse(self, scene: Scene) -> Edit:
        """The segments with the volumes that they had."""
        return former(scene, VIDEO, AUDIO, keys=("nemovideo",))


def _silenced(part: Portion, kind: int) -> JsonObject:
    return each(part.draft, kind, lambda n, one: silent(one) if n in part.places else one)


def silent(segment: JsonObject) -> JsonObject:
    """The segment without its sound; what its volume was is kept under `unmuted`."""
    volume = meta(segment).get("volume")
    return segment if volume == 0 else changed(segment, volume=0, unmuted=volume)


def _heard(segment: JsonObject) -> JsonObject:
    known = meta(segment)
    return changed(segment, volume=known.get("unmuted"), unmuted=None) if known.get("volume") == 0 else segment


def _read(clause: Clause, scene: Scene) -> Mute | Incomplete | Unclear | None:
    text = clause.text
    if _UNMUTES.found(text) or not _MUTES.found(text) or compressing(text):
        return None
    if backwards(text):
        return Unclear("backwards")
    music = MUSIC_WORDS.found(text.replace("soundtrack", "")) is not None
    span = span_in(text) or _lasting(text)
    clips, everything = clips_in(clause, scene), _EVERYTHING.found(text) is not None
    if span is None and _VAGUE.found(text):
        return Incomplete(_how_long())
    if holds_request(scene.draft) and not music and span is None and clips == ALL and not segments(scene.draft, AUDIO):
        return None  # bare words belong to the compression, whose own wish says "without sound"
    return Mute(clips, span, music, everything)


def _how_long() -> Refused:
    return Refused(
        "how_long",
        {
            "en": "How long is that? Name the times: “mute the first 5 seconds”. Nothing was changed.",
            "zh": "具体多长？请说出时间，例如“前5秒静音”。没有做任何改动。",
        },
    )


def _lasting(text: str) -> Span | None:
    """The stretch of "mute it for 5 seconds at 0:10"; from the start where nothing says from when."""
    lone = re.search(TIME, text)
    if lone is None:
        return None
    at, lasts = moment_in(text), duration_in(text)
    if lasts is None:
        return Span(at, None) if at else Span(0, milliseconds(lone[0]))
    return Span(at or 0, (at or 0) + lasts)


def _read_opposite(clause: Clause, scene: Scene) -> Unmute | None:
    if not _UNMUTES.found(clause.text) or compressing(clause.text):
        return None
    return Unmute(clips_in(clause, scene))


MUTE = EditKind(
    "mute",
    _read,
    {"en": 'silence it: "mute it", "mute the first 3 seconds"', "zh": "静音：“静音”、“前3秒静音”"},
)
UNMUTE = EditKind(
    "unmute",
    _read_opposite,
    {"en": 'let it be heard again: "unmute", "bring back the sound"', "zh": "恢复声音：“取消静音”"},
)
