"""What a SKILL.md tells its reader to do: the shell blocks, each with the heading that it stands under."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_PART = re.compile(r"^## (?P<heading>[^\n]+)$|^```bash\n(?P<script>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    heading: str
    script: str

    @property
    def installs(self) -> bool:
        """Whether it installs by pip what is here already."""
        return "pip install" in self.script

    @property
    def for_this_machine(self) -> bool:
        return "this machine" in self.heading or "local" in self.heading.lower()

    @property
    def for_the_cloud(self) -> bool:
        return "cloud" in self.heading.lower()


def blocks(skill: Path) -> list[Block]:
    found: list[Block] = []
    heading = ""
    for part in _PART.finditer(skill.read_text(encoding="utf-8")):
        if part["heading"]:
            heading = part["heading"]
        else:
            found.append(Block(heading, part["script"]))
    return found


def outputs(found: list[Block]) -> set[str]:
    """Every file that a command names as its output, literally."""
    return {name for block in found for name in re.findall(r"-o (?!\")(\S+)", block.script)}
