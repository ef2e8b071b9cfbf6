"""One contestant's result for one case: what is printed, compared, drawn and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["Entry", "PEERS", "entry_from_json"]

PEERS = ("naive", "ecompress")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Attributes:
    clip, share: the case; share in percent of the source's size.
    contestant: a peer's name, or one of our efforts or codecs.
    limit, size: bytes; no size where nothing was made.
    seconds, cpu: of the whole process, by the clock and of the processor.
    picture: width, height and rate of what was made, as "1280x720@30".
    vmaf, p5, neg: the judge's; None where nothing was made or judged.
    why: what went wrong, or nothing.
    """

    clip: str
    share: float
    contestant: str
    limit: int
    size: int | None
    seconds: float
    cpu: float
    picture: str = ""
    vmaf: float | None = None
    p5: float | None = None
    neg: float | None = None
    why: str = ""

    @property
    def case(self) -> str:
        """`clip@share`."""
        return f"{self.clip}@{self.share:g}"

    @property
    def fits(self) -> bool:
        """Whether there is a result, and within the limit."""
        return self.size is not None and self.size <= self.limit

    @property
    def fill(self) -> float:
        """The share of the limit that was used; above 1 it is over."""
        return (self.size or 0) / self.limit

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self) | {"fits": self.fits, "fill": round(self.fill, 4)}


def entry_from_json(found: Mapping[str, Any]) -> Entry:
    """The Entry that `to_json` wrote down."""
    return Entry(**{field.name: found[field.name] for field in fields(Entry)})
