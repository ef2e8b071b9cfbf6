"""Another size of the picture: "make it 720p", "scale to 1280x720", 「改成720p」. Its opposite is the former canvas."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL
from nemovideo.engine.agent.edits.canvas import LARGEST, canvas, native, same_shape, sized
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.timeline import VIDEO, segments
from nemovideo.engine.agent.numbers import factor_in
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.wording import Wording, compressing, holds_request

__all__ = ["RESOLUTION", "Resolution"]

_VERBS = (
    r"\b(?:make|scale|resize|rescale|upscale|downscale|set|change|convert|bring|get|turn|render|put|reduce|lower|"
    r"raise|increase|downsize|downsample|upsample)\b"
)
_SPEAKS = Wording(
    en=(_VERBS, r"\bresolution\b", r"\b(?:in|at)\s+(?:full\s+)?(?:hd|4k|2k|\d{3,4}p)\b"),
    zh=("改", "变", "换", "调", "缩放", "缩", "设", "转", "分辨率", "清晰度", "尺寸", "放大到", "做成", "要"),
)
_LINES = Pattern(r"(?<![\d.])(\d{2,4})\s*p(?![a-z0-9])")
_NAMED: tuple[tuple[Wording, int], ...] = (
    (Wording((r"\b8k\b",), ("8k",)), 4320),
    (Wording((r"\b(?:4k|uhd|ultra\s+hd)\b",), ("4k", "超高清")), 2160),
    (Wording((r"\b(?:2k|qhd)\b",), ("2k",)), 1440),
    (Wording((r"\b(?:full\s*hd|fhd)\b",), ("全高清",)), 1080),
    (Wording((r"\bhd\b",), ("(?<!全)(?<!超)高清",)), 720),
    (Wording((r"\bsd\b",), ("标清",)), 480),
)
_EXACT = Pattern(r"(?<!\d)(\d{2,5})\s*(?:x|×|\*|by)\s*(\d{2,5})(?!\d)")
_BYTES = Pattern(r"\d\s*[kmg]i?b\b|兆")
_WIDE = Pattern(
    r"\bwidth\s+(?:of\s+|to\s+|is\s+)?(\d{2,5})|(\d{2,5})\s*(?:px|pixels?)?\s+wide\b|宽度?(?:为|到|成|是|改为|设为)?\s*(\d{2,5})"
)
_HIGH = Pattern(
    r"\bheight\s+(?:of\s+|to\s+|is\s+)?(\d{2,5})|(\d{2,5})\s*(?:px|pixels?)?\s+(?:high|tall)\b|高度?(?:为|到|成"
    r"|是|改为|设为)?\s*(\d{2,5})"
)
_SHARE = Wording(
    en=(r"\b(?:resize|scale|rescale|downscale|upscale|downsize)\b", r"\bresolution\b", r"\b(?:width|dimensions)\b"),
    zh=("分辨率", "尺寸", "缩放", "画面(?:缩小|放大)"),
)
_UP = Wording((r"\bup(?:scale|sample|scaled)?\b",), ("放大", "提升"))
_NATIVE = Wording(
    (r"\b(?:original|native|source|full)\s+(?:resolution|size|dimensions)\b",),
    ("原(?:来|始)?的?(?:分辨率|尺寸|大小)", "原尺寸"),
)
_NOT = Wording(
    en=(
        r"\b(?:title|text|caption|logo|crop|font|music|sound|volume|fps|frame\s?rate|file\s?size)\b",
        r"\bfor\s+(?:web|email)\b",
    ),
    zh=("标题", "字幕", "文字", "字体", "裁", "音量", "声音", "音乐", "帧"),
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Scale the canvas, and with it every picture.

    Attributes:
        short: pixels of the short side, as in "720p"; the shape stays.
        width, height: pixels; one of them alone keeps the shape.
        factor: of both sides.
        upwards: more than the clips have is what is wanted.
        native: the size of the first clip as it was uploaded.
    """

    short: int | None = None
    width: int | None = None
    height: int | None = None
    factor: float | None = None
    upwards: bool = False
    native: bool = False

    def apply(self, scene: Scene) -> Done | Refused:
        """Resize the canvas."""
        if not segments(scene.draft, VIDEO):
            return ALL.missing(scene.draft)
        now = canvas(scene)
        new = self._wanted(scene, now)
        if not (min(new) >= 16 and max(new) <= LARGEST):
            return _out_of_range(new)
        if self.short and not self.upwards and min(new) > (most := _detail(scene, now)):
            return _stays(now, most)
        draft = sized(scene.draft, *new)
        if (size := canvas(Scene(draft, scene.uploads, scene.upload))) == now:
            return _stays(now, min(now))
        told = f"{size[0]}x{size[1]}"
        return Done(draft, {"en": f"The picture is {told} now.", "zh": f"画面现在是 {told}。"})

    def inverse(self, scene: Scene) -> Edit:
        """The former canvas."""
        return former(scene, keys=("width", "height"))

    def _wanted(self, scene: Scene, now: tuple[int, int]) -> tuple[float, float]:
        width, height = now
        if self.native:
            return native(scene)
        if self.width and self.height:
            return self.width, self.height
        if self.short:
            factor = self.short / min(now)
        elif self.width:
            factor = self.width / width
        elif self.height:
            factor = self.height / height
        else:
            factor = self.factor or 1.0
        return width * factor, height * factor


