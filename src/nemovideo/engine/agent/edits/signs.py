"""Which signs of a text cannot be drawn, told before anything is rendered. Reads the fonts: not for the event loop."""

from __future__ import annotations

from nemovideo.engine.agent.edits.edit import Refused
from nemovideo.engine.agent.language import Said
from nemovideo.engine.media.text.wording import worded

__all__ = ["left_out", "undrawable"]

_TOLD, _LONGEST = 12, 40  # signs that a sentence names, and characters of a text that it repeats


def undrawable(words: str) -> Refused | None:
    """Why words that leave nothing to draw are refused; None where something of them can be drawn."""
    wording = worded(words)
    if wording.lines:
        return None
    text = words.strip()
    told = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return Refused(
        "no_signs",
        {
            "en": f"I cannot draw “{told}”: the fonts here have Latin, Greek, Cyrillic, Chinese and Japanese "
            "signs, and no emoji. Nothing was changed; say it in one of these.",
            "zh": f"无法绘制“{told}”：这里的字体支持中文、日文、拉丁、希腊和西里尔字母，不支持表情符号。"
            "没有改动，请换成这些文字。",
        },
    )


def left_out(words: str) -> Said:
    """What to add to an answer where some of the signs cannot be drawn; empty where all can.

    Example:
        >>> left_out("Party 🎉")["en"], left_out("Party")["en"]
        (' I cannot draw 🎉, so it is left out.', '')
    """
    missing = worded(words).missing
    if not missing:
        return {"en": "", "zh": ""}
    signs, many = _listed(missing), len(missing) > 1
    return {
        "en": f" I cannot draw {signs}, so {'they are' if many else 'it is'} left out.",
        "zh": f"无法绘制 {signs}，已省略。",
    }


def _listed(signs: tuple[str, ...]) -> str:
    return " ".join(signs[:_TOLD]) + (" …" if len(signs) > _TOLD else "")
