"""One table of what was measured: target, figure, met or not."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HEAD", "Row"]

HEAD = f"{'measured':<46} {'target':>12} {'figure':>12}   met"


@dataclass(frozen=True)
class Row:
    """One line: `met` is None where nothing is asked, or nothing could be measured."""

    name: str
    target: str
    figure: str
    met: bool | None
    note: str = ""

    def __str__(self) -> str:
        verdict = {True: "yes", False: "NO", None: "-"}[self.met]
        return f"{self.name:<46} {self.target:>12} {self.figure:>12}   {verdict:<3} {self.note}".rstrip()


def at_least(name: str, ratio: float, target: float, note: str = "") -> Row:
    """A ratio that should be as large as `target`."""
    return Row(name, f">= {target:g}x", f"{ratio:.2f}x", ratio >= target, note)


def at_most(name: str, value: float, target: float, unit: str, note: str = "") -> Row:
    """A value that should be no larger than `target`."""
    return Row(name, f"<= {target:g} {unit}", f"{value:.1f} {unit}", value <= target, note)
