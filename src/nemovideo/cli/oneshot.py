"""What `ask`, `upload`, `state` and `export` share: a client for one shot, and the session that they come back to."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nemovideo.cli.backends import describe, open_client
from nemovideo.errors import RenderFailed, SessionNotFound, StreamInterrupted, UsageError
from nemovideo.protocol.tongue import is_chinese

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping

    from nemovideo.cli.memory import SessionMemory
    from nemovideo.cli.output import Output
    from nemovideo.client import AsyncNemoClient

__all__ = ["Choice", "choose", "one_shot", "patience"]

NEW = "new"
STILL_WORKING = 120.0  # seconds between two signs of life (spec, section 10)


@contextmanager
def one_shot(backend: str, skill: str | None, told: Output, *, abandon: bool = True) -> Generator[AsyncNemoClient]:
    """A client that is not yet entered; the local engine keeps its data for the next command, one at a time.

    Args:
        backend: local, cloud, or an engine's URL.
        skill: a skill's folder or SKILL.md.
        told: what is said on the way.
        abandon: end what a killed command left rendering on this machine, rather than begin it again.
    """
    told.aside(describe(backend))
    if backend != "local":
        yield open_client(backend, skill=skill)
        return
    from nemovideo.cli.localfolder import folder_for_commands  # noqa: PLC0415 - the local backend's own

    with folder_for_commands(told.note, abandon=abandon) as folder:
        yield open_client(backend, skill=skill, data_dir=folder)


@asynccontextmanager
async def patience(
    say: Callable[[str], None], *, every: float = STILL_WORKING, sleep: Callable[[float], Awaitable[None]] | None = None
) -> AsyncGenerator[None]:
    """Say "Still working..." every so often while the block lasts."""
    wait = sleep or asyncio.sleep

    async def tick() -> None:
        while True:
            await wait(every)
            say("Still working...")

    ticking = asyncio.create_task(tick())
    try:
        yield
    finally:
        ticking.cancel()
        await asyncio.wait([ticking])


@dataclass(slots=True)
class Choice:
    """Which session a command works in.

    Attributes:
        memory: what is remembered of this backend.
        kept: the session that was remembered.
        given: what `--session` said: an id, `new` or nothing.
        say: told when something is not as expected.
        language: what a new session is to answer in.
        made: whether a new session was made.
    """

    memory: SessionMemory
    kept: str | None
    given: str | None
    say: Callable[[str], None]
    language: Literal["en", "zh"] = "en"
    made: bool = False

    @property
    def named(self) -> str | None:
        """The session that is there already, as far as we know."""
        return self.kept if self.given is None else None if self.given == NEW else self.given

    def present(self) -> str:
        """The session to look at.

        Raises:
            UsageError: there is none.
        """
        if self.given == NEW:
            raise UsageError(
                "A new session has nothing in it yet.", hint=f"Begin with: {self._begin('--session new ')}"
            )
        if self.named is None:
            raise UsageError(
                f"There is no session yet with this backend ({self.memory.backend}).",
                hint=f"Begin with: {self._begin()}, or name one with --session ID.",
            )
        return self.named

    async def usable(self, client: AsyncNemoClient, *, replace: bool) -> str:
        """The session to work in: the one that is there, else a new one.

        Args:
            client: asks the backend.
            replace: whether nothing is lost when a remembered session is gone, so that a new one is made.

        Raises:
            SessionNotFound: the one given, or one that must not be replaced, is not known to the backend.
        """
        if self.named is None:
            return await self._create(client)
        if self.given is None and replace and not await _known(client, self.named):
            self.say(f"The session {self.named} is not known any more; a new one is made.")
            return await self._create(client)
        return self.named

    async def keep(self, session_id: str) -> None:
        """Remember a session that has proved good."""
        if session_id != self.kept and not await asyncio.to_thread(self.memory.remember, session_id):
            self.say(f"This session cannot be remembered here; come back to it with --session {session_id}.")
        self.kept = session_id

    @contextmanager
    def explained(self) -> Generator[None]:
        """Say of a session that is not found, an answer cut off, a render that failed how to go on from a shell."""
        try:
            yield
        except SessionNotFound as error:
            which = error.session_id or self.named
            error.message = f"The session {which} is not known to this backend ({self.memory.backend})."
            error.hint = f"Begin anew: {self._begin('--session new ')}"
            raise
        except StreamInterrupted as error:
            error.hint = f"The work may go on: look with nemovideo state{self._where} before you say it again."
            raise
        except RenderFailed as error:
            if error.hint in {RenderFailed.default_hint, RenderFailed.permanent_hint}:  # which speak to a program
                error.hint = f"See nemovideo state{self._where} for what there is to render."
            raise

    async def _create(self, client: AsyncNemoClient) -> str:
        session = await client.session.create(language=self.language)
        self.made = True
        await self.keep(session.id)
        return session.id

    def _begin(self, option: str = "") -> str:
        return f"nemovideo upload{self._where} {option}VIDEO"

    @property
    def _where(self) -> str:
        return "" if self.memory.backend == "local" else f" --backend {self.memory.backend}"


def choose(backend: str, given: str | None, say: Callable[[str], None], *, text: str = "") -> Choice:
    """Look up what is remembered of a backend; `text` is what is said, if anything is."""
    from nemovideo.cli.memory import SessionMemory  # noqa: PLC0415 - --help and refusals do without

    memory = SessionMemory(backend)
    return Choice(memory, memory.recall(), given, say, language_of(text, os.environ))


def language_of(text: str, environ: Mapping[str, str]) -> Literal["en", "zh"]:
    """The language of what is said, else of the person's locale: one of the two that the backend's agent speaks."""
    if text:
        return "zh" if is_chinese(text) else "en"
    spoken = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if spoken.startswith("zh") else "en"


async def _known(client: AsyncNemoClient, session_id: str) -> bool:
    """Ask before sending anything: a film would be sent for nothing."""
    try:
        await client.state.get(session_id)
    except SessionNotFound:
        return False
    return True
