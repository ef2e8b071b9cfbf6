"""Is the picture that fits the best one? Ours against what a user would pick instead, in one run, as table and plot.

    nox -s bench -- compress [--contestants naive,ecompress,fast,balanced,best,av1,hevc] [--clips anim_ cam_]
                             [--shares 25 10] [--judge-every N] [--json FILE] [--plot FILE] [--keep FOLDER]
                             [--beside FILE]
    nox -s bench -- compress --all [--contestants fast] [--clips NAME...] [--shares 25 10]

Each result is made by a whole process (imports and all), and judged by VMAF. Wall time says little on a busy machine:
processor time stands beside it. The peer ecompress is installed into `.nox/` the first time.

`--all` compares nothing: it asks whether each clip of ../shared/media fits and plays.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.compress import peers, plot
from bench.compress.clips import CACHE, MINUTE, Case, cases, measured
from bench.compress.contest import CONTESTANTS, contest
from bench.compress.entry import Entry, entry_from_json
from bench.compress.fits import Wish, fits
from bench.compress.ours import OURS
from bench.compress.stopwatch import timed
from bench.compress.table import HEAD, disorder, row, totals
from bench.compress.targets import decoding, targets, worst
from bench.wire.table import HEAD as TARGET_HEAD
from bench.wire.table import Row

from nemovideo.engine.media.ffmpeg import find_ffmpeg


def main(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when a target is missed."""
    contestants: list[str] = arguments.contestants
    if "ecompress" in contestants and (problem := peers.install()):
        print(f"ecompress does not take part: {problem}")
        contestants = [name for name in contestants if name != "ecompress"]
    chosen = cases(arguments.clips, arguments.shares)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {_load()}\n\n{HEAD}")
    entries: list[Entry] = _earlier(arguments.beside, chosen, contestants)
    with tempfile.TemporaryDirectory() as folder:
        keep: Path = arguments.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        for entry in contest(chosen, contestants, keep, every=arguments.judge_every):
            entries.append(entry)
            print(row(entry), flush=True)
            if arguments.json:
                arguments.json.write_text(json.dumps([entry.to_json() for entry in entries], indent=1))
    return report(entries, chosen, arguments.plot)


def _earlier(file: Path | None, chosen: list[Case], contestants: list[str]) -> list[Entry]:
    """What other contestants did with these cases in an earlier run."""
    found = map(entry_from_json, json.loads(file.read_text())) if file else ()
    names = {case.name for case in chosen}
    return [entry for entry in found if entry.case in names and entry.contestant not in contestants]


def report(entries: list[Entry], chosen: list[Case], picture: Path) -> int:
    """The summary, the targets, what is worst; the plot."""
    print("", *totals(entries), sep="\n")
    if rows := [*targets(entries), *_minute(entries, chosen)]:
        print("", TARGET_HEAD, *rows, sep="\n")
    for name in OURS:
        if found := worst(entries, name):
            print(f"\n{name}, least over the better peer: " + "; ".join(found))
    unlike = disorder(entries)
    print("\nVMAF-NEG keeps the order of VMAF" + (", but for:" if unlike else " everywhere"), *unlike, sep="\n  ")
    if any(entry.vmaf is not None for entry in entries):
        picture.parent.mkdir(parents=True, exist_ok=True)
        plot.draw(entries, picture)
        print(f"\nplot: {picture}")
    print(f"load {_load()}")
    return int(any(line.met is False for line in rows))


def _minute(entries: list[Entry], chosen: list[Case]) -> Iterator[Row]:
    """How long `fast` takes on the minute of 1080p at a tenth, against decoding it once, here and now."""
    source = next((case.source for case in chosen if case.source.name == MINUTE), None)
    case = (Path(MINUTE).stem, 10, "fast")
    took = [entry for entry in entries if (entry.clip, entry.share, entry.contestant) == case]
    if source is not None and took:
        command = [str(find_ffmpeg()), "-nostdin", "-v", "error", "-i", str(source), "-map", f"0:{_track(source)}"]
        decode = timed([*command, "-f", "null", "-"])
        yield decoding(took[0], decode.seconds, decode.cpu)


def _track(source: Path) -> int:
    video = measured(source).video
    return video.index if video else 0


def _load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def _all(arguments: argparse.Namespace) -> int:
    """Each of ours that is named, on every clip."""
    named = [name for name in arguments.contestants if name in OURS]
    chosen = ["balanced"] if arguments.contestants == list(CONTESTANTS) else named
    with tempfile.TemporaryDirectory() as folder:
        wishes = [Wish(*OURS[name], Path(folder)) for name in chosen]
        return max(asyncio.run(fits(arguments.clips, arguments.shares, wish)) for wish in wishes)


def _names(given: str) -> list[str]:
    names = given.split(",")
    if unknown := set(names) - set(CONTESTANTS):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: not one of {', '.join(CONTESTANTS)}")
    return names


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contestants", type=_names, default=list(CONTESTANTS), help=",".join(CONTESTANTS))
    parser.add_argument("--clips", nargs="+", default=[], metavar="CLIP", help="beginnings of names, or paths")
    parser.add_argument("--shares", nargs="+", type=float, default=[25, 10], help="percent of the source's size")
    parser.add_argument("--judge-every", type=int, metavar="N", help="each N-th picture; 0: do not judge")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every result here, as it comes")
    parser.add_argument("--plot", type=Path, default=CACHE / "compress.svg", metavar="FILE", help="an SVG")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the results here")
    parser.add_argument("--beside", type=Path, metavar="FILE", help="compare with an earlier --json, of another hour")
    parser.add_argument("--all", action="store_true", help="does every clip fit and play?")
    return parser.parse_args()


if __name__ == "__main__":
    given = parse()
    sys.exit(_all(given) if given.all else main(given))
