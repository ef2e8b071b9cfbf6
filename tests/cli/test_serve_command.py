"""`nemovideo serve`: what it says, who it lets in, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import sys

import pytest

from .conftest import World, served_url


def test_says_where_it_is_and_stops_on_ctrl_c(world: World) -> None:
    data = world.folder / "data"
    process = world.start("serve", "--port", "0", "--data", data)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    assert lines[0].startswith("Serving http://127.0.0.1:")
    assert str(data) in lines[1]
    key = data / "key"
    assert key.is_file()
    if sys.platform != "win32":
        assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text().strip() not in "".join(lines)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert out.splitlines() == ["Stopped."]
    assert err == ""


def test_the_operators_key_opens_it(world: World) -> None:
    process = world.start("serve", "--port", "0", "--data", world.folder / "data", "--json")
    try:
        url = served_url(process)
        key = (world.folder / "data" / "key").read_text().strip()
        done = world.run("credits", "--backend", "cloud", "--json", NEMO_API_URL=url, NEMO_TOKEN=key)
        assert done.returncode == 0, done.stdout
        assert json.loads(done.stdout)["metered"] is True
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_restart_keeps_the_account(world: World) -> None:
    balances = []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # a token belongs to an origin, so both engines have the same one
    for _ in range(2):
        process = world.start("serve", "--port", port, "--data", world.folder / "data", "--json")
        try:
            url = served_url(process)
            done = world.run("credits", "--backend", url, "--json")
            assert done.returncode == 0, done.stdout
            balances.append(json.loads(done.stdout)["available"])
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert balances == [100, 100]


def test_one_engine_a_folder(world: World) -> None:
    process = world.start("serve", "--port", "0", "--data", world.folder / "data", "--json")
    try:
        served_url(process)
        done = world.run("serve", "--port", "0", "--data", world.folder / "data")
        assert done.returncode == 5
        assert "in use" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_ports_that_are_none(world: World, port: str) -> None:
    done = world.run("serve", f"--port={port}")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_faults_from_a_file(world: World) -> None:
    (world.work / "faults.yaml").write_text("- {call: credits, first: 1, error: 402}\n- {call: chat, silent: true}\n")
    process = world.start("serve", "--port", "0", "--data", world.folder / "data", "--faults", "faults.yaml")
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(4)]
    assert lines[2] == "Faults: 2 rules from faults.yaml\n"
    url = lines[0].split()[1]
    refused, good = (world.run("credits", "--backend", url, "--json") for _ in range(2))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (refused.returncode, json.loads(refused.stdout)["error"]["type"]) == (6, "PlanError")
    assert good.returncode == 0
    assert err.splitlines() == ["fault on GET /api/credits/balance/simple: credits: first=1, error=402"]
    assert out.splitlines() == ["Stopped.", "1 × credits: first=1, error=402"]


def test_a_bad_file_of_faults_is_one_line(world: World) -> None:
    (world.work / "faults.yaml").write_text("- {call: chat, silent: true}\n- {call: chat, stil: true}\n")
    done = world.run("serve", "--port", "0", "--data", world.folder / "data", "--faults", "faults.yaml")
    assert done.returncode == 2
    assert done.stderr.startswith("error: faults.yaml, rule 2, stil: there is no such key.")
    assert len(done.stderr.splitlines()) == 1
    assert not (world.folder / "data").exists()
