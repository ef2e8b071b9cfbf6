"""Times as an answer tells them: "0:30–1:45", "1 min 15 s", 「1 分 15 秒」. Pure."""

from __future__ import annotations

from nemovideo.engine.agent.language import Language, Said

__all__ = ["clock", "lasting", "now_long", "stretch"]


def clock(milliseconds: int) -> str:
    """A moment: "0:30", "1:02:03.5"."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    told = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return told + f".{rest:03}".rstrip("0").rstrip(".")


def stretch(start: int, end: int) -> str:
    """From one moment to another: "0:30–1:45"."""
    return f"{clock(start)}–{clock(end)}"


def lasting(milliseconds: int, language: Language) -> str:
    """How long: "1 min 15 s", 「1 分 15 秒」."""
    seconds = milliseconds / 1000
    hours, minutes = int(seconds // 3600), int(seconds // 60 % 60)
    rest = f"{seconds - 3600 * hours - 60 * minutes:.3f}".rstrip("0").rstrip(".")
    units = ("小时", "分", "秒") if language == "zh" else ("h", "min", "s")
    parts = [f"{value} {unit}" for value, unit in zip((hours, minutes), units, strict=False) if value]
    if rest != "0" or not parts:
        parts.append(f"{rest} {units[2]}")
    return " ".join(parts)


def now_long(milliseconds: int) -> Said:
    """The end of an answer to an edit that changes the length."""
    return {
        "en": f"the timeline is {lasting(milliseconds, 'en')} now",
        "zh": f"时间线现在长 {lasting(milliseconds, 'zh')}",
    }
