"""The issue's table: what each of ours must show, beside what it shows.

A peer's result that is over the limit does not count. The better of the two peers is chosen for each clip and each
measure on its own; where neither fits, there is nobody to compare with, and the case is left out of that row alone.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

from bench.compress.entry import PEERS, Entry
from bench.compress.table import by_contestant
from bench.wire.table import Row

__all__ = ["decoding", "targets", "worst"]

Measure = Callable[[Entry], float | None]
MEASURES: dict[str, Measure] = {"VMAF": lambda entry: entry.vmaf, "p5": lambda entry: entry.p5}
FILLS = {"balanced": 0.975, "fast": 0.95, "best": 0.98, "av1": 0.97}
WALLS = {"balanced": ("naive", 1.0), "fast": ("ecompress", 0.7), "best": ("naive", 3.0), "av1": ("naive", 1.5)}
LENIENT = 1.02
"""A peer that misses by so little would do with a slightly lower bitrate: told, not asked."""
AHEAD = {"fast": ("ecompress", 0.0), "best": ("balanced", 1.0), "av1": ("balanced", 3.0)}


def targets(entries: list[Entry]) -> Iterator[Row]:
    """A row for each figure that is asked of those who ran."""
    groups = by_contestant(entries)
    for name in ("balanced", "fast", "best", "av1"):
        if ours := groups.get(name):
            yield from _fit(name, ours)
            yield from _quality(name, ours, groups)
            yield from _time(name, ours, groups)


def decoding(took: Entry, decode: float, decode_cpu: float) -> Row:
    """`fast` on the minute of 1080p at a tenth, against decoding it once."""
    ratio, cpu = took.seconds / decode, took.cpu / decode_cpu
    note = f"cpu {cpu:.2f}x; {took.seconds:.1f} over {decode:.1f} s"
    return Row(f"fast, {took.case}, over one decode", "<= 2.5x", f"{ratio:.2f}x", ratio <= 2.5, note)


def worst(entries: list[Entry], name: str, count: int = 5) -> list[str]:
    """Where one of ours is least ahead of the better peer."""
    found = sorted(margins(by_contestant(entries), name, PEERS, MEASURES["VMAF"]), key=lambda margin: margin[1])
    return [f"{case} {margin:+.2f} ({peer})" for case, margin, peer in found[:count]]


def margins(
    groups: dict[str, list[Entry]], name: str, others: tuple[str, ...], measure: Measure, *, over: float = 1.0
) -> list[tuple[str, float, str]]:
    """Case, how far `name` is ahead of the best of `others` that fits (or fills up to `over`), and who that is."""
    found: list[tuple[str, float, str]] = []
    for entry in groups.get(name, ()):
        rivals = [
            (value, rival.contestant)
            for other in others
            for rival in groups.get(other, ())
            if rival.case == entry.case
            and rival.size is not None
            and rival.fill <= over
            and (value := measure(rival)) is not None
        ]
        if rivals:
            best, rival_name = max(rivals)
            # Who has no result has lost by all that the other shows.
            found.append((entry.case, ((measure(entry) or 0.0) if entry.fits else 0.0) - best, rival_name))
    return found


def _fit(name: str, ours: list[Entry]) -> Iterator[Row]:
    fit = sum(entry.fits for entry in ours)
    yield Row(f"{name}: fits", f"{len(ours)} of {len(ours)}", f"{fit}", fit == len(ours))
    fills = [entry.fill for entry in ours if entry.size is not None]
    fill = statistics.median(fills) if fills else 0.0
    yield Row(f"{name}: fill, median", f">= {FILLS[name]:g}", f"{fill:.3f}", fill >= FILLS[name])


def _quality(name: str, ours: list[Entry], groups: dict[str, list[Entry]]) -> Iterator[Row]:
    for label, measure in MEASURES.items():
        if name == "balanced":
            if found := margins(groups, name, PEERS, measure):
                case, least, _ = min(found, key=lambda margin: margin[1])
                below = sum(margin < -0.5 for _, margin, _ in found)
                note = f"{case}; {below} of {len(found)} cases below"
                yield Row(f"{name}: {label}, least over the better peer", ">= -0.5", f"{least:+.2f}", below == 0, note)
                yield _ahead(f"{name}: {label}, mean over the better peer", found, 3.0)
                lenient = margins(groups, name, PEERS, measure, over=LENIENT)
                ahead, short = statistics.fmean(lead for _, lead, _ in lenient), min(lead for _, lead, _ in lenient)
                note = f"least {short:+.2f}, {len(lenient)} cases"
                yield Row(f"  the same, peers 2 % over counted: {label}", "", f"{ahead:+.2f}", None, note)
        else:
            other, least = AHEAD[name]
            if found := margins(groups, name, (other,), measure):
                yield _ahead(f"{name}: {label}, mean over {other}", found, least)


def _ahead(label: str, found: list[tuple[str, float, str]], least: float) -> Row:
    ahead = statistics.fmean(margin for _, margin, _ in found)
    return Row(label, f">= {least:+g}", f"{ahead:+.2f}", ahead >= least, f"{len(found)} cases")


def _time(name: str, ours: list[Entry], groups: dict[str, list[Entry]]) -> Iterator[Row]:
    peer, most = WALLS[name]
    if theirs := groups.get(peer):
        ratio = sum(entry.seconds for entry in ours) / sum(entry.seconds for entry in theirs)
        cpu = sum(entry.cpu for entry in ours) / sum(entry.cpu for entry in theirs)
        yield Row(f"{name}: wall, over {peer}", f"<= {most:g}x", f"{ratio:.2f}x", ratio <= most, f"cpu {cpu:.2f}x")
