"""What a render request may say about its output: the documented fields only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.config import OUTPUT_FORMATS
from nemovideo.engine.wire import JsonObject, bad_request
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.draft import Timeline

__all__ = ["Output"]

_RESOLUTION = re.compile(r"(?P<short>\d{2,5})p?|(?P<width>\d{2,5})\s*[x×*]\s*(?P<height>\d{2,5})", re.IGNORECASE)
_NAMED = {"4k": 2160, "uhd": 2160, "2k": 1440, "qhd": 1440, "fhd": 1080, "hd": 720, "sd": 480}


@dataclass(frozen=True, slots=True)
class Output:
    """The container, and ceilings on top of the draft's own: short side in pixels, frames a second."""

    container: str
    max_height: int | None
    fps: float | None

    @classmethod
    def of(cls, output: JsonObject, draft: JsonObject | None = None) -> Output:
        """Read the request's `output` beside the draft, whose `m.format` says what the timeline is exported as.

        Every agent of the skills posts the documented default "mp4", which therefore wishes nothing: the draft's
        format comes before it. Any other format was meant, and comes before the draft's.

        Raises:
            Refusal: 400, naming the field.
        """
        container = str(output.get("format") or "mp4").lower().lstrip(".")
        if container == "mp4" and draft is not None:
            container = Timeline.decode({"m": draft.get("m")}).format or container
        if container not in OUTPUT_FORMATS:
            raise bad_request(f"output.format: this engine makes {', '.join(OUTPUT_FORMATS)}; choose one of these.")
        fps = output.get("fps")
        if fps is not None and (isinstance(fps, bool) or not isinstance(fps, int | float) or not 0 < fps <= 1000):
            raise bad_request("output.fps: a number of frames a second, over 0 and up to 1000.")
        return cls(container, _short_side(output.get("resolution")), None if fps is None else float(fps))

    def limit(self, request: CompressRequest) -> CompressRequest:
        """The request under these ceilings; they only ever lower."""
        heights = [height for height in (self.max_height, request.max_height) if height is not None]
        rates = [rate for rate in (self.fps, request.fps) if rate is not None]
        return request.model_copy(update={"max_height": min(heights, default=None), "fps": min(rates, default=None)})


def _short_side(value: object) -> int | None:
    if value is None:
        return None
    text = str(value).strip().lower()
    if text in _NAMED:
        return _NAMED[text]
    found = _RESOLUTION.fullmatch(text)
    side = 0 if found is None else int(found["short"] or 0) or min(int(found["width"]), int(found["height"]))
    if not 16 <= side <= 16_384:
        raise bad_request('output.resolution: like "720p" or "1280x720".')
    return side
