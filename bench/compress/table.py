"""What was measured: a row for each clip, share and contestant, and one for each contestant over all."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from bench.compress.entry import Entry

__all__ = ["HEAD", "disorder", "mean", "row", "totals"]

HEAD = (
    f"{'clip@share':<31} {'contestant':<10} {'limit':>9} {'size':>9} {'fill':>6} {'wall s':>7} {'cpu s':>7} "
    f"{'VMAF':>6} {'p5':>6} {'NEG':>6}  picture"
)
TIE = 0.5  # VMAF: nobody sees less, and the two models need not agree on it


def row(entry: Entry) -> str:
    """One result."""
    size = f"{entry.size:>9}" if entry.size is not None else f"{'-':>9}"
    fill = f"{entry.fill:>6.3f}" if entry.fits else f"{'OVER' if entry.size else '-':>6}"
    scores = " ".join(_figure(score) for score in (entry.vmaf, entry.p5, entry.neg))
    return (
        f"{entry.case[:31]:<31} {entry.contestant:<10} {entry.limit:>9} {size} {fill} {entry.seconds:>7.2f} "
        f"{entry.cpu:>7.2f} {scores}  {entry.picture}{'  ' if entry.picture and entry.why else ''}{entry.why[:90]}"
    ).rstrip()


def totals(entries: list[Entry]) -> list[str]:
    """One line a contestant: what fits, how full, how good, how long, and how long against each of the peers."""
    head = (
        f"{'contestant':<10} {'fits':>7} {'fill':>6} {'VMAF':>6} {'p5':>6} {'NEG':>6} {'wall s':>7} {'/naive':>6} "
        f"{'/ecomp':>6} {'cpu s':>7} {'/naive':>6} {'/ecomp':>6}"
    )
    lines = [head]
    groups = by_contestant(entries)
    for name, group in groups.items():
        fills = [entry.fill for entry in group if entry.size is not None]
        scores = [_figure(mean(getattr(entry, key) for entry in group)) for key in ("vmaf", "p5", "neg")]
        times: list[str] = []
        for key in ("seconds", "cpu"):
            spent = sum(getattr(entry, key) for entry in group)
            times.append(f"{spent:>7.1f}")
            for peer in ("naive", "ecompress"):
                theirs = sum(getattr(entry, key) for entry in groups.get(peer, ()))
                times.append(f"{spent / theirs:>6.2f}" if theirs else f"{'-':>6}")
        lines.append(
            f"{name:<10} {sum(entry.fits for entry in group):>3}/{len(group):<3} "
            f"{statistics.median(fills) if fills else 0:>6.3f} {' '.join(scores)} {' '.join(times)}"
        )
    return lines


def by_contestant(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries of each, in the order of their first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.contestant, []).append(entry)
    return groups


def disorder(entries: list[Entry]) -> list[str]:
    """Where VMAF and VMAF-NEG do not agree on who is better: a picture that was sharpened, or a tie."""
    lines: list[str] = []
    for better in entries:
        for other in entries:
            if better.case != other.case or None in {better.vmaf, better.neg, other.vmaf, other.neg}:
                continue
            ahead, behind = (better.vmaf or 0) - (other.vmaf or 0), (better.neg or 0) - (other.neg or 0)
            if ahead > TIE and behind < 0:
                lines.append(
                    f"{better.case}: {better.contestant} over {other.contestant} by {ahead:.2f}, by NEG {behind:.2f}"
                )
    return lines


def mean(values: Iterable[float | None]) -> float | None:
    """Of those that are there."""
    found = [value for value in values if value is not None]
    return statistics.fmean(found) if found else None


def _figure(value: float | None) -> str:
    return f"{'-':>6}" if value is None else f"{value:>6.2f}"
