"""Where does the time of a cold run go? `nemovideo compress` on a clip of one frame, as processes of their own.

    nox -s bench -- startup [--runs 7]

The stairs are whole processes, each loading more than the one above; the phases are what the command itself reports.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nemovideo.engine.media.ffmpeg import find_ffmpeg

STAIRS = {
    "bare Python": "pass",
    "+ click and the command": "import nemovideo.cli.compress, nemovideo.cli.program",
    "+ the client": "import nemovideo.cli.compress, nemovideo.cli.program, nemovideo.client",
    "+ the engine": "import nemovideo.cli.compress, nemovideo.cli.program, nemovideo.client, nemovideo.engine.local",
}
BUDGET = 0.9
"""Seconds that the whole cold run may take (issue 2)."""


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "frame.mp4"
        source = ("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25", "-frames:v", "1")
        encode = ("-c:v", "libx264", "-qp", "4", "-pix_fmt", "yuv420p")
        subprocess.run([find_ffmpeg(), "-nostdin", "-v", "error", *source, *encode, str(clip)], check=True)
        print(f"one frame of 1280x720, {clip.stat().st_size} bytes, to a third of it; median of {runs} runs\n")
        before = 0.0
        for name, statement in STAIRS.items():
            now = median(runs, [sys.executable, "-c", statement])[0]
            print(f"{name:<26} {now:6.3f} s   (+{now - before:.3f})")
            before = now
        limit = str(clip.stat().st_size // 3)
        command = [sys.executable, "-m", "nemovideo", "compress", str(clip), "-y", "--json", "--max-bytes", limit]
        whole, said = median(runs, command)
    verdict = "within" if whole <= BUDGET else "OVER"
    print(
        f"{'the whole command':<26} {whole:6.3f} s   (+{whole - before:.3f})   {verdict} the {BUDGET} s it may take\n"
    )
    for phase, seconds in json.loads(said)["timings"].items():
        print(f"  of it, {phase:<17} {seconds:6.3f} s")
    print("\nthe dearest imports, own time:")
    for microseconds, module in dearest(12):
        print(f"  {microseconds / 1000:6.1f} ms  {module}")


def median(runs: int, command: list[str]) -> tuple[float, str]:
    """Median wall time of a command, and what it said last; one run before, not counted, warms the file cache."""
    times: list[float] = []
    said = ""
    for _ in range(runs + 1):
        begun = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
        times.append(time.perf_counter() - begun)
        if done.returncode:
            sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        said = done.stdout
    return statistics.median(times[1:]), said


def dearest(count: int) -> list[tuple[int, str]]:
    """The modules whose own code takes longest to load."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", list(STAIRS.values())[-1]],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if line.count("|") == 2]
    own = [(int(row[0]), row[2].strip()) for row in rows if row[0].strip().isdigit()]
    return sorted(own, reverse=True)[:count]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    main(parser.parse_args().runs)
