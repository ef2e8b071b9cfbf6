"""What `nemovideo doctor` looks at, one function a question."""

from __future__ import annotations

import os
import platform
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nemovideo._version import __version__
from nemovideo.cli.backends import describe, open_client
from nemovideo.errors import MissingExtra, NemoError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Check", "examine"]

_EXTRAS = {"engine": ("av", "imageio-ffmpeg"), "cli": ("click", "rich")}
_ENCODERS = {"libx264": True, "libx265": False, "libsvtav1": False}  # True: nothing works without it
_FILTERS = {"zscale": "HDR sources", "tonemap": "HDR sources", "libvmaf": "measuring quality"}


@dataclass(frozen=True, slots=True)
class Check:
    """One answer. An `exit_code` other than 0 says that a compress would fail, and how."""

    name: str
    ok: bool
    detail: str
    hint: str = ""
    exit_code: int = 0

    def to_json(self) -> dict[str, Any]:
        """The answer as JSON."""
        return asdict(self)


async def examine(backend: str) -> list[Check]:
    """Answer every question for a backend."""
    local = backend == "local"
    account = [] if local else [await _account(backend)]  # first: it may fetch the token that is told of below
    checks = [
        Check("python", ok=True, detail=f"{platform.python_version()} on {platform.platform(terse=True)}"),
        Check("nemovideo", ok=True, detail=f"{__version__} in {Path(__file__).parents[1]}"),
        *(_extra(name, packages) for name, packages in _EXTRAS.items()),
        *await _ffmpeg(needed=local),
        *_folders(),
        _token(backend),
        Check("backend", ok=True, detail=describe(backend).removeprefix("Backend: ")),
    ]
    return checks + account


def _extra(name: str, packages: Iterable[str]) -> Check:
    found: list[str] = []
    missing: list[str] = []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    detail = ", ".join(found + [f"{package} is missing" for package in missing])
    return Check(f"extra {name}", ok=not missing, detail=detail, hint=_install(name) if missing else "")


def _install(extra: str) -> str:
    return f'Install it with: python -m pip install "nemovideo[{extra}]".'


async def _ffmpeg(*, needed: bool) -> list[Check]:
    """FFmpeg, its encoders and filters, and PyAV, which the engine probes with."""
    from nemovideo.engine.media.ffmpeg import features, find_ffmpeg  # noqa: PLC0415 - the engine, when asked about

    try:
        path = find_ffmpeg()
        known = await features()
    except NemoError as error:
        code = error.exit_code if needed else 0
        return [Check("ffmpeg", ok=False, detail=error.message, hint=error.hint or "", exit_code=code)]
    checks = [Check("ffmpeg", ok=True, detail=f"{known.version} at {path}")]
    for name, must in _ENCODERS.items():
        here = name in known.encoders
        code = 7 if must and needed and not here else 0
        hint = "" if here else "Use the FFmpeg of the engine extra, or one built with it (NEMO_FFMPEG)."
        checks.append(Check(f"encoder {name}", ok=here, detail=_presence(here=here), hint=hint, exit_code=code))
    for name, purpose in _FILTERS.items():
        here = name in known.filters
        checks.append(Check(f"filter {name}", ok=here, detail=f"{_presence(here=here)} (for {purpose})"))
    return [*checks, _probe(needed=needed)]


def _probe(*, needed: bool) -> Check:
    # Asked of the metadata: PyAV's libraries are loaded into processes of their own only.
    try:
        return Check("probe", ok=True, detail=f"PyAV {version('av')}")
    except PackageNotFoundError:
        code = MissingExtra.exit_code if needed else 0
        return Check("probe", ok=False, detail="PyAV is missing", hint=_install("engine"), exit_code=code)


def _presence(*, here: bool) -> str:
    return "there" if here else "not there"


def _folders() -> list[Check]:
    """Whether the places that are written to can be: without the temporary one nothing works."""
    from nemovideo.cli.localfolder import local_folder  # noqa: PLC0415 - for these questions only
    from nemovideo.settings import config_dir, state_dir  # noqa: PLC0415

    return [
        _folder("temporary folder", Path(tempfile.gettempdir()), code=1),
        _folder("config folder", config_dir(), code=0),
        _folder("state folder", state_dir(), code=0),
        _folder("data folder", local_folder(), code=0),
    ]


def _folder(name: str, path: Path, *, code: int) -> Check:
    nearest = next((each for each in (path, *path.parents) if each.exists()), path)
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Check(name, ok=True, detail=f"{path} {'can be written' if nearest == path else 'can be made'}")
    return Check(name, ok=False, detail=f"{path} cannot be written", hint=f"Make {nearest} writable.", exit_code=code)


def _token(backend: str) -> Check:
    """Where a token would come from, and never its text."""
    from nemovideo.settings import Settings, config_dir, origin  # noqa: PLC0415 - as above
    from nemovideo.tokenfile import TokenFile  # noqa: PLC0415

    settings = Settings.from_environment()
    cloud = origin(settings.api_url)
    place = cloud if backend in {"local", "cloud"} else origin(backend)
    if settings.token and place == cloud:
        return Check("token", ok=True, detail=f"NEMO_TOKEN, for {place}")
    if TokenFile(config_dir()).read(place):
        return Check("token", ok=True, detail=f"an anonymous one for {place}, kept in {config_dir()}")
    return Check("token", ok=True, detail=f"none for {place}; an anonymous one is asked for at first use")


async def _account(backend: str) -> Check:
    try:
        async with open_client(backend) as client:
            balance = await client.credits.balance()
    except NemoError as error:
        return Check("account", ok=False, detail=error.message, hint=error.hint or "", exit_code=error.exit_code)
    return Check("account", ok=True, detail=f"the token is good; {balance.available:g} credits available")
