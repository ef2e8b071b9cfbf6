"""The embedded engine as a client's own: its data folder, its start and its end."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from nemovideo.cancellation import done_or_undone, finished
from nemovideo.errors import EngineError, MissingExtra
from nemovideo.ownership import TEMPORARY_PREFIX, Claim, claim

if TYPE_CHECKING:
    from nemovideo.engine.local import LocalEngine

__all__ = ["LocalBackend"]


class LocalBackend:
    """Starts an engine on a loop and thread of its own, and stops it.

    Args:
        data_dir: where it keeps its data; None for a temporary folder that goes with it.
        executor: where it encodes; None for this machine.
        allow_private_urls: whether uploads by URL may reach private networks.

    Raises:
        MissingExtra: the extra `engine` is not installed. FFmpegMissing: nothing but its FFmpeg is missing.
    """

    def __init__(self, data_dir: Path | None, executor: object | None, *, allow_private_urls: bool = False) -> None:
        # Imported here and not at the top: only a local client pays for the engine, and in its constructor.
        try:
            self._engine_module = importlib.import_module("nemovideo.engine.local")
        except ModuleNotFoundError as problem:
            if (problem.name or "").startswith("nemovideo"):
                raise
            raise MissingExtra(
                f"The local engine needs {problem.name}, which is not installed.",
                hint='Install it with: python -m pip install "nemovideo[engine]".',
            ) from problem
        if executor is None:
            importlib.import_module("nemovideo.engine.media.installed")
        self._given = data_dir
        self._executor = executor
        self._allow_private_urls = allow_private_urls
        self._temporary: Path | None = None
        self._claim: Claim | None = None
        self._engine: LocalEngine | None = None

    @property
    def lasting(self) -> str | None:
        """What names the engine in every run: its data folder; None for a temporary one."""
        return None if self._given is None else self._given.absolute().as_uri()

    async def start(self) -> tuple[str, str]:
        """Start it; gives its base URL and the key that stands outside of quotas.

        Raises:
            EngineError: the data folder is in use by another engine, or cannot be written.
        """
        folder = self._given or await done_or_undone(self._make_folder, lambda _: self._remove_folder())
        engine: LocalEngine = self._engine_module.LocalEngine(
            folder, executor=self._executor, allow_private_urls=self._allow_private_urls
        )
        try:
            await engine.start()
        except BaseException:
            await finished(self.stop())
            raise
        self._engine = engine
        return engine.base_url, engine.token

    async def stop(self) -> None:
        """Stop it: renders are cancelled, FFmpeg is gone, a temporary folder is removed. Idempotent."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.stop()
        await asyncio.to_thread(self._remove_folder)

    def _make_folder(self) -> Path:
        # A claim is written before the folder is made, so that a kill between the two leaves nothing unknown.
        folder = Path(tempfile.gettempdir()) / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex[:12]}"
        self._claim, self._temporary = claim(folder), folder
        try:
            folder.mkdir(mode=0o700)
        except OSError as problem:
            raise EngineError(
                f"{folder}: the engine's temporary folder cannot be made: {problem.strerror}.",
                hint="Free some space, or set TMPDIR to a folder that may be written.",
            ) from problem
        return folder

    def _remove_folder(self) -> None:
        folder, self._temporary = self._temporary, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if self._claim is not None:
            self._claim.release()
            self._claim = None
