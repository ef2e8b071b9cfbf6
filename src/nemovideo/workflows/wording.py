"""The words that a conversation says itself, in the person's language; the agent's own words are not touched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from nemovideo.display.terminal import duration
from nemovideo.protocol.changes import pending
from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.reply import Reply
from nemovideo.protocol.sizes import told_size
from nemovideo.protocol.tongue import is_chinese
from nemovideo.resources.credits import Balance
from nemovideo.resources.upload import Upload
from nemovideo.workflows.chinese import chinese_change, chinese_tracks

__all__ = [
    "Language",
    "as_it_was",
    "balance",
    "exported",
    "first_line",
    "held_back",
    "language_of",
    "no_file",
    "not_done",
    "only_screen",
    "silent",
    "summary",
    "uncounted",
    "uploaded",
]

Language = Literal["en", "zh"]

_WORDS: dict[str, dict[Language, str]] = {
    "exported": {"en": "Exported to {path} ({size}).", "zh": "已导出到 {path}（{size}）。"},
    "uploaded": {"en": "Uploaded {what}.", "zh": "已上传 {what}。"},
    "no_file": {
        "en": "Which file? Say where it is, for example: upload /home/me/clip.mp4, or upload https://example.com/clip.mp4",
        "zh": "要上传哪个文件？请给出路径或网址，例如：上传 /home/me/clip.mp4，或 上传 https://example.com/clip.mp4",
    },
    "balance": {"en": "You have {available} credits.", "zh": "你有 {available} 积分。"},
    "reserved": {
        "en": "You have {available} credits; {frozen} more are reserved for work under way ({total} in all).",
        "zh": "你有 {available} 积分可用，另有 {frozen} 积分为进行中的任务预留（共 {total}）。",
    },
    "uncounted": {
        "en": "This machine counts no credits; an account in the cloud does.",
        "zh": "在本机上处理不计积分；云端账户才计积分。",
    },
    "held_back": {
        "en": 'Nothing was exported, as nothing was done. Say it in other words, or say "export" to have the timeline '
        "as it is.",
        "zh": "没有做任何改动，因此没有导出。请换一种说法；如需按现状导出，请说“导出”。",
    },
    "as_it_was": {
        "en": "The timeline is as it was before these words: nothing in the session shows a change.",
        "zh": "时间线与之前相同：会话中没有看到任何改动。",
    },
    "tracks": {"en": "{summary}", "zh": "时间线（{count} 条轨道）：{tracks}"},
    "empty": {
        "en": "The timeline is empty. Upload a video and say what to do with it.",
        "zh": "时间线是空的。请先上传视频，再说明要做什么。",
    },
    "cut": {
        "en": "The answer was cut off, but the work was done:",
        "zh": "回复中断了，但修改已经完成：",
    },
    "unchanged": {
        "en": "The answer had no words, and nothing changed on the timeline. Try saying it more specifically.",
        "zh": "回复没有任何文字，时间线也没有变化。请换一种更具体的说法再试。",
    },
    "unknown": {
        "en": 'The answer had no words; whether the timeline changed is not known. Say "status" to see it.',
        "zh": "回复没有任何文字，不确定时间线是否有变化。可以说“状态”查看。",
    },
    "screen": {
        "en": "The answer only spoke of a screen that is not here, and nothing was done for it.",
        "zh": "回复只提到了这里没有的界面操作，没有执行任何操作。",
    },
    "tools": {"en": "Steps taken: {tools}.", "zh": "已执行的步骤：{tools}。"},
    "not_done": {"en": "Not done: {action}. {why}", "zh": "未完成：{action}。{why}"},
    "export": {"en": "the export", "zh": "导出"},
    "credits": {"en": "looking up the credits", "zh": "查询积分"},
    "state": {"en": "the track summary", "zh": "查看状态"},
    "chat": {"en": "the edit", "zh": "修改"},
    "upload": {"en": "the upload", "zh": "上传"},
}


_LONGEST_QUOTE = 300  # characters: an error is one line


def language_of(text: str) -> Language:
    """The language to answer in: Chinese where the words are."""
    return "zh" if is_chinese(text) else "en"


def first_line(text: str) -> str:
    """What an error may quote of an answer."""
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"


def exported(path: Path, size: int, language: Language) -> str:
    """Where the file lies and how large it is."""
    return _WORDS["exported"][language].format(path=path, size=told_size(size))


def uploaded(uploads: Sequence[Upload], language: Language) -> str:
    """What was uploaded, with what is known of it."""
    return _WORDS["uploaded"][language].format(what=", ".join(map(_told, uploads)))


def no_file(language: Language) -> str:
    """An upload was asked for, and no file was given."""
    return _WORDS["no_file"][language]


def balance(found: Balance, language: Language) -> str:
    """The credits, and what is reserved where something is."""
    form = "reserved" if found.frozen else "balance"
    numbers = {"available": found.available, "frozen": found.frozen, "total": found.total}
    return _WORDS[form][language].format(**{name: f"{number:,.10g}" for name, number in numbers.items()})


def uncounted(language: Language) -> str:
    """There are no credits to tell: the work is done here."""
    return _WORDS["uncounted"][language]


def held_back(language: Language) -> str:
    """An export that was asked for with work that was not done."""
    return _WORDS["held_back"][language]


def as_it_was(language: Language) -> str:
    """An export that was asked for in words, after an answer that did nothing that could be seen."""
    return _WORDS["as_it_was"][language]


def summary(timeline: Timeline, language: Language) -> str:
    """The documented track summary, and what a render will do."""
    if not timeline.tracks:
        return _WORDS["empty"][language]
    told = _WORDS["tracks"][language].format(
        summary=timeline.summary, count=len(timeline.tracks), tracks=chinese_tracks(timeline)
    )
    return "\n".join((told, *_lines(pending(timeline), language)))


def _lines(changes: Sequence[str], language: Language) -> list[str]:
    return [chinese_change(line) if language == "zh" else line for line in changes]


def silent(reply: Reply, language: Language) -> str:
    """Something to read where the agent said nothing: what changed, else what it did, else that nothing did."""
    lines: list[str] = []
    if reply.recovered:
        lines.append(_WORDS["cut"][language])
    lines += _lines(reply.changes, language)
    if not reply.changes:
        tools = dict.fromkeys(call.name for call in reply.tool_calls if call.name)
        if tools:
            lines.append(_WORDS["tools"][language].format(tools=", ".join(tools)))
        lines.append(_WORDS["unchanged" if reply.compared else "unknown"][language])
    return "\n".join(lines)


def only_screen(language: Language) -> str:
    """Nothing is left of a reply without its screen, and nothing came of it."""
    return _WORDS["screen"][language]


def not_done(action: str, why: str, language: Language) -> str:
    """An action that nobody but the backend asked for, and that failed."""
    return _WORDS["not_done"][language].format(action=_WORDS[action][language], why=why)


def _told(upload: Upload) -> str:
    """A file and what was understood of it, as `nemovideo upload` tells it."""
    facts = [upload.kind] if upload.kind else []
    facts += [f"{upload.width}×{upload.height}"] if upload.width and upload.height else []
    facts += [duration(upload.duration)] if upload.duration else []
    facts += [f"{upload.fps:.4g} fps"] if upload.fps else []
    facts += [told_size(upload.size)] if upload.size else []
    return (upload.filename or "file") + (f" ({', '.join(facts)})" if facts else "")
