"""Planning: what a compression would do, told before anything is done. It changes no draft and costs nothing.

This half is pure: the words are read here and the plan is put into words; `engine.foresight` does the looking.
"""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.language import Language
from nemovideo.engine.agent.mentions import Mentions
from nemovideo.engine.agent.phrases import listed, say
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.config import MOST_BYTES
from nemovideo.engine.drafts import requested, shows, timeline_of
from nemovideo.engine.wire import JsonObject, table
from nemovideo.errors import NemoError
from nemovideo.protocol.compress import SPOKEN_CODECS, CompressRequest
from nemovideo.protocol.plan import Plan
from nemovideo.protocol.planwords import asked_plan, smallest
from nemovideo.protocol.sizes import told_limit, told_size

__all__ = ["PlanWish", "read_plan", "tell"]


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What is to be planned.

    Attributes:
        request, container: of the result that would be made.
        upload: whose; None where the session has none.
        missing: names of files that are meant and are not in the session.
        least: whether the least size that works is asked for.
        edited: whether the timeline holds edits of the upload, which a plan does not count.
    """

    request: CompressRequest
    container: str
    upload: UploadRow | None
    missing: tuple[str, ...]
    least: bool
    edited: bool
    language: Language

    @property
    def args(self) -> JsonObject:
        """The tool call's arguments."""
        source = {} if self.upload is None else {"source": self.upload.filename}
        return source | {"container": self.container} | self.request.model_dump()

    @property
    def problem(self) -> tuple[str, str] | None:
        """Why nothing can be planned: the tool's word for it and the person's; None where it can."""
        if self.missing:
            return "not_in_session", say("missing", self.language, name=listed(self.missing, self.language))
        if self.upload is None:
            return "no_upload", say("no_upload", self.language)
        if self.upload.kind != "video":
            named = {"name": self.upload.filename, "kind": self.upload.kind}
            return "no_picture", say("no_picture", self.language, **named)
        return None


def read_plan(said: Mentions, draft: JsonObject | None, language: Language) -> PlanWish | None:
    """The wish for a plan in a message; None where it asks for none."""
    upload = said.upload
    held = None if upload is None else _held(draft, upload)
    size = None if upload is None else upload.size
    asked = asked_plan(said.words, original_bytes=size, held=held)
    if asked is None or (asked[0].max_bytes or 0) > MOST_BYTES:
        return None
    edited = upload is not None and shows(draft, upload) and (draft or {}).get("t") != timeline_of(upload, "")["t"]
    return PlanWish(
        *asked, upload=upload, missing=said.missing, least=smallest(said.words), edited=edited, language=language
    )


def _held(draft: JsonObject | None, upload: UploadRow) -> CompressRequest | None:
    """What the draft wishes of this upload already."""
    if draft is None or not shows(draft, upload) or table(draft.get("m")).get("nemovideo") is None:
        return None
    try:
        return requested(draft)
    except NemoError:
        return None


def tell(plan: Plan, wish: PlanWish) -> str:
    """The plan in words: what would come out, how good it would be and how long it would take."""
    name = "" if wish.upload is None else wish.upload.filename
    size = told_size(0 if wish.upload is None else wish.upload.size)
    lines = [_head(plan, wish).format(name=name, size=size, **_figures(plan, wish))]
    if plan.action == "encode" and not wish.least:
        lines.append(_PHRASES["do"][wish.language].format(**_figures(plan, wish)))
    if wish.edited:
        lines.append(_PHRASES["edited"][wish.language].format(name=name))
    return "\n".join(lines)


def _head(plan: Plan, wish: PlanWish) -> str:
    if plan.action == "impossible":
        kind = "unknown" if plan.least_bytes is None else "least" if wish.least else "impossible"
        return _PHRASES[kind][wish.language]
    return _PHRASES[plan.action][wish.language]


def _figures(plan: Plan, wish: PlanWish) -> dict[str, str]:
    zh = wish.language == "zh"
    comma = "，" if zh else ", "
    picture = [f"{plan.width}×{plan.height}"] if plan.width and plan.height else []
    picture += [f"{plan.fps:.4g} fps"] if plan.fps else []
    picture += [SPOKEN_CODECS.get(wish.request.codec, plan.codec)]
    if plan.quality is not None:
        picture.append(f"预计画质 VMAF {plan.quality:.0f}" if zh else f"a quality of about VMAF {plan.quality:.0f}")
    if plan.seconds is not None:
        picture.append(f"约需 {_time(plan.seconds)}" if zh else f"in about {_time(plan.seconds)}")
    none = "不限" if zh else "any size"
    return {
        "expected": told_size(plan.size or 0),
        "picture": comma.join(picture),
        "limit": none if plan.limit is None else told_limit(plan.limit),
        "least": told_size(plan.least_bytes or 0),
    }


def _time(seconds: float) -> str:
    """Example: 8 s, 1:20, 1:02:05."""
    if seconds < 59.5:
        return f"{max(1, round(seconds))} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


_PHRASES: dict[str, dict[Language, str]] = {
    "keep": {
        "en": "{name} ({size}) fits already: it would be handed back as it is.",
        "zh": "{name}（{size}）已经符合要求：会原样返回。",
    },
    "remux": {
        "en": "{name} ({size}) would be wrapped anew and not encoded: about {expected}, the same picture.",
        "zh": "{name}（{size}）只需重新封装，无需编码：约 {expected}，画面不变。",
    },
    "encode": {
        "en": "{name} ({size}) would become about {expected}: {picture}.",
        "zh": "{name}（{size}）预计变为约 {expected}：{picture}。",
    },
    "do": {
        "en": 'Nothing was encoded or changed. To have it made, say "compress it to {limit}".',
        "zh": "没有编码，也没有改动。需要执行时请说“压缩到 {limit} 以内”。",
    },
    "impossible": {
        "en": "{name} ({size}) does not fit under {limit}; the least that works is {least}.",
        "zh": "{name}（{size}）无法压缩到 {limit} 以内；最少需要 {least}。",
    },
    "least": {
        "en": "{name} ({size}) gets no smaller than about {least} and stays playable; a larger limit looks better.",
        "zh": "{name}（{size}）最小约可压到 {least}；限制放宽，画质会更好。",
    },
    "unknown": {
        "en": "{name} ({size}) does not fit under {limit}, and what would work could not be told.",
        "zh": "{name}（{size}）无法压缩到 {limit} 以内，也无法得知最少需要多少。",
    },
    "edited": {
        "en": "This is the plan of {name} as it was uploaded; the edits on the timeline are not counted.",
        "zh": "以上是对上传的 {name} 整体的预估，未计入时间线上的修改。",
    },
}
