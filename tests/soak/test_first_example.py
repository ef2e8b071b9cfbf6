from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEMORY = 1500
"""MiB of all processes together: two encoders of 1080p at most, and nothing that grows with the film's length."""


@pytest.mark.soak
def test_half_a_gigabyte_and_ten_minutes_fit_under_fifty_megabytes(capsys: pytest.CaptureFixture[str]) -> None:
    """The seeds' own first example; the bench prints the times, which are asserted nowhere."""
    command = [sys.executable, "-m", "bench.first_example", "--effort", "fast", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    with capsys.disabled():
        sys.stdout.write(f"\n{json.dumps(found, indent=1)}\n")
    assert found["error"] is None
    assert found["size"] <= found["limit"] == 50_000_000
    assert found["complaint"] == ""
    assert abs(found["seconds_of_result"] - found["source_seconds"]) < 0.5
    assert 0 < found["memory_mib"] < MEMORY
    assert 0 < found["disk_mib"] < 4 * found["source_bytes"] / 2**20
