"""The three headers: from a skill's front matter, its place on the disk, and the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo import __version__
from nemovideo.attribution import _front_matter, attribution_headers
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
