"""How large a preview is."""

from __future__ import annotations

from nemovideo.protocol.json import mapping, number
from nemovideo.resources.state import State

__all__ = ["fitted_resolution", "small_resolution"]

_SHORT, _LONG = 360, 1920  # pixels; the long side is the most that the cloud makes (spec, section 3)
_UNKNOWN = (640.0, 360.0)


def small_resolution(state: State) -> str:
    """WIDTHxHEIGHT with the shape of the draft, or of the first upload, and a short side of 360 at most.

    Both are even, as H.264 wants them. Nothing is made larger than it is.

    Example:
        >>> small_resolution(State({"state": {"draft": {"m": {"width": 1080, "height": 1920}}}}))
        '360x640'
    """
    return _fitted(_shape(state) or _UNKNOWN, _SHORT)


def fitted_resolution(state: State, short: int) -> str | None:
    """Like `small_resolution`, with another short side; None where the shape is not known."""
    shape = _shape(state)
    return None if shape is None else _fitted(shape, short)


def _fitted(shape: tuple[float, float], short: int) -> str:
    width, height = shape
    scale = min(1.0, short / min(width, height), _LONG / max(width, height))
    return f"{_even(width * scale)}x{_even(height * scale)}"


def _shape(state: State) -> tuple[float, float] | None:
    timeline = state.timeline
    if timeline.width and timeline.height:
        return float(timeline.width), float(timeline.height)
    for entry in state.video_infos:
        fields = mapping(entry)
        width, height = number(fields.get("width")), number(fields.get("height"))
        if width and height and min(width, height) > 0:
            return width, height
    return None


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)
