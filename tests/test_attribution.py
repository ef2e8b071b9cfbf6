"""The three headers: from a skill's front matter, its place on the disk, and the environment."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Run

from nemovideo import AsyncNemoClient, __version__
from nemovideo.attribution import Attribution, _front_matter, attribution_headers
from nemovideo.errors import NemoError, UsageError

SKILL = "---\nname: free-video-compressor\nversion: 1.2.0\ndescription: x\n---\n# Skill\n"


def skill_in(folder: Path, text: str | bytes = SKILL) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SKILL.md").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def headers(source: str, version: str, platform: str) -> dict[str, str]:
    return {"X-Skill-Source": source, "X-Skill-Version": version, "X-Skill-Platform": platform}


def test_the_package_itself() -> None:
    assert attribution_headers(None, None) == headers("nemovideo", __version__, "unknown")
    assert attribution_headers(None, "cursor") == headers("nemovideo", __version__, "cursor")


@pytest.mark.parametrize(
    ("place", "platform"),
    [
        (".clawhub/skills/x", "clawhub"),
        (".cursor/skills/x", "cursor"),
        (".cursor/x", "unknown"),
        ("skills/x", "unknown"),
    ],
)
def test_a_skill_and_where_it_lies(place: str, platform: str, tmp_path: Path) -> None:
    folder = skill_in(tmp_path / place)
    expected = headers("free-video-compressor", "1.2.0", platform)
    assert attribution_headers(folder, None) == attribution_headers(folder / "SKILL.md", None) == expected
    assert attribution_headers(folder, "mine")["X-Skill-Platform"] == "mine"


@pytest.mark.parametrize(
    "text",
    [
        SKILL.replace("\n", "\r\n"),
        "\ufeff" + SKILL,
        SKILL.replace("---\n# Skill\n", "---"),
        SKILL.replace("---\n", "---  \n"),
        SKILL.replace("1.2.0", "'1.2.0'"),
    ],
)
def test_front_matter_as_editors_leave_it(text: str, tmp_path: Path) -> None:
    assert attribution_headers(skill_in(tmp_path, text), None) == headers("free-video-compressor", "1.2.0", "unknown")


def test_what_no_header_can_carry_is_replaced(tmp_path: Path) -> None:
    text = '---\nname: "nämé\\r\\nX-Evil: 1"\nversion: 1.0\n---\n'
    found = attribution_headers(skill_in(tmp_path, text), "p" * 500)
    assert found == headers("n?m???X-Evil: 1", "1.0", "p" * 128)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# no front matter",
        "---\nname: x\n",
        "---\n- a\n- b\n---\n",
        "---\nversion: 1\n---\n",
        "---\nname: [\n---\n",
        "---\nname:\n---\n",
        b"---\nname: \xff\n---\n",
        "---\nname: !!python/object/apply:os.system ['true']\n---\n",
    ],
)
def test_a_skill_without_a_name_is_refused(text: str | bytes, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"SKILL\.md"):
        attribution_headers(skill_in(tmp_path, text), None)


def test_no_skill_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        attribution_headers(tmp_path / "nothing", None)


@pytest.mark.parametrize("version", ["1.10", "1.0", "2", "0x10", "1e3", "2026-01-31", "yes", "null"])
def test_a_version_goes_out_as_it_is_written(version: str, tmp_path: Path) -> None:
    text = f"---\nname: 1.10\nversion: {version}\n---\n"
    assert attribution_headers(skill_in(tmp_path, text), None) == headers("1.10", version, "unknown")


def test_no_version_is_0(tmp_path: Path) -> None:
    assert attribution_headers(skill_in(tmp_path, "---\nname: x\n---\n"), None)["X-Skill-Version"] == "0"


def bomb() -> str:
    """Nine levels of nine: 387 million words, were the aliases written out."""
    levels = ["a: &a0 [lol, lol, lol]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(levels)


@pytest.mark.parametrize(
    "text",
    [
        f"---\n{bomb()}\nname: *a9\n---\n",
        f"---\nname: x\nversion: [{'[' * 5_000}\n---\n",
        f"---\nname: x\nversion: {'[' * 5_000}{']' * 5_000}\n---\n",
        "---\nname: &a [*a]\n---\n",
        "---\n? [a, b]\n: c\nname: x\nversion: {}\n---\n",
        "---\nname: x\nversion:\n  major: 1\n---\n",
        "---\nname: x\nversion:\n---\n",
        "---\nname: x\0y\n---\n",
        "---\nname: x\n" + "# more\n" * 20_000 + "---\n",
    ],
    ids=["bomb", "open", "deep", "itself", "key", "mapping", "empty", "nul", "huge"],
)
def test_front_matter_made_to_hurt_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"SKILL\.md") as caught:
        attribution_headers(skill_in(tmp_path, text), None)
    assert len(caught.value.message.splitlines()) == 1


def test_a_bomb_beside_the_name_is_never_lit(tmp_path: Path) -> None:
    text = f"---\n{bomb()}\nname: x\nversion: !!python/object/apply:os.abort [] \n---\n"
    with pytest.raises(UsageError, match="version"):
        attribution_headers(skill_in(tmp_path, text), None)
    assert attribution_headers(skill_in(tmp_path, f"---\n{bomb()}\nname: x\n---\n"), None)["X-Skill-Source"] == "x"


def test_a_long_skill_with_short_front_matter(tmp_path: Path) -> None:
    text = SKILL + "é" * 200_000  # the look ends within a letter of two bytes
    assert attribution_headers(skill_in(tmp_path, text), None) == headers("free-video-compressor", "1.2.0", "unknown")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "SKILL.md")
    with pytest.raises(UsageError, match="no regular file"):
        attribution_headers(tmp_path, None)


@pytest.mark.parametrize("path", ["~nobody-of-that-name/skill", "a\0b", "x" * 5_000])
def test_a_path_that_is_none(path: str) -> None:
    with pytest.raises(UsageError):
        attribution_headers(path, None)


def test_within_a_coroutine_the_skill_is_read_in_a_thread(run: Run[Any], tmp_path: Path) -> None:
    skill_in(tmp_path)

    async def flow() -> None:  # the detector fails this test when a file is read on the loop
        attribution = Attribution(tmp_path, None)
        assert dict(attribution) == {}
        async with AsyncNemoClient("http://127.0.0.1:9", "t", skill=tmp_path) as client:
            assert dict(client._attribution) == headers("free-video-compressor", "1.2.0", "unknown")

    run(flow())


def test_a_bad_skill_is_told_at_once_or_when_the_client_is_entered(run: Run[Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        AsyncNemoClient("http://127.0.0.1:9", "t", skill=tmp_path)

    async def flow() -> None:
        client = AsyncNemoClient("http://127.0.0.1:9", "t", skill=tmp_path)
        with pytest.raises(UsageError, match=r"SKILL\.md"):
            await client.credits.balance()
        await client.aclose()

    run(flow())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("skill") / "SKILL.md"


@given(text=st.text(max_size=60))
def test_no_front_matter_raises_anything_but_ours(text: str, file: Path) -> None:
    file.write_text(f"---\n{text}\n---\n", encoding="utf-8", errors="replace", newline="")
    try:
        name, version = _front_matter(file)
    except NemoError:
        return
    assert (name + version).isascii()
    assert (name + version).isprintable()
    assert name == name.strip() != ""
    assert version == version.strip() != ""


@given(content=st.binary(max_size=200) | st.binary(max_size=200).map(lambda rest: b"---\nname: " + rest))
def test_no_file_raises_anything_but_ours(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with suppress(NemoError):
        assert _front_matter(file)
