"""The plugin as somebody's project has it: pytest in a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

# pytester forgets what is loaded while it is used, and half an engine would be loaded twice.
import nemovideo.engine.server  # noqa: F401
from nemovideo.engine.faults.rules import FaultRule, read_rules
from nemovideo.errors import UsageError
from nemovideo.limits import Limits
from nemovideo.testing import NemoEngine, NemoEngineFactory, running_engine

pytest_plugins = ["pytester"]

STRICT = ("-W", "error", "-p", "no:cacheprovider", "-q")


def passes(pytester: pytest.Pytester, source: str, passed: int = 1) -> None:
    pytester.makepyfile(source)
    pytester.runpytest_subprocess(*STRICT).assert_outcomes(passed=passed)


DOCS = Path(__file__).parents[1] / "docs" / "testing.md"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)


def test_the_documented_examples_work(pytester: pytest.Pytester, tmp_path: Path) -> None:
    first, annotated, without_pytest = blocks("python")
    passes(pytester, first, passed=2)
    passes(pytester, annotated, passed=1)
    exec(compile(without_pytest, str(DOCS), "exec"), {})
    (file,) = blocks("yaml")
    (tmp_path / "faults.yaml").write_text(file, "utf-8")
    assert len(read_rules(tmp_path / "faults.yaml")) == 4


def test_every_key_is_documented() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", DOCS.read_text("utf-8"), re.MULTILINE)
    told = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    assert set(FaultRule.model_fields) - {"message", "body"} <= told
    assert {"message", "body"} <= set(re.findall(r"`(\w+)`", DOCS.read_text("utf-8")))


def test_in_synchronous_and_asynchronous_tests(pytester: pytest.Pytester) -> None:
    passes(
        pytester,
        """
        import asyncio
        import pytest

        async def flow(engine):
            async with engine.client() as client:
                session = await client.session.create()
                assert (await client.chat.send(session, "what can you do?")).text

        def test_blocking(nemo_engine):
            with nemo_engine.blocking_client() as client:
                assert client.credits.balance().available == 100

        def test_asyncio_run(nemo_engine):
            asyncio.run(flow(nemo_engine))

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        async def test_a_runner_plugin(nemo_engine):
            await flow(nemo_engine)
        """,
        passed=3,
    )


def test_faults_and_the_record(pytester: pytest.Pytester) -> None:
    passes(
        pytester,
        """
        import pytest
        from nemovideo import PlanError

        def test_mine(nemo_engine):
            rule = nemo_engine.faults.add(call="credits", first=1, error=402)
            with nemo_engine.blocking_client() as client:
                with pytest.raises(PlanError):
                    client.credits.balance()
                client.credits.balance()
            one, two = nemo_engine.requests
            assert (one.call, one.fault, one.accepted) == ("credits", rule, False)
            assert (two.call, two.fault, two.accepted) == ("credits", None, True)
            assert nemo_engine.faults.applied == {"credits: first=1, error=402": 1}
            assert nemo_engine.token not in repr(nemo_engine.requests) + repr(nemo_engine)

        def test_the_next_test_has_an_engine_of_its_own(nemo_engine):
            assert nemo_engine.requests == ()
            assert nemo_engine.faults.rules == ()
        """,
        passed=2,
    )


def test_a_run_that_uses_no_engine_does_not_pay_for_one(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import sys

        def pytest_sessionfinish():
            loaded = {"aiohttp", "pydantic", "yaml", "anyio.abc"} & sys.modules.keys()
            ours = {name for name in sys.modules if name.startswith("nemovideo")}
            assert "nemovideo.testing" in ours
            assert not loaded and ours <= {"nemovideo", "nemovideo._version", "nemovideo.testing"}, (loaded, ours)
        """
    )
    pytester.makepyfile("def test_nothing(): pass")
    result = pytester.runpytest_subprocess(*STRICT, "-p", "no:anyio", "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)
    assert result.ret == 0, result.outlines


def test_a_missing_extra_is_one_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(nemo_engine): pass")
    pytester.makeconftest(
        """
        import sys

        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name == "nemovideo.engine.executors.local":
                    raise ModuleNotFoundError("No module named 'av'", name="av")

        sys.meta_path.insert(0, Missing())
        """
    )
    result = pytester.runpytest_subprocess(*STRICT)
    result.assert_outcomes(errors=1)
    told = [line for line in result.outlines if "needs av" in line]
    assert told
    assert 'python -m pip install "nemovideo[engine]"' in told[0]
    assert "Traceback" not in result.stdout.str()
    assert "testing.py" not in result.stdout.str()


def test_a_bad_rule_is_one_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_mine(nemo_engine_factory):
            nemo_engine_factory(faults=[{"call": "chat", "silent": True}, {"call": "chat", "silnt": True}])
        """
    )
    result = pytester.runpytest_subprocess(*STRICT)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Rule 2, silnt: there is no such key. Did you mean silent?"])


def test_it_can_be_left_out(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_mine(nemo_engine): pass")
    result = pytester.runpytest_subprocess(*STRICT, "-p", "no:nemovideo")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'nemo_engine' not found*"])


def test_a_restart_keeps_address_token_and_data(nemo_engine: NemoEngine) -> None:
    address = nemo_engine.base_url
    with nemo_engine.blocking_client() as client:
        session = client.session.create("kept")
        nemo_engine.restart()
        assert nemo_engine.base_url == address
        assert client.state.get(session).raw["task_name"] == "kept"


def test_a_program_of_its_own_finds_it_by_the_environment(nemo_engine: NemoEngine) -> None:
    command = [sys.executable, "-m", "nemovideo", "credits", "--json"]
    environment = {**os.environ, **nemo_engine.environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["available"] == 100
    assert [asked.call for asked in nemo_engine.requests][-1] == "credits"


def test_several_at_once(nemo_engine_factory: NemoEngineFactory) -> None:
    one, two = nemo_engine_factory(), nemo_engine_factory(faults=[{"error": 402}])
    assert one.base_url != two.base_url
    assert (len(one.faults.rules), len(two.faults.rules)) == (0, 1)


def test_an_anonymous_client_is_renewed_in_mid_run(nemo_engine: NemoEngine) -> None:
    import asyncio

    async def flow() -> None:
        async with nemo_engine.client(anonymous=True) as client:
            await client.credits.balance()
            nemo_engine.faults.add(call="credits", first=1, expire=True)
            assert (await client.credits.balance()).available == 100

    asyncio.run(flow())
    assert [asked.call for asked in nemo_engine.requests] == ["token", "credits", "credits", "token", "credits"]


def test_without_pytest() -> None:
    code = """
import sys
sys.modules["pytest"] = None
from nemovideo.testing import running_engine
with running_engine(faults=[{"call": "credits", "first": 1, "delay": 0.0}]) as engine:
    with engine.blocking_client() as client:
        print(client.credits.balance().available, dict(engine.faults.applied))
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "100.0 {'credits: first=1, delay=0.0': 1}\n", done.stderr


def test_nothing_is_left(temporary: object) -> None:
    import threading

    with running_engine() as engine:
        assert any(Path(str(temporary)).iterdir())
        assert engine.base_url
        assert any(thread.name == "nemovideo-engine" for thread in threading.enumerate())
    assert not any(Path(str(temporary)).iterdir())
    assert not any(thread.name == "nemovideo-engine" for thread in threading.enumerate())


def test_a_file_of_faults(tmp_path: object) -> None:
    path = f"{tmp_path}/none.yaml"
    with pytest.raises(UsageError, match="cannot be read"), running_engine(faults=path):
        pass


def test_a_blocking_client_takes_what_a_client_takes(nemo_engine: NemoEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with nemo_engine.blocking_client(limits=Limits(silence=7)) as client:
        assert client.credits.balance().available == 100
    with nemo_engine.blocking_client(anonymous=True) as client:
        assert client.credits.balance().available == 100
    assert "token" in [asked.call for asked in nemo_engine.requests]
