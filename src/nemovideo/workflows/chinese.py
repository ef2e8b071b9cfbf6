"""Changes and track summaries in Chinese: what `protocol.changes` tells in English, line by line.

A line that is not known stays as it is: English, and true.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nemovideo.protocol.draft import Timeline

__all__ = ["chinese_change", "chinese_tracks"]

_TRACKS = {
    "Video": "视频", "Audio": "音频", "BGM": "背景音乐", "Title": "标题", "Captions": "字幕", "Track": "轨道",
}  # fmt: skip
_VERBS = {
    "added": "已添加", "removed": "已删除", "replaced": "已替换", "trimmed": "已剪短", "extended": "已延长",
    "retimed": "已调整时间", "renamed": "已改名", "adjusted": "已调整", "moved": "已移动",
    "cut from another part": "已换用另一段", "with other words": "已改文字",
}  # fmt: skip
_LOOKS = {
    "position": "位置", "size": "大小", "color": "颜色", "fade-in": "淡入", "fade-out": "淡出", "rotation": "旋转",
    "mirroring": "镜像", "crop": "裁剪", "fill": "填充",
}  # fmt: skip
_RATIOS = {"volume": "音量", "speed": "速度"}
_WHOLE = {
    "Duration": "时长", "Picture size": "画面尺寸", "Frame rate": "帧率", "Project renamed:": "项目改名：",
    "Picture fill": "画面填充",
}  # fmt: skip
_VERB = rf"{'|'.join(_VERBS)}|(?:(?:{'|'.join(_LOOKS)})(?:, )?)+ changed"


def _verb(said: str) -> str:
    if said in _VERBS:
        return _VERBS[said]
    if move := re.fullmatch(r"moved (\S+)s (later|earlier)", said):
        return f"已{'后移' if move[2] == 'later' else '前移'} {move[1]} 秒"
    if ratio := re.fullmatch(r"(volume|speed) (\S+) -> (\S+)", said):
        return f"{_RATIOS[ratio[1]]} {ratio[2]} → {ratio[3]}"
    looks = said.removesuffix(" changed").split(", ")
    return "、".join(_LOOKS[look] for look in looks) + "已改" if all(look in _LOOKS for look in looks) else said


def _name(said: str) -> str:
    return _TRACKS.get(said, said)


def _span(said: str) -> str:
    """The part in brackets, which mostly is figures."""
    said = re.sub(r"first (\S+)s cut", r"剪去开头 \1 秒", said)
    return re.sub(r"from (\S+)s of its source", r"取自素材第 \1 秒起", said).replace(" -> ", " → ")


_TABLE: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"The draft changed", lambda _: "草稿有改动"),
    (r"The canvas changed", lambda _: "画布有改动"),
    (r"and (\d+) more changes", lambda m: f"另有 {m[1]} 处改动"),
    (
        r"Generated media: (\d+) (new|gone)",
        lambda m: f"生成的素材{'新增' if m[2] == 'new' else '减少'} {m[1]} 个",
    ),
    (r"Tracks reordered", lambda _: "轨道顺序已调整"),
    (r"Track renamed: (.+) -> (.+)", lambda m: f"轨道改名：{_name(m[1])} → {_name(m[2])}"),
    (r"Track (added|removed): (.+) \(empty\)", lambda m: f"{_VERBS[m[1]]}空轨道：{_name(m[2])}"),
    (
        r"(.+?) track (added|removed): (\d+) pieces \((.+)\)",
        lambda m: f"{_VERBS[m[2]]}轨道 {_name(m[1])}：{m[3]} 段（{m[4]}）",
    ),
    (r"(.+?): (\d+) pieces (.+)", lambda m: f"{_name(m[1])}：{m[2]} 段{_verb(m[3])}"),
    (r"(.+?) text changed: '(.*)' -> '(.*)'", lambda m: f"{_name(m[1])}文字改动：“{m[2]}” → “{m[3]}”"),
    (r"Project renamed: (.+)", lambda m: f"项目改名：{m[1].replace(' -> ', ' → ')}"),
    (r"(.+?) renamed: (.+) -> (.+)", lambda m: f"{_name(m[1])}改名：{m[2]} → {m[3]}"),
    (
        r"(.+?) (volume|speed) (\S+) -> (\S+?)(?:: (.*)\((.+)\))?",
        lambda m: f"{_name(m[1])}{_RATIOS[m[2]]} {m[3]} → {m[4]}" + (f"：{m[5]}（{_span(m[6])}）" if m[6] else ""),
    ),
    (rf"(.+?) ({_VERB}): (.*)\((.+)\)", lambda m: f"{_name(m[1])}{_verb(m[2])}：{m[3].rstrip()}（{_span(m[4])}）"),
    (
        rf"({'|'.join(map(re.escape, _WHOLE))}) (.+)",
        lambda m: f"{_WHOLE[m[1]]} {m[2].replace(' -> ', ' → ')}",
    ),
    (r"Will be exported as a film", lambda _: "将导出为视频"),
    (r"Will be exported as (\w+)", lambda m: f"将导出为 {m[1]}"),
    (r"Will no longer be made smaller", lambda _: "不再压缩"),
    (r"Will be made smaller(?: \((.*)\))?", lambda m: "导出时会压缩" + (f"（{m[1]}）" if m[1] else "")),
    (
        r"Will be made to fit under ([\d.]+ \w+)(?: \((.*)\))?",
        lambda m: f"导出时会压缩到 {m[1]} 以内" + (f"（{m[2]}）" if m[2] else ""),
    ),
)
_RULES = tuple((re.compile(pattern, re.DOTALL), told) for pattern, told in _TABLE)


def chinese_change(line: str) -> str:
    """One line of `protocol.changes.changes`, in Chinese.

    Example:
        >>> chinese_change("Title added: 'Paradise Found' (0-3s)")
        "标题已添加：'Paradise Found'（0-3s）"
    """
    for pattern, told in _RULES:
        if found := pattern.fullmatch(line):
            return told(found)
    return line


def chinese_tracks(timeline: Timeline) -> str:
    """The tracks of the documented summary, their kinds named in Chinese."""
    told: list[str] = []
    for number, track in enumerate(timeline.tracks, 1):
        rest = track.summary.removeprefix(track.name)
        told.append(f"{number}. {_name(track.name)}{rest.replace(': (empty)', '：（空）')}")
    return " ".join(told)
