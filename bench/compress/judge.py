"""How much of the picture is left? VMAF and VMAF-NEG of a result against its source, mean and 5th percentile.

    python -m bench.compress.judge SOURCE RESULT [--every N]

Both are turned upright and tone-mapped the same way; the result is scaled up bicubic to the size at which the source is
displayed. Pictures are compared by time, at the times of the source: where the result has fewer, its last one is held.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.compress.clips import measured

from nemovideo.engine.media import normalise
from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import Picture

__all__ = ["Verdict", "judged"]

LOG = "scores.json"
MODELS = r"version=vmaf_v0.6.1\:name=vmaf|version=vmaf_v0.6.1neg\:name=neg"


@dataclass(frozen=True)
class Verdict:
    """Scores of 0 to 100, of every picture that was looked at.

    Attributes:
        vmaf: the mean.
        p5: the 5th percentile: 95 of 100 pictures are at least so good.
        neg: the mean of VMAF-NEG, which sharpening cannot please.
        pictures: how many were looked at.
    """

    vmaf: float
    p5: float
    neg: float
    pictures: int


def judged(source: Path, result: Path, *, every: int = 1) -> Verdict:
    """Compare each `every`-th picture of the source with what the result shows at its time.

    Raises:
        CalledProcessError: FFmpeg cannot read one of the two, or has no libvmaf.
    """
    reference, made = measured(source), measured(result)
    with tempfile.TemporaryDirectory() as folder:
        command = [str(find_ffmpeg()), "-nostdin", "-v", "error", "-i", str(source), "-i", str(result)]
        command += ["-filter_complex", _graph(reference, made, every)]
        command += ["-fps_mode", "passthrough", "-f", "null", "-"]
        subprocess.run(command, check=True, cwd=folder, capture_output=True, text=True)
        frames = json.loads(Path(folder, LOG).read_text())["frames"]
    scores = sorted(float(frame["metrics"]["vmaf"]) for frame in frames)
    neg = [float(frame["metrics"]["neg"]) for frame in frames]
    return Verdict(sum(scores) / len(scores), scores[int(0.05 * len(scores))], sum(neg) / len(neg), len(scores))


def _graph(reference: Media, made: Media, every: int) -> str:
    """`blend` hands its second picture on at the times of its first: that is the result, held where it has no own."""
    video = reference.video
    assert video is not None
    assert made.video is not None
    # The nearest picture in time: a container's rounding must not show the one before.
    early = min(video.shortest, 1 / reference.fps) / 2
    full = Picture(reference.width // 2 * 2, reference.height // 2 * 2)
    held = "blend=all_mode=normal:all_opacity=0:eof_action=repeat"
    # Tags that only one of the two has would bring in a conversion.
    plain = "setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown:range=unknown,settb=AVTB"
    return (
        f"[0:{video.index}]{normalise.chain(reference, full)},{plain},setpts=PTS-STARTPTS+{early:.6f}/TB[all];"
        "[all]split[r][times];"
        f"[1:{made.video.index}]{normalise.chain(made, full)},{plain},setpts=PTS-STARTPTS[d];"
        f"[times][d]{held}[shown];"
        f"[shown][r]libvmaf=model='{MODELS}':log_fmt=json:log_path={LOG}:n_threads=2:n_subsample={every}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="look at each N-th picture")
    arguments = parser.parse_args()
    found = judged(arguments.source.absolute(), arguments.result.absolute(), every=arguments.every)
    print(f"VMAF {found.vmaf:.2f}  p5 {found.p5:.2f}  NEG {found.neg:.2f}  ({found.pictures} pictures)")
