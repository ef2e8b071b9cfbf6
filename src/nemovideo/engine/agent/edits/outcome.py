"""What the timeline becomes when it is rendered: a video, an animation, or its sound alone. The opposite is a video."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nemovideo.engine.agent.clips import ALL
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Said, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO, meta, segments, with_meta
from nemovideo.engine.agent.edits.trim import Trim
from nemovideo.engine.agent.spans import Span
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.drafts import wishing
from nemovideo.engine.wire import JsonObject
from nemovideo.protocol.compress import DEFAULT_MAX_HEIGHT, CompressRequest
from nemovideo.protocol.sizes import told_limit

__all__ = ["AS_VIDEO", "Outcome"]

_VIDEO_AGAIN = Wording(
    en=(
        (
            r"\b(?:make|turn|change|switch|go|convert)\b[^,.;]{0,20}\b(?:back\s+)?(?:to|into|a|as)?\s*(?:a\s+"
            r"|an\s+)?(?:video|mp4|movie)\s+(?:again|instead|after\s+all)\b"
        ),
        r"\b(?:back|return)\s+(?:in)?to\s+(?:a\s+|the\s+)?(?:video|mp4)\b",
        r"\b(?:no|not\s+an?)\s+gif\b",
        (
            r"\b(?:i\s+want|make|keep)\s+(?:it\s+)?(?:a\s+|the\s+)?(?:normal\s+|real\s+)?video\b(?!\s+(?:of"
            r"|with|that|for|to|shorter|longer|louder|smaller|\w+er\b))"
        ),
    ),
    zh=(
        "(?:变|改|换|转)回(?:成|为|到)?视频",
        "还是(?:要|做)?(?:成)?视频",
        "(?:不要|不做|取消)(?:gif|动图)",
        "(?:恢复|还原)(?:成|为)视频",
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Render as `format`: "gif", "mp3", "m4a", "wav", "aac", or None for a video. The tracks stay as they are.

    `request` is what was said of its size with the same words; None leaves the draft's own as it is. `span` is what of
    the timeline is kept; None is all.
    """

    format: str | None
    request: CompressRequest | None = None
    span: Span | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Say so in the draft."""
        if self.span is not None:
            return self._trimmed(scene, self.span)
        if self.format in {None, "gif"} and not segments(scene.draft, VIDEO):
            return ALL.missing(scene.draft)
        if meta(scene.draft).get("format") == self.format and self.request is None:
            told = self.format.upper() if self.format else "a video"
            return Refused(
                "unchanged",
                {"en": f"It is made as {told} already; nothing was changed.", "zh": "已经是这种格式了，没有改动。"},
            )
        if self.format not in {None, "gif"} and self._is_silent(scene):
            return Refused(
                "no_sound",
                {
                    "en": "Everything on the timeline is muted, so there is no sound to take out. Say “unmute” first.",
                    "zh": "时间线上的声音都已静音，没有可提取的声音。请先说“取消静音”。",
                },
            )
        draft = with_meta(scene.draft, format=self.format)
        if self.format is None:
            return Done(draft, {"en": "It is made as a video again.", "zh": "将重新生成为视频。"})
        if self.format == "gif":
            return self._gif(draft)
        told = self.format.upper()
        return Done(draft, {"en": f"Its sound alone is made, as {told}.", "zh": f"将只生成声音，格式为 {told}。"})

    def inverse(self, scene: Scene) -> Edit:
        """What it was made as before."""
        kinds = () if self.span is None else (VIDEO, AUDIO, TEXT)
        return former(scene, *kinds, keys=("format", "nemovideo") if self.request else ("format",))

    def _trimmed(self, scene: Scene, span: Span) -> Done | Refused:
        kept = Trim((span,)).apply(scene)
        if isinstance(kept, Refused):
            return kept
        made = replace(self, span=None).apply(Scene(kept.draft, scene.uploads, scene.upload))
        if isinstance(made, Refused):
            return made
        told: Said = {"en": f"{kept.said['en']} {made.said['en']}", "zh": f"{kept.said['zh']}{made.said['zh']}"}
        return Done(made.draft, told)

    def _gif(self, draft: JsonObject) -> Done:
        wish = self.request or CompressRequest()
        en, zh = "", ""
        if wish.max_bytes is not None:
            en, zh = f", at most {told_limit(wish.max_bytes)}", f"，不超过 {told_limit(wish.max_bytes)}"
        if wish.max_height not in {None, DEFAULT_MAX_HEIGHT}:
            en, zh = f"{en}, at most {wish.max_height}p", f"{zh}，短边不超过 {wish.max_height}p"
        if wish.fps is not None:
            en, zh = f"{en}, at most {wish.fps:g} fps", f"{zh}，不超过 {wish.fps:g} fps"
        return Done(
            draft if self.request is None else wishing(draft, self.request),
            {
                "en": f"It is made as an animated GIF, without sound{en}.",
                "zh": f"将生成为 GIF 动图（没有声音{zh}）。",
            },
        )

    def _is_silent(self, scene: Scene) -> bool:
        heard = [*segments(scene.draft, VIDEO), *segments(scene.draft, AUDIO)]
        return all(meta(one).get("volume") == 0 for one in heard)


def _read(clause: Clause, scene: Scene) -> Outcome | None:
    if not _VIDEO_AGAIN.found(clause.text) or meta(scene.draft).get("format") is None:
        return None
    return Outcome(None)


AS_VIDEO = EditKind(
    "as_video", _read, {"en": 'go back to a video: "make it a video again"', "zh": "改回视频：“变回视频”"}
)