def _detail(scene: Scene, now: tuple[int, int]) -> float:
    """The short side beyond which nothing more is seen: that of the first clip, where they share a shape."""
    picture = native(scene)
    return max(min(now), min(picture)) if same_shape(now, picture) else min(now)


def _stays(now: tuple[int, int], most: float) -> Refused:
    size = f"{now[0]}x{now[1]}"
    return Refused(
        "not_larger",
        {
            "en": f"It stays {size}: the source has no more than {most:.0f} lines, and more would show no "
            "more. Say “upscale” if you want it all the same.",
            "zh": f"保持 {size}：源视频只有 {most:.0f} 线，放大不会更清晰。仍要放大，请说“放大到”。",
        },
    )


def _out_of_range(new: tuple[float, float]) -> Refused:
    told = f"{new[0]:.0f}x{new[1]:.0f}"
    return Refused(
        "size_range",
        {
            "en": f"{told} is out of range: a side has 16 to {LARGEST} pixels. Name a size in that range.",
            "zh": f"{told} 超出范围：边长为 16 到 {LARGEST} 像素，请换一个尺寸。",
        },
    )


def _read(clause: Clause, scene: Scene) -> Resolution | None:
    text = clause.text
    exact = _EXACT.search(text)
    if compressing(text) and not _SHARE.found(text) and (exact is None or _BYTES.search(text)):
        return None
    if _NOT.found(text):
        return None
    if _NATIVE.found(text):
        return Resolution(native=True)
    if exact:
        return Resolution(width=int(exact[1]), height=int(exact[2]))
    if holds_request(scene.draft) or not _SPEAKS.found(text):
        return None  # a bare "480p" belongs to the compression
    upwards = _UP.found(text) is not None
    if (short := _short_in(text)) is not None:
        return Resolution(short=short, upwards=upwards)
    wide, high = _WIDE.search(text), _HIGH.search(text)
    if wide or high:
        return Resolution(width=_first(wide), height=_first(high))
    if _SHARE.found(text) and (factor := factor_in(text)) is not None:
        return Resolution(factor=factor)
    return None


def _short_in(text: str) -> int | None:
    if lines := _LINES.search(text):
        return int(lines[1])
    return next((lines for wording, lines in _NAMED if wording.found(text)), None)


def _first(found: re.Match[str] | None) -> int | None:
    return next((int(group) for group in found.groups() if group), None) if found else None


RESOLUTION = EditKind(
    "resolution",
    _read,
    {
        "en": 'change the resolution: "make it 720p", "scale to 1280x720"',
        "zh": "改分辨率：“改成720p”、“缩放到1280x720”",
    },
)
