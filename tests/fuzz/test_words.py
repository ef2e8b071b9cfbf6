"""Words: any text is read, what a program says is understood exactly, and a SKILL.md is two headers or refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.protocol.test_compress import REQUESTS

from nemovideo import UsageError
from nemovideo.attribution import attribution_headers
from nemovideo.protocol.compress import CompressRequest, from_sentence, to_sentence
from nemovideo.protocol.presets import PRESETS
from nemovideo.protocol.routing import route

WORDS = st.sampled_from([
    "compress", "to", "under", "50MB", "8 MiB", "at most", "bytes", "p", "720p", "4K", "fps", "30", "9" * 400, "half",
    "by", "%", "40%", "smaller", "压缩", "到", "20MB", "以内", "兆", "discord", "on X", "HEVC", "1e999", "0", ",", "(",
    "-", "don't", "best quality", "export", "导出", "credits", "状态", "upload", "send me the video", "\ud800", "\x00",
])  # fmt: skip
SAID = st.lists(WORDS | st.text(max_size=6), max_size=12).map(" ".join)
EVERY_REQUEST = st.builds(
    CompressRequest,
    max_bytes=st.none() | st.integers(1, 2**63),
    codec=st.sampled_from(["h264", "hevc", "av1"]),
    effort=st.sampled_from(["fast", "balanced", "best"]),
    max_height=st.none() | st.integers(16, 16_384),
    fps=st.none() | st.floats(0, 1000, exclude_min=True) | st.sampled_from([5e-324, 23.976, 59.94, 1000.0]),
    audio=st.sampled_from(["auto", "copy", "aac", "opus", "none"]),
    keep_hdr=st.booleans(),
    keep_metadata=st.booleans(),
    measure_quality=st.booleans(),
)


@given(SAID, st.none() | st.integers(1, 10**15))
@settings(max_examples=400)
def test_any_words_are_a_wish_or_none(text: str, original: int | None) -> None:
    found = from_sentence(text, original_bytes=original)
    assert found is None or from_sentence(to_sentence(found)) == found


@given(EVERY_REQUEST | REQUESTS, st.sampled_from(["{}", "Please {}.", "{}, thank you!", "  {}\n", "请{}。"]))
@settings(max_examples=150)
def test_what_a_program_says_is_understood_exactly(request: CompressRequest, around: str) -> None:
    assert from_sentence(around.format(to_sentence(request))) == request


@given(st.sampled_from(sorted(PRESETS)), SAID)
def test_a_service_is_a_limit_or_the_words_say_another(name: str, text: str) -> None:
    found = from_sentence(f"compress it for {name} {text}")
    assert found is None or found.max_bytes is None or found.max_bytes >= 1


@given(SAID)
@settings(max_examples=150)
def test_any_words_go_somewhere(text: str) -> None:
    actions = route(text)
    assert actions
    assert set(actions) <= {"export", "credits", "state", "upload", "chat"}
    assert len(set(actions)) == len(actions)


YAML = st.lists(
    st.sampled_from(["name: panda", "version: 1.2", "name:", "name: [1, {a: b}]", "version: 2026-01-01", "- x",
                     "&a *a", "name: !!python/object:os.system", "name: \"\\x00\\r\\nX-Evil: 1\"", "? {",
                     "---", "...", "\t", "name: 熊猫"])
    | st.text(max_size=12),
    max_size=6,
).map("\n".join)  # fmt: skip
FILES = st.binary(max_size=60) | YAML.map(lambda lines: f"---\n{lines}\n---\n".encode("utf-8", "replace"))


@given(FILES, st.none() | st.text(max_size=8))
@example(b"---\nname: " + b"[" * 3000 + b"\n---\n", None)
@example(b"---\nname: " + b"9" * 5000 + b"\n---\n", None)
@settings(max_examples=150)
def test_a_skill_is_headers_or_refused(content: bytes, platform: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "SKILL.md").write_bytes(content)
        try:
            headers = attribution_headers(folder, platform)
        except UsageError:
            return
    assert set(headers) == {"X-Skill-Source", "X-Skill-Version", "X-Skill-Platform"}
    for value in headers.values():
        assert value
        assert all(" " <= letter <= "~" for letter in value)
        assert len(value) <= 256


@given(st.text(max_size=40))
@example("\x00")
@example("a" * 5000)
@example("~nobody-of-that-name")
def test_a_path_that_is_no_skill_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="skill"):
        attribution_headers(Path(tempfile.gettempdir()) / "nothing" / path, None)
