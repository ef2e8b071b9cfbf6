"""A render's life, as one table, and the answers that tell where it stands.

    pending ──▶ processing ──▶ completed
        │            └───────▶ failed
        └────────────────────▶ failed

A status that the table does not name means that the work goes on (spec, section 2): a server may grow states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from nemovideo.protocol.json import JSON, integer, mapping, number, text

__all__ = ["Phase", "Render", "RenderFault", "STATES", "decode_fault", "decode_refusal", "decode_render"]

Phase = Literal["running", "completed", "failed"]

STATES: dict[str, Phase] = {
    "pending": "running",
    "processing": "running",
    "completed": "completed",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class RenderFault:
    """Why a render failed; `permanent` faults are never tried again."""

    code: str | None
    message: str
    least_bytes: int | None = None
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Render:
    """A render, as last told.

    Attributes:
        id: the client's own name for it.
        status: the server's word: pending, processing, completed, failed, or one not known here.
        progress: 0 to 100.
        url: where the result lies, once completed.
        duration: seconds; size: bytes, where told.
        report: what an engine of ours says of its work: notes, plan, quality.
        error: why it failed.
    """

    id: str
    status: str
    progress: float = 0.0
    url: str | None = None
    duration: float | None = None
    size: int | None = None
    report: JSON = None
    error: RenderFault | None = None

    @property
    def phase(self) -> Phase:
        """Running, completed or failed."""
        return STATES.get(self.status, "running")


def decode_render(payload: JSON, render_id: str) -> Render:
    """Read either documented form: fields at top level with `output`, or under `data` with `outputUrl`.

    Its id stays the one that we gave it, which every other call is made with: a `taskId` is a name of the backend's.
    """
    body = mapping(payload)
    output = mapping(body.get("output"))
    error = body.get("error")
    return Render(
        id=render_id,
        status=(text(body.get("status")) or "pending").lower(),
        progress=min(100.0, max(0.0, number(body.get("progress")) or 0.0)),
        url=text(output.get("url")) or text(body.get("outputUrl")) or text(body.get("output_url")),
        duration=number(output.get("duration")),
        size=integer(output.get("size")),
        report=output.get("report"),
        error=decode_fault(error) if error else None,
    )


def decode_refusal(answer: JSON, render_id: str) -> Render | None:
    """The failed render that an answer tells of in the form of a refusal; None where it tells of none.

    Example:
        >>> told = decode_refusal({"success": False, "data": {"status": "failed"}, "error": "out of memory"}, "r")
        >>> told.error.message
        'out of memory'
    """
    body = mapping(answer)
    render = next(
        (
            one
            for one in (decode_render(body.get("data"), render_id), decode_render(body, render_id))
            if one.phase == "failed"
        ),
        None,
    )
    if render is None or render.error is not None:
        return render
    why = body.get("error") or body.get("message")
    return replace(render, error=decode_fault(why) if why else None)


def decode_fault(error: JSON) -> RenderFault:
    """Read `{code, message, least_bytes, permanent}`, or a bare text."""
    fields = mapping(error)
    return RenderFault(
        code=text(fields.get("code")),
        message=text(fields.get("message")) or text(error) or "no reason was given",
        least_bytes=integer(fields.get("least_bytes")),
        permanent=fields.get("permanent") is True,
    )
