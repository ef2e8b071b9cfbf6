"""What the agent says, as data, in English and in Chinese.

No word here names a button or a panel: the person on the other side has neither.
"""

from __future__ import annotations

from nemovideo.engine.agent.language import Language, language_of, listed
from nemovideo.protocol.compress import DEFAULT_MAX_HEIGHT, SPOKEN_CODECS, CompressRequest
from nemovideo.protocol.sizes import told_limit

__all__ = ["Language", "language_of", "listed", "say", "spoken_request"]

_PHRASES: dict[str, dict[Language, str]] = {
    "compress": {
        "en": "{name} ({size}) is set to be compressed {wish}. The result is made when you render it.",
        "zh": "{name}（{size}）已设为压缩：{wish}。渲染后即可得到结果。",
    },
    "fits": {
        "en": "{name} ({size}) is already under {limit}; it stays as it is unless codec or container ask for more.",
        "zh": "{name}（{size}）已经小于 {limit}；除非编码或封装另有要求，不会改动画面。",
    },
    "compress_edited": {
        "en": "The timeline is set to be compressed {wish}. The result is made when you render it.",
        "zh": "时间线已设为压缩：{wish}。渲染后即可得到结果。",
    },
    "not_here": {
        "en": "{name} is not in this session, so that was not done: upload it first.",
        "zh": "{name} 不在这个会话里，因此没有执行：请先传入。",
    },
    "others": {
        "en": "{name} was not touched: one video at a time; say it next.",
        "zh": "没有改动 {name}：一次只处理一个视频，请接着再说。",
    },
    "missing": {
        "en": "{name} is not in this session: upload it first. Nothing was changed.",
        "zh": "{name} 不在这个会话里：请先传入。没有做任何改动。",
    },
    "no_upload": {
        "en": "There is no video in this session yet. Upload one, then tell me the size it must fit under.",
        "zh": "这个会话里还没有视频。请先传入一个视频，再告诉我目标大小。",
    },
    "no_picture": {
        "en": "{name} has no moving picture ({kind}), so there is no video to compress. Upload a video and ask again.",
        "zh": "{name} 没有视频画面（{kind}），无法作为视频压缩。请传入一个视频后再试。",
    },
    "not_understood": {
        "en": "I did not understand that, and nothing was changed.\nWhat I can do here:\n{abilities}",
        "zh": "我没有理解这句话，没有做任何改动。\n目前我可以：\n{abilities}",
    },
    "part_not_understood": {
        "en": "I did not understand {words}, so that was not done.\nWhat I can do here:\n{abilities}",
        "zh": "我没有理解{words}，这部分没有执行。\n目前我可以：\n{abilities}",
    },
    "unable": {
        "en": "{what} is not something I can do here, so “{words}” was not done.",
        "zh": "我在这里无法做到{what}，因此没有执行“{words}”。",
    },
    "unable_alone": {
        "en": "{what} is not something I can do here; nothing was changed.\nWhat I can do:\n{abilities}",
        "zh": "我在这里无法做到{what}，没有做任何改动。\n目前我可以：\n{abilities}",
    },
    "not_done": {
        "en": "Not done: {why}",
        "zh": "未执行：{why}",
    },
    "no_film": {
        "en": "There is no video in this session yet. Upload one, then tell me what to do with it.",
        "zh": "这个会话里还没有视频。请先传入一个视频，再告诉我怎么修改。",
    },
    "not_a_film": {
        "en": "{name} is no video ({kind}), so there is nothing to edit. Upload a video and ask again.",
        "zh": "{name} 不是视频（{kind}），无法编辑。请传入一个视频后再试。",
    },
    "not_mine": {
        "en": "That is no edit: files, results and credits are asked for outside of this chat. Nothing was changed.",
        "zh": "这不是修改：文件、成品和积分不在这里处理。没有做任何改动。",
    },
    "begun": {
        "en": "This is a new timeline with {name}; the edits made before are kept apart, and “undo” brings them back.",
        "zh": "这是 {name} 的新时间线；之前的修改另外保留，说“撤销”即可回到之前。",
    },
    "undone": {
        "en": "Took back {count}. {state}",
        "zh": "已撤销{count}。{state}",
    },
    "redone": {
        "en": "Did {count} again. {state}",
        "zh": "已重做{count}。{state}",
    },
    "reset": {
        "en": "Started over. {state} “undo” brings the edits back.",
        "zh": "已还原。{state}说“撤销”可以恢复之前的修改。",
    },
    "nothing_to_undo": {
        "en": "There is no edit to take back.",
        "zh": "没有可以撤销的修改。",
    },
    "not_the_last": {
        "en": "The last edit was another one than “{name}”, and only the last can be taken back: say “undo”.",
        "zh": "最近一步不是“{name}”，而只能从最近一步开始撤销：请说“撤销”，可以多次。",
    },
    "asked": {
        "en": "Just say it: “{words}”. Nothing was changed yet.",
        "zh": "直接说“{words}”就可以。还没有做任何改动。",
    },
    "nothing_to_redo": {
        "en": "There is no edit that was taken back.",
        "zh": "没有可以重做的修改。",
    },
    "state": {
        "en": "The timeline is {order} again, {length}{wish}.",
        "zh": "时间线恢复为 {order}，长 {length}{wish}。",
    },
    "refused": {
        "en": "All right, nothing was done.",
        "zh": "好的，没有执行任何操作。",
    },
    "abilities": {
        "en": "Here is what I can do:\n{abilities}",
        "zh": "我可以：\n{abilities}",
    },
}
_EFFORTS: dict[str, dict[Language, str]] = {
    "fast": {"en": "fast effort", "zh": "快速"},
    "balanced": {"en": "balanced effort", "zh": "均衡"},
    "best": {"en": "best effort", "zh": "最佳"},
}


def say(phrase: str, language: Language, **values: str) -> str:
    """One phrase of the table, filled in."""
    return _PHRASES[phrase][language].format(**values)


def spoken_request(request: CompressRequest, language: Language) -> str:
    """What a request asks for, in words."""
    zh = language == "zh"
    comma = "，" if zh else ", "
    if request.max_bytes is None:
        parts = ["画质不明显下降" if zh else "without visible loss"]
    else:
        limit = told_limit(request.max_bytes)
        parts = [f"不超过 {limit}" if zh else f"to at most {limit}"]
    parts += [SPOKEN_CODECS[request.codec], _EFFORTS[request.effort][language]]
    if request.max_height is not None and request.max_height != DEFAULT_MAX_HEIGHT:
        parts.append(f"短边不超过 {request.max_height}p" if zh else f"at most {request.max_height}p")
    if request.fps is not None:
        parts.append(f"不超过 {request.fps:g} fps" if zh else f"at most {request.fps:g} fps")
    if request.audio == "none":
        parts.append("去掉声音" if zh else "without sound")
    return comma.join(parts)
