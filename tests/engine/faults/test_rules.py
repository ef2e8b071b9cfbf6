"""What a file of faults may say, and what it is told when it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from nemovideo.engine.faults.faults import Asked, Faults
from nemovideo.engine.faults.rules import CALLS, FaultRule, make_rule, read_rules
from nemovideo.errors import UsageError


def test_a_file_is_a_list_of_rules(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(
        "- call: chat\n  chance: 0.3\n  seed: 7\n  silent: true\n"
        "- {call: [status, state], first: 2, status: 503, body: '<html>busy</html>'}\n"
        "- {call: download, drop: body, at: 1000, end: rst}\n"
    )
    silent, busy, drop = read_rules(path)
    assert (silent.call, silent.chance, silent.silent) == (("chat",), 0.3, True)
    assert (busy.call, busy.first, busy.status) == (("status", "state"), 2, 503)
    assert (drop.drop, drop.at, drop.end, drop.accepts) == ("body", 1000, "rst", True)


@pytest.mark.parametrize("text", ['[{"call": "any", "error": 1001}]', '{"faults": [{"call": "any", "error": 1001}]}'])
def test_json_and_a_table_do_too(tmp_path: Path, text: str) -> None:
    path = tmp_path / "faults.json"
    path.write_text(text)
    assert read_rules(path) == (FaultRule(call=("any",), error=1001),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {call: chat, drops: body}", "rule 1, drops: there is no such key. Did you mean drop?"),
        ("- {call: chat, error: 429}\n- {call: talk, error: 429}", "rule 2, call: should be 'token', "),
        (
            "- {call: chat, error: 500}",
            "rule 1, error: should be 1001, 1002, 2001, 4001, 4002, 400, 402 or 429, not 500.",
        ),
        ("- {call: chat, first: yes, error: 429}", "rule 1, first: should be a valid integer, not True."),
        ("- {call: chat, first: 0, error: 429}", "rule 1, first: should be greater than or equal to 1, not 0."),
        ("- {call: chat, chance: 1.5, error: 429}", "rule 1, chance: should be less than or equal to 1, not 1.5."),
        ("- {call: chat, first: 1}", "rule 1: the rule says no fault"),
        ("- {call: state, silent: true}", "rule 1: silent is for call: chat only."),
        ("- {call: any, corrupt: true}", "rule 1: corrupt is for call: download only."),
        ("- {call: state, at: 10, delay: 1}", "rule 1: at needs drop or stall beside it."),
        ("- {call: state, drop: body, stall: body}", "rule 1: drop and stall are two ends"),
        ("- {call: state, error: 429, redirect: 'http://x'}", "rule 1: error and redirect are two answers"),
        ("- chat", "rule 1: is no table of keys."),
        ("call: chat", "holds no list of rules."),
        ("- {call: [}", "is no YAML (line 1)."),
        ("", "holds no list of rules."),
    ],
)
def test_a_bad_file_is_one_line_that_names_the_rule_and_the_key(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_rules(path)
    assert str(caught.value).startswith(f"{path}")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_rules(tmp_path / "none.yaml")


def hits(calls: str, *rules: FaultRule) -> list[FaultRule | None]:
    faults = Faults(rules)
    return [faults.meet(Asked({"c": "chat", "s": "state", "-": ""}[letter], "GET", "/")) for letter in calls]


def marks(calls: str, **keys: object) -> str:
    return "".join("x" if rule else "." for rule in hits(calls, make_rule({"call": "chat", "error": 429} | keys)))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, "xxxxxxxx"),
        ({"first": 2}, "xx......"),
        ({"after": 3}, "...xxxxx"),
        ({"after": 3, "first": 1}, "...x...."),
        ({"every": 3}, "..x..x.."),
        ({"every": 2, "after": 1, "first": 2}, "..x.x..."),
        ({"chance": 0.0}, "........"),
        ({"chance": 1.0}, "xxxxxxxx"),
        ({"call": "state"}, "........"),
        ({"call": "any"}, "xxxxxxxx"),
        ({"call": ["state", "chat"]}, "xxxxxxxx"),
        ({"session_id": "s2"}, "........"),
    ],
)
def test_when_a_rule_is_due(keys: dict[str, object], expected: str) -> None:
    assert marks("cccccccc", **keys) == expected


def test_chance_is_the_same_in_every_run() -> None:
    runs = [marks("c" * 200, chance=0.3, seed=5) for _ in range(2)]
    assert runs[0] == runs[1] != marks("c" * 200, chance=0.3, seed=6)
    assert 40 <= runs[0].count("x") <= 80


def test_other_calls_are_not_counted() -> None:
    assert marks("scs-cc", first=2) == ".x..x."


def test_rules_in_a_row_are_a_script() -> None:
    one, two = (FaultRule(call=("chat",), first=1, error=code) for code in (429, 1001))
    assert hits("ccc", one, two) == [one, two, None]


def test_rules_come_and_go_while_it_runs() -> None:
    faults = Faults()
    rule = faults.add(call="chat", error=429)
    with pytest.raises(UsageError, match=r"The rule, eror: there is no such key\. Did you mean error\?"):
        faults.add(call="chat", eror=429)
    chat = Asked("chat", "POST", "/run_sse")
    assert faults.meet(chat) is chat.fault is rule
    faults.clear()
    assert faults.meet(Asked("chat", "POST", "/run_sse")) is None
    assert faults.applied == {"chat: error=429": 1}
    assert [asked.call for asked in faults.requests] == ["chat", "chat"]


@pytest.mark.parametrize(
    ("keys", "accepts"),
    [
        ({"error": 429}, False),
        ({"status": 502}, False),
        ({"redirect": "/x"}, False),
        ({"drop": "request"}, False),
        ({"drop": "before"}, True),
        ({"stall": "headers"}, True),
        ({"garbage": "status-line"}, True),
        ({"status": 502, "accepted": True}, True),
        ({"drop": "before", "accepted": False}, False),
    ],
)
def test_what_is_refused_is_not_done(keys: dict[str, object], accepts: bool) -> None:
    assert make_rule({"call": "render"} | keys).accepts is accepts


def test_every_call_has_a_name_among_the_routes() -> None:
    from unittest.mock import Mock

    from nemovideo.engine.app import build

    services = Mock()
    services.config.faults = None
    routes = build(services).router.routes()
    assert {route.name for route in routes if route.name} == set(CALLS)


def test_an_engine_without_faults_pays_nothing() -> None:
    import subprocess
    import sys

    code = (
        "import sys, nemovideo.engine.server as s\n"
        "print([n for n in sys.modules if 'nemovideo.engine.fault' in n or n == 'yaml'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
