"""An engine for the tests of programs that use nemovideo: a pytest plugin, and a context manager without pytest.

The engine is the real one, on real sockets, on a thread of its own: it serves synchronous and asynchronous tests alike.
What it is told to do wrong is in `NemoEngine.faults`; docs/testing.md has the whole.
"""

# A part of every pytest run on this machine: nothing heavy is imported before a fixture is used.

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from nemovideo import AsyncNemoClient, Limits, NemoClient
    from nemovideo.clock import Clock
    from nemovideo.engine.executors.executor import Executor
    from nemovideo.engine.faults.faults import Asked, Faults
    from nemovideo.engine.local import EngineThread

__all__ = ["EngineOptions", "NemoEngine", "NemoEngineFactory", "running_engine"]


class EngineOptions(TypedDict, total=False):
    """How an engine for tests is set up.

    Attributes:
        faults: a file of rules, or the rules themselves as dictionaries.
        executor: what encodes; this machine's FFmpeg unless given.
        metered: whether chat edits cost credits; those of the engine's own token never do.
        allow_private_urls: whether uploads by URL may reach this machine.
        data_dir: where it keeps its data; a temporary folder unless given.
    """

    faults: str | os.PathLike[str] | Iterable[Mapping[str, object]]
    executor: Executor
    metered: bool
    allow_private_urls: bool
    data_dir: str | os.PathLike[str]


class ClientOptions(TypedDict, total=False):
    """What a client of the engine may be told; see AsyncNemoClient."""

    skill: str | os.PathLike[str]
    language: str
    limits: Limits
    trust_env: bool
    clock: Clock


class NemoEngine:
    """A running engine and what happened to it.

    Attributes:
        base_url: where it listens; the same after a restart.
        token: a bearer for it that stands outside of quotas.
        faults: what it does wrong, live: `faults.add(call="chat", first=1, error=429)`, `faults.clear()`,
            `faults.applied`.

    Example:
        >>> def test_mine(nemo_engine):
        ...     with nemo_engine.blocking_client() as client:
        ...         assert client.credits.balance().available == 100
    """

    def __init__(self, folder: Path, faults: Faults, executor: Executor, *, metered: bool, private_urls: bool) -> None:
        self.base_url = ""
        self.token = f"nmv_key_{secrets.token_urlsafe(32)}"
        self.faults = faults
        self._folder, self._executor = folder, executor
        self._metered, self._private_urls = metered, private_urls
        self._thread: EngineThread | None = None

    def __repr__(self) -> str:
        return f"NemoEngine({self.base_url!r}, {len(self.faults.rules)} faults)"

    @property
    def requests(self) -> Sequence[Asked]:
        """What was asked so far, oldest first: call, path, headers, body, what became of it; never a token."""
        return tuple(self.faults.requests)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a process of its own finds this engine."""
        return {"NEMO_API_URL": self.base_url, "NEMO_TOKEN": self.token, "NEMO_BACKEND": self.base_url}

    def client(self, *, anonymous: bool = False, **options: Unpack[ClientOptions]) -> AsyncNemoClient:
        """A client of this engine, to be used within `async with`.

        Args:
            anonymous: it asks for a token of its own, as against the cloud, and keeps it in the user's folder.
            options: as for AsyncNemoClient. The environment's proxies do not count unless you say so.
        """
        from nemovideo.client import AsyncNemoClient  # noqa: PLC0415 -- see the top

        said: ClientOptions = {"trust_env": False, **options}
        return AsyncNemoClient(self.base_url, None if anonymous else self.token, **said)

    def blocking_client(self, *, anonymous: bool = False, **options: Unpack[ClientOptions]) -> NemoClient:
        """A blocking client of this engine, to be used within `with`; the arguments are those of `client`."""
        from nemovideo.blocking import NemoClient  # noqa: PLC0415 -- see the top

        said: ClientOptions = {"trust_env": False, **options}
        return NemoClient(self.base_url, None if anonymous else self.token, **said)

    def restart(self) -> None:
        """Stop it and start it again on the same port and folder, as after a crash or an update. Blocks."""
        self.stop()
        self.start()

    def start(self) -> None:
        """Start it; the fixture and `running_engine` have done so.

        Raises:
            EngineError: it cannot listen, or cannot write its folder.
        """
        from nemovideo.engine.config import EngineConfig  # noqa: PLC0415 -- see the top
        from nemovideo.engine.local import EngineThread  # noqa: PLC0415

        config = EngineConfig(
            data_dir=self._folder,
            port=int(self.base_url.rpartition(":")[2] or 0),
            key=self.token,
            metered=self._metered,
            allow_private_urls=self._private_urls,
            faults=self.faults,
        )
        self._thread = EngineThread(config, self._executor)
        self._thread.start()
        self.base_url = self._thread.ready.result()

    def stop(self) -> None:
        """Stop it; again does nothing. Blocks until its thread has ended."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.halt()
            thread.join()


