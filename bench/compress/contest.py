"""Every contestant compresses every case, in turn, and is judged."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.compress import peers
from bench.compress.clips import Case, measured
from bench.compress.entry import PEERS, Entry
from bench.compress.judge import Verdict, judged
from bench.compress.ours import OURS, compressed, reason
from bench.compress.stopwatch import Timed

from nemovideo import NemoError

__all__ = ["CONTESTANTS", "contest", "every_for"]

CONTESTANTS = (*PEERS, *OURS)
MANY = 1e9  # pixels in all: from here on VMAF takes longer than the encodes, and each third picture tells the same


def contest(cases: list[Case], contestants: list[str], folder: Path, *, every: int | None = None) -> Iterator[Entry]:
    """Run and judge, a case at a time, the contestants right after one another, so that a busy hour is busy for all.

    Args:
        cases: what is compressed.
        contestants: names of CONTESTANTS.
        folder: where results are left, as `clip@share.contestant.mp4`.
        every: judge each n-th picture; None to choose by the size of the source, 0 not to judge.
    """
    for case in cases:
        step = every_for(case) if every is None else every
        for contestant in contestants:
            yield _entered(case, contestant, folder, step)


def every_for(case: Case) -> int:
    """How many pictures are passed over: none, but for the long ones of 1080p."""
    media = measured(case.source)
    return 3 if media.video and media.video.frames * media.width * media.height > MANY else 1


def _entered(case: Case, contestant: str, folder: Path, every: int) -> Entry:
    # ecompress keeps the container it was given.
    suffix = ".mkv" if contestant == "ecompress" and case.source.suffix == ".mkv" else ".mp4"
    target = folder / f"{case.name}.{contestant}{suffix}"
    target.unlink(missing_ok=True)
    took = _run(case, contestant, target)
    size = target.stat().st_size if took.code == 0 and target.exists() else None
    picture, verdict, why = "", None, ""
    if size is None:
        why = reason(took.output) or took.said or f"ended with {took.code}"
    else:
        try:
            picture = _picture(target)
            verdict = judged(case.source, target, every=every) if every else None
        except (subprocess.CalledProcessError, NemoError) as error:
            why = f"cannot be judged: {getattr(error, 'stderr', '') or error}"[:200]
    return Entry(
        clip=case.source.stem,
        share=case.share,
        contestant=contestant,
        limit=case.limit,
        size=size,
        seconds=round(took.seconds, 2),
        cpu=round(took.cpu, 2),
        picture=picture,
        why=why,
        **_scores(verdict),
    )


def _run(case: Case, contestant: str, target: Path) -> Timed:
    if contestant == "naive":
        return peers.naive(case, target)
    if contestant == "ecompress":
        return peers.ecompress(case, target)
    return compressed(case, target, contestant)


def _picture(target: Path) -> str:
    media = measured(target)
    return f"{media.width}x{media.height}@{media.fps:.3g}"


def _scores(verdict: Verdict | None) -> dict[str, float]:
    if verdict is None:
        return {}
    return {"vmaf": round(verdict.vmaf, 2), "p5": round(verdict.p5, 2), "neg": round(verdict.neg, 2)}
