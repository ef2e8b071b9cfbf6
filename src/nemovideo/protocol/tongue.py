"""Whether a person writes Chinese: by the sentence, not by what it quotes or what a file is called. Pure."""

from __future__ import annotations

import re

__all__ = ["is_chinese"]

_HAN = re.compile(r"[\u4e00-\u9fff]")
_SET_ASIDE = re.compile(
    r"“[^“”]{1,300}”|「[^「」]{1,300}」|『[^『』]{1,300}』|《[^《》]{1,300}》|\"[^\"\n]{1,300}\""
    r"|(?<!\w)'[^'\n]{1,300}'(?!\w)|‘[^‘’\n]{1,300}’"
    r"|[^\s]{1,200}\.[A-Za-z0-9]{2,4}(?![A-Za-z0-9])"
)
_ENOUGH = 2000  # characters, to tell a language by


def is_chinese(text: str) -> bool:
    """Whether the words are Chinese; where nothing but quotations and names is said, these tell.

    Example:
        >>> is_chinese("add a title “你好”"), is_chinese("把 talk.mp4 压缩到 20MB"), is_chinese("“你好”")
        (False, True, True)
    """
    words = _SET_ASIDE.sub("", text[:_ENOUGH])
    return _HAN.search(words if re.search(r"\w", words) else text) is not None
