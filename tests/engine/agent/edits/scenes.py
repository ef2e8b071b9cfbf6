"""Timelines that edits are tried on, what the agent reads out of a sentence, and what every edit must keep to."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from nemovideo.engine.agent.clauses import message
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, Refused, Said, Scene
from nemovideo.engine.agent.edits.table import EDITS
from nemovideo.engine.agent.reading import Found, parts
from nemovideo.engine.archive import UploadRow
from nemovideo.protocol.gui import Translation, translate

ZZ = {"zz": [1, {"unknown": None}]}


def upload(
    name: str, hash_: str, kind: str = "video", *, seconds: float = 10.0, size: tuple[int, int] = (1920, 1080)
) -> UploadRow:
    width, height, fps = (None, None, None) if kind == "audio" else (*size, 30.0)
    return UploadRow("u", "s", "a", name, kind, "/x", hash_, 1, 1, 1, seconds, width, height, fps)


TALK, TWO = upload("talk.mp4", "t"), upload("two.mp4", "w", seconds=5, size=(1280, 720))
SONG, LONG = upload("bgm.mp3", "s", "audio", seconds=4), upload("long.wav", "l", "audio", seconds=60)


def piece(source: UploadRow, start: int, milliseconds: int, **more: Any) -> dict[str, Any]:
    known = {"title": source.filename, "src": source.hash, "in": 0, "start": start}
    return {"d": milliseconds, "m": known | more, **ZZ}


def film(*pieces: dict[str, Any], tracks: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    """A draft of these pictures, by default the whole of talk.mp4, with keys in every place that no edit knows."""
    shown = list(pieces) or [piece(TALK, 0, 10_000)]
    video = {"tt": 0, "sg": shown, "m": {"name": "Video", "zz": 1}, **ZZ}
    canvas = {"title": "project", "width": 1920, "height": 1080, "fps": 30.0, "zz": 2}
    return {"d": sum(one["d"] for one in shown), "t": [video, *tracks], "m": canvas | more, **ZZ}


def music(*pieces: dict[str, Any]) -> dict[str, Any]:
    return {"tt": 1, "sg": list(pieces) or [piece(LONG, 0, 10_000, volume=0.35)], "m": {"name": "BGM"}, **ZZ}


def words(text: str, name: str = "Title", **more: Any) -> dict[str, Any]:
    return {"tt": 7, "sg": [{"d": 3000, "m": {"text": text, "start": 0} | more, **ZZ}], "m": {"name": name}, **ZZ}


def two_clips() -> dict[str, Any]:
    return film(piece(TALK, 0, 10_000), piece(TWO, 10_000, 5000))


def scene(draft: dict[str, Any] | None = None, *uploads: UploadRow) -> Scene:
    return Scene(draft or film(), uploads or (TALK, TWO, SONG), (uploads or (TALK,))[0])


def clause(text: str, *uploads: UploadRow) -> Clause:
    said = message(text, uploads or (TALK, TWO, SONG, LONG))
    return said.clause(0, len(said.masked))


def read(text: str, draft: dict[str, Any] | None = None, *uploads: UploadRow) -> tuple[str, Edit] | None:
    """What the table's first kind that understands the sentence reads."""
    known = uploads or (TALK, TWO, SONG)
    for kind in EDITS:
        if (edit := kind.read(clause(text, *known), scene(draft, *known))) is not None:
            return kind.name, edit
    return None


def name_of(text: str, draft: dict[str, Any] | None = None) -> str | None:
    found = read(text, draft)
    return None if found is None else found[0]


def parted(text: str, draft: dict[str, Any] | None = None) -> list[tuple[str, Edit] | None]:
    """What a whole message is read as, fragment by fragment; None for a part that is no edit."""
    known = (TALK, TWO, SONG)

    def offered(said: Clause) -> Found | None:
        edits = ((kind, kind.read(said, scene(draft, *known))) for kind in EDITS)
        return next((Found(kind, edit) for kind, edit in edits if edit is not None), None)

    found = [part.what for part in parts(message(text, known), offered, held=False)]
    return [(one.kind.name, one.edit) if isinstance(one, Found) else None for one in found]


def done(edit: Edit, at: Scene) -> dict[str, Any]:
    """The draft that the edit makes: what it does not know is kept, and the draft it was given stays as it was."""
    before = deepcopy(at.draft)
    result = edit.apply(at)
    assert isinstance(result, Done), result
    assert at.draft == before
    assert result.draft["zz"] == ZZ["zz"]
    assert result.draft["m"]["zz"] == 2
    assert result.draft["t"][0]["zz"] == ZZ["zz"]
    assert all(one["zz"] == ZZ["zz"] for one in result.draft["t"][0]["sg"])
    speaks_well(result.said)
    return result.draft


def undone(edit: Edit, at: Scene) -> None:
    """Its opposite brings back exactly what was there."""
    after = Scene(done(edit, at), at.uploads, at.upload)
    opposite = edit.inverse(at)
    assert opposite is not None
    assert after.draft != at.draft
    assert done(opposite, after) == at.draft


def refused(edit: Edit, at: Scene) -> str:
    result = edit.apply(at)
    assert isinstance(result, Refused), result
    speaks_well(result.said)
    return result.reason


def speaks_well(said: Said) -> None:
    """In both languages, with no word of a screen in it."""
    assert set(said) == {"en", "zh"}
    for text in said.values():
        assert translate(text) == Translation(text)
        assert "None" not in text
        assert "  " not in text
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said["zh"])
