"""The folder of the local engine that one-shot commands share: one command at a time, swept of what is old."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from nemovideo.errors import EngineError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["folder_for_commands", "local_folder"]

_PATIENCE = 10.0  # seconds that a second command waits for the first: an upload's time, not a render's
_STEP = 0.1


def local_folder() -> Path:
    """Where `ask`, `upload`, `state` and `export` keep the local engine's data."""
    from platformdirs import user_data_path  # noqa: PLC0415 - for this one question

    return user_data_path("nemovideo", appauthor=False) / "local"


@contextmanager
def folder_for_commands(
    say: Callable[[str], None], *, abandon: bool = True, sleep: Callable[[float], None] = time.sleep
) -> Generator[Path]:
    """Hold the folder for one command.

    Results made within the block are removed when it ends well: they have been fetched by then.

    Args:
        say: told when another command is waited for.
        abandon: end renders that a killed command left unfinished, rather than begin them again.
        sleep: waits so many seconds.

    Raises:
        EngineError: another command kept it for longer than we wait, or it cannot be written.
    """
    folder = local_folder()
    began = time.time()
    with _lock(folder.with_name("local.lock"), say, sleep):
        from nemovideo.engine.retention import retire  # noqa: PLC0415 - the local backend's own

        retire(folder, now=began, abandon=abandon)
        yield folder
        _remove_results(folder / "renders", since=began)


@contextmanager
def _lock(path: Path, say: Callable[[str], None], sleep: Callable[[float], None]) -> Generator[None]:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise EngineError(
            f"{path.parent} cannot be used for the local engine's data: {error.strerror}.",
            hint="Make it writable, or name another place with XDG_DATA_HOME.",
        ) from error
    with file:
        if not _take(file):
            say(f"Waiting for process {_owner(file)}, which uses the local engine…")
            _wait(file, sleep)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def _wait(file: IO[str], sleep: Callable[[float], None]) -> None:
    for _ in range(round(_PATIENCE / _STEP)):
        sleep(_STEP)
        if _take(file):
            return
    raise EngineError(
        f"The local engine is in use by process {_owner(file)}.",
        hint="Wait until that command has ended, or stop it; nemovideo compress works beside it.",
    )


def _take(file: IO[str]) -> bool:
    """Try to lock the file; where locks are unknown the engine's own decides."""
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
    return True


def _owner(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip() or "unknown"


def _remove_results(folder: Path, *, since: float) -> None:
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                if path.stat().st_mtime >= since - 1:  # a coarse clock of the file system
                    path.unlink()
