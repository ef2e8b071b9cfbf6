"""The caller's arguments into one checked wish; what cannot work is refused here, before anything is sent."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, TypedDict, Unpack, cast, get_args

from pydantic import ValidationError

from nemovideo.errors import OutputNotWritable, UsageError
from nemovideo.protocol.compress import (
    DEFAULT_MAX_HEIGHT,
    SPOKEN_CODECS,
    Audio,
    AudioTracks,
    Codec,
    CompressRequest,
    Effort,
)
from nemovideo.protocol.presets import PRESETS
from nemovideo.source import Source

__all__ = ["Choices", "OnOver", "Wish", "build_wish", "container_for", "limit_bytes", "output_for"]

OnOver: TypeAlias = Literal["error", "local"]

MEGABYTE = 1_000_000
_CONTAINERS: dict[str, tuple[Codec, ...]] = {
    "mp4": ("h264", "hevc", "av1"),
    "m4v": ("h264", "hevc", "av1"),
    "mov": ("h264", "hevc"),
    "mkv": ("h264", "hevc", "av1"),
    "webm": ("av1",),
}
"""What each container carries so that players take it; the first codec is the one that is chosen unless asked."""
_NO_SOUND_OF: dict[str, tuple[Audio, Audio]] = {"webm": ("aac", "opus"), "mov": ("opus", "aac")}
"""The sound that a container cannot carry, and what it can."""


class Choices(TypedDict):
    """What may be wished beside a size, as the caller gave it."""

    codec: Codec | None
    effort: Effort
    max_height: int | None
    fps: float | None
    audio: Audio
    audio_tracks: AudioTracks
    strip_audio: bool
    keep_hdr: bool
    keep_metadata: bool
    measure_quality: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished for.

    Attributes:
        request: for the backend.
        limit: bytes.
        container: the output's suffix.
        only_size: whether the size is all that was asked for, so that a source that has it may be handed back.
    """

    request: CompressRequest
    limit: int
    container: str
    only_size: bool

    def met_by(self, source: Source, output: Path | None) -> bool:
        """Whether the source may be handed back as it is: small enough, and nothing else was asked of it.

        `output` is the one that the caller named, if any.
        """
        same_container = output is None or Path(source.name).suffix.lower() == output.suffix.lower()
        return source.size is not None and source.size <= self.limit and same_container and self.only_size


def limit_bytes(max_mb: float | None, max_bytes: int | None, preset: str | None) -> int:
    """The limit in bytes, from exactly one of the three.

    Raises:
        UsageError: none or several were given, or the one is no positive number, or no known preset.
    """
    given = [
        name for name, value in (("max_mb", max_mb), ("max_bytes", max_bytes), ("preset", preset)) if value is not None
    ]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        raise UsageError(
            f"Exactly one of max_mb, max_bytes and preset is needed; given: {found}.", hint="Try max_mb=50."
        )
    if preset is not None:
        if preset not in PRESETS:
            raise UsageError(f"There is no preset {preset!r}.", hint=f"Known: {', '.join(PRESETS)}.")
        return PRESETS[preset].max_bytes
    name, value = (given[0], max_mb if max_mb is not None else max_bytes)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        raise UsageError(f"{name} must be a positive number: {value!r}.", hint=f"Try {name}={_EXAMPLES[name]}.")
    if name == "max_bytes" and value != int(value):
        raise UsageError(f"max_bytes must be a whole number: {value!r}.", hint="Try max_bytes=50_000_000.")
    limit = int(value * MEGABYTE) if name == "max_mb" else int(value)
    if limit < 1:
        raise UsageError(f"{name}={value!r} is less than one byte.", hint=f"Try {name}={_EXAMPLES[name]}.")
    return limit


_EXAMPLES = {"max_mb": "50", "max_bytes": "50_000_000"}


_TRUTH = ("True or False", "False")
_VALUES = {
    "max_bytes": ("a whole number of bytes above zero", "50_000_000"),
    "max_height": ("a whole number of pixels, 16 to 16384, or None", "720"),
    "fps": ("a number above zero, 1000 at most, or None", "30"),
    "effort": (f"one of {', '.join(get_args(Effort))}", '"balanced"'),
    "audio": (f"one of {', '.join(get_args(Audio))}", '"auto"'),
    "audio_tracks": (f"one of {', '.join(get_args(AudioTracks))}", '"all"'),
    "strip_audio": _TRUTH,
    "keep_hdr": _TRUTH,
    "keep_metadata": _TRUTH,
    "measure_quality": _TRUTH,
}
"""What each wish may be, in words, and an example; a test holds the words against what is really taken."""


