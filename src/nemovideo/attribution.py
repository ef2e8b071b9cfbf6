"""Who is calling, in the three headers without which an export answers 402 (spec, section 1)."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from nemovideo._version import __version__
from nemovideo.errors import UsageError
from nemovideo.protocol.json import mapping

__all__ = ["attribution_headers"]

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LARGEST = 256 * 1024  # bytes of a SKILL.md that are looked at


def attribution_headers(skill: str | Path | None, platform: str | None) -> dict[str, str]:
    """The headers for a skill's folder or `SKILL.md`, or for the package itself.

    Args:
        skill: the skill's folder or its SKILL.md; None for nemovideo's own name.
        platform: what SKILL_SOURCE says; else the skill's install path decides, else "unknown".

    Raises:
        UsageError: there is no SKILL.md, or its front matter has no name.
    """
    name, version, path = "nemovideo", __version__, None
    if skill is not None:
        path = Path(skill).expanduser()
        path = path / "SKILL.md" if path.is_dir() else path
        name, version = _front_matter(path)
    return {
        "X-Skill-Source": name,
        "X-Skill-Version": version,
        "X-Skill-Platform": _header(platform or _platform_of(path)),
    }


def _front_matter(path: Path) -> tuple[str, str]:
    import yaml  # noqa: PLC0415 — 10 ms that only a skill pays

    try:
        with path.open(encoding="utf-8") as file:
            found = _FRONT_MATTER.match(file.read(_LARGEST))
        fields = mapping(yaml.safe_load(found[1]) if found else None)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise UsageError(f"{path}: the skill cannot be read: {type(problem).__name__}.", hint=_HINT) from problem
    if not fields.get("name"):
        raise UsageError(f"{path}: the skill's front matter has no name.", hint=_HINT)
    return _header(str(fields["name"])), _header(str(fields.get("version", "0")))


_HINT = "Name a folder with a SKILL.md that begins with ---, name: …, version: …, ---."


def _platform_of(path: Path | None) -> str:
    parts = path.absolute().parts if path else ()
    if ".clawhub" in parts:
        return "clawhub"
    if (".cursor", "skills") in itertools.pairwise(parts):
        return "cursor"
    return "unknown"


def _header(value: str) -> str:
    """A value that may stand in a header: printable ASCII, one line, not endless."""
    return "".join(c if " " <= c <= "~" else "?" for c in value.strip())[:128] or "unknown"
