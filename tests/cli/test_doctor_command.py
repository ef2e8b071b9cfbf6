"""`nemovideo doctor`, `credits` and `sample`."""

from __future__ import annotations

import json

from .conftest import World


def test_all_is_well(world: World) -> None:
    done = world.run("doctor", NEMO_TOKEN="nmv_usr_secret-words")
    assert done.returncode == 0, done.stdout
    assert "All that is needed is here." in done.stdout
    for name in (
        "python",
        "extra engine",
        "extra cli",
        "ffmpeg",
        "encoder libx264",
        "filter zscale",
        "temporary folder",
    ):
        assert f"  {name}: " in done.stdout
    assert "NEMO_TOKEN" in done.stdout
    assert "secret-words" not in done.stdout + done.stderr


def test_json(world: World) -> None:
    done = world.run("doctor", "--json")
    told = json.loads(done.stdout)
    assert told["ok"] is True
    assert told["backend"] == "local"
    assert {check["name"] for check in told["checks"]} >= {"python", "nemovideo", "ffmpeg", "token", "backend"}
    assert done.stderr == ""


def test_without_ffmpeg(world: World) -> None:
    done = world.run("doctor", NEMO_FFMPEG="/gone/ffmpeg")
    assert done.returncode == 7
    assert "FAIL  ffmpeg" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("A compress would fail: ffmpeg.")
    quiet = world.run("doctor", "--quiet", NEMO_FFMPEG="/gone/ffmpeg")
    assert quiet.returncode == 7
    assert quiet.stdout == ""
    assert len(quiet.stderr.splitlines()) == 1


def test_a_backend_and_its_token(world: World, engine: str) -> None:
    good = world.run("doctor", "--backend", engine)
    assert good.returncode == 0, good.stdout
    assert "account: the token is good" in good.stdout
    bad = world.run("doctor", "--backend", "cloud", NEMO_API_URL=engine, NEMO_TOKEN="nmv_usr_wrong-words")
    assert bad.returncode == 6
    assert "FAIL  account" in bad.stdout
    assert "wrong-words" not in bad.stdout + bad.stderr


def test_credits_on_this_machine(world: World) -> None:
    done = world.run("credits")
    assert done.returncode == 0
    assert "counts no credits" in done.stdout
    assert json.loads(world.run("credits", "--json").stdout) == {"backend": "local", "metered": False}


def test_credits_elsewhere(world: World, engine: str) -> None:
    told = json.loads(world.run("credits", "--backend", engine, "--json").stdout)
    assert told == {"backend": engine, "metered": True, "available": 100, "frozen": 0, "total": 100}
    done = world.run("credits", "--backend", engine)
    assert (done.stderr, done.stdout.splitlines()[0]) == ("", f"Backend: {engine}")
    assert done.stdout.splitlines()[1].startswith("100 credits available,")


def test_sample(world: World) -> None:
    done = world.run("sample", "--seconds", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sample.mp4: ")
    assert (world.work / "sample.mp4").stat().st_size > 10_000
    again = world.run("sample", "--seconds", "1", "-y", "--json")
    assert json.loads(again.stdout)["path"] == "sample.mp4"
    assert world.left_behind() == []
