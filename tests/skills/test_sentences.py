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


PLANS: dict[str, tuple[str, int]] = {
    "How small can talk.mp4 get?": ("talk.mp4", 1),
    "How good would lecture.mp4 look at 1 MB?": ("lecture.mp4", 1 * MB),
}
"""The video that each question is about, and the limit that is planned for; one byte asks for the least."""
EDITS = {"Trim talk.mp4 to the first second.": ("talk.mp4", "trim", 1.0)}
"""The video, the tool that works on it, and the seconds that the timeline has then."""


def sentences() -> list[str]:
    found: list[str] = []
    for skill in sorted(SKILLS.glob("*/SKILL.md")):
        part = re.search(r"^## Try saying\n(.*?)^## ", skill.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        assert part is not None
        found += re.findall(r'^- "(.+)"$', part[1], re.MULTILINE)
    return found


def test_every_sentence_has_its_wish_here() -> None:
    assert sorted(sentences()) == sorted([*WISHES, *PLANS, *EDITS])


@pytest.fixture
def films(talk: Path, tmp_path: Path) -> list[Path]:
    found = [tmp_path / name for name in FILES]
    for number, path in enumerate(found):
        path.write_bytes(talk.read_bytes() + bytes(number))  # three files, not one of three names
    return found


@pytest.mark.parametrize("says", WISHES)
def test_a_sentence_works_word_for_word(says: str, run: Run[Any], films: list[Path], tmp_path: Path) -> None:
    source, wish = WISHES[says]

    async def flow() -> None:
        async with AsyncNemoClient.local() as client:
            session = await client.session.create()
            await client.ask(session, "", files=films)
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


@pytest.mark.parametrize("says", PLANS)
def test_a_question_is_answered_with_a_plan(says: str, run: Run[Any], films: list[Path]) -> None:
    source, limit = PLANS[says]

    async def flow() -> None:
        async with AsyncNemoClient.local() as client:
            session = await client.session.create()
            await client.ask(session, "", files=films)
            before = (await client.state.get(session)).draft
            answer = await client.ask(session, says)
            assert answer.done, answer.text
            assert answer.reply is not None
            (call,) = answer.reply.tool_calls
            asked: Any = call.args
            assert (call.name, asked["source"], asked["max_bytes"]) == ("plan", source, limit)
            assert source in answer.text
            assert (await client.state.get(session)).draft == before

    run(flow())


@pytest.mark.parametrize("says", EDITS)
def test_an_edit_works_word_for_word(says: str, run: Run[Any], films: list[Path]) -> None:
    source, tool, seconds = EDITS[says]

    async def flow() -> None:
        async with AsyncNemoClient.local() as client:
            session = await client.session.create()
            await client.ask(session, "", files=films)
            answer = await client.ask(session, says)
            assert answer.reply is not None
            assert [call.name for call in answer.reply.tool_calls] == [tool]
            timeline = (await client.state.get(session)).timeline
            assert [segment.label for segment in timeline.tracks[0].segments] == [source]
            assert timeline.duration == pytest.approx(seconds, abs=0.05)

    run(flow())
