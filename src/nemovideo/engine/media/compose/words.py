"""What was done to the timeline, for the notes of its render. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from nemovideo.engine.media import normalise
from nemovideo.engine.media.compose.composition import Clip, Composition
from nemovideo.engine.media.media import Media

__all__ = ["words"]

_FILLS = {"pad": "bars", "crop": "cut at the edges", "blur": "a blurred copy behind", "stretch": "stretched"}


def words(composition: Composition, sources: Mapping[str, Media], *, picture: bool = True) -> list[str]:
    """One note for each kind of edit, with its figures; without `picture`, of what is heard alone.

    Example:
        >>> clip = Clip(src="a", start=0, duration=1000, speed=2)
        >>> film = Composition(width=640, height=360, fps=25, duration=1000, pictures=(clip,))
        >>> words(film, {})
        ['1 piece of 1 source', 'sped up 2x', 'canvas 640x360, 25 pictures a second']
    """
    said: list[str] = []
    pictures, sounds = composition.pictures, composition.sounds
    if pictures:
        count, files = len(pictures), len({clip.src for clip in pictures})
        joined = " joined" if count > 1 else ""
        said.append(f"{count} piece{'s' * (count > 1)} of {files} source{'s' * (files > 1)}{joined}")
    said += _edits((*pictures, *sounds), picture=picture)
    if sounds:
        said.append(f"{len(sounds)} sound{'s' * (len(sounds) > 1)} mixed in")
    if picture and pictures:
        said.append(f"canvas {composition.width}x{composition.height}, {composition.fps:.5g} pictures a second")
        if composition.asked_fps:
            said.append(f"{composition.asked_fps:.5g} pictures a second made fewer: no edited timeline has more")
        fills = {clip.fill for clip in pictures if _odd(clip, composition, sources)}
        said += [f"another shape than the canvas: {_FILLS[fill]}" for fill in sorted(fills)]
    shown = [sources[src] for src in dict.fromkeys(clip.src for clip in pictures) if picture and src in sources]
    for media in shown:
        said += normalise.notes(media, keep_hdr=False)
    if any(media.subtitles for media in shown):
        said.append("subtitles left out: their times are not those of the edited timeline")
    if any(sources[src].audio_tracks > 1 for src in composition.sources if src in sources):
        said.append("of several sound tracks the default one was taken")
    return list(dict.fromkeys(said))


def _edits(clips: tuple[Clip, ...], *, picture: bool) -> list[str]:
    speeds = sorted({clip.speed for clip in clips if clip.speed != 1})
    said = [f"sped up {speed:.3g}x" if speed > 1 else f"slowed to {speed:.3g}x" for speed in speeds]
    if picture:
        said += [f"turned by {degrees}°" for degrees in sorted({clip.rotate for clip in clips if clip.rotate})]
        said += ["mirrored"] * any(clip.flip for clip in clips)
        said += ["cropped"] * any(clip.crop for clip in clips)
    for volume in sorted({clip.volume for clip in clips if clip.volume != 1}):
        said.append(f"volume {volume * 100:.3g}%" if volume else "muted")
    if any(clip.fade_in or clip.fade_out for clip in clips):
        said.append("faded")
    return said


def _odd(clip: Clip, composition: Composition, sources: Mapping[str, Media]) -> bool:
    """Whether the clip's picture is of another shape than the canvas."""
    media = sources.get(clip.src)
    if media is None or not media.width or not media.height or clip.place is not None:
        return False
    _, _, wide, high = clip.crop or (0, 0, 1, 1)
    ratio = media.width * wide / (media.height * high)
    ratio = 1 / ratio if clip.rotate % 180 else ratio
    return abs(ratio * composition.height / composition.width - 1) > 0.02
