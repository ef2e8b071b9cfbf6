"""A render's states: the table, both documented forms, and whatever else a server may say."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.jsonvalues import ANYTHING, shaped

from nemovideo.protocol.lifecycle import STATES, Render, RenderFault, decode_refusal, decode_render


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("pending", "running"),
        ("processing", "running"),
        ("completed", "completed"),
        ("failed", "failed"),
        ("FAILED", "failed"),
        ("queued", "running"),
        ("uploading_to_cdn", "running"),
        (None, "running"),
        (7, "running"),
    ],
)
def test_a_status_and_its_phase(status: object, phase: str) -> None:
    assert decode_render({"status": status}, "r").phase == phase


def test_the_table_is_the_documented_one() -> None:
    assert set(STATES) == {"pending", "processing", "completed", "failed"}


def test_the_form_of_the_seeds() -> None:
    output = {"url": "https://cdn/x.mp4", "duration": 30.5, "size": 1234, "report": {"notes": ["a"]}}
    found = decode_render({"taskId": "t", "status": "completed", "progress": 100, "output": output}, "r")
    assert found == Render("r", "completed", 100.0, "https://cdn/x.mp4", 30.5, 1234, {"notes": ["a"]})


def test_the_form_of_the_vendor() -> None:
    data = {"id": "r1", "status": "completed", "progress": 100, "outputUrl": "https://cdn/x.mp4", "createdAt": "now"}
    assert decode_render(data, "r") == Render("r", "completed", 100.0, "https://cdn/x.mp4")


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (
            {"code": "target_not_met", "message": "no", "least_bytes": 77, "permanent": True},
            RenderFault("target_not_met", "no", 77, permanent=True),
        ),
        ("lambda ran out of memory", RenderFault(None, "lambda ran out of memory")),
        ({}, None),
        (None, None),
        ({"permanent": "yes"}, RenderFault(None, "no reason was given")),
    ],
)
def test_why_it_failed(error: object, fault: RenderFault | None) -> None:
    assert decode_render({"status": "failed", "error": error, "output": None}, "r").error == fault


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"success": False, "data": {"status": "failed"}, "error": "memory"}, RenderFault(None, "memory")),
        (
            {"success": False, "status": "FAILED", "error": {"code": "x", "permanent": True, "message": "m"}},
            RenderFault("x", "m", permanent=True),
        ),
        ({"code": 5000, "message": "memory", "data": {"status": "failed"}}, RenderFault(None, "memory")),
        (
            {"success": False, "data": {"status": "failed", "error": "inner"}, "error": "outer"},
            RenderFault(None, "inner"),
        ),
        ({"success": False, "data": {"status": "failed"}}, None),
    ],
)
def test_a_failure_in_the_form_of_a_refusal(answer: object, fault: RenderFault | None) -> None:
    found = decode_refusal(answer, "r")
    assert found is not None
    assert (found.id, found.phase, found.error) == ("r", "failed", fault)


@pytest.mark.parametrize("answer", [None, [], {}, {"success": False, "error": "no"}, {"data": {"status": "pending"}}])
def test_a_refusal_that_tells_of_no_render(answer: object) -> None:
    assert decode_refusal(answer, "r") is None


@pytest.mark.parametrize(
    ("told", "progress"), [(50, 50.0), ("50", 50.0), (-3, 0.0), (250, 100.0), ("x", 0.0), (None, 0.0)]
)
def test_progress_stays_in_bounds(told: object, progress: float) -> None:
    assert decode_render({"progress": told}, "r").progress == progress


KEYS = (
    "id",
    "taskId",
    "status",
    "progress",
    "output",
    "outputUrl",
    "url",
    "size",
    "duration",
    "error",
    "code",
    "message",
)


@given(ANYTHING | shaped(*KEYS))
def test_no_json_makes_it_raise(value: object) -> None:
    render = decode_render(value, "r")
    assert render.phase in {"running", "completed", "failed"}
    assert 0.0 <= render.progress <= 100.0
    assert render.id == "r"
    assert decode_refusal(value, "r") is None or render.id == "r"
