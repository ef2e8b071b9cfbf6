from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "memory.py"


@pytest.mark.soak
def test_half_a_gigabyte_passes_through_without_staying() -> None:
    """The bench says itself whether the peak stayed within what is allowed, and ends with 1 where it did not."""
    done = subprocess.run(
        [sys.executable, str(BENCH), "--megabytes", "500"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ MiB", done.stdout)
