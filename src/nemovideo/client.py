"""AsyncNemoClient: owns the connections, the credentials and, where it is local, the engine; offers the workflows.

The class comes quickly, for whoever only names it; the resources and workflows, with pydantic's models and the grammars
of two languages, are loaded by its constructor, and so never by a method, within a running loop.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from nemovideo.attribution import Attribution
from nemovideo.backend import BackendProfile
from nemovideo.cancellation import finished
from nemovideo.clock import SYSTEM_CLOCK, Clock
from nemovideo.credentials import Credentials
from nemovideo.errors import TransportError
from nemovideo.limits import Limits
from nemovideo.localbackend import LocalBackend
from nemovideo.looplock import LoopLock
from nemovideo.network import Network
from nemovideo.ownership import sweep
from nemovideo.progress import ProgressCallback, Reporter
from nemovideo.protocol.presets import DEFAULT_MAX_HEIGHT
from nemovideo.settings import Settings, checked_url, origin
from nemovideo.source import SourceLike, open_source
from nemovideo.transport.caller import Caller

if TYPE_CHECKING:
    from nemovideo.protocol.compress import Audio, AudioTracks, Codec, Effort
    from nemovideo.protocol.plan import Plan
    from nemovideo.resources.session import SessionLike
    from nemovideo.workflows.conversation import Answer
    from nemovideo.workflows.result import CompressResult
    from nemovideo.workflows.wish import OnOver

__all__ = ["AsyncNemoClient"]

_UNSTARTED = "http://127.0.0.1"  # until a local engine has started and says its port


class AsyncNemoClient:
    """A client of one backend: the cloud, any engine, or an engine of its own.

    Args:
        base_url: the backend; None for NEMO_API_URL, else the cloud.
        token: a bearer token for it; None for NEMO_TOKEN (for NEMO_API_URL's origin only), a kept or an anonymous one.
        skill: a skill's folder or SKILL.md, whose name and version go out as attribution.
        language: the language that the backend answers in.
        limits: how long to wait for what.
        proxy: an http(s) proxy's URL for every call; None for what the environment says.
        trust_env: whether the environment's proxies count (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).
        ca_bundle: a PEM file of the authorities to trust, in place of the system's.
        connector: makes an aiohttp connector of your own, once for each event loop.

    Attributes:
        session, upload, chat, credits, state, render: the backend's resources.

    Raises:
        UsageError: the URL or the skill cannot be used.

    Example:
        >>> async with AsyncNemoClient.local() as client:  # doctest: +SKIP
        ...     result = await client.compress("talk.mp4", max_mb=50)
    """

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        *,
        skill: str | os.PathLike[str] | None = None,
        language: str = "en",
        limits: Limits | None = None,
        proxy: str | None = None,
        trust_env: bool = True,
        ca_bundle: str | os.PathLike[str] | None = None,
        connector: Callable[[], object] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        from nemovideo.resources.chat import ChatResource
        from nemovideo.resources.credits import CreditsResource
        from nemovideo.resources.knownbackend import KnownBackend
        from nemovideo.resources.render import RenderResource
        from nemovideo.resources.session import SessionResource
        from nemovideo.resources.state import StateResource
        from nemovideo.resources.upload import UploadResource

        for workflow in ("compress", "conversation", "plan"):  # the methods find them loaded
            importlib.import_module(f"nemovideo.workflows.{workflow}")
        self._settings = Settings.from_environment()
        self.base_url = checked_url(base_url, "base_url") if base_url is not None else self._settings.api_url
        self._attribution = Attribution(None if skill is None else Path(skill), self._settings.platform)
        self._clock = clock
        self._limits = limits or Limits()
        self._network = Network(proxy=proxy, trust_env=trust_env, ca_bundle=ca_bundle, connector=connector)
        self._local: LocalBackend | None = None
        self._caller = self._make_caller(self.base_url, token)
        self._opening = LoopLock()
        self._open = self._closed = False
        self._backend = KnownBackend(self._lasting, is_local=lambda: self.is_local)
        self.session = SessionResource(self._connected, language=language, learn=self._backend.learn)
        self.upload = UploadResource(self._connected, backend=self._backend, by_name=lambda: self.is_local)
        self.chat = ChatResource(self._connected)
        self.credits = CreditsResource(self._connected)
        self.state = StateResource(self._connected)
        self.render = RenderResource(self._connected, self.state, backend=self._backend)

    @classmethod
    def local(
        cls,
        data_dir: str | os.PathLike[str] | None = None,
        executor: object | None = None,
        *,
        skill: str | os.PathLike[str] | None = None,
        language: str = "en",
        limits: Limits | None = None,
        allow_private_urls: bool = False,
    ) -> Self:
        """A client with an engine of its own on this machine: no account, no upload, no bill.

        Args:
            data_dir: where the engine keeps its data, locked while it runs; None for a temporary folder.
            executor: where it encodes; None for this machine.
            skill: as for the class.
            language: as for the class.
            limits: as for the class.
            allow_private_urls: let sources that are URLs lie on this machine's own and private networks.

        Raises:
            MissingExtra: the extra `engine` is not installed.
        """
        client = cls(_UNSTARTED, "unstarted", skill=skill, language=language, limits=limits, trust_env=False)
        folder = None if data_dir is None else Path(data_dir)
        client._local = LocalBackend(folder, executor, allow_private_urls=allow_private_urls)
        return client

    def __repr__(self) -> str:
        return f"AsyncNemoClient({'local' if self.is_local else repr(self.base_url)})"

    @property
    def is_local(self) -> bool:
        """Whether the engine is this client's own, within this process."""
        return self._local is not None

    @property
    def backend(self) -> BackendProfile | None:
        """What the backend takes, as learnt with the first session; None before."""
        return self._backend.profile

    @property
    def token_source(self) -> str:
        """Where the token came from: argument, environment, file, anonymous, or none yet. Never the token itself."""
        return "engine" if self.is_local else self._caller.credentials.source

    async def __aenter__(self) -> Self:
        await self._connected()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close streams and connections, and stop the engine where it is our own. Idempotent.

        A cancellation that arrives meanwhile waits until everything is closed.
        """
        if self._closed:
            return
        self._closed = True
        await finished(self._close())

    async def _close(self) -> None:
        try:
            await self.chat.close()
            await self._caller.close()
        finally:
            if self._local is not None:
                await self._local.stop()

    async def _connected(self) -> Caller:
        """Open the client where it is not open yet."""
        if self._closed:
            raise TransportError("This client has been closed.", hint="Make a new one, and use it within `async with`.")
        if self._open:
            return self._caller
        async with self._opening.here():
            if not self._open:
                await asyncio.to_thread(self._attribution.load)
                await asyncio.to_thread(sweep)
                if self._local is not None:
                    self.base_url, key = await self._local.start()
                    self._caller = self._make_caller(self.base_url, key)
                await self._caller.transport.open()
                self._open = True
        return self._caller

    def _make_caller(self, base_url: str, token: str | None) -> Caller:
        credentials = Credentials(base_url, token=token, settings=self._settings, clock=self._clock)
        return Caller(
            base_url,
            credentials,
            self._attribution,
            web_url=self._settings.web_url,
            clock=self._clock,
            limits=self._limits,
            network=self._network,
        )

    def _lasting(self) -> str | None:
        """The backend's name in every run that reaches it; None for an engine that ends with this client."""
        return origin(self.base_url) if self._local is None else self._local.lasting

    async def compress(
        self,
        source: SourceLike,
        output: str | os.PathLike[str] | None = None,
        *,
        max_mb: float | None = None,
        max_bytes: int | None = None,
        preset: str | None = None,
        codec: Codec | None = None,
        effort: Effort = "balanced",
        max_height: int | None = DEFAULT_MAX_HEIGHT,
        fps: float | None = None,
        audio: Audio = "auto",
        audio_tracks: AudioTracks = "default",
        strip_audio: bool = False,
        keep_hdr: bool = False,
        keep_metadata: bool = False,
        measure_quality: bool = False,
        overwrite: bool = False,
        on_over: OnOver = "error",
        on_progress: ProgressCallback | None = None,
        deadline: float | None = None,
    ) -> CompressResult:
        """Make a video fit under a size.

        Args:
            source: a path, an http(s) URL, bytes, a file opened in binary mode (a pipe too), or an async iterator of
                bytes. Never written to.
            output: where to; its suffix says the container (mp4, m4v, mov, mkv, webm). Default: `talk.compressed.mp4`
                beside the source, or the source itself where it fits already.
            max_mb: the limit in megabytes of 1,000,000 bytes; exactly one of the three limits is given.
            max_bytes: the limit in bytes.
            preset: the limit of a service: "discord", "gmail", "whatsapp" …
            codec: "h264", "hevc" or "av1"; None for what the container plays everywhere, H.264 but for webm.
            effort: "fast", "balanced" or "best".
            max_height: the longest short side in pixels; None lifts the ceiling of 1080.
            fps: the most frames a second; None keeps the source's.
            audio: "auto", "copy", "aac", "opus" or "none".
            audio_tracks: "default" for the sound track that players choose, or "all" of them.
            strip_audio: leave the sound out, as audio="none" does.
            keep_hdr: keep HDR rather than tone-map it to SDR; needs hevc or av1.
            keep_metadata: keep titles, dates and places; stripped unless asked.
            measure_quality: measure the result's VMAF against the source.
            overwrite: replace an output that is there already.
            on_over: what to do when a backend twice exceeds the limit: "error", or "local" to encode on this machine.
            on_progress: a function or coroutine function that is told `Progress`.
            deadline: seconds for the whole; a render under way goes on and can be resumed.

        Raises:
            UsageError: an argument cannot work (SourceNotFound, UnsupportedFile, DamagedFile, FileTooLarge, NoPicture,
                OutputExists, OutputNotWritable). TargetNotMet: the limit is out of reach; `least_bytes` is not.
            AuthenticationError, PlanError, OutOfCredits, RateLimited: the account. DeadlineExceeded, RenderFailed,
                AgentError, StreamInterrupted, TransportError, ProtocolError: the backend. DiskFull: this disk.

        Example:
            >>> result = await client.compress("talk.mp4", max_mb=50)  # doctest: +SKIP
            >>> result.path, result.size  # doctest: +SKIP
        """
        from nemovideo.workflows.compress import Compression
        from nemovideo.workflows.wish import build_wish, limit_bytes, output_for

        limit = limit_bytes(max_mb, max_bytes, preset)
        opened = await open_source(source)
        path, container = await asyncio.to_thread(output_for, opened, output)
        wish = build_wish(
            limit, container,
            codec=codec, effort=effort, max_height=max_height, fps=fps, audio=audio, audio_tracks=audio_tracks,
            strip_audio=strip_audio, keep_hdr=keep_hdr, keep_metadata=keep_metadata, measure_quality=measure_quality,
        )  # fmt: skip
        compression = Compression(
            client=self, source=opened, output=path, wish=wish, named=output is not None, overwrite=overwrite,
            on_over=on_over, report=Reporter(on_progress, clock=self._clock), clock=self._clock, deadline=deadline,
        )  # fmt: skip
        return await compression.run()

    async def plan(
        self,
        source: SourceLike,
        output: str | os.PathLike[str] | None = None,
        *,
        max_mb: float | None = None,
        max_bytes: int | None = None,
        preset: str | None = None,
        codec: Codec | None = None,
        effort: Effort = "balanced",
        max_height: int | None = DEFAULT_MAX_HEIGHT,
        fps: float | None = None,
        audio: Audio = "auto",
        audio_tracks: AudioTracks = "default",
        strip_audio: bool = False,
        keep_hdr: bool = False,
        keep_metadata: bool = False,
        on_progress: ProgressCallback | None = None,
        deadline: float | None = None,
    ) -> Plan:
        """Tell what `compress` with the same arguments would do: size, quality and time, without an encode.

        `output` only says the container; nothing is written.

        Returns:
            The plan. A limit that is out of reach is no error here: `action` is "impossible", and `least_bytes` works.

        Raises:
            UsageError: an argument cannot work, or the backend is no engine of ours; nothing was sent then.
                SourceNotFound, UnsupportedFile, DamagedFile, FileTooLarge, NoPicture: the source.
            AuthenticationError, RateLimited, DeadlineExceeded, AgentError, TransportError, ProtocolError: the backend.

        Example:
            >>> plan = await client.plan("talk.mp4", max_mb=50)  # doctest: +SKIP
            >>> plan.action, plan.size, plan.quality, plan.seconds  # doctest: +SKIP
        """
        from nemovideo.workflows.plan import Planning
        from nemovideo.workflows.wish import build_wish, container_for, limit_bytes

        limit = limit_bytes(max_mb, max_bytes, preset)
        opened = await open_source(source)
        path = None if output is None else Path(output)
        wish = build_wish(
            limit, container_for(path),
            codec=codec, effort=effort, max_height=max_height, fps=fps, audio=audio, audio_tracks=audio_tracks,
            strip_audio=strip_audio, keep_hdr=keep_hdr, keep_metadata=keep_metadata, measure_quality=False,
        )  # fmt: skip
        planning = Planning(
            client=self, known=self._backend, source=opened, output=path, wish=wish,
            report=Reporter(on_progress, clock=self._clock), clock=self._clock, deadline=deadline,
        )  # fmt: skip
        return await planning.run()

    async def ask(
        self,
        session: SessionLike,
        text: str,
        *,
        files: Sequence[SourceLike] = (),
        output: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        on_progress: ProgressCallback | None = None,
    ) -> Answer:
        """Take a person's words and do what they ask: "compress it and send me the video", "导出", "how many credits?".

        Exports, credits, status and uploads skip the chat; all else is said to the backend's agent, and what its reply
        asks of a screen ("click Export") is done. The answer always holds something to read.

        Args:
            session: a Session or its id.
            text: the words; they may be empty where files are given.
            files: sources to upload first.
            output: where an export goes: a folder, or a file, which is then exported to once the work is done. None for
                a free name in the current folder, made from the project's title or the video's name.
            overwrite: replace `output` where it is there already.
            on_progress: told the bytes sent, the percentage rendered, the bytes received.

        Raises:
            UsageError: there is nothing to do, or nothing to export (OutputExists, SourceNotFound, FileTooLarge …).
            OutOfCredits, PlanError, AuthenticationError, RateLimited: the account. AgentError, StreamInterrupted,
                RenderFailed, TransportError: the backend. What was done before is the error's `answer`. AgentError also
                where `output` names a file and the agent did nothing: then nothing is exported.

        Example:
            >>> answer = await client.ask(session, "compress it to 5 MB and send me the video")  # doctest: +SKIP
            >>> print(answer, answer.files)  # doctest: +SKIP

        Source: spec, sections 6 and 7.
        """
        from nemovideo.workflows.conversation import Conversation

        conversation = Conversation(
            self,
            session,
            text,
            files=tuple(files),
            output=None if output is None else Path(output),
            overwrite=overwrite,
            on_progress=on_progress,
        )
        return await conversation.run()
