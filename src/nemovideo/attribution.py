"""Who is calling, in the three headers without which an export answers 402 (spec, section 1)."""

from __future__ import annotations

import asyncio
import itertools
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from nemovideo._version import __version__
from nemovideo.errors import UsageError
from nemovideo.protocol.json import JSON, mapping

__all__ = ["Attribution", "attribution_headers"]

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(?:(.*?)\n)??---[ \t]*(?:\n|\Z)", re.DOTALL)
_LARGEST = 64 * 1024  # bytes of a SKILL.md that are looked at: front matter is some lines, and YAML is slow to read
_HINT = "Name a folder with a SKILL.md that begins with ---, name: …, version: …, ---."


class Attribution(Mapping[str, str]):
    """The three headers of one client, read once.

    Made outside of an event loop it reads the skill at once, so that a bad one is refused where it is named; made
    within a coroutine it touches no file: `load` does, in a thread, before the first call. A file can lie on a disk
    that takes seconds to answer.

    Args:
        skill: the skill's folder or its SKILL.md; None for nemovideo's own name.
        platform: what SKILL_SOURCE says; else the skill's install path decides, else "unknown".

    Raises:
        UsageError: there is no SKILL.md, or its front matter has no name.
    """

    def __init__(self, skill: Path | None, platform: str | None) -> None:
        self._skill, self._platform = skill, platform
        self._headers: dict[str, str] = {}
        if skill is None or not _in_a_loop():
            self.load()

    def load(self) -> None:
        """Read the skill, if that is still to be done. Blocks.

        Raises:
            UsageError: as the class.
        """
        self._headers = self._headers or attribution_headers(self._skill, self._platform)

    def __getitem__(self, name: str) -> str:
        return self._headers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


def attribution_headers(skill: str | Path | None, platform: str | None) -> dict[str, str]:
    """The headers for a skill's folder or `SKILL.md`, or for the package itself. Blocks on the disk for a skill.

    Args:
        skill: as of `Attribution`.
        platform: as of `Attribution`.

    Raises:
        UsageError: there is no SKILL.md, or its front matter has no name.

    Example:
        >>> attribution_headers(None, None)["X-Skill-Source"]
        'nemovideo'
    """
    name, version, path = "nemovideo", __version__, None
    if skill is not None:
        path = _skill_file(Path(skill))
        name, version = _front_matter(path)
    return {
        "X-Skill-Source": name,
        "X-Skill-Version": version,
        "X-Skill-Platform": _header(platform or _platform_of(path)),
    }


def _skill_file(given: Path) -> Path:
    try:
        path = given.expanduser()
        return path / "SKILL.md" if path.is_dir() else path
    except (OSError, RuntimeError, ValueError) as problem:  # ~nobody, a NUL, a folder that may not be looked into
        raise UsageError(f"{given!s:.200}: the skill cannot be read.", hint=_HINT) from problem


def _front_matter(path: Path) -> tuple[str, str]:
    import yaml  # noqa: PLC0415 — 10 ms that only a skill pays

    try:
        found = _FRONT_MATTER.match(_head(path))
        # BaseLoader keeps every scalar as it is written: version 1.10 is not the number 1.1, and no tag makes objects.
        fields = mapping(yaml.load(found[1] or "", yaml.BaseLoader) if found else None)  # noqa: S506
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as problem:
        raise UsageError(f"{path}: the skill cannot be read: {_reason(problem)}.", hint=_HINT) from problem
    if found is None:
        raise UsageError(f"{path}: the skill has no front matter.", hint=_HINT)
    return _told(path, fields, "name"), _told(path, fields, "version", otherwise="0")


def _head(path: Path) -> str:
    """The beginning of the file as text with LF alone."""
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, a device read for ever
        raise OSError("it is no regular file")
    with path.open("rb") as file:
        head = file.read(_LARGEST + 1)
    whole = len(head) <= _LARGEST
    # A cut may fall within a letter of many bytes.
    return head[:_LARGEST].decode("utf-8", "strict" if whole else "ignore").replace("\r\n", "\n").replace("\r", "\n")


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return problem.strerror or str(problem)
    return "it is not UTF-8 text" if isinstance(problem, UnicodeDecodeError) else "its front matter is no valid YAML"


def _told(path: Path, fields: Mapping[str, JSON], key: str, *, otherwise: str | None = None) -> str:
    value = fields.get(key, otherwise)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{path}: the skill's front matter has no {key}.", hint=_HINT)
    return _header(value)


def _platform_of(path: Path | None) -> str:
    parts = path.absolute().parts if path else ()
    if ".clawhub" in parts:
        return "clawhub"
    if (".cursor", "skills") in itertools.pairwise(parts):
        return "cursor"
    return "unknown"


def _header(value: str) -> str:
    """A value that may stand in a header: printable ASCII, one line, not endless."""
    return "".join(c if " " <= c <= "~" else "?" for c in value.strip())[:128].strip() or "unknown"


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
