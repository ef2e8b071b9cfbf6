"""The colours of the canvas: those of its sources where they agree, else BT.709. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nemovideo.engine.media.media import Media

__all__ = ["BT709", "Colours", "colours", "common"]

_MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"}
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020"}
_TRANSFERS = {1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 14: "bt2020-10"}
_LARGE = 720
"""Lines from which an untagged picture is BT.709, as players guess."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Matrix, primaries and transfer, as FFmpeg calls them."""

    matrix: str
    primaries: str
    transfer: str

    def tags(self) -> str:
        """The filter that says so."""
        return f"setparams=range=tv:colorspace={self.matrix}:color_primaries={self.primaries}:color_trc={self.transfer}"

    def from_(self, other: Colours) -> str:
        """The filter from a picture of `other` colours to these; only the matrix is reckoned with."""
        return "" if other.matrix == self.matrix else f"scale=out_color_matrix={self.matrix}:flags=accurate_rnd"


BT709 = Colours("bt709", "bt709", "bt709")


def colours(media: Media) -> Colours:
    """What the source's picture is once it is made ordinary (see `normalise.chain`)."""
    video = media.video
    if video is None or video.hdr or video.space == 0 or "rgb" in video.pix_fmt or "pal8" in video.pix_fmt:
        return BT709
    guess = "bt709" if media.height >= _LARGE else "smpte170m"
    return Colours(
        _MATRICES.get(video.space, guess), _PRIMARIES.get(video.primaries, guess), _TRANSFERS.get(video.trc, guess)
    )


def common(sources: Iterable[Media]) -> Colours:
    """Those of the canvas."""
    found = {colours(media) for media in sources}
    return found.pop() if len(found) == 1 else BT709
