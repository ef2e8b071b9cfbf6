"""What a render is asked for: what was said, else what the timeline is exported as; never a film that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from nemovideo.errors import UsageError
from nemovideo.protocol.draft import OTHER_FORMATS, OtherFormat, Timeline
from nemovideo.resources.formats import format_for, suffix_of


def timeline(drafted: object) -> Timeline:
    return Timeline.decode({"m": {"format": drafted}})


@pytest.mark.parametrize(
    ("asked", "drafted", "made"),
    [
        (None, None, "mp4"),
        (None, "gif", "gif"),
        (None, "avi", "mp4"),
        ("mp4", None, "mp4"),
        ("webm", "gif", "webm"),
        ("wav", "mp3", "wav"),
        ("gif", None, "gif"),
    ],
)
def test_the_format(asked: str | None, drafted: object, made: str) -> None:
    assert format_for(asked, timeline(drafted)) == made


@pytest.mark.parametrize("drafted", OTHER_FORMATS)
def test_a_film_is_not_made_of_what_is_none(drafted: OtherFormat) -> None:
    with pytest.raises(UsageError, match=r"out\.mp4: is to be a film") as caught:
        format_for("mp4", timeline(drafted), name="out.mp4")
    assert f".{drafted}" in str(caught.value.hint)


@pytest.mark.parametrize(("name", "suffix"), [("a.GIF", "gif"), ("a", None), ("a.b/c", None)])
def test_a_names_suffix(name: str, suffix: str | None) -> None:
    assert suffix_of(Path(name)) == suffix
