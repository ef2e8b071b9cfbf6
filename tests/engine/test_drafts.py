"""The draft: written, read, kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nemovideo.engine.archive import UploadRow
from nemovideo.engine.drafts import exportable, requested, shows, timeline_of, wishing
from nemovideo.errors import UnsupportedFile
from nemovideo.protocol.compress import CompressRequest

CASES = Path(__file__).parents[3] / "shared" / "cases" / "drafts"


def upload(kind: str = "video", **fields: Any) -> UploadRow:
    values: dict[str, Any] = {
        "id": "u", "session": "s", "account": "a", "filename": "talk.mp4", "kind": kind, "path": "/x", "hash": "abc",
        "size": 1000, "mtime_ns": 1, "inode": 1, "duration": 2.5, "width": 640, "height": 360, "fps": 30.0,
    }  # fmt: skip
    return UploadRow(**(values | fields))


def test_a_timeline_is_what_the_protocol_says():
    assert timeline_of(upload(), "project") == {
        "d": 2500,
        "t": [
            {
                "tt": 0,
                "sg": [{"d": 2500, "m": {"title": "talk.mp4", "start": 0, "src": "abc", "in": 0}}],
                "m": {"name": "Video"},
            }
        ],
        "m": {"title": "project", "width": 640, "height": 360, "fps": 30.0},
    }


def test_sound_is_a_track_of_sound():
    draft = timeline_of(upload("audio", width=None, height=None, fps=None), "project")
    assert draft["t"][0]["tt"] == 1
    assert "width" not in draft["m"]


def test_a_wish_goes_in_and_comes_out():
    request = CompressRequest(max_bytes=123_456, codec="av1", fps=23.976, keep_hdr=True)
    draft = wishing(timeline_of(upload(), "project"), request)
    assert requested(json.loads(json.dumps(draft))) == request
    assert shows(draft, upload())
    assert not shows(draft, upload(hash="other"))
    assert not shows(None, upload())


def test_a_wish_changes_nothing_else():
    draft = {"zz": 1 << 80, "m": {"foo": None}, "t": []}
    assert wishing(draft, CompressRequest()) | {"m": draft["m"]} == draft
    assert draft["m"] == {"foo": None}


@pytest.mark.parametrize("draft", [{}, {"t": None}, {"t": [None, 5, {"sg": {}}]}, {"t": [{"sg": [None]}]}, {"t": "x"}])
def test_strange_drafts_are_not_exportable(draft):
    assert not exportable(draft)


@pytest.mark.parametrize("wish", [5, "x", [], {"max_bytes": 0}, {"codec": "vp8"}, {"fps": -1}])
def test_wishes_that_are_none(wish):
    with pytest.raises(UnsupportedFile, match=r"m\.nemovideo"):
        requested({"m": {"nemovideo": wish}})


@pytest.mark.parametrize("wish", [5, {"max_bytes": 10**400}, {"fps": 10**400}, {"max_height": -(10**400)}])
def test_refusals_read_as_sentences(wish):
    with pytest.raises(UnsupportedFile, match=r"m\.nemovideo(\.[a-z_]+)?: [A-Z]") as caught:
        requested({"m": {"nemovideo": wish}})
    assert ".:" not in caught.value.message


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases is not here")
@pytest.mark.parametrize("name", ["documented.json", "strange.json"])
def test_the_cases(name):
    case = json.loads((CASES / name).read_text("utf-8"))
    assert exportable(case["draft"]) is case["exportable"]
