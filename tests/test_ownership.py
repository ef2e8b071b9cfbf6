"""What is unfinished is written down, and swept by whoever starts next; nothing else ever is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nemovideo.ownership import claim, sweep

if sys.platform == "win32":
    pytest.skip("claims need flock", allow_module_level=True)


@pytest.fixture
def records(world: Path) -> Path:
    return world / "state" / "nemovideo" / "unfinished"


def killed_owner(path: Path) -> None:
    """A process that claims a path and is killed."""
    program = (
        "import sys, pathlib, os, nemovideo.ownership as o; o.claim(pathlib.Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, path], check=False)


def test_a_claim_is_released(tmp_path: Path, records: Path) -> None:
    claimed = claim(tmp_path / "a.part")
    assert len(list(records.iterdir())) == 1
    claimed.release()
    claimed.release()
    assert list(records.iterdir()) == []


def test_what_is_owned_is_left_alone(tmp_path: Path, records: Path) -> None:
    part = tmp_path / "a.part"
    claimed = claim(part)
    part.touch()
    assert sweep() == []
    assert part.exists()
    claimed.release()


def test_what_a_killed_process_left_is_swept(tmp_path: Path, records: Path) -> None:
    part, folder = tmp_path / "a.part", tmp_path / "nemovideo-abc"
    killed_owner(part)
    killed_owner(folder)
    killed_owner(tmp_path / "never-made.part")
    part.write_bytes(b"half")
    (folder / "work").mkdir(parents=True)
    assert sorted(sweep()) == [part, folder]
    assert list(tmp_path.iterdir()) == []
    assert list(records.iterdir()) == []


@pytest.mark.parametrize("name", ["precious.mp4", "folder", "nemovideo-link", "link.part"])
def test_a_record_that_was_tampered_with_removes_nothing(name: str, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.mkdir()
    (target / "film.mp4").write_bytes(b"film")
    victim = tmp_path / name
    if "link" in name:
        victim.symlink_to(target)
    elif name == "folder":
        victim.mkdir()
    else:
        victim.write_bytes(b"film")
    killed_owner(victim)
    assert sweep() == []
    assert victim.exists()
    assert (target / "film.mp4").read_bytes() == b"film"


def test_a_claim_that_was_never_finished_becomes_litter(records: Path) -> None:
    records.mkdir(parents=True)
    young, old = records / "new-1", records / "new-2"
    for path in (young, old):
        path.touch()
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))
    assert sweep() == []
    assert list(records.iterdir()) == [young]


def test_without_a_state_folder_the_work_goes_on(world: Path, tmp_path: Path) -> None:
    (world / "state").write_text("a file in the way")
    claim(tmp_path / "a.part").release()
    assert sweep() == []


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    part = tmp_path / os.fsdecode(b"\xff\xfe.part")
    killed_owner(part)
    part.touch()
    assert sweep() == [part]
