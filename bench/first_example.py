"""The first thing that was asked of this project: 500 MB and ten minutes of 1080p, to under 50 MB.

    nox -s bench -- first_example [--effort fast] [--json]

The source is the minute of `bench.compress.clips` ten times over, copied as a stream, so that making it costs seconds.
Printed are the size, whether it plays, the time against decoding the source once, and what was held at most meanwhile:
memory of all processes, and room on the disk beside the source.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.compress.clips import CACHE, made, measured
from bench.compress.fits import complaint
from bench.compress.stopwatch import timed
from bench.compress.watch import Watch

from nemovideo.engine.media.ffmpeg import find_ffmpeg

LIMIT = 50_000_000
TIMES = 10


def source() -> Path:
    """The ten minutes, made once."""
    target = CACHE / "first_example.mp4"
    if not target.exists():
        part = target.with_name("part_first_example.mp4")
        command = [str(find_ffmpeg()), "-nostdin", "-v", "error", "-y", "-stream_loop", str(TIMES - 1)]
        command += ["-i", str(made()), "-map", "0", "-c", "copy", "-movflags", "+faststart", str(part)]
        subprocess.run(command, check=True)
        part.rename(target)
    return target


def main(effort: str) -> dict[str, object]:
    """Decode once, compress once; what came of it."""
    clip = source()
    decode = timed([str(find_ffmpeg()), "-nostdin", "-v", "error", "-i", str(clip), "-map", "0:v:0", "-f", "null", "-"])
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "small.mp4"
        watch = Watch(Path(name), clip)
        command = [sys.executable, "-m", "nemovideo", "compress", str(clip), "-o", str(target), "--json"]
        command += ["--max-bytes", str(LIMIT), "--effort", effort, "--backend", "local"]
        took = timed(command, env={"TMPDIR": name}, on_start=watch.begin)
        watch.end()
        told = json.loads(took.output) if took.output else {"error": took.said}
        size = target.stat().st_size if target.exists() else None
        plays = complaint(target) if size else "nothing was made"
        length = measured(target).duration if size else 0.0
    return {
        "source_bytes": clip.stat().st_size,
        "source_seconds": round(measured(clip).duration, 2),
        "limit": LIMIT,
        "size": size,
        "seconds_of_result": round(length, 2),
        "complaint": plays,
        "wall": round(took.seconds, 1),
        "cpu": round(took.cpu, 1),
        "decode_wall": round(decode.seconds, 1),
        "decode_cpu": round(decode.cpu, 1),
        "memory_mib": round(watch.memory),
        "disk_mib": round(watch.disk),
        "picture": f"{told.get('width')}x{told.get('height')}",
        "notes": told.get("notes"),
        "error": told.get("error"),
    }


def story(found: dict[str, object]) -> str:
    """The figures in words."""
    wall, cpu = float(str(found["wall"])), float(str(found["cpu"]))
    decode, decode_cpu = float(str(found["decode_wall"])), float(str(found["decode_cpu"]))
    return (
        f"{found['source_bytes']} bytes, {found['source_seconds']} s -> {found['size']} (limit {found['limit']}), "
        f"{found['picture']}, {found['complaint'] or 'plays'}\n"
        f"wall {wall:.1f} s, {wall / decode:.2f}x one decode ({decode:.1f} s); "
        f"cpu {cpu:.1f} s, {cpu / decode_cpu:.2f}x ({decode_cpu:.1f} s); target 2.5x\n"
        f"at most {found['memory_mib']} MiB of memory, {found['disk_mib']} MiB of disk\n"
        f"notes: {found['notes'] or found['error']}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--effort", choices=["fast", "balanced", "best"], default="fast")
    parser.add_argument("--json", action="store_true", help="one object, for programs")
    arguments = parser.parse_args()
    figures = main(arguments.effort)
    print(json.dumps(figures) if arguments.json else story(figures))
    sys.exit(0 if figures["size"] and not figures["complaint"] else 1)
