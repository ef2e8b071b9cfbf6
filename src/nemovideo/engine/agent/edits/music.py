"""Music under the picture from an uploaded file, as long as the film. Its opposite puts back what was heard before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, each
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.musictext import asks_music, begin_in, source_of, span_of
from nemovideo.engine.agent.edits.mute import silent
from nemovideo.engine.agent.edits.pieces import beginning, ending, laid, parted
from nemovideo.engine.agent.edits.scope import stretches
from nemovideo.engine.agent.edits.timeline import AUDIO, VIDEO, changed, segments, with_segments
from nemovideo.engine.agent.edits.volume import LOUDEST
from nemovideo.engine.agent.numbers import share_in
from nemovideo.engine.agent.spans import Span
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.wire import JsonObject

__all__ = ["MUSIC", "Music"]

_USUAL = 0.35  # the documented summary of a timeline has it so: "BGM: Lo-fi (0-10s, 35%)"
_FADE = 1000  # milliseconds over which music that is cut off at the film's end goes
_SHORTEST = 500  # milliseconds: shorter music, laid end to end, is a rattle
_MOST = 200  # times that it is laid: a timeline of 500 segments is not rendered


@dataclass(frozen=True, slots=True)
class Music:
    """Lay a file's sound under the film, again and again to its end.

    Attributes:
        src: the file's hash; None where the session has no file of sound.
        volume: 1 as it was recorded.
        span: when it plays; None is the whole film.
        begin: where in the file it begins, in milliseconds.
        alone: whether the film's own sound is silenced.
    """

    src: str | None
    volume: float = _USUAL
    span: Span | None = None
    begin: int = 0
    alone: bool = False

    def apply(self, scene: Scene) -> Done | Refused:
        """Lay it down; music that was there gives way where the new one plays."""
        source = next((one for one in scene.uploads if one.hash == self.src), None)
        if source is None:
            return _no_file()
        if not segments(scene.draft, VIDEO):
            return ALL.missing(scene.draft)
        if not 0 <= self.volume <= LOUDEST:
            return _volume_range()
        bounds = stretches(scene, [self.span or Span()], ALL)
        if isinstance(bounds, Refused):
            return bounds
        start, end = bounds[0]
        pieces = self._pieces(source, start, end)
        if not pieces or len(pieces) > _MOST:
            return _too_short(source)
        before = parted(parted(laid(scene.draft, AUDIO, scene.uploads), start), end)
        kept = [one for one in before if ending(one) <= start or end <= beginning(one)]
        draft = with_segments(scene.draft, AUDIO, sorted([*kept, *pieces], key=beginning), name="BGM")
        if self.alone:
            draft = each(draft, VIDEO, lambda _, one: silent(one))
        percent = f"{100 * self.volume:.3g}%"
        own = (
            ("in place of the video's sound", "替换原声")
            if self.alone
            else ("under the video's own sound", "与原声混合")
        )
        return Done(
            draft,
            {
                "en": f"I added {source.filename} as music at {percent}, {own[0]}.",
                "zh": f"已加入配乐 {source.filename}，音量 {percent}，{own[1]}。",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The sound that there was."""
        return former(scene, *((VIDEO, AUDIO) if self.alone else (AUDIO,)))

    def _pieces(self, source: UploadRow, start: int, end: int) -> list[JsonObject]:
        lasts = round(1000 * (source.duration or 0)) - self.begin
        if lasts < min(_SHORTEST, end - start):
            return []
        pieces: list[JsonObject] = []
        for at in range(start, end, lasts):
            known = {"title": source.filename, "src": source.hash, "in": self.begin, "start": at, "volume": self.volume}
            pieces.append({"d": min(lasts, end - at), "m": known})
            if len(pieces) > _MOST:
                break
        pieces[-1] = changed(pieces[-1], fade_out=min(_FADE, int(pieces[-1]["d"]) // 2))
        return pieces


def _no_file() -> Refused:
    return Refused(
        "no_music",
        {
            "en": "There is no music in this session. Upload an audio file (mp3, wav, m4a, aac), then say it again.",
            "zh": "这个会话里没有音乐。请先传入音频文件（mp3、wav、m4a、aac），然后再说一次。",
        },
    )


def _volume_range() -> Refused:
    return Refused(
        "volume_range",
        {
            "en": f"A volume goes from 0 to {100 * LOUDEST:.0f}%. Name one in that range.",
            "zh": f"音量范围是 0 到 {100 * LOUDEST:.0f}%，请在其中选一个。",
        },
    )


def _too_short(source: UploadRow) -> Refused:
    return Refused(
        "too_short",
        {
            "en": f"{source.filename} is too short to be laid under this film from there. Use a longer one.",
            "zh": f"{source.filename} 从这里开始太短，无法作为配乐。请用更长的音频。",
        },
    )


def _read(clause: Clause, scene: Scene) -> Music | None:
    wish = asks_music(clause, scene)
    if wish is None:
        return None
    share = share_in(clause.text)
    if share is None and re.search(r"\bhalf\s+(?:the\s+)?volume\b|一半音量|音量减半", clause.text):
        share = 0.5
    volume = share if share is not None else (1.0 if wish == "alone" else _USUAL)
    source = source_of(clause, scene)
    src = None if source is None else source.hash
    return Music(src, volume, span_of(clause.text), begin_in(clause.text), alone=wish == "alone")


MUSIC = EditKind(
    "music",
    _read,
    {
        "en": 'add music: "add bgm.mp3 as background music at 20%", "replace the sound with song.mp3"',
        "zh": "加配乐：“用 bgm.mp3 做背景音乐，音量20%”、“把原声换成 song.mp3”",
    },
    takes_files=True,
)
