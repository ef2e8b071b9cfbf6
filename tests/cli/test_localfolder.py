"""The folder that commands share: one at a time, and nothing kept that is of no use."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from nemovideo.cli.localfolder import folder_for_commands, local_folder
from nemovideo.errors import EngineError

from .conftest import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no flock")


@pytest.fixture(autouse=True)
def data_home(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(isolated / "data"))
    return isolated / "data"


def test_where_it_is(data_home: Path) -> None:
    if sys.platform == "linux":
        assert local_folder() == data_home / "nemovideo/local"


def test_a_second_command_waits_and_then_names_the_first() -> None:
    said: list[str] = []
    slept: list[float] = []
    second = folder_for_commands(said.append, sleep=slept.append)
    with folder_for_commands(said.append), pytest.raises(EngineError) as caught:
        second.__enter__()
    assert said == [f"Waiting for process {os.getpid()}, which uses the local engine…"]
    assert sum(slept) == pytest.approx(10.0)
    assert caught.value.message == f"The local engine is in use by process {os.getpid()}."
    assert caught.value.hint
    with folder_for_commands(said.append):  # and nothing is left locked
        assert len(said) == 1


def test_a_second_command_goes_on_when_the_first_has_ended() -> None:
    said: list[str] = []
    first = folder_for_commands(said.append)
    first.__enter__()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            first.__exit__(None, None, None)

    with folder_for_commands(said.append, sleep=sleep) as folder:
        assert folder == local_folder()
    assert len(said) == 1


def test_results_go_when_all_went_well_and_stay_when_not() -> None:
    results = local_folder() / "renders"
    results.mkdir(parents=True)
    with folder_for_commands(print):
        (results / "made.mp4").write_bytes(b"x")
    assert not list(results.iterdir())
    with pytest.raises(OSError, match="cannot be written"), folder_for_commands(print):  # noqa: PT012 - made before it failed
        (results / "made.mp4").write_bytes(b"x")
        raise OSError("out.mp4 cannot be written")
    assert [path.name for path in results.iterdir()] == ["made.mp4"]


def test_a_place_that_cannot_be_written(data_home: Path) -> None:
    data_home.write_text("a file")
    with pytest.raises(EngineError, match="cannot be used"), folder_for_commands(print):
        pytest.fail("there is no folder")


def test_what_a_killed_command_left_is_ended_unless_it_is_resumed() -> None:
    with patch("nemovideo.engine.retention.retire") as retire:
        with folder_for_commands(print):
            pass
        with folder_for_commands(print, abandon=False):
            pass
    assert [call.kwargs["abandon"] for call in retire.call_args_list] == [True, False]


def test_a_command_waits_for_another(world: World, clip: Path) -> None:
    with patch.dict(os.environ, world.environment | {"XDG_DATA_HOME": ""}):
        folder = local_folder()
        with folder_for_commands(print):
            process = world.start("upload", clip)
            assert process.stderr is not None
            assert process.stderr.readline() == f"Waiting for process {os.getpid()}, which uses the local engine…\n"
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.startswith("talk.mp4: video")
    assert folder.is_relative_to(world.folder)


def test_a_program_that_holds_the_folder_is_named(world: World, clip: Path) -> None:
    world.run("upload", clip)
    held = (
        "import asyncio, sys; from pathlib import Path; from nemovideo.engine.datadir import hold; "
        f"lock = hold(Path({str(world.folder / 'home/.local/share/nemovideo/local')!r})); print('held', flush=True); "
        "sys.stdin.read()"
    )
    import subprocess

    with subprocess.Popen(
        [sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        done = world.run("state", "--json")
        holder.communicate("")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["type"]) == (5, "EngineError")
    assert f"in use by process {holder.pid}" in error["message"]