class NemoEngineFactory(Protocol):
    """Makes engines that live until the end of the test."""

    def __call__(self, **options: Unpack[EngineOptions]) -> NemoEngine:
        """Start one more."""
        ...


@contextlib.contextmanager
def running_engine(**options: Unpack[EngineOptions]) -> Generator[NemoEngine]:
    """An engine that runs within the block.

    Raises:
        MissingExtra: the extra `engine` is not installed. UsageError: the faults cannot be understood.

    Example:
        >>> with running_engine(faults=[{"call": "chat", "chance": 0.3, "silent": True}]) as engine:  # doctest: +SKIP
        ...     print(engine.base_url)
    """
    faults = _faults(options.get("faults", ()))
    executor = options.get("executor") or _this_machine()
    given = options.get("data_dir")
    with contextlib.ExitStack() as stack:
        folder = Path(given) if given is not None else Path(tempfile.mkdtemp(prefix="nemovideo-testing-"))
        if given is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        engine = NemoEngine(
            folder,
            faults,
            executor,
            metered=options.get("metered", True),
            private_urls=options.get("allow_private_urls", False),
        )
        stack.callback(engine.stop)
        engine.start()
        yield engine


def _faults(given: str | os.PathLike[str] | Iterable[Mapping[str, object]]) -> Faults:
    from nemovideo.engine.faults.faults import Faults  # noqa: PLC0415
    from nemovideo.engine.faults.rules import make_rule, read_rules  # noqa: PLC0415 -- see the top

    if isinstance(given, Iterable) and not isinstance(given, str):
        return Faults(make_rule(keys, where=f"Rule {number}") for number, keys in enumerate(given, 1))
    return Faults(read_rules(Path(given)))


def _this_machine() -> Executor:
    from nemovideo.errors import MissingExtra  # noqa: PLC0415 -- see the top

    try:
        from nemovideo.engine.server import this_machine  # noqa: PLC0415

        return this_machine()
    except ModuleNotFoundError as problem:
        if (problem.name or "").startswith("nemovideo"):
            raise
        raise MissingExtra(
            f"An engine for tests needs {problem.name}, which is not installed.",
            hint='Install it with: python -m pip install "nemovideo[engine]".',
        ) from problem


try:
    import pytest
except ModuleNotFoundError:  # `running_engine` does without
    pass
else:

    @pytest.fixture
    def nemo_engine(nemo_engine_factory: NemoEngineFactory) -> NemoEngine:
        """An engine of this test's own, on a free port."""
        return nemo_engine_factory()

    @pytest.fixture
    def nemo_engine_factory() -> Iterator[NemoEngineFactory]:
        """Makes engines for this test: `nemo_engine_factory(faults=[…])`, two at once, one after the other."""
        from nemovideo.errors import NemoError  # noqa: PLC0415 -- see the top

        with contextlib.ExitStack() as stack:

            def make(**options: Unpack[EngineOptions]) -> NemoEngine:
                try:
                    return stack.enter_context(running_engine(**options))
                except NemoError as problem:
                    pytest.fail(str(problem), pytrace=False)

            yield make
