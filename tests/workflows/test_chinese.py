"""Changes in Chinese: every form that `protocol.changes` has, and what is not known stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.protocol.changes import changes, pending
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.draft import Timeline
from nemovideo.workflows.chinese import chinese_change, chinese_tracks


@pytest.mark.parametrize(
    ("line", "chinese"),
    [
        ("Title added: 'Paradise Found' (0-3s)", "标题已添加：'Paradise Found'（0-3s）"),
        ("BGM added: Lo-fi (0-10s, 35%)", "背景音乐已添加：Lo-fi（0-10s, 35%）"),
        (
            "Video trimmed: talk.mp4 (0-10s -> 0-4s, first 2s cut)",
            "视频已剪短：talk.mp4（0-10s → 0-4s, 剪去开头 2 秒）",
        ),
        ("Video speed 1x -> 2x", "视频速度 1x → 2x"),
        ("BGM volume 100% -> 35%: Lo-fi (0-10s)", "背景音乐音量 100% → 35%：Lo-fi （0-10s）"),
        ("Title text changed: 'a' -> 'b'", "标题文字改动：“a” → “b”"),
        ("Video: 4 pieces moved 3s later", "视频：4 段已后移 3 秒"),
        ("Captions track removed: 9 pieces (0-20s)", "已删除轨道 字幕：9 段（0-20s）"),
        ("Title position, color changed: 'x' (0-3s)", "标题位置、颜色已改：'x'（0-3s）"),
        ("Video rotation changed: talk (0-3s)", "视频旋转已改：talk（0-3s）"),
        ("Duration 10s -> 4s", "时长 10s → 4s"),
        ("Picture size 1920x1080 (16:9) -> 1080x1920 (9:16)", "画面尺寸 1920x1080 (16:9) → 1080x1920 (9:16)"),
        ("Will be exported as GIF", "将导出为 GIF"),
        ("Will be exported as a film", "将导出为视频"),
        ("Will be made to fit under 5 MB (HEVC, at most 480p)", "导出时会压缩到 5 MB 以内（HEVC, at most 480p）"),
        ("Will no longer be made smaller", "不再压缩"),
        ("The draft changed", "草稿有改动"),
        ("Generated media: 2 new", "生成的素材新增 2 个"),
        ("something of tomorrow", "something of tomorrow"),
    ],
)
def test_a_line(line: str, chinese: str) -> None:
    assert chinese_change(line) == chinese


def draft(*segments: dict[str, Any], **meta: Any) -> Timeline:
    return Timeline.decode({"t": [{"tt": 0, "sg": list(segments), "m": {"name": "Video"}}], "m": meta})


def test_whatever_changes_is_told_in_chinese() -> None:
    before = draft({"d": 4000, "m": {"title": "a"}}, {"d": 4000, "m": {"title": "b"}}, width=320, height=180)
    after = draft(
        {"d": 2000, "m": {"title": "a", "in": 1000, "rotate": 90}},
        fps=25,
        format="gif",
        fill="blur",
        nemovideo=CompressRequest(max_bytes=5000).model_dump(),
    )
    lines = changes(before, after)
    assert len(lines) >= 6
    for line in lines:
        assert chinese_change(line) != line, line
    assert pending(after) == ("Will be exported as GIF", "Will be made to fit under 5 kB")


@given(st.text())
def test_any_text_is_a_line(line: str) -> None:
    assert isinstance(chinese_change(line), str)


def test_the_tracks() -> None:
    timeline = Timeline.decode(
        {
            "t": [
                {"tt": 0, "sg": [{"d": 10_000, "m": {"title": "city"}}]},
                {"tt": 1, "sg": [{"d": 10_000, "m": {"title": "Lo-fi", "volume": 0.35}}], "m": {"name": "BGM"}},
                {"tt": 7, "sg": []},
            ]
        }
    )
    assert chinese_tracks(timeline) == "1. 视频: city (0-10s) 2. 背景音乐: Lo-fi (0-10s, 35%) 3. 标题：（空）"
