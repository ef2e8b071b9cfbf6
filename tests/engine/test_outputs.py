"""What may be said about a render's output."""

from __future__ import annotations

import pytest

from nemovideo.engine.outputs import Output
from nemovideo.engine.wire import Refusal
from nemovideo.protocol.compress import CompressRequest


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({}, Output("mp4", None, None)),
        ({"format": ".MKV", "quality": "high"}, Output("mkv", None, None)),
        ({"resolution": "720p", "fps": 24}, Output("mp4", 720, 24.0)),
        ({"resolution": "1920x1080"}, Output("mp4", 1080, None)),
        ({"resolution": "1080 × 1920"}, Output("mp4", 1080, None)),
        ({"resolution": 360}, Output("mp4", 360, None)),
        ({"resolution": "4K"}, Output("mp4", 2160, None)),
    ],
)
def test_reading(output, expected):
    assert Output.of(output) == expected


@pytest.mark.parametrize("output", [{"resolution": ""}, {"resolution": "0p"}, {"resolution": "8x8"}, {"fps": True}])
def test_refusing(output):
    with pytest.raises(Refusal, match=r"output\."):
        Output.of(output)


@pytest.mark.parametrize(
    ("asked", "drafted", "made"),
    [
        ({}, "gif", "gif"),
        ({"format": "mp4"}, "mp3", "mp3"),  # what every agent of the skills posts
        ({"format": "webm"}, "gif", "webm"),
        ({"format": "wav"}, "mp3", "wav"),
        ({"format": "gif"}, None, "gif"),
        ({"format": "mp4"}, None, "mp4"),
        ({"format": "mp4"}, "exe", "mp4"),
        ({"format": "mp4"}, ["gif"], "mp4"),
    ],
)
def test_the_draft_says_what_it_is_exported_as(asked, drafted, made):
    draft = {"t": [], "m": {} if drafted is None else {"format": drafted}}
    assert Output.of(asked, draft).container == made


@pytest.mark.parametrize("container", ["avi", "ts", "wmv", "exe", "../mp4", 5, ["mp4"]])
def test_containers_that_cannot_be_made(container):
    with pytest.raises(
        Refusal, match=r"output\.format: this engine makes mp4, m4v, mov, mkv, webm, gif, mp3, m4a, wav, aac;"
    ) as caught:
        Output.of({"format": container})
    assert caught.value.status == 400


def test_ceilings_only_lower():
    request = CompressRequest(max_height=720, fps=25)
    assert Output("mp4", 1080, 60).limit(request) == request
    lowered = Output("mp4", 360, 12).limit(request)
    assert (lowered.max_height, lowered.fps) == (360, 12)
    open_ended = Output("mp4", None, None).limit(CompressRequest(max_height=None))
    assert (open_ended.max_height, open_ended.fps) == (None, None)
