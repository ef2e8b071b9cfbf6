"""Put clips together: "join a.mp4 and b.mp4", "put intro.mp4 before", 「把 a.mp4 和 b.mp4 拼接」. Pure.

The canvas stays that of the first clip of the timeline as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.pieces import laid, whole_of
from nemovideo.engine.agent.edits.sequence import arranged, begun, shown, source_of, told_order, unfit
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO
from nemovideo.engine.agent.edits.unclear import Unclear
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spoken import now_long
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.wire import JsonObject

__all__ = ["JOIN", "Join"]

Where = Literal["joined", "end", "start", "before", "after"]

_JOINS = Wording(
    en=(
        (
            r"\b(?:join|merg(?:e|ing)|combin(?:e|ing)|concat(?:enate)?|stitch|"
            r"splice|glue|connect|unite|string)\b"
        ),
        r"\bput\b[^,.;]{0,40}?\btogether\b",
        r"\bin(?:to)?\s+(?:one|a\s+single)\s+(?:video|clip|film|file)\b",
    ),
    zh=(
        "拼接",
        "合并",
        "合成一",
        "连接",
        "连在一起",
        "接在一起",
        "拼在一起",
        "拼成",
        "接起来",
        "拼起来",
        "合在一起",
        "合起来",
    ),
)
_ADDS = Wording(
    en=(r"\b(?:append|add|insert|attach|put|place|prepend|tack|include|stick|use|play)\b",),
    zh=("加[到在上入]?", "插入", "放[到在]?", "接[到在上]?", "拼[到在上]?", "添加", "追加"),
)
_START = Wording(
    en=(
        (
            r"\b(?:at|to|in|as)\s+(?:the\s+)?(?:very\s+)?(?:start|beginning|front|"
            r"intro|opening)\b"
        ),
        r"\b(?:prepend|first|upfront)\b",
        r"\bin\s+front\b",
        r"\bbefore\s+(?:it|that|this|everything|the\s+rest)?\W*$",
    ),
    zh=("最?前面", "开头", "最前", "片头", "之前", "前边"),
)
_END = Wording(
    en=(
        (
            r"\b(?:at|to|on|in|as)(?:to)?\s+(?:the\s+)?(?:very\s+)?(?:end|back|"
            r"outro)\b"
        ),
        r"\b(?:append|last|behind|afterwards|tack)\b",
        r"\bafter\s+(?:it|that|this|everything|the\s+rest)?\W*$",
    ),
    zh=("最?后面", "结尾", "末尾", "最后", "片尾", "之后", "后边"),
)
_BEFORE = Wording(
    en=(r"\b(?:before|in\s+front\s+of|ahead\s+of|at\s+the\s+(?:start|beginning)\s+of)\s+the\s+video",),
    zh=("the video.{0,6}the video\\s*的?之?(?:前|开头)",),
)
_AFTER = Wording(
    en=(r"\b(?:after|behind|to|onto|with)\s+(?:the\s+end\s+of\s+)?the\s+video", r"\bat\s+the\s+end\s+of\s+the\s+video"),
    zh=("the video.{0,6}the video\\s*的?之?(?:后|末尾|结尾|最后)",),
)
_ALL = Wording(
    en=(
        (
            r"\b(?:both|all|these|those|the|my)\b(?:\s+(?:of\s+)?(?:the|my|these|"
            r"those|two|three|four|five|uploaded|\d))*\s*(?:clips|videos|files|"
            r"them|parts|recordings|uploads|movies|films)\b"
        ),
        r"\b(?:them|everything|both|all)\b",
    ),
    zh=("[这两三四五几所全][有部]?些?个?的?(?:视频|片段|文件|素材|影片)", "全部", "所有", "它们", "两者"),
)
_MOVES = Wording(en=(r"\b(?:put|place|use|play|stick)\b",), zh=("放",))
_TWO = Pattern(r"\b(?:both|two|2)\b|[两二2]个|两者|两段")
_NOT = Wording(
    en=(
        (
            r"\b(?:music|song|bgm|soundtrack|audio|sounds?|titles?|captions?|"
            r"subtitles?|text|watermark|logo|transition|effects?|fad\w+|crossfade|"
            r"track|voice\w*|split\s?screen|side\s+by\s+side|picture[\s-]in)\b"
        ),
    ),
    zh=("音乐|配乐|声音|音频|标题|字幕|文字|水印|转场|特效|淡|画中画|并排|分屏",),
)


@dataclass(frozen=True, slots=True)
class Join:
    """Put `files` on the timeline: joined in their order, at its end or start, or before or after `beside`."""

    files: tuple[UploadRow, ...]
    where: Where = "joined"
    beside: UploadRow | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Put them there; a clip that is on the timeline already is moved with the edits that it has."""
        beside = () if self.beside is None else (self.beside,)
        if (no := unfit([*self.files, *beside])) is not None:
            return no
        draft = scene.draft
        there = set(shown(draft))
        if self.where == "joined":
            if not there or not there & {file.hash for file in self.files}:
                draft = begun(scene, self.files[0])
        elif self.beside is not None and self.beside.hash not in there:
            draft = begun(scene, self.beside)
        new, shift = self._placed(draft, scene)
        if [source_of(one) for one in new] == [
            source_of(one) for one in laid(draft, VIDEO, scene.uploads)
        ] and draft is scene.draft:
            return _already(self.files)
        draft = arranged(draft, new, scene, shift=lambda at: at + shift)
        now, order = now_long(int(draft["d"])), told_order(draft)
        return Done(
            draft,
            {
                "en": f"Put together: {order}; {now['en']}.",
                "zh": f"已拼接：{order.replace(', ', '、')}；{now['zh']}。",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The timeline as it was."""
        return former(scene, VIDEO, AUDIO, TEXT, keys=("width", "height", "fps", "nemovideo"))

    def _placed(self, draft: JsonObject, scene: Scene) -> tuple[list[JsonObject], int]:
        """The pieces in their new order, and by how much what was there moves back."""
        before = laid(draft, VIDEO, scene.uploads)
        named = {file.hash for file in self.files}
        come = [piece for file in self.files for piece in self._of(file, before)]
        if self.where == "joined":
            there = {source_of(piece) for piece in before}
            if there <= named:
                return come, 0
            return before + [piece for piece in come if source_of(piece) not in there], 0
        rest = [piece for piece in before if source_of(piece) not in named]
        at = {"start": 0, "end": len(rest)}.get(self.where, len(rest))
        if self.beside is not None:
            places = [place for place, piece in enumerate(rest) if source_of(piece) == self.beside.hash]
            at = places[0] if self.where == "before" else places[-1] + 1
        shift = sum(int(piece["d"]) for piece in come) if at == 0 and not named & {source_of(p) for p in before} else 0
        return rest[:at] + come + rest[at:], shift

    def _of(self, file: UploadRow, before: list[JsonObject]) -> list[JsonObject]:
        return [piece for piece in before if source_of(piece) == file.hash] or [whole_of(file)]


def _already(files: tuple[UploadRow, ...]) -> Refused:
    names = ", ".join(file.filename for file in files)
    return Refused(
        "already_there",
        {
            "en": f"{names} is there already, in that place. Name another file, or say “repeat it twice”.",
            "zh": f"{names.replace(', ', '、')} 已经在那个位置了。请说出另一个文件，或说“重复两遍”。",
        },
    )


def _read(clause: Clause, scene: Scene) -> Edit | None:
    text, files = clause.text, clause.files
    if _NOT.found(text) or any(file.kind == "audio" for file in files):
        return None
    if _JOINS.found(text):
        return _joining(text, files, scene)
    if not files or not _ADDS.found(text):
        return None
    if len(files) > 1 and (_BEFORE.found(text) or _AFTER.found(text)):
        return Join(files[:-1], "before" if _BEFORE.found(text) else "after", files[-1])
    if _START.found(text):
        return Join(files, "start")
    return Join(files, "end") if _END.found(text) or not _MOVES.found(text) else None


def _joining(text: str, files: tuple[UploadRow, ...], scene: Scene) -> Edit | None:
    if len(files) > 1:
        return Join(files)
    if len(files) == 1:
        if _START.found(text):
            return Join(files, "start")
        return Join(files, "end")
    videos = tuple({one.hash: one for one in scene.uploads if one.kind == "video"}.values())
    two = _TWO.search(text) is not None
    if len(videos) > 1 and _ALL.found(text) and (len(videos) == 2 or not two):
        return Join(videos)
    return Unclear("which_files")


JOIN = EditKind(
    "join",
    _read,
    {
        "en": 'put clips together: "join a.mp4 and b.mp4", "put intro.mp4 at the beginning"',
        "zh": "拼接片段：“把 a.mp4 和 b.mp4 拼接”、“把片头.mp4 放到最前面”",
    },
    takes_files=True,
)
