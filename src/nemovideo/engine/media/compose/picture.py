"""The graph of filters that makes one run's pictures: pieces one behind the other on the canvas. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from nemovideo.engine.media import normalise
from nemovideo.engine.media.compose import colour
from nemovideo.engine.media.compose.composition import Clip, Composition, Fill
from nemovideo.engine.media.compose.pieces import Piece
from nemovideo.engine.media.compose.timing import Grid, opening, snapped
from nemovideo.engine.media.ffmpeg import opened
from nemovideo.engine.media.filters import canvas, crop, cut, fade, flip, overlay, rotate
from nemovideo.engine.media.media import Media, VideoTrack
from nemovideo.engine.media.plan import Picture
from nemovideo.engine.media.text.color import color_of

__all__ = ["Drawing", "Graph", "Lettering"]

_EARLY = Fraction(1, 8)
"""Of a step: pictures that lie midway between two steps, as every second one at twice the speed does, would else fall
on either by the last digit of their times."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text as it was drawn: the picture of its box, and where its upper left corner stands on the canvas."""

    path: Path
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is cut off, the size before it is turned, and how that then fills its room."""

    cropping: str
    size: tuple[int, int]
    fill: Fill | None
    room: tuple[int, int]


@dataclass(slots=True)
class Graph:
    """Inputs and filters of one run, as FFmpeg takes them."""

    inputs: list[str] = field(default_factory=list[str])
    chains: list[str] = field(default_factory=list[str])
    opened: int = 0

    def add_input(self, words: list[str]) -> int:
        """The number by which the graph calls the file that these words open."""
        self.inputs += words
        self.opened += 1
        return self.opened - 1

    def text(self) -> str:
        """For `-filter_complex`."""
        return ";".join(self.chains)


class Drawing:
    """Draws pieces into a graph."""

    def __init__(
        self,
        composition: Composition,
        sources: Mapping[str, Media],
        grid: Grid,
        letterings: Mapping[int, Lettering],
    ) -> None:
        self._composition, self._sources, self._grid = composition, sources, grid
        self._letterings = letterings
        self._canvas = (composition.width, composition.height)
        self._ground = "0x{:02x}{:02x}{:02x}".format(*color_of(composition.ground))
        self._colours = colour.common(sources[clip.src] for clip in composition.pictures)

    def graph(self, pieces: Sequence[Piece], result: str) -> Graph:
        """The graph of these pieces, its pictures numbered from zero, labelled `result`."""
        graph = Graph()
        labels = [self._piece(piece, graph, f"p{number}") for number, piece in enumerate(pieces)]
        joined = "".join(f"[{label}]" for label in labels)
        joining = f"concat=n={len(labels)}:v=1:a=0," if len(labels) > 1 else ""
        graph.chains.append(f"{joined}{joining}{cut.numbered(self._grid.rate)}[{result}]")
        return graph

    def names(self, pieces: Sequence[Piece]) -> list[str]:
        """Of the files that these pieces are cut from, each once."""
        return list(dict.fromkeys(self._sources[clip.src].path.name for piece in pieces for clip in piece.clips))

    def _piece(self, piece: Piece, graph: Graph, name: str) -> str:
        """The piece, its pictures at their steps of the timeline's grid; gives its label."""
        label = name
        if piece.clip is None:
            graph.chains.append(f"{self._black(piece)}[{label}]")
        else:
            graph.chains.append(self._clip(piece.clip, range(piece.first, piece.last), graph, name) + f"[{label}]")
        for number, clip in enumerate(piece.above):
            label = self._above(clip, piece, graph, label, f"{name}o{number}")
        for number in piece.texts:
            label = self._text(number, piece, graph, label, f"{name}t{number}")
        return label

    def _black(self, piece: Piece) -> str:
        wide, high = self._canvas
        rate = self._grid.rate
        return (
            f"color=c=black:s={wide}x{high}:r={rate},trim=end_frame={piece.steps},format=yuv420p,setsar=1,"
            f"{self._colours.tags()},{cut.numbered(rate, piece.first)}"
        )

    def _clip(self, clip: Clip, steps: range, graph: Graph, name: str, *, box: tuple[int, int] | None = None) -> str:
        """The clip's pictures for these steps of the grid, on the canvas or in a box over it."""
        media = self._sources[clip.src]
        video = media.video
        assert video is not None  # noqa: S101  # the reader has refused sources without a picture
        rate = self._grid.rate
        begin = self._grid.step(clip.start)
        source, at = self._open(clip, media, video, steps.start - begin, graph)
        span = (self._grid.seconds(begin), self._grid.seconds(self._grid.step(clip.end)))
        clear = clip.layer > 0 and video.alpha
        shape = self._clear if clear else self._shaped
        filters = [
            f"[{source}]{cut.moved(at - float(_EARLY / rate) * clip.speed, clip.speed)}",
            cut.picture(rate),
            shape(clip, media, video, self._fitting(clip, media, video, box), name),
            cut.count(len(steps)),
            cut.numbered(rate, steps.start),
            (fade.text if clear else fade.picture)(*span, clip.fade_in / 1000, clip.fade_out / 1000),
        ]
        return ",".join(filter(None, filters))

    def _open(self, clip: Clip, media: Media, video: VideoTrack, steps: int, graph: Graph) -> tuple[str, float]:
        """Open the clip's source so many steps into the clip; gives its label and the time there."""
        time = snapped(media, clip.source_start) + self._grid.seconds(steps) * clip.speed
        options: tuple[str, ...] = ()
        at = 0.0
        if media.kind != "image":
            found = opening(media, video, time)
            options, at = found.options, found.at
        words = opened(media.path, media.demuxer, decoder=normalise.decoder(video), options=options)
        return f"{graph.add_input(words)}:{video.index}", at

    def _fitting(self, clip: Clip, media: Media, video: VideoTrack, box: tuple[int, int] | None) -> _Shape:
        """How the clip is brought to the size of the canvas, or of a box over it."""
        wide, high = float(media.width), float(media.height)
        cropping = ""
        if clip.crop is not None:
            sideways = video.rotation % 180 in range(45, 136)
            upright = (video.height, video.width) if sideways else (video.width, video.height)
            step = 4 if video.interlaced else 2
            cropping = crop.picture(clip.crop, *upright, step=step)
            _, _, kept_wide, kept_high = crop.window(clip.crop, *upright, step=step)
            wide, high = wide * kept_wide / upright[0], high * kept_high / upright[1]
        turned = rotate.turned(wide, high, clip.rotate)
        clear = clip.layer > 0 and video.alpha
        fill: Fill = "stretch" if box else "pad" if clear and clip.fill == "blur" else clip.fill
        fitting = canvas.fitting(*turned, box or self._canvas, fill)
        size = rotate.turned(fitting.width, fitting.height, clip.rotate)
        return _Shape(cropping, (int(size[0]), int(size[1])), fitting.fill, box or self._canvas)

    def _shaped(self, clip: Clip, media: Media, video: VideoTrack, shape: _Shape, name: str) -> str:
        """Cropped, made ordinary, turned, mirrored and brought to the size, in the canvas's colours."""
        steps = [
            shape.cropping,
            normalise.chain(media, Picture(*shape.size)),
            rotate.picture(clip.rotate),
            flip.picture(clip.flip),
            canvas.picture(shape.fill, shape.room, name, ground=self._ground),
            "format=yuv420p",
            self._colours.from_(colour.colours(media)),
            self._colours.tags(),
        ]
        return ",".join(filter(None, steps))

    def _clear(self, clip: Clip, media: Media, video: VideoTrack, shape: _Shape, name: str) -> str:
        """The same of a picture over the picture that can be seen through: a sign, a sticker."""
        size = f"w={shape.size[0]}:h={shape.size[1]}"
        steps = [
            shape.cropping,
            f"scale={size}:flags=bicubic+accurate_rnd:out_color_matrix={self._colours.matrix}:out_range=tv,setsar=1",
            "format=yuva420p",
            rotate.picture(clip.rotate),
            flip.picture(clip.flip),
            canvas.picture(shape.fill, shape.room, name, ground="black@0"),
        ]
        return ",".join(filter(None, steps))

    def _above(self, clip: Clip, piece: Piece, graph: Graph, below: str, name: str) -> str:
        first = max(piece.first, self._grid.step(clip.start))
        last = min(piece.last, self._grid.step(clip.end))
        box, corner = self._box(clip)
        graph.chains.append(self._clip(clip, range(first, last), graph, name, box=box) + f"[{name}]")
        graph.chains.append(f"{overlay.over(below, name, *corner)}[{name}r]")
        return f"{name}r"

    def _box(self, clip: Clip) -> tuple[tuple[int, int] | None, tuple[int, int]]:
        """The size in pixels of a clip over the picture, None for the whole canvas, and its upper left corner."""
        if clip.place is None:
            return None, (0, 0)
        x, y, width = clip.place
        media = self._sources[clip.src]
        _, _, wide_share, high_share = clip.crop or (0, 0, 1, 1)
        wide, high = rotate.turned(media.width * wide_share, media.height * high_share, clip.rotate)
        pixels = width * self._canvas[0]
        size = (max(2, round(pixels / 2) * 2), max(2, round(pixels * high / wide / 2) * 2))
        return size, (round(x * self._canvas[0] - size[0] / 2), round(y * self._canvas[1] - size[1] / 2))

    def _text(self, number: int, piece: Piece, graph: Graph, below: str, name: str) -> str:
        lettering, text = self._letterings.get(number), self._composition.texts[number]
        if lettering is None:
            return below
        begin, end = self._grid.step(text.start), self._grid.step(text.end)
        first, last = max(piece.first, begin), min(piece.last, end)
        source = graph.add_input(opened(lettering.path, "png_pipe"))
        filters = overlay.still(
            self._grid.rate,
            first,
            last - first,
            self._colours.matrix,
            span=(self._grid.seconds(begin), self._grid.seconds(end)),
            fades=(text.fade_in / 1000, text.fade_out / 1000),
        )
        graph.chains.append(f"[{source}:0]{filters}[{name}]")
        graph.chains.append(f"{overlay.over(below, name, lettering.x, lettering.y)}[{name}r]")
        return f"{name}r"
