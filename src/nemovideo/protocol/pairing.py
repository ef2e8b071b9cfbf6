"""Which track and which segment of one timeline is which of another, each pair found in linear time.

A draft has no ids, so what stays the same says who is who: a track's kind and name, what a segment is cut from, what
it shows, where it lies. Each rule pairs what it can and leaves the rest to the next, looser one.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from nemovideo.protocol.draft import Segment, Track

__all__ = ["Pairs", "pair_segments", "pair_tracks"]

T = TypeVar("T")

_MS = 3  # decimals of a second: what drafts count in


@dataclass(frozen=True, slots=True)
class Pairs(Generic[T]):
    """What was and is, what was only, and what is only; each in the order of its timeline."""

    both: tuple[tuple[T, T], ...]
    removed: tuple[T, ...]
    added: tuple[T, ...]


class _Pairing(Generic[T]):
    """Pairs two sequences by one rule after the other."""

    def __init__(self, before: Sequence[T], after: Sequence[T]) -> None:
        self._before, self._after = before, after
        self._free_before = dict.fromkeys(range(len(before)))
        self._free_after = dict.fromkeys(range(len(after)))
        self._both: dict[int, int] = {}

    def by(self, keys: Callable[[T], Iterable[Hashable]]) -> None:
        """Pair those that share a key; of many that do, the earliest first."""
        waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for there in self._free_after:
            for key in keys(self._after[there]):
                waiting[key].append(there)
        for here in tuple(self._free_before):
            for key in keys(self._before[here]):
                line = waiting.get(key)
                while line and line[0] not in self._free_after:
                    line.popleft()
                if line:
                    self._pair(here, line.popleft())
                    break

    def _pair(self, here: int, there: int) -> None:
        self._both[here] = there
        del self._free_before[here], self._free_after[there]

    def result(self) -> Pairs[T]:
        return Pairs(
            both=tuple((self._before[here], self._after[there]) for here, there in sorted(self._both.items())),
            removed=tuple(self._before[here] for here in self._free_before),
            added=tuple(self._after[there] for there in self._free_after),
        )


def pair_tracks(before: Sequence[Track], after: Sequence[Track]) -> Pairs[Track]:
    """Pair tracks: of one kind and name with the same content, then with some of it, then renamed, then by order."""
    pairing = _Pairing(before, after)
    pairing.by(lambda track: [(*_named(track), tuple(map(_content, track.segments)))])
    pairing.by(lambda track: [(*_named(track), shown) for shown in _shown(track)])
    pairing.by(lambda track: [(track.type_number, shown) for shown in _shown(track)])
    pairing.by(lambda track: [_named(track)])
    return pairing.result()


def pair_segments(before: Sequence[Segment], after: Sequence[Segment], *, text: bool) -> Pairs[Segment]:
    """Pair the segments of one track: as they were, then by what they are cut from and show, then by where they lie.

    Args:
        before: what was on the track.
        after: what is on it.
        text: whether they are texts: one that lies where another lay is that one with other words.
    """
    pairing = _Pairing(before, after)
    pairing.by(lambda segment: [(_cut(segment), *_place(segment))])
    pairing.by(lambda segment: [_cut(segment)] if _is_known(segment) else [])
    pairing.by(lambda segment: [_content(segment)] if _is_known(segment) else [])
    pairing.by(lambda segment: [segment.source] if segment.source else [])
    pairing.by(lambda segment: [segment.label] if segment.label else [])
    # What has neither source nor words is known by its place only, and so is a text with new words.
    loose: Callable[[Segment], bool] = lambda segment: text or not _is_known(segment)  # noqa: E731
    pairing.by(lambda segment: [_place(segment)] if loose(segment) else [])
    pairing.by(lambda segment: [round(segment.start, _MS)] if loose(segment) else [])
    pairing.by(lambda segment: [None] if not _is_known(segment) else [])
    return pairing.result()


def _named(track: Track) -> tuple[int | None, str]:
    return track.type_number, track.name


def _content(segment: Segment) -> tuple[str | None, str | None]:
    return segment.source, segment.label


def _cut(segment: Segment) -> Hashable:
    return *_content(segment), round(segment.source_start, _MS)


def _is_known(segment: Segment) -> bool:
    return segment.source is not None or segment.label is not None


def _place(segment: Segment) -> tuple[float, float]:
    return round(segment.start, _MS), round(segment.duration, _MS)


def _shown(track: Track) -> Iterable[tuple[str | None, str | None]]:
    return [_content(segment) for segment in track.segments if _is_known(segment)]
