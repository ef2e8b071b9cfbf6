"""Going back and forth in a session's edits: "undo", "undo everything", "redo", 「撤销」「还原」「重做」. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nemovideo.engine.agent.differences import NAMED
from nemovideo.engine.agent.language import Said
from nemovideo.engine.agent.moments import plain
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern

__all__ = ["EXAMPLE", "Step", "step_in"]


@dataclass(frozen=True, slots=True)
class Step:
    """Undo or redo so many edits, or begin with the upload as it came; `name` says which edit is to be undone."""

    kind: Literal["undo", "redo", "reset"]
    times: int = 1
    name: str = ""


_N = rf"(?:\s*,?\s*(?:the\s+)?(?:last\s+)?(?P<n>twice|{NUMBER})\s*(?:times|steps?|edits?|changes?)?)?"
_WHAT = (
    r"(?:\s+(?:that|it|this|the\s+last\s+(?:one|edit|step|change|action|"
    r"thing)|my\s+last\s+\w+|last\s+\w+|the\s+(?:edit|change|previous\s+\w+)|"
    r"what\s+you\s+(?:just\s+)?did))?"
)
_BACK = Pattern(
    (
        rf"(?:(?:undo|revert|take|roll|cancel)(?:ing)?{_WHAT}(?:\s+(?:back|again))?|"
        rf"un-?do{_WHAT}|go\s+(?:one\s+step\s+)?back|step\s+back|go\s+back\s+(?:a|"
        rf"one)\s+step"
        rf"|go\s+back\s+to\s+(?:the\s+)?(?:previous|last)\s+\w+){_N}"
        rf"|(?:撤销|撤回|取消|恢复|回退|返回|退回|回)(?:到)?(?:了)?(?:刚才|刚刚|"
        rf"上面)?(?:的)?(?:上一步|上一个|上次|那一步|这一步|操作|修改|改动|"
        rf"编辑|编辑操作|的)*(?:(?P<z>{NUMBER})\s*步)?"
        r"|后退(?:一步)?|退一步"
    ),
)
_RESET = Pattern(
    (
        r"(?:undo|revert|discard|reset|remove|cancel|delete|clear)\s+(?:everything|"
        r"all(?:\s+(?:of\s+)?(?:it|my|the|edits|changes|them))*(?:\s+(?:edits|"
        r"changes))?)"
        r"|start\s+(?:all\s+)?over(?:\s+again)?|start\s+(?:again\s+)?(?:from\s+)?(?:scratch|"
        r"the\s+beginning\s+again)|start\s+again|reset(?:\s+(?:it|the\s+(?:video|"
        r"timeline|project)))?"
        r"|(?:(?:go\s+back|revert|return|reset|restore|back|get|bring\s+back)\s+(?:it\s+|the\s+video\s+)?(?:to\s+)?)?(?:the\s+)?original(?:\s+(?:video|"
        r"clip|upload|version|file|one))?(?:\s+back)?"
        r"|(?:全部|所有)?(?:还原|复原)(?:视频|全部|所有)?|(?:撤销|取消|撤回)(?:全部|"
        r"所有)(?:的)?(?:修改|操作|改动|编辑)?|恢复(?:到|成)?(?:原样|原始|原来的|"
        r"原来的样子|最初|原视频|初始状态|原片)(?:视频|状态)?|重新开始|从头再来|"
        r"重来|全部撤销"
    ),
)
_FORTH = Pattern(
    rf"(?:re-?do(?:\s+(?:that|it|this|the\s+last\s+\w+))?|undo\s+the\s+undo|"
    rf"put\s+it\s+back){_N.replace('?P<n>', '?P<m>')}|重做(?:一步|上一步)?|"
    rf"恢复撤销|取消撤销|撤销撤销|前进一步"
)
_AROUND = Pattern(
    r"^(?:please|can you|could you|ok|okay|no|oh|actually|hmm|sorry|wait|"
    r"let's|请|帮我|麻烦|不|算了|还是)[\s,，]*|[\s,，.!。！]*(?:please|"
    r"thanks|thank you|now|吧|一下|了)?[\s.!。！?？]*$"
)

_OF_NAME = Pattern(
    rf"(?:undo|revert|take\s+back|cancel)\s+(?:the|that|my|this|last|\s)*\s*(?P<en>{NAMED})(?:\s+(?:edit|again|change))?"
    rf"|(?:撤销|撤回)(?:刚才|刚刚|上面)?的?(?P<zh>{NAMED})(?:操作)?"
)

EXAMPLE: Said = {
    "en": 'take edits back: "undo", "redo", "start over"',
    "zh": "撤销与恢复：“撤销”、“重做”、“还原”",
}
"""What the agent says of it."""


def step_in(text: str) -> Step | None:
    """The step that a clause asks for, all of it; None where it asks for something else.

    Example:
        >>> step_in("Undo that, please"), step_in("撤销两步"), step_in("undo the title").name
        (Step(kind='undo', times=1, name=''), Step(kind='undo', times=2, name=''), 'title')
    """
    words = plain(text)
    for _ in range(3):
        words = _AROUND.sub("", words).strip()
    if _RESET.fullmatch(words):
        return Step("reset")
    if found := _FORTH.fullmatch(words):
        return Step("redo", _times(found["m"]))
    if (found := _BACK.fullmatch(words)) and words not in {"take", "roll", "cancel", "回", "恢复", "取消"}:
        return Step("undo", _times(found["n"] or found["z"]))
    if found := _OF_NAME.fullmatch(words):
        return Step("undo", name=found["en"] or found["zh"])
    return None


def _times(word: str | None) -> int:
    return 1 if not word else 2 if word == "twice" else max(1, min(99, int(number(word))))
