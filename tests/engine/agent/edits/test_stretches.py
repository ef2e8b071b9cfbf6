"""Which stretch a sentence means, and whether it is kept or taken out."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import TALK, read, two_clips

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.cut import Cut
from nemovideo.engine.agent.edits.edit import Edit
from nemovideo.engine.agent.edits.trim import Trim
from nemovideo.engine.agent.edits.unclear import Unclear
from nemovideo.engine.agent.moments import milliseconds, plain
from nemovideo.engine.agent.spans import Span, backwards

PAIR, EARLY, LATE = Span(2000, 5000), Span(1000, 2000), Span(4000, 5000)
ENDS = (Span(0, 1000), Span(-1000, None))


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("trim to 0:02-0:05", Trim((PAIR,))),
        ("trim the video to 2s-5s", Trim((PAIR,))),
        ("trim the video to 0:02 to 0:05", Trim((PAIR,))),
        ("cut it to 2s-5s", Trim((PAIR,))),
        ("trim from 2s to 5s", Trim((PAIR,))),
        ("cut out 2s-5s", Cut((PAIR,))),
        ("cut from 2s to 5s", Cut((PAIR,))),
        ("remove 2s-5s", Cut((PAIR,))),
        ("cut 1s to 2s and 4s to 5s", Cut((EARLY, LATE))),
        ("remove 1 to 2 and 4 to 5 seconds", Cut((EARLY, LATE))),
        ("keep 1s to 2s and 4s to 5s", Trim((EARLY, LATE))),
        ("trim seconds 2 through 5", Trim((PAIR,))),
        ("start at 2 seconds and end at 5 seconds", Trim((PAIR,))),
        ("first 3 seconds only", Trim((Span(0, 3000),))),
        ("trim to the first 1/2 second", Trim((Span(0, 500),))),
        ("keep the middle 4 seconds", Trim((Span(0, 4000, centred=True),))),
        ("从2秒剪到5秒", Trim((PAIR,))),
        ("前3秒不要", Cut((Span(0, 3000),))),
        ("remove 1 second from both ends", Cut(ENDS)),
        ("cut the first and last second", Cut(ENDS)),
        ("remove 1 second at the start and at the end", Cut(ENDS)),
        ("trim 2 seconds from the start and 1 second from the end", Cut((Span(0, 2000), Span(-1000, None)))),
        ("cut between the start and 5 seconds", Cut((Span(0, 5000),))),
        ("cut from 6s to 2s", Unclear("backwards")),
        ("keep 0:06 to 0:02", Unclear("backwards")),
    ],
)
def test_the_stretch_is_read(text: str, edit: Edit) -> None:
    found = read(text)
    assert found is not None
    assert found[1] == edit


def test_a_part_of_one_clip_is_no_clip() -> None:
    clip = Clips(src=TALK.hash, name=TALK.filename)
    for text, span in (
        ("remove the last second of talk.mp4", Span(-1000, None)),
        ("remove the first half of talk.mp4", Span(0, 0.5, share=True)),
    ):
        assert read(text, two_clips()) == ("cut", Cut((span,), clip))
    assert read("remove the end of talk.mp4", two_clips()) == ("cut", Unclear("how_long"))


def test_only_smaller_units_add() -> None:
    assert milliseconds("1 minute and 30 seconds") == 90_000
    assert milliseconds("1h 2m 3s") == 3_723_000
    assert not backwards("2s to 6s and 1s to 2s")
    assert backwards("from 6s to 2s")


def test_spelled_otherwise() -> None:
    assert plain("1/2 second") == "half a second"
    assert plain("1 1/2 minutes") == "1.5 minutes"


def test_the_middle_lies_in_the_middle() -> None:
    assert Span(0, 4000, centred=True).within(10_000) == (3000, 7000)
