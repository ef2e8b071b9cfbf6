"""Each sentence that a skill says to try, word for word, through `client.ask` on this machine's engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

import nemovideo
from nemovideo import AsyncNemoClient
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.presets import PRESETS

SKILLS = Path(nemovideo.__file__).parent / "skills"
FILES = ("party.mp4", "lecture.mp4", "talk.mp4")
MB = 1_000_000
Wish = Callable[[int], CompressRequest]

WISHES: dict[str, tuple[str, Wish]] = {
    "Get talk.mp4 under 2MB so that I can mail it.": ("talk.mp4", lambda _: CompressRequest(max_bytes=2 * MB)),
    "Compress this recording to half its size, the text on the slides has to stay readable.": (
        "talk.mp4",
        lambda size: CompressRequest(max_bytes=size // 2),
    ),
    "Make party.mp4 fit into Discord at 480p.": (
        "party.mp4",
        lambda _: CompressRequest(max_bytes=PRESETS["discord"].max_bytes, max_height=480),
    ),
    "Actually keep it 480p and drop the audio.": (
        "talk.mp4",
        lambda _: CompressRequest(max_bytes=3 * MB, max_height=480, audio="none"),
    ),
    "把这个视频压缩到 2MB 以内": ("talk.mp4", lambda _: CompressRequest(max_bytes=2 * MB)),
    "Reduce the size of talk.mp4, my mail takes 2 MB.": ("talk.mp4", lambda _: CompressRequest(max_bytes=2 * MB)),
    "Make party.mp4 smaller without losing too much quality.": ("party.mp4", lambda _: CompressRequest()),
    "Shrink lecture.mp4 to 1 MB, 480p is fine, no sound needed.": (
        "lecture.mp4",
        lambda _: CompressRequest(max_bytes=1 * MB, max_height=480, audio="none"),
    ),
    "视频压缩到 2MB": ("talk.mp4", lambda _: CompressRequest(max_bytes=2 * MB)),
}
"""The video that each sentence is about, and what the draft wishes then, given the video's size in bytes."""


def sentences() -> list[str]:
    found: list[str] = []
    for skill in sorted(SKILLS.glob("*/SKILL.md")):
        part = re.search(r"^## Try saying\n(.*?)^## ", skill.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        assert part is not None
        found += re.findall(r'^- "(.+)"$', part[1], re.MULTILINE)
    return found


def test_every_sentence_has_its_wish_here() -> None:
    assert sorted(sentences()) == sorted(WISHES)


@pytest.mark.parametrize("says", sentences())
def test_a_sentence_works_word_for_word(says: str, run: Run[Any], talk: Path, tmp_path: Path) -> None:
    source, wish = WISHES[says]
    for number, name in enumerate(FILES):
        (tmp_path / name).write_bytes(talk.read_bytes() + bytes(number))  # three files, not one of three names

    async def flow() -> None:
        async with AsyncNemoClient.local() as client:
            session = await client.session.create()
            await client.ask(session, "", files=[tmp_path / name for name in FILES])
            if says.startswith("Actually"):
                await client.ask(session, "compress it to 3MB")
            answer = await client.ask(session, says)
            assert answer.done, answer.text
            state = await client.state.get(session)
            (segment,) = state.timeline.tracks[0].segments
            assert segment.label == source
            draft: Any = state.draft
            assert CompressRequest.model_validate(draft["m"]["nemovideo"]) == wish((tmp_path / source).stat().st_size)

    run(flow())
