"""What a backend takes, as it says itself or as the cloud is documented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath

from nemovideo.errors import FileTooLarge, UnsupportedFile
from nemovideo.protocol.endpoints import FORMATS
from nemovideo.protocol.json import JSON, integer, mapping, sequence, text

__all__ = ["BackendProfile", "CLOUD", "ENGINE", "UNTOLD"]

ENGINE = "nemovideo-engine"
"""The name by which an engine of ours goes."""


@dataclass(frozen=True, slots=True)
class BackendProfile:
    """A server's limits: sizes in bytes, formats as suffixes without a dot; None means no limit but the disk."""

    name: str
    max_upload_bytes: int | None
    formats: tuple[str, ...]
    codecs: tuple[str, ...]

    def to_session(self) -> dict[str, JSON]:
        """The profile as a session's answer tells it."""
        return {
            "backend": {
                "name": self.name,
                "max_upload_bytes": self.max_upload_bytes,
                "formats": list(self.formats),
                "codecs": list(self.codecs),
            }
        }

    @classmethod
    def from_session(cls, answer: JSON) -> BackendProfile:
        """Read `data.backend` of a session answer; without it, the cloud's documented limits (spec, section 10)."""
        told = mapping(mapping(answer).get("backend"))
        if not told:
            return CLOUD
        limit = told.get("max_upload_bytes", CLOUD.max_upload_bytes)
        return cls(
            name=text(told.get("name")) or "unknown",
            max_upload_bytes=None if limit is None else integer(limit),
            formats=tuple(str(entry).lower() for entry in sequence(told.get("formats"))) or CLOUD.formats,
            codecs=tuple(str(entry) for entry in sequence(told.get("codecs"))) or CLOUD.codecs,
        )

    def check_format(self, filename: str) -> None:
        """Raise UnsupportedFile when this backend takes no file with that suffix; the list is named."""
        suffix = PurePath(filename).suffix.lower().removeprefix(".")
        if suffix not in self.formats:
            kind = f".{suffix} files" if suffix else "files without a suffix"
            raise UnsupportedFile(
                f"{filename}: this backend takes no {kind}.",
                hint=f"It takes {', '.join(self.formats)}.",
                code=4001,
                phase="upload",
            )

    def check_size(self, filename: str, size: int) -> None:
        """Raise FileTooLarge when this backend takes no file of `size` bytes; the limit is named."""
        if self.max_upload_bytes is not None and size > self.max_upload_bytes:
            raise FileTooLarge(
                f"{filename} has {size / 1e6:,.1f} MB; {self.name} takes {self.max_upload_bytes / 1e6:,.0f} MB.",
                code=4002,
                phase="upload",
            )


CLOUD = BackendProfile("the cloud", 500_000_000, FORMATS, ("h264",))
"""Spec, section 3: 13 formats, 500 MB of 1,000,000 bytes, H.264 out."""

UNTOLD = replace(CLOUD, name="a backend that has told no limits of its own")
"""What is checked before sending to any other backend, until it says otherwise (spec, section 10)."""
