"""Asking for a plan: programs are understood exactly, people as far as they go, and nobody else by mistake."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.planwords import asked_plan, from_plan_sentence, smallest, to_plan_sentence
from nemovideo.protocol.presets import PRESETS

from .test_compress import REQUESTS


@settings(max_examples=40)
@given(REQUESTS, st.sampled_from(["mp4", "m4v", "mov", "mkv", "webm"]), st.none() | st.integers(1, 10**12))
def test_what_a_program_asks_is_understood_exactly(request: CompressRequest, container: str, size: int | None) -> None:
    said = to_plan_sentence(request, container)
    assert from_plan_sentence(said) == (request, container)
    held = CompressRequest(max_bytes=7, audio="none")
    assert asked_plan(said, original_bytes=size, held=held) == (request, container)


@settings(max_examples=40)
@given(REQUESTS)
def test_a_request_is_no_question(request: CompressRequest) -> None:
    assert asked_plan(request.to_sentence(), held=request) is None


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("what would 10MB look like?", 10_000_000),
        ("What would it look like at 10 MB?", 10_000_000),
        ("what would happen if I compressed it to 5MB?", 5_000_000),
        ("how good would it look at 8MB", 8_000_000),
        ("how long would it take to compress it to 20MB?", 20_000_000),
        ("what quality would I get under 3 MB?", 3_000_000),
        ("plan it for Discord", PRESETS["discord"].max_bytes),
        ("plan for WhatsApp", PRESETS["whatsapp"].max_bytes),
        ("make a plan to compress it to under 9MB", 9_000_000),
        ("estimate what half the size would give", 50_000_000),
        ("dry run: compress to 4MB", 4_000_000),
        ("压缩到10MB会怎么样", 10_000_000),
        ("预估一下压缩到20MB的效果", 20_000_000),
        ("计划压缩到 8MB", 8_000_000),
        ("压缩到5MB要多久", 5_000_000),
    ],
)
def test_a_persons_question(text: str, limit: int) -> None:
    found = asked_plan(text, original_bytes=100_000_000)
    assert found is not None
    assert (found[0].max_bytes, found[1]) == (limit, "mp4")


@pytest.mark.parametrize(
    "text",
    [
        "how small can it get?",
        "How small could this video be?",
        "what's the smallest it can be?",
        "最小能压到多少",
        "能压缩到多小？",
    ],
)
def test_the_least_is_asked_as_one_byte(text: str) -> None:
    assert smallest(text)
    held = CompressRequest(max_bytes=10**7, max_height=480)
    assert asked_plan(text, held=held) == (held.model_copy(update={"max_bytes": 1}), "mp4")
    assert asked_plan(text) == (CompressRequest(max_bytes=1), "mp4")


def test_details_join_the_question() -> None:
    found = asked_plan("what would 10MB look like at 480p without sound?")
    assert found is not None
    assert (found[0].max_bytes, found[0].max_height, found[0].audio) == (10**7, 480, "none")


def test_plan_it_is_about_what_was_wished_before() -> None:
    held = CompressRequest(max_bytes=5_000_000, codec="av1")
    assert asked_plan("plan it", held=held) == (held, "mp4")
    assert asked_plan("plan it") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "compress it to 10MB",
        "make it smaller",
        "trim to the first 10 seconds",
        "what can you do?",
        "what would you suggest?",
        "don't plan it, just compress it to 5MB",
        "how do I get it smaller?",
        "压缩到10MB",
        "add a title that looks like a plan",
        "make it look like a film",
    ],
)
def test_what_asks_for_no_plan(text: str) -> None:
    assert asked_plan(text) is None
    assert from_plan_sentence(text) is None
