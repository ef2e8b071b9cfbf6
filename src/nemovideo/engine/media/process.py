"""Running a jailed program from asyncio: drained, bounded, killed and reaped.

Every child goes through jail.py. Both its pipes are read all the time; of stderr only the tail is kept. Leaving, by
cancellation or an error, kills the whole process group and waits for the child: no way out of `run` leaves it behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from nemovideo.engine.media import progress
from nemovideo.errors import DiskFull, EngineError

__all__ = ["KEPT_ENVIRONMENT", "Limits", "Outcome", "launcher", "plain_errors", "run"]

_JAIL = str(Path(__file__).with_name("jail.py"))
_TAIL_BYTES = 16_384
_ROOM = 65_536  # bytes free under which a failed write is put down to the disk
_DISK_FULL = re.compile(r"No space left on device|Disk quota exceeded")
_TOO_LARGE = re.compile(r"File too large")
_DECODE_ERROR = re.compile(
    rb"corrupt decoded frame|error while decoding|Error submitting packet to decoder|concealing \d+"
    rb"|Invalid NAL unit|decode_slice_header error|Decoding error|Error decoding",
    re.IGNORECASE,
)
KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "FONTCONFIG_FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a jailed program may use at most.

    Attributes:
        wall: seconds until it is killed.
        memory: bytes of address space; generous, since x264's lookahead alone holds 60 pictures.
        file_bytes: bytes of the largest file that it may write; None for no limit.
        open_files: file descriptors.
    """

    wall: float = 3600.0
    memory: int = 8 << 30
    file_bytes: int | None = None
    open_files: int = 64

    def words(self) -> list[str]:
        """The limits as the launcher takes them; CPU time is four threads' worth of the wall time."""
        words = [f"as={self.memory}", f"nofile={self.open_files}", f"cpu={int(4 * self.wall) + 10}", "core=0"]
        return words if self.file_bytes is None else [*words, f"fsize={self.file_bytes}"]


@dataclass(slots=True)
class Outcome:
    """How a program ended.

    Attributes:
        code: the exit code; negative for a signal.
        stdout: all that it wrote, when it was asked for.
        tail: the last of stderr.
        decode_errors: lines of stderr that tell of damage in what was decoded.
        last: the last block of `-progress`.
    """

    code: int = 0
    stdout: bytes = b""
    tail: str = ""
    decode_errors: int = 0
    last: progress.Step = field(default_factory=progress.Step)

    def why(self) -> str:
        """The last meaningful line of stderr, without FFmpeg's addresses."""
        lines = [re.sub(r"\[([^\]]*?) @ 0x[0-9a-f]+\] *", "", line).strip() for line in self.tail.splitlines()]
        useful = [line for line in lines if line and not line.startswith(("Conversion failed", "Exiting"))]
        if useful:
            return useful[-1][:300]
        return f"signal {-self.code}" if self.code < 0 else f"exit code {self.code}"


async def run(
    command: Sequence[str],
    *,
    limits: Limits | None = None,
    cwd: Path | None = None,
    on_step: Callable[[progress.Step], None] | None = None,
    tie: str = "auto",
) -> Outcome:
    """Run `command` in the jail until it ends.

    Args:
        command: the program and its arguments; no shell sees them.
        limits: what it may use.
        cwd: the folder it runs in.
        on_step: called for each block of `-progress pipe:1`; without it stdout is collected whole (4 MiB at most).
        tie: "pipe" forces the supervising mode of the launcher, which systems without a parent-death signal use.

    Raises:
        DiskFull: the disk has no room left.
        EngineError: the program could not be started, or ran past its wall limit.
    """
    limits = limits or Limits()
    outcome = Outcome()
    async with _spawned(command, limits, cwd, tie) as process:
        try:
            with plain_errors():
                async with asyncio.timeout(limits.wall), asyncio.TaskGroup() as group:
                    group.create_task(_drain_stdout(process, outcome, on_step))
                    group.create_task(_drain_stderr(process, outcome))
                    outcome.code = await process.wait()
        except TimeoutError:
            raise EngineError(f"{_named(command)} did not end within {limits.wall:.0f} s") from None
    outcome.tail = _without_folders(outcome.tail, command, cwd)
    if outcome.code != 0 and (_DISK_FULL.search(outcome.tail) or await asyncio.to_thread(_no_room, cwd)):
        raise DiskFull("No space left on the disk of the engine's work folder")
    if outcome.code == -signal.SIGKILL:
        raise EngineError(f"{_named(command)} was killed (signal {-outcome.code})", retryable=True)
    if outcome.code != 0 and _TOO_LARGE.search(outcome.tail):
        raise EngineError("FFmpeg wrote more than it may: the output grew past its limit")
    return outcome


