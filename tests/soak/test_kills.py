from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
FOUND_DEAD = 5.0  # seconds after which no FFmpeg may run on (issue 2)


def descendants(session: int) -> list[str]:
    """The command lines of what runs in a process's session or was started by the launcher, by what they work on."""
    found = subprocess.run(["ps", "-eo", "sid,stat,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if f"soak-{session}" in line and " Z" not in line]


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("seed", range(12))
def test_a_run_that_is_stopped_at_any_moment_leaves_nothing(talk: Path, tmp_path: Path, world: Path, seed: int) -> None:
    dice = random.Random(seed)
    clip = tmp_path / f"soak-{os.getpid()}-{seed}.mp4"
    clip.write_bytes(talk.read_bytes())
    before = clip.stat().st_mtime_ns, clip.read_bytes()
    command = [sys.executable, "-m", "nemovideo", "compress", str(clip), "--max-bytes", str(clip.stat().st_size // 4)]
    run = subprocess.Popen([*command, "--effort", "best"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(dice.uniform(0.2, 1.5))
    run.send_signal(dice.choice(SIGNALS))
    run.wait(timeout=30)
    deadline = time.monotonic() + FOUND_DEAD
    while descendants(os.getpid()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not descendants(os.getpid())
    fits = [sys.executable, "-m", "nemovideo", "compress", str(clip), "--max-mb", "50", "--quiet"]
    assert subprocess.run(fits, check=False).returncode == 0
    left = {path.name for path in tmp_path.iterdir()} - {clip.name, f"{clip.stem}.compressed.mp4"}
    assert not left
    assert not [path for path in (world / "t").iterdir() if path.name.startswith("nemovideo-")]
    assert (clip.stat().st_mtime_ns, clip.read_bytes()) == before
