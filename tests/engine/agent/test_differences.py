"""What the last edit may have been, and undoing it by its name."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import SONG, TALK, TWO, film, piece, two_clips, words

from nemovideo.engine.agent.answer import Turn
from nemovideo.engine.agent.turn import take_turn
from nemovideo.engine.archive import SessionRow
from nemovideo.engine.history import History


def said(text: str, draft: dict[str, object] | None = None, past: History | None = None) -> Turn:
    session = SessionRow("s", "a", "t", "project", "en", draft or two_clips())
    return take_turn(text, session, [TALK, TWO, SONG], past)


@pytest.mark.parametrize(
    ("edit", "name", "last"),
    [
        ("trim the last 5 seconds", "the trim", True),
        ("trim the last 7 seconds", "the cut", True),
        ("remove clip 2", "the cut", True),
        ("split at 5 s", "the split", True),
        ("mute the first 3 seconds", "the mute", True),
        ("mute the first 3 seconds", "the trim", False),
        ("trim the last 7 seconds", "the mute", False),
        ("add a title “Hi”", "my title", True),
        ("add a title “Hi”", "the music", False),
        ("add bgm.mp3 as music", "the music", True),
        ("speed it up 2x", "the speed up", True),
        ("rotate it", "the rotation", True),
        ("flip it", "the rotation", False),
        ("make it vertical", "the aspect ratio", True),
        ("compress it to 5MB", "the compression", True),
        ("compress it to 5MB", "the trim", False),
    ],
)
def test_an_edit_is_undone_by_its_name_where_it_is_the_last(edit: str, name: str, last: bool) -> None:
    turn = said(f"{edit}, then undo {name}")
    assert turn.calls[0].response["status"] == "ok"
    assert turn.calls[-1].response.get("reason", "ok") == ("ok" if last else "not_the_last")
    assert (turn.draft is None) == last


def test_the_history_tells_it_as_well() -> None:
    titled = film(tracks=(words("Hi"),))
    past = History((film(),), ())
    assert said("undo the title", titled, past).draft == film()
    refused = said("undo the trim", titled, past)
    assert refused.draft is None
    assert "only the last can be taken back" in refused.text
    assert said("撤销标题", titled, past).draft == film()
    assert said("undo the trim", film(piece(TALK, 0, 5000)), past).draft == film()
    assert said("undo the title", titled).calls[0].response["reason"] == "nothing_to_undo"
