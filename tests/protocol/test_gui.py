"""The backend's screen talk: instructions for a screen that is not there go, what tells of the film stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.gui_reviewed import CONTENT as MORE_CONTENT
from tests.protocol.gui_reviewed import REVIEWED

from nemovideo.protocol.gui import GuiAction, translate
from nemovideo.protocol.screentalk import Kind

EDIT: Kind = "edit"

TALK: dict[str, tuple[str, tuple[str, ...]]] = {
    "I added the title. Click the Export button to download it.": ("I added the title.", ("export",)),
    "You can click 'Export' in the top right corner to save the video.": ("", ("export",)),
    "I trimmed the intro to 5 seconds; click Export when you're happy.": (
        "I trimmed the intro to 5 seconds.",
        ("export",),
    ),
    "The video is ready, just click Export.": ("The video is ready.", ("export",)),
    "If you like it, press **Download**!": ("", ("export",)),
    "Next step: tap “Export”.": ("", ("export",)),
    "The Export button is at the top right of the screen.": ("", ("export",)),
    "You'll find the Export button in the toolbar.": ("", ("export",)),
    "Export button": ("", ("export",)),
    "To export your video, open the Export menu and choose MP4.": ("", ("export",)),
    "Click Export, and the video will be saved.": ("The video will be saved.", ("export",)),
    "Select Export from the File menu.": ("", ("export",)),
    "Your clips are in. Open the Media panel to see them.": ("Your clips are in.", ("state",)),
    "Go to the library tab.": ("", ("state",)),
    "You can preview the result in the timeline.": ("", ("state",)),
    "I've added your title and you can preview it in the timeline.": ("I've added your title.", ("state",)),
    "Preview in timeline.": ("", ("state",)),
    "Your BGM is at 35%. Press Play to preview.": ("Your BGM is at 35%.", ("state",)),
    "Please check your account/billing page for credits.": ("", ("credits",)),
    "You are out of credits. Visit your billing page.": ("You are out of credits.", ("credits",)),
    "Click Upload to add a clip.": ("", ("upload",)),
    "Click [Export] to save it.": ("", ("export",)),
    "Use [Export].": ("", ("export",)),
    "I cut it. please click export.": ("I cut it.", ("export",)),
    "Tap export": ("", ("export",)),
    "Click (Export).": ("", ("export",)),
    "Click ▶ to preview in timeline.": ("", ("state",)),
    "open [Media]": ("", ("state",)),
    "Export button is located at the top right.": ("", ("export",)),
    "点击[导出]即可": ("", ("export",)),
    "点击导出按钮": ("", ("export",)),
    "打开素材面板": ("", ("state",)),
    "标题已添加。点击右上角的“导出”按钮即可下载视频。": ("标题已添加。", ("export",)),
    "标题已添加，请点击导出。": ("标题已添加。", ("export",)),
    "你可以在时间线中预览效果。": ("", ("state",)),
    "音乐已添加，您可以在时间线中预览，满意后点击导出按钮。": ("音乐已添加。", ("state", "export")),
    "如需更多积分，请查看账户页面。": ("", ("credits",)),
    "导出按钮在右上角。": ("", ("export",)),
    "1. Open the Media panel\n2. Press Play\n3. Click Export\n\nDone! I cut it.\nEnjoy": (
        "Done! I cut it.\nEnjoy",
        ("state", "export"),
    ),
    "I did it.\n\nClick Export to save.\n\nEnjoy your film!\n": ("I did it.\n\nEnjoy your film!", ("export",)),
    "Please open the export panel and select 1080p.": ("", ("export",)),
    "Drag and drop your video here to get started.": ("", ("upload",)),
    "视频已生成，点击【导出】按钮即可保存。": ("视频已生成。", ("export",)),
    "Step 1: Open the Text panel.": ("", ("state",)),
    "Done!\n\n**Next steps:**\n1. Open the Media panel\n2. Click Export\n": ("Done!", ("state", "export")),
    "标题已添加。\n步骤：\n1. 点击“媒体”面板\n2. 点击“导出”\n\n谢谢": ("标题已添加。\n\n谢谢", ("state", "export")),
    'Done. Click "Export". Check your account page. Open the library panel. Click Upload.': (
        "Done.",
        ("export", "credits", "state"),
    ),
}


@pytest.mark.parametrize("says", [*TALK, *REVIEWED])
def test_screen_talk_becomes_actions(says: str) -> None:
    translation = translate(says)
    assert (translation.text, tuple(action.kind for action in translation.actions)) == (TALK | REVIEWED)[says]


EDITS = {
    "Then drag the clip to the start of the timeline.": "Move the clip to the start of the timeline.",
    "Drag and drop the title onto track 2.": "Move the title onto track 2.",
    "Drag the title to the end to change when it appears.": "Move the title to the end.",
    "拖拽素材到时间线即可完成编辑。": "移动素材到时间线。",
    "将视频拖拽到时间线的开头。": "将视频移动到时间线的开头。",
    "请把片头拖到最后，然后保存。": "把片头移动到最后。",
    "Click Undo.": "Undo the last edit.",
    "点击撤销按钮。": "撤销上一步操作。",
}


@pytest.mark.parametrize("says", EDITS)
def test_what_is_dragged_is_said_to_the_chat(says: str) -> None:
    assert translate(says).actions == (GuiAction(EDIT, EDITS[says]),)


@pytest.mark.parametrize(
    "says",
    [
        "If you want, drag the clip to the end.",
        "You can drag the title to move it.",
        "Drag the title on the timeline to change when it appears.",
        "Click Export to save, or click Undo to go back.",
    ],
)
def test_an_edit_that_nobody_decided_on_is_only_told(says: str) -> None:
    translation = translate(says)
    assert EDIT not in {action.kind for action in translation.actions}
    assert "say it in words" in translation.notes[0]


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("Done. Click the Magic Cut button to continue.", "Magic Cut"),
        ("点击“魔法剪辑”按钮继续。", "魔法剪辑"),
        ("Use the slider to adjust the volume.", "slider"),
        ("You can adjust the volume in the Audio panel.", "Audio panel"),
        ("Scroll down to the Effects section.", "Effects section"),
        ("点击保存按钮保存项目。", "保存按钮"),
        ("点击“一键美颜”按钮优化画面。", "一键美颜"),
    ],
)
def test_an_unknown_button_runs_nothing_and_is_told(says: str, name: str) -> None:
    translation = translate(says)
    assert translation.actions == ()
    assert name in translation.notes[0]
    assert name not in translation.text


def test_each_kind_once_and_three_at_most() -> None:
    many = "Click Export. Click Download. Open the media panel. Check your billing page. Click Upload."
    translation = translate(many)
    assert [action.kind for action in translation.actions] == ["export", "state", "credits"]
    assert "Upload" in translation.notes[0]


CONTENT = [
    "The man clicks a button in the scene.",
    "the title opens with a fade",
    "Open with a wide shot of the city.",
    "I blurred the upload button in frame 3.",
    'The title now says "Click here to subscribe".',
    "The title now says Click here to subscribe.",
    "The subtitle says: click the bell below.",
    "When he clicks the button, the screen goes dark.",
    "Press conference footage added.",
    "Click track added at 120 bpm.",
    "Hit songs added.",
    "Drag race clip added. Drop shadow added to the title.",
    "Choose a song you like and tell me.",
    "Select one of these styles: vlog, cinematic.",
    "I placed the music in the timeline.",
    "Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%)",
    "Click here: https://example.com/x",
    "Done! I cut the first 10 seconds (0-10s).",
    "See the new title at 3s.",
    "Your export is 12 MB.",
    "画面里的男人点击按钮。",
    "镜头切换时，男主角打开窗户，点击手机屏幕。",
    "字幕内容为：点击下方链接。",
    "已为您添加点击音效。",
    'I added a "Subscribe" button animation that people will click at 0:05.',
    "Scene 2: a woman opens the door and clicks her pen.",
    "Drop me a message if you want changes.",
    "The clip opens on a panel discussion.",
    "标题以淡入打开。",
    "我已经把导出按钮模糊了。",
    "已导出，12 MB。",
    "I will preview nothing.",
    "Added the title [Export] at 0-3s.",
    "The man clicks export in the film.",
    "See [the docs](https://example.com/x).",
    "talk.mp4 (1.2 MB) is set to be compressed to at most 0.5 MB.",
]


@pytest.mark.parametrize("says", [*CONTENT, *MORE_CONTENT])
def test_what_tells_of_the_film_stays(says: str) -> None:
    translation = translate(says)
    assert (translation.text, translation.actions, translation.notes) == (says, (), ())


@given(st.lists(st.sampled_from([*CONTENT, "\n", "\n\n- ", " ", "  ", "\r\n", "\u2028", "**bold** "])).map("".join))
def test_text_without_screen_talk_comes_through_whole(says: str) -> None:
    # Sentences run together may make a new one; the same text without the verbs of a screen never does.
    for word in (
        "Click",
        "click",
        "Press",
        "Hit",
        "Drag",
        "Drop",
        "Open",
        "Choose",
        "Select",
        "See",
        "preview",
        "点击",
    ):
        says = says.replace(word, "Make")
    assert translate(says).text == says


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["N", "P", "Z", "S", "Cc"])))
def test_marks_and_spaces_come_through_whole(says: str) -> None:
    assert translate(says).text == says


@given(
    st.lists(st.sampled_from([*TALK, *EDITS, *CONTENT, "\n", " ", "“", '"', "*", "click", "点击", "drag", ". "])).map(
        " ".join
    )
)
def test_no_text_makes_it_raise(says: str) -> None:
    translation = translate(says)
    assert len(translation.actions) <= 3
    assert len({action.kind for action in translation.actions}) == len(translation.actions)
    if not translation.actions and not translation.notes:
        assert translation.text == says or translation.text == says.strip() or len(translation.text) < len(says)


@pytest.mark.parametrize("piece", ["🎬", "→ ", "**", "click ", "adjust it in the ", "在", "you can ", "- "])
def test_a_long_text_costs_no_more_than_its_length(piece: str) -> None:
    # One pattern that backtracks over its own repeats and this never ends; nothing is measured.
    assert translate(piece * 3000 + "x").actions == ()