@contextlib.contextmanager
def plain_errors() -> Generator[None, None, None]:
    """Raise what went wrong first inside a task group as itself: callers catch DamagedFile, not a group of one."""
    try:
        yield
    except ExceptionGroup as group:
        raise _first(group) from None  # pyright: ignore[reportUnknownArgumentType]


def _first(group: ExceptionGroup[Exception]) -> Exception:
    first = group.exceptions[0]
    return _first(cast("ExceptionGroup[Exception]", first)) if isinstance(first, ExceptionGroup) else first


def _named(command: Sequence[str]) -> str:
    """The program as a person knows it: no path of this machine."""
    name = Path(command[0]).name
    return "FFmpeg" if name.startswith("ffmpeg") else name


def _without_folders(text: str, command: Sequence[str], cwd: Path | None) -> str:
    """What a program said, without the folders of its files: its words end in messages to whoever asked."""
    folders = {str(Path(word.removeprefix("file:")).parent) for word in command if word.startswith("file:/")}
    for folder in sorted(folders | ({str(cwd)} if cwd else set()), key=len, reverse=True):
        text = text.replace(f"file:{folder}/", "").replace(f"{folder}/", "")
    return text


def launcher(limits: Limits, *options: str) -> list[str]:
    """The words that put a program into the jail, to stand before it."""
    return [sys.executable, "-I", "-S", _JAIL, str(os.getpid()), *limits.words(), *options, "--"]


@contextlib.asynccontextmanager
async def _spawned(
    command: Sequence[str], limits: Limits, cwd: Path | None, tie: str
) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    pipe = tie == "pipe" or not sys.platform.startswith("linux")
    alive, held = os.pipe() if pipe else (-1, -1)
    tied = (f"alive={alive}", f"tie={tie}") if pipe else ()
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    try:
        process = await _start(
            [*launcher(limits, *tied), *command],
            cwd=cwd,
            environment=environment | {"AV_LOG_FORCE_NOCOLOR": "1", "LC_ALL": "C"},
            keep=(alive,) if pipe else (),
        )
        if pipe:
            os.close(alive)
            alive = -1
        try:
            yield process
        finally:
            await _reap(process)
    finally:
        for end in (alive, held):
            if end >= 0:
                os.close(end)


async def _start(
    command: list[str], *, cwd: Path | None, environment: dict[str, str], keep: tuple[int, ...]
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=cwd,
            env=environment,
            pass_fds=keep,
        )
    except OSError as error:
        raise EngineError(f"Cannot start {Path(command[0]).name}: {error.strerror}") from error


async def _reap(process: asyncio.subprocess.Process) -> None:
    """Kill what is left of the group and wait for the child, whatever cancellations come meanwhile."""
    _kill(process)
    cancelled: asyncio.CancelledError | None = None
    waiter = asyncio.ensure_future(process.wait())
    while not waiter.done():
        try:
            await asyncio.shield(waiter)
        except asyncio.CancelledError as error:
            cancelled = error
            _kill(process)
    if cancelled is not None:
        raise cancelled


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    # Before its setsid() the launcher is no leader of a group yet: then the process alone is meant.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        process.kill()


def _no_room(folder: Path | None) -> bool:
    """Whether the disk is full although nothing said so: x264 keeps quiet about why it cannot write statistics."""
    return folder is not None and shutil.disk_usage(folder).free < _ROOM


async def _drain_stdout(
    process: asyncio.subprocess.Process, outcome: Outcome, on_step: Callable[[progress.Step], None] | None
) -> None:
    assert process.stdout is not None  # noqa: S101  # for the checkers: stdout=PIPE
    rest = b""
    kept = bytearray()
    while chunk := await process.stdout.read(65_536):
        if on_step is None:
            kept += chunk[: max(0, (4 << 20) - len(kept))]
            continue
        steps, rest = progress.parse(rest[-4096:] + chunk)
        for step in steps:
            outcome.last = step
            on_step(step)
    outcome.stdout = bytes(kept)


async def _drain_stderr(process: asyncio.subprocess.Process, outcome: Outcome) -> None:
    assert process.stderr is not None  # noqa: S101  # for the checkers: stderr=PIPE
    tail = b""
    line = b""
    while chunk := await process.stderr.read(65_536):
        whole, _, line = (line[-4096:] + chunk).rpartition(b"\n")
        outcome.decode_errors += len(_DECODE_ERROR.findall(whole))
        tail = (tail + chunk)[-_TAIL_BYTES:]
    outcome.decode_errors += len(_DECODE_ERROR.findall(line))
    outcome.tail = tail.decode("utf-8", "replace")
