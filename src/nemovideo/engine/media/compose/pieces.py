"""The timeline in pieces that one run of FFmpeg can hold: what is shown from step to step of the grid. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nemovideo.engine.media.compose.composition import Clip, Composition, Text
from nemovideo.engine.media.compose.timing import Grid
from nemovideo.engine.media.media import Media
from nemovideo.errors import UsageError

__all__ = ["MOST_INPUTS", "Piece", "batches", "pieces"]

MOST_INPUTS = 12
"""Files that one run opens: each has a decoder and pictures waiting in it."""
_MOST_PIXELS = MOST_INPUTS * 1920 * 1080
"""Pixels of their pictures together, for the same reason: three of 4K."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The steps from `first` to before `last`: the clip below (None is black), the clips above it, and the texts.

    `texts` are places in the composition's tuple.
    """

    first: int
    last: int
    clip: Clip | None
    above: tuple[Clip, ...] = ()
    texts: tuple[int, ...] = ()

    @property
    def steps(self) -> int:
        """Pictures of it."""
        return self.last - self.first

    @property
    def clips(self) -> tuple[Clip, ...]:
        """All its clips."""
        return self.above if self.clip is None else (self.clip, *self.above)

    @property
    def inputs(self) -> int:
        """Files that it needs."""
        return len(self.clips) + len(self.texts)


def pieces(composition: Composition, grid: Grid) -> list[Piece]:
    """The whole timeline, without gaps or overlaps, each piece with at most `MOST_INPUTS` inputs.

    Raises:
        UsageError: more than that are to be seen at once.
    """
    end = max(1, grid.step(composition.duration))
    found: list[Piece] = []
    at = 0
    for clip in (clip for clip in composition.pictures if clip.layer == 0):
        first, last = grid.step(clip.start), grid.step(clip.end)
        if last <= first:
            continue
        if first > at:
            found += _bounded(Piece(at, first, None), composition, grid)
        found += _bounded(Piece(first, last, clip), composition, grid)
        at = last
    if at < end:
        found += _bounded(Piece(at, end, None), composition, grid)
    return found


def batches(all_pieces: list[Piece], sources: Mapping[str, Media]) -> list[list[Piece]]:
    """The pieces in runs of FFmpeg, as few as the bounds allow."""
    found: list[list[Piece]] = []
    inputs = pixels = 0
    for piece in all_pieces:
        more = sum(_pixels(sources[clip.src]) for clip in piece.clips)
        if not found or inputs + piece.inputs > MOST_INPUTS or pixels + more > _MOST_PIXELS or len(found[-1]) >= 24:
            found.append([])
            inputs = pixels = 0
        found[-1].append(piece)
        inputs += piece.inputs
        pixels += more
    return found


def _bounded(piece: Piece, composition: Composition, grid: Grid) -> list[Piece]:
    """The piece with what lies over it, halved until it is small enough."""
    above = tuple(clip for clip in composition.pictures if clip.layer and _meets(piece, clip, grid))
    texts = tuple(number for number, text in enumerate(composition.texts) if _meets(piece, text, grid))
    full = Piece(piece.first, piece.last, piece.clip, above, texts)
    if full.inputs <= MOST_INPUTS:
        return [full]
    if full.steps < 2:
        raise UsageError(
            f"More than {MOST_INPUTS} pictures and texts are to be seen at once, at {grid.seconds(full.first):.3f} s.",
            hint="Take some of them off the timeline.",
        )
    middle = (piece.first + piece.last) // 2
    halves = (Piece(piece.first, middle, piece.clip), Piece(middle, piece.last, piece.clip))
    return [part for half in halves for part in _bounded(half, composition, grid)]


def _meets(piece: Piece, thing: Clip | Text, grid: Grid) -> bool:
    return grid.step(thing.start) < piece.last and grid.step(thing.end) > piece.first


def _pixels(media: Media) -> int:
    return media.video.width * media.video.height if media.video else 0
