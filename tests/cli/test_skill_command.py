"""`nemovideo skill`: what is there, and where it goes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nemovideo.attribution import attribution_headers
from nemovideo.cli.skill import NAMES, content, front_matter

from .conftest import World

SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@pytest.mark.parametrize("name", NAMES)
def test_installed_where_it_is_told(world: World, name: str) -> None:
    done = world.run("skill", "install", name, "--to", "some where")
    path = world.work / "some where" / name / "SKILL.md"
    assert done.returncode == 0, done.stderr
    assert str(path) in done.stdout
    assert f"--skill '{path.parent}'" in done.stdout
    assert path.read_bytes() == content(name)
    assert [entry.name for entry in path.parent.iterdir()] == ["SKILL.md"]
    again = world.run("skill", "install", name, "--to", "some where", "--json")
    assert json.loads(again.stdout) == {
        "name": name,
        "version": front_matter(name)["version"],
        "path": str(path),
        "written": False,
    }


def test_a_changed_file_is_kept_unless_told(world: World) -> None:
    path = world.work / "skills" / NAMES[0] / "SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    refused = world.run("skill", "install", NAMES[0])
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "-y" in refused.stderr
    assert path.read_text() == "mine"
    assert world.run("skill", "install", NAMES[0], "-y").returncode == 0
    assert path.read_bytes() == content(NAMES[0])


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ((), "work/skills"),
        ((".cursor",), "home/.cursor/skills"),
        ((".clawhub",), "home/.clawhub/skills"),
        ((".cursor", ".clawhub"), "home/.clawhub/skills"),
    ],
)
def test_without_a_place_it_goes_where_an_agent_looks(world: World, there: tuple[str, ...], expected: str) -> None:
    for name in there:
        (world.folder / "home" / name).mkdir()
    told = json.loads(world.run("skill", "install", NAMES[1], "--json").stdout)
    assert Path(told["path"]) == world.folder / expected / NAMES[1] / "SKILL.md"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["install", "video-compressor"], 2, "video-compressor-panda"),
        (["install"], 2, "NAME"),
        (["install", NAMES[0], "--to", "/dev/null"], 2, "/dev/null"),
        (["remove"], 2, "remove"),
    ],
)
def test_what_cannot_be(world: World, arguments: list[str], code: int, says: str) -> None:
    done = world.run("skill", *arguments)
    assert done.returncode == code
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_list_and_help(world: World) -> None:
    told = json.loads(world.run("skill", "list", "--json").stdout)
    assert [each["name"] for each in told["skills"]] == list(NAMES)
    lines = world.run("skill", "list").stdout.splitlines()
    assert [line.split(" ")[0] for line in lines] == list(NAMES)
    assert world.run("skill").stdout.startswith("Usage: nemovideo skill")


@pytest.mark.parametrize("name", NAMES)
def test_the_version_is_one_and_goes_out_as_it_is(name: str, tmp_path: Path) -> None:
    (tmp_path / "SKILL.md").write_bytes(content(name))
    fields = front_matter(name)
    assert fields["name"] == name
    assert SEMVER.fullmatch(fields["version"])
    headers = attribution_headers(tmp_path, None)
    assert (headers["X-Skill-Source"], headers["X-Skill-Version"]) == (name, fields["version"])


@pytest.mark.parametrize("name", NAMES)
def test_what_a_skill_must_tell(name: str) -> None:
    text = content(name).decode()
    for code in ("0", "1001", "1002", "2001", "4001", "4002", "400", "402", "429"):
        assert len(re.findall(rf"^\| {code} \|", text, re.MULTILINE)) >= 1, code
    for code in (*range(8), 130):
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE), code
    for words in (
        "mp4, mov, avi, webm, mkv, jpg, png, gif, webp, mp3, wav, m4a, aac",
        *("500 MB", "NEMO_TOKEN", "Try saying", "quick", "batch style", "iterative"),
        *("导出", "积分", "余额", "状态", "上传"),
    ):
        assert words.lower() in text.lower()


def test_an_agents_first_call_carries_the_skill(world: World) -> None:
    done = world.run("upload", "x.mp4", "--skill", world.work)
    assert done.returncode in {2, 3}
    named = world.run("credits", "--backend", "http://127.0.0.1:9", "--skill", world.work)
    assert named.returncode == 2
    assert "SKILL.md" in named.stderr
