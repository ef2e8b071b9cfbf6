"""`client.ask`: a person's words in, something to read out (the seeds' skill behaviour).

The words are routed (spec, section 6), the actions run in order, the backend's talk of a screen is translated and
carried out (section 7), and every answer leaves the person with something to read: an edit without a word is told by
what it changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nemovideo.errors import AgentError, NemoError, UsageError
from nemovideo.progress import ProgressCallback
from nemovideo.protocol.gui import GuiAction, translate
from nemovideo.protocol.reply import Reply
from nemovideo.protocol.routing import Action, Step, refused, steps
from nemovideo.resources.preview import fitted_resolution
from nemovideo.resources.session import SessionLike, session_id_of
from nemovideo.resources.state import State
from nemovideo.source import SourceLike
from nemovideo.transport.part import check_output
from nemovideo.workflows import evidence, wording
from nemovideo.workflows.answer import Answer
from nemovideo.workflows.naming import destination, said_format, short_side

if TYPE_CHECKING:
    from nemovideo.client import AsyncNemoClient

__all__ = ["Answer", "Conversation"]


@dataclass(slots=True)
class Conversation:
    """One turn. What was done before an error is on the error, as `answer`."""

    client: AsyncNemoClient
    session: SessionLike
    text: str
    files: Sequence[SourceLike] = ()
    output: Path | None = None
    overwrite: bool = False
    on_progress: ProgressCallback | None = None
    _language: wording.Language = "en"
    _steps: list[Step] = field(default_factory=list[Step])
    _blocks: list[str] = field(default_factory=list[str])
    _done: list[Action] = field(default_factory=list[Action])
    _changes: list[str] = field(default_factory=list[str])
    _exported: list[Path] = field(default_factory=list[Path])
    _reply: Reply | None = None
    _to_file: bool = False
    _worked: bool = False
    _acted: bool = False
    _idle: bool = False
    _failed: bool = False
    _implied: bool = False

    async def run(self) -> Answer:
        """Take it."""
        self._language = wording.language_of(self.text)
        self._steps = await self._planned()
        try:
            if self.files:
                await self._upload(self.files)
            for step in self._steps:
                if step.action == "export" and (self._failed or (self._idle and self._implied)):
                    self._hold_back()
                else:
                    await self._take(step)
        except NemoError as error:
            error.session_id = error.session_id or session_id_of(self.session)
            if self._done:
                answer = self._answer()
                error.answer = answer
                error.add_note(f"Before that: {answer}")
            raise
        return self._answer()

    async def _planned(self) -> list[Step]:
        """The steps, after what cannot work is refused."""
        if not self.text.strip():
            if not self.files:
                raise UsageError("There is nothing to do: the text is empty.", hint="Say what you want.")
            return []
        planned = list(steps(self.text))
        if self.output is not None:
            self.output = await asyncio.to_thread(self.output.expanduser)
        if self.output is None or await asyncio.to_thread(self.output.is_dir):
            return planned
        self._to_file = True
        wanted = {step.action for step in planned}
        if "chat" in wanted and "export" not in wanted | refused(self.text):
            planned.append(Step("export", ""))  # who names a file wants it, once the work is done
            wanted.add("export")
            self._implied = True
        if "export" in wanted:
            await asyncio.to_thread(check_output, self.output, overwrite=self.overwrite)  # before work for nothing
        return planned

    async def _take(self, step: Step) -> None:
        match step.action:
            case "upload":
                await self._upload_named(step.names)
            case "credits":
                await self._credits()
            case "state":
                await self._state()
            case "export":
                await self._export(step)
            case "chat":
                await self._chat(step.text)

    async def _upload_named(self, names: Sequence[str]) -> None:
        if names:
            await self._upload(names)
        elif not self.files:
            self._done.append("upload")
            self._blocks.append(wording.no_file(self._language))

    async def _upload(self, sources: Sequence[SourceLike]) -> None:
        uploads = await self.client.upload.many(self.session, sources, on_progress=self.on_progress)
        self._say("upload", wording.uploaded(uploads, self._language))

    async def _credits(self) -> None:
        if self.client.is_local:
            self._say("credits", wording.uncounted(self._language))
        else:
            self._say("credits", wording.balance(await self.client.credits.balance(), self._language))

    async def _state(self) -> None:
        self._say("state", wording.summary(await self.client.state.timeline(self.session), self._language))

    async def _export(self, step: Step) -> None:
        state = await self.client.state.get(self.session)
        if not state.timeline.exportable:
            raise UsageError(
                "There is nothing to export: the timeline is empty.",
                hint="Upload a video and say what to do with it.",
                phase="render",
                session_id=session_id_of(self.session),
            )
        said = step.names[-1] if step.names else None
        path = await asyncio.to_thread(destination, self.output, said, state, format=said_format(step.text))
        side = short_side(step.text)
        path = await self.client.render.export(
            self.session,
            path,
            overwrite=self.overwrite,
            resolution=None if side is None else fitted_resolution(state, side),
            on_progress=self.on_progress,
        )
        self._exported.append(path)
        size = (await asyncio.to_thread(path.stat)).st_size
        self._say("export", wording.exported(path, size, self._language))
        if self._idle:
            self._blocks.append(wording.as_it_was(self._language))

    def _hold_back(self) -> None:
        """No export of a film that is not what was asked for."""
        if not self._to_file:
            self._blocks.append(wording.held_back(self._language))
            return
        said = wording.first_line("" if self._reply is None else self._reply.text)
        raise AgentError(
            f"Nothing was exported, as nothing was done{f'; the agent said: {said}' if said else '.'}",
            hint='Say it in other words, or say "export" to have the timeline as it is.',
            reply=self._reply,
            phase="ask",
        )

    async def _chat(self, text: str) -> None:
        """Say it to the agent, and do what the reply asks of a screen."""
        self._acted = False
        self._reply = await self._said(text)
        translation = translate(self._reply.text)
        self._tell(self._reply, translation.text, translation.notes, acts=bool(translation.actions))
        asked = {step.action for step in self._steps if step.action != "chat"} | set(self._done) - {"chat"}
        for action in translation.actions:
            if action.kind not in asked | refused(self.text):
                await self._by_itself(action)
        self._idle = self._idle or not self._acted
        self._failed = self._failed or (not self._acted and evidence.failed(self._reply))
        if not self._blocks and not asked:
            self._blocks.append(wording.only_screen(self._language))

    async def _said(self, text: str) -> Reply:
        """Say it once, with the state before it at hand: a reply's words alone prove nothing."""
        state = await self._looked()
        before = evidence.baseline(state)
        reply = await self.client.chat.send(self.session, text, baseline=None if before is None else state)
        self._changes += reply.changes
        acted = evidence.told_by(reply)
        if not acted and not reply.compared and before is not None:
            acted = evidence.changed(before, await self._looked())
        self._acted = self._acted or acted
        self._worked = self._worked or acted or evidence.looked_ahead(reply)
        return reply

    async def _looked(self) -> State | None:
        try:
            return await self.client.state.get(self.session)
        except NemoError:
            return None  # the chat's own error, if there is one, tells more

    def _tell(self, reply: Reply, words: str, notes: Sequence[str], *, acts: bool) -> None:
        """The reply in words; what changed where it has none, and what it could not do."""
        silent = not words.strip() and not notes and not acts
        if words.strip():
            self._blocks.append(words)
        if silent or reply.changes:
            self._blocks.append(wording.silent(reply, self._language))
        self._blocks += notes
        if reply.error is not None:
            self._blocks.append(wording.not_done("chat", reply.error.message, self._language))
        self._done.append("chat")

    async def _by_itself(self, action: GuiAction) -> None:
        """Do what only the backend asked for: where it fails, that is a note and no error."""
        kind: Action = "chat" if action.kind == "edit" else action.kind
        try:
            if action.kind == "edit":
                reply = await self._said(action.text)
                translation = translate(reply.text)  # its own instructions are not followed: no end would be in sight
                self._tell(reply, translation.text, translation.notes, acts=False)
            else:
                await self._take(Step(kind, ""))
        except NemoError as error:
            self._blocks.append(wording.not_done(kind, str(error), self._language))

    def _say(self, action: Action, words: str) -> None:
        self._done.append(action)
        self._worked = True
        self._blocks.append(words)

    def _answer(self) -> Answer:
        return Answer(
            text="\n\n".join(self._blocks),
            actions=tuple(self._done),
            changes=tuple(self._changes),
            files=tuple(self._exported),
            reply=self._reply,
            done=self._worked,
        )