def build_wish(limit: int, container: str, **choices: Unpack[Choices]) -> Wish:
    """Check the wishes against each other and the container.

    Raises:
        UsageError: a value is out of range, or container and codec do not go together.
    """
    codec, carried = choices["codec"], _CONTAINERS[container]
    chosen = carried[0] if codec is None else codec
    if chosen not in SPOKEN_CODECS:
        raise UsageError(f"There is no codec {codec!r} here.", hint=f"Known: {', '.join(SPOKEN_CODECS)}.")
    if chosen not in carried:
        raise UsageError(
            f"A .{container} file does not carry {SPOKEN_CODECS[chosen]}.",
            hint=f"Choose {' or '.join(carried)} for .{container}, or name an .mp4 output.",
        )
    if choices["keep_hdr"] and chosen == "h264":
        raise UsageError("H.264 is made in 8 bits and cannot keep HDR.", hint='Choose codec="hevc" or "av1".')
    audio = _sound(choices)
    wrong, right = _NO_SOUND_OF.get(container, (None, None))
    if audio == wrong:
        raise UsageError(
            f"A .{container} file does not carry {audio} sound.",
            hint=f'Choose audio="{right}" for .{container}, or name an .mp4 output.',
        )
    try:
        request = CompressRequest(
            max_bytes=limit,
            codec=chosen,
            effort=choices["effort"],
            max_height=choices["max_height"],
            fps=choices["fps"],
            audio=audio,
            audio_tracks=choices["audio_tracks"],
            keep_hdr=choices["keep_hdr"],
            keep_metadata=choices["keep_metadata"],
            measure_quality=choices["measure_quality"],
        )
    except ValidationError as problem:
        first = problem.errors()[0]
        name = str(first["loc"][0])
        what, example = _VALUES[name]
        raise UsageError(f"{name} must be {what}: {first['input']!r:.100}.", hint=f"Try {name}={example}.") from None
    higher = request.max_height in {None, DEFAULT_MAX_HEIGHT}
    only_size = codec is None and higher and request.fps is None and audio == "auto"
    return Wish(request, limit, container, only_size=only_size)


def _sound(choices: Choices) -> Audio:
    """`audio`, where `strip_audio` and `audio_tracks` do not contradict it.

    Raises:
        UsageError: they do.
    """
    strip, audio = cast("object", choices["strip_audio"]), choices["audio"]
    if not isinstance(strip, bool):
        what, example = _VALUES["strip_audio"]
        raise UsageError(f"strip_audio must be {what}: {strip!r:.100}.", hint=f"Try strip_audio={example}.")
    if strip and audio not in {"auto", "none"}:
        raise UsageError(f"No sound and sound ({audio}) were both asked for.", hint="Choose one of the two.")
    if (strip or audio == "none") and choices["audio_tracks"] == "all":
        raise UsageError("No sound and all sound tracks were both asked for.", hint="Choose one of the two.")
    return "none" if strip else audio


def output_for(source: Source, given: str | os.PathLike[str] | None) -> tuple[Path, str]:
    """Where the result goes, and in which container: the output's suffix says.

    Raises:
        UsageError: no name can be made, the suffix is no container, or the output is the input.
    """
    output = _default_output(source) if given is None else Path(given).expanduser()
    if output.is_dir():
        raise OutputNotWritable(f"{output}: is a folder.", hint="Name a file in it.")
    container = container_for(output)
    if source.path is not None and output.exists() and output.samefile(source.path):
        raise UsageError(f"{output}: is the input itself.", hint="Name another output; the source is never written to.")
    return output, container


def container_for(output: Path | None) -> str:
    """The container that a name asks for; "mp4" where none was given.

    Raises:
        UsageError: its suffix is no container.
    """
    if output is None:
        return "mp4"
    container = output.suffix.lower().removeprefix(".")
    if container not in _CONTAINERS:
        suffix = f"A .{container} file" if container else "A file without a suffix"
        raise UsageError(
            f"{output}: {suffix} is nothing that is made here.", hint=f"End the name in .{', .'.join(_CONTAINERS)}."
        )
    return container


def _default_output(source: Source) -> Path:
    """`talk.compressed.mp4` beside the source; for a URL, in the current folder."""
    if source.path is None and source.url is None:
        raise UsageError("There is no file name to derive the output's from.", hint='Name it: output="small.mp4".')
    folder = source.path.parent if source.path is not None else Path()
    return folder / f"{Path(source.name).stem}.compressed.mp4"
