"""Another container around the same picture: in step, whole, or encoded after all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, ffmpeg

pytestmark = pytest.mark.media

LARGE = 10_000_000
SMALL = ("-c:v", "libx264", "-preset", "ultrafast")


def test_sound_that_must_be_encoded_stays_in_step(run: Any, make: Make, talk: Path, tmp_path: Path):
    film = tmp_path / "late.ts"
    late = ("-i", talk, "-itsoffset", 1.2, "-i", talk, "-map", "0:v", "-map", "1:a")
    ffmpeg(*late, "-c:v", "copy", "-c:a", "mp2", film)
    made = run(make(film, LARGE))
    assert made.report.plan["action"] == "remux"
    before = made.source.audio.start - made.source.video.start
    assert before > 1
    assert made.result.audio.start - made.result.video.start == pytest.approx(before, abs=0.05)


def test_what_an_edit_list_hides_stays_hidden(run: Any, make: Make, talk: Path, tmp_path: Path):
    whole, cut = tmp_path / "whole.mp4", tmp_path / "cut.mp4"
    ffmpeg("-i", talk, *SMALL, "-g", 100, "-c:a", "copy", whole)
    ffmpeg("-ss", 1.3, "-i", whole, "-c", "copy", cut)
    made = run(make(cut, LARGE, container="mkv"))
    assert made.report.plan["action"] == "encode"
    assert made.result.duration == pytest.approx(made.source.duration, abs=0.1)
    assert made.result.audio.start - made.result.video.start == pytest.approx(0, abs=0.1)


def test_pictures_without_a_time_of_display_are_encoded(run: Any, make: Make, talk: Path, tmp_path: Path):
    old = tmp_path / "old.avi"
    ffmpeg("-i", talk, "-c", "copy", old)
    assert run(make(old, LARGE)).report.plan["action"] == "encode"


def test_another_sound_leaves_the_picture_as_it_is(run: Any, make: Make, talk: Path):
    made = run(make(talk, LARGE, audio="opus"))
    assert (made.report.plan["action"], made.result.audio.codec) == ("remux", "opus")
    assert made.result.video.bytes == made.source.video.bytes
    assert any("its picture was copied, only its sound was changed" in note for note in made.report.notes)


def test_ac3_goes_into_an_mp4_where_a_copy_is_asked_for(run: Any, make: Make, talk: Path, tmp_path: Path):
    film = tmp_path / "film.mkv"
    ffmpeg("-i", talk, "-c:v", "copy", "-c:a", "ac3", film)
    assert run(make(film, LARGE, audio="copy")).result.audio.codec == "ac3"
    assert run(make(film, LARGE)).result.audio.codec == "aac"


def test_subtitles_of_text_come_along(run: Any, make: Make, talk: Path, tmp_path: Path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,100 --> 00:00:01,500\nGood evening\n")
    film = tmp_path / "film.mkv"
    ffmpeg("-i", talk, "-i", words, "-map", "0", "-map", "1", "-c", "copy", film)
    made = run(make(film, LARGE))
    assert made.report.plan["action"] == "remux"
    assert [track.codec for track in made.result.subtitles] == ["mov_text"]
    tight = run(make(film, film.stat().st_size + 10))
    assert tight.result.subtitles or any("subtitles left out" in note for note in tight.report.notes)
