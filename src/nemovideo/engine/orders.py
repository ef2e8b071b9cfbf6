"""From a render's draft to an order for the executor: which uploads it names, what is made of them, and how.

A single video that nothing was done to goes to the encoder as it is; every other timeline is composed first.
"""

from __future__ import annotations

import asyncio
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from nemovideo.engine import archive
from nemovideo.engine.archive import RenderRow, UploadRow
from nemovideo.engine.datadir import locate
from nemovideo.engine.drafts import VIDEO, requested
from nemovideo.engine.executors.executor import SOUNDS, RenderOrder
from nemovideo.engine.media.compose import reader
from nemovideo.engine.media.compose.composition import Clip, Composition, Footage
from nemovideo.engine.outputs import Output
from nemovideo.engine.store import Store
from nemovideo.engine.wire import JsonObject, entries, table
from nemovideo.errors import NemoError, SourceNotFound
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Orders", "checked_source", "renamed", "untouched"]

_TENTH = 100.0  # milliseconds: a program that rounds a duration to tenths still means the whole film
_EXACT = 1.0  # milliseconds: the agent's own rounding; more is a cut that was wished, be it one picture
_SAME = 0.005
"""Share by which a canvas's sides and rate may differ from the source's and still be its own, only rounded."""
_WIDEST = 16 / 9 + 0.01
"""The ratio of sides up to which a ceiling on the short one says all (see `plan.ladder`)."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Makes orders, one for each render, out of what the store and the data folder hold."""

    store: Store
    folder: Path

    async def of(self, row: RenderRow, target: Path, work: Path) -> tuple[RenderOrder, dict[Path, UploadRow]]:
        """The order for a render, and the uploads that its sources are.

        Raises:
            SourceNotFound: the draft names an upload that is not there, or is not what it was.
            NoPicture: a film is wanted, and there is no video on the timeline.
            UsageError: the draft or its request cannot be met; the message names the value.
        """
        uploads = {src: await self._upload(src, row) for src in await asyncio.to_thread(reader.named, row.draft)}
        paths = {src: await asyncio.to_thread(checked_source, one, self.folder) for src, one in uploads.items()}
        container = target.suffix[1:]
        request = requested(row.draft)
        footage = {src: _footage(upload) for src, upload in uploads.items()}
        composition = await asyncio.to_thread(reader.read, row.draft, footage, silent=container in SOUNDS)
        first = composition.sources[0]
        simple = untouched(composition, uploads[first], request)
        if uploads[first].kind == "image" and _lasts(row.draft):
            simple = None  # a still that is shown for so long is a film
        order = RenderOrder(
            source=paths[first],
            target=target,
            request=Output.of(row.output, row.draft).limit(simple or request),
            container=container,
            work=work,
            composition=None if simple else composition,
            sources={} if simple else paths,
            notes=composition.notes,
        )
        return order, {paths[src]: upload for src, upload in uploads.items()}

    async def _upload(self, src: str, row: RenderRow) -> UploadRow:
        upload = await self.store.run(
            lambda db: archive.upload_of_hash(db, src, account=row.account, session_id=row.session)
        )
        if upload is None:
            raise SourceNotFound("The draft names a source that was not uploaded here.", hint="Upload it again.")
        return upload


def renamed(error: NemoError, uploads: dict[Path, UploadRow]) -> None:
    """Let an error name the files as the client does; our paths are nobody's business."""
    for path, upload in uploads.items():
        error.message = error.message.replace(str(path), upload.filename).replace(path.name, upload.filename)


def checked_source(upload: UploadRow, data_dir: Path) -> Path:
    """The upload's file, when it still is what it was.

    Raises:
        SourceNotFound: it is gone, or another one, or was written to since it was handed over.
    """
    path = locate(data_dir, upload.path)
    try:
        status = path.stat()
        same = stat.S_ISREG(status.st_mode) and (status.st_size, status.st_mtime_ns, status.st_ino) == (
            upload.size,
            upload.mtime_ns,
            upload.inode,
        )
    except OSError:
        same = False
    if not same or not os.access(path, os.R_OK):
        raise SourceNotFound(
            f"{upload.filename} is gone or has changed since it was handed over; upload it again.", hint=""
        )
    return path


def _lasts(draft: JsonObject) -> bool:
    """Whether a segment of video says how long it is shown."""
    tracks = [table(track) for track in entries(draft.get("t"))]
    return any(table(one).get("d") for track in tracks if track.get("tt") == VIDEO for one in entries(track.get("sg")))


def _footage(upload: UploadRow) -> Footage:
    return Footage(
        kind=upload.kind,
        duration=None if upload.kind == "image" or not upload.duration else upload.duration * 1000,
        width=upload.width or 0,
        height=upload.height or 0,
        fps=upload.fps or 0.0,
    )


def untouched(composition: Composition, upload: UploadRow, request: CompressRequest) -> CompressRequest | None:
    """The request that brings the upload itself to what the composition shows; None when it takes more than that.

    A muted video is asked for without sound, a smaller canvas of the same shape as a ceiling.
    """
    clips = (*composition.pictures, *composition.sounds)
    if len(clips) != 1 or composition.texts or not _plain(clips[0], upload):
        return None
    if clips[0].volume == 0:
        request = request.model_copy(update={"audio": "none"})
    if not composition.pictures or not (upload.width and upload.height):
        return request
    scale = composition.width / upload.width
    own_shape = abs(composition.height / upload.height / scale - 1) <= _SAME + 2 / min(upload.width, upload.height)
    sides = sorted((composition.width, composition.height))
    fps = composition.asked_fps or composition.fps
    rate = fps / upload.fps if upload.fps else 1.0
    if not own_shape or scale > 1 + _SAME or rate > 1 + _SAME:
        return None
    if scale < 1 - _SAME - 2 / upload.width:
        if sides[1] > sides[0] * _WIDEST or sides[0] < 16:
            return None
        request = request.model_copy(update={"max_height": min(sides[0], request.max_height or sides[0])})
    if rate < 1 - _SAME:
        request = request.model_copy(update={"fps": min(fps, request.fps or fps)})
    return request


def _plain(clip: Clip, upload: UploadRow) -> bool:
    """Whether nothing but muting was done to the clip, and it is the whole of its source."""
    done = (clip.start, clip.source_start, clip.rotate, clip.flip, clip.crop, clip.fade_in, clip.fade_out, clip.place)
    return not any(done) and clip.speed == 1 and clip.volume in {0, 1} and _whole(clip.duration, upload)


def _whole(shown: float, upload: UploadRow) -> bool:
    """Whether so many milliseconds are all of the upload, as far as durations are rounded."""
    if not upload.duration:
        return True
    less = abs(shown - upload.duration * 1000)
    return less <= _EXACT or (less <= _TENTH / 2 and shown % _TENTH == 0)
