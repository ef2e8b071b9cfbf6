"""Going back and forth, in words."""

from __future__ import annotations

import pytest

from nemovideo.engine.agent.steps import Step, step_in


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("undo", Step("undo")),
        ("Undo that, please.", Step("undo")),
        ("please undo the last edit", Step("undo")),
        ("go back", Step("undo")),
        ("revert", Step("undo")),
        ("take that back", Step("undo")),
        ("undo twice", Step("undo", 2)),
        ("cancel that", Step("undo")),
        ("回到上一步", Step("undo")),
        ("get the original video back", Step("reset")),
        ("恢复原来的视频", Step("reset")),
        ("cancel", None),
        ("undo the last 3 edits", Step("undo", 3)),
        ("撤销", Step("undo")),
        ("撤回", Step("undo")),
        ("恢复上一步", Step("undo")),
        ("请撤销上一步操作", Step("undo")),
        ("撤销两步", Step("undo", 2)),
        ("undo everything", Step("reset")),
        ("start over", Step("reset")),
        ("go back to the original", Step("reset")),
        ("discard all changes", Step("reset")),
        ("还原", Step("reset")),
        ("全部撤销", Step("reset")),
        ("重新开始", Step("reset")),
        ("redo", Step("redo")),
        ("redo that", Step("redo")),
        ("重做", Step("redo")),
        ("undo the title", Step("undo", name="title")),
        ("undo the fade", None),
        ("撤销剪辑", Step("undo", name="剪辑")),
        ("go back to normal speed", None),
        ("original volume", None),
        ("restore the original sound", None),
        ("take the clip out", None),
        ("remove everything after 0:30", None),
        ("reverse it", None),
        ("恢复正常速度", None),
        ("back", None),
        ("", None),
    ],
)
def test_words(words: str, step: Step | None) -> None:
    assert step_in(words) == step
