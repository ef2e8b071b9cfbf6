"""From a draft to an order: what goes to the encoder as it is, and what is put together first."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from nemovideo.engine.archive import UploadRow
from nemovideo.engine.drafts import timeline_of
from nemovideo.engine.media.compose import reader
from nemovideo.engine.media.compose.composition import Composition, Footage
from nemovideo.engine.orders import untouched
from nemovideo.protocol.compress import CompressRequest

UPLOAD = UploadRow(
    id="u", session="s", account="a", filename="talk.mp4", kind="video", path="/x", hash="abc", size=1000, mtime_ns=1,
    inode=1, duration=10.0, width=1280, height=720, fps=29.97,
)  # fmt: skip
FOOTAGE = {
    "abc": Footage(kind="video", duration=10_000, width=1280, height=720, fps=29.97),
    "song": Footage(kind="audio", duration=5000),
}
WISH = CompressRequest(max_bytes=5000)


def composed(segment: Any = None, tracks: Any = (), **meta: Any) -> Composition:
    draft = timeline_of(UPLOAD, "project")
    if segment:
        own = draft["t"][0]["sg"][0]
        draft["t"][0]["sg"][0] = own | {"d": segment.pop("d", own["d"]), "m": own["m"] | segment}
    draft["t"] += tracks
    return reader.read(draft | {"m": draft["m"] | meta}, FOOTAGE)


def test_a_whole_video_stays_as_it_is():
    assert untouched(composed(), UPLOAD, WISH) == WISH
    assert untouched(composed({"d": 10_000}), replace(UPLOAD, duration=10.04), WISH) == WISH
    assert untouched(composed({"d": 9999}), UPLOAD, WISH) == WISH
    assert untouched(composed(fps=30), UPLOAD, WISH) == WISH
    assert untouched(composed(tracks=[{"tt": 42, "sg": [{"d": 1}]}]), UPLOAD, WISH) == WISH


@pytest.mark.parametrize(("fps", "width"), [(300.0, 1280), (1000.0, 16_384)])
def test_a_source_faster_or_larger_than_a_timeline_stays_as_it_is_too(fps: float, width: int):
    upload = replace(UPLOAD, fps=fps, width=width)
    footage = {"abc": Footage(kind="video", duration=10_000, width=width, height=720, fps=fps)}
    whole = reader.read(timeline_of(upload, "project"), footage)
    slow = WISH.model_copy(update={"fps": 30.0})
    assert untouched(whole, upload, WISH) == WISH
    assert untouched(whole, upload, slow) == slow
    assert (whole.fps, whole.asked_fps) == (240, fps)
    fewer = timeline_of(upload, "project")
    wish = untouched(reader.read(fewer | {"m": fewer["m"] | {"fps": 240}}, footage), upload, WISH)
    assert wish == WISH.model_copy(update={"fps": 240.0})


def test_silence_and_a_smaller_canvas_are_wishes():
    assert untouched(composed({"volume": 0}), UPLOAD, WISH) == WISH.model_copy(update={"audio": "none"})
    small = untouched(composed(width=640, height=360, fps=15), UPLOAD, WISH)
    assert small == WISH.model_copy(update={"max_height": 360, "fps": 15.0})
    lower = untouched(composed(width=640, height=360), UPLOAD, WISH.model_copy(update={"max_height": 240}))
    assert lower is not None
    assert lower.max_height == 240


@pytest.mark.parametrize(
    "segment",
    [
        {"d": 5000}, {"d": 9967}, {"d": 9900},
        {"in": 10}, {"start": 500}, {"speed": 2}, {"volume": 0.5}, {"rotate": 90}, {"flip": "h"},
        {"crop": [0, 0, 0.5, 1]}, {"fade_in": 100}, {"fade_out": 100},
    ],
)  # fmt: skip
def test_each_edit_takes_a_composition(segment):
    assert untouched(composed(segment), UPLOAD, WISH) is None


def test_other_shapes_texts_and_music_take_one():
    assert untouched(composed(width=720, height=720), UPLOAD, WISH) is None
    assert untouched(composed(width=1920, height=1080), UPLOAD, WISH) is None
    assert untouched(composed(fps=60), UPLOAD, WISH) is None
    assert untouched(composed(tracks=[{"tt": 1, "sg": [{"m": {"src": "song"}}]}]), UPLOAD, WISH) is None
    assert untouched(composed(tracks=[{"tt": 7, "sg": [{"d": 100, "m": {"text": "a"}}]}]), UPLOAD, WISH) is None


def test_a_composition_crosses_as_json():
    whole = composed({"crop": [0, 0, 0.5, 1]}, tracks=[{"tt": 7, "sg": [{"d": 100, "m": {"text": "你好"}}]}])
    assert json.loads(json.dumps(asdict(whole)))["texts"][0]["text"] == "你好"
