"""Every error nemovideo raises.

    NemoError                      exit 1
    ├── UsageError                 2   an argument that cannot work; nothing was sent
    │   ├── OutputExists           2
    │   ├── OutputNotWritable      2
    │   ├── SourceNotFound         3
    │   ├── UnsupportedFile        3   wire code 4001
    │   ├── DamagedFile            3
    │   ├── FileTooLarge           3   wire code 4002
    │   ├── NoPicture              3
    │   └── TargetNotMet           4   carries least_bytes
    ├── DiskFull                   1
    ├── AuthenticationError        6   wire code 1001
    ├── PlanError                  6   HTTP 402
    ├── OutOfCredits               6   wire code 2001
    ├── SessionNotFound            5   wire code 1002
    ├── RateLimited                5   HTTP 429, carries retry_after
    ├── AgentError                 5   the chat answered with an error, carries reply
    ├── StreamInterrupted          5   the chat was cut off, carries text; client.chat.recover(error) goes on
    ├── RenderFailed               5   carries permanent
    ├── DeadlineExceeded           5   the work goes on without us: ids to come back with
    ├── ProtocolError              5   an answer that the protocol does not know
    ├── TransportError             5   no usable answer came
    │   └── ConnectionFailed       5   the request surely never arrived
    ├── EngineError                5   the embedded engine could not start or go on
    └── MissingExtra               7   names the extra to install
        └── FFmpegMissing          7

An error says what happened and to what (`message`) and what to do next (`hint`); `str()` gives both.
This module imports nothing of the package, so that every layer may raise from it.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypedDict, Unpack

__all__ = [
    "AgentError",
    "AuthenticationError",
    "ConnectionFailed",
    "DamagedFile",
    "DeadlineExceeded",
    "DiskFull",
    "EngineError",
    "FFmpegMissing",
    "FileTooLarge",
    "MissingExtra",
    "NemoError",
    "NoPicture",
    "OutOfCredits",
    "OutputExists",
    "OutputNotWritable",
    "PlanError",
    "ProtocolError",
    "RateLimited",
    "RenderFailed",
    "SessionNotFound",
    "SourceNotFound",
    "StreamInterrupted",
    "TargetNotMet",
    "TransportError",
    "UnsupportedFile",
    "UsageError",
]

_SENTENCE_ENDS = (".", "!", "?", "…", "。")
_LONGEST = 600  # characters of a message: a server's page of HTML must not become a log line


class ErrorContext(TypedDict, total=False):
    """What every error may be told besides its message; see NemoError."""

    hint: str | None
    status: int | None
    code: int | str | None
    request_id: str | None
    phase: str | None
    retryable: bool
    session_id: str | None
    render_id: str | None


class NemoError(Exception):
    """The root of every error that nemovideo raises.

    Attributes:
        message: what happened, to which file or call.
        hint: what to do next.
        status: the HTTP status, where an answer came.
        code: the backend's own code (spec, section 8).
        request_id: the server's name for the call, for its support.
        phase: connect, upload, ask, render, download or verify; output, where the shell's own cannot be written.
        retryable: whether the same call may succeed later, unchanged.
        session_id, render_id: what to come back with.
        reply: from the chat, the Reply as far as it came; None elsewhere.
        answer: from `client.ask`, the Answer with all that was done before; None where nothing was.
    """

    exit_code: ClassVar[int] = 1
    default_hint: ClassVar[str | None] = None

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        code: int | str | None = None,
        request_id: str | None = None,
        phase: str | None = None,
        retryable: bool = False,
        session_id: str | None = None,
        render_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"
        self.hint = hint if hint is not None else self.default_hint
        self.status = status
        self.code = code
        self.request_id = request_id
        self.phase = phase
        self.retryable = retryable
        self.session_id = session_id
        self.render_id = render_id
        self.reply: object = None
        self.answer: object = None

    def __str__(self) -> str:
        if not self.hint:
            return self.message
        return f"{self.message}{'' if self.message.endswith(_SENTENCE_ENDS) else '.'} {self.hint}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.__dict__.copy())


def _rebuild(kind: type[NemoError], message: str, fields: dict[str, object]) -> NemoError:
    error = kind.__new__(kind, message)
    error.args = (message,)
    error.__dict__.update(fields)
    return error


class UsageError(NemoError):
    """An argument that cannot work, found before anything was sent."""

    exit_code = 2
    default_hint = "Check the arguments, then call again."


class OutputExists(UsageError):
    """The output is there already."""

    default_hint = "Pass overwrite=True (-y on the command line) or name another output."


class OutputNotWritable(UsageError):
    """The output's folder is missing or may not be written."""

    default_hint = "Create the folder, or name an output in one that you may write."


class SourceNotFound(UsageError):
    """The source is missing, is no regular file, or may not be read."""

    exit_code = 3
    default_hint = "Check the path, and that you may read what is there."


class UnsupportedFile(UsageError):
    """The source is of a kind that this backend does not take (wire code 4001)."""

    exit_code = 3
    default_hint = "Give another file, or convert it first."


class DamagedFile(UsageError):
    """The source is a video, but parts of it cannot be decoded."""

    exit_code = 3
    default_hint = "Fetch or export the file again; its missing parts cannot be made up."


class FileTooLarge(UsageError):
    """The source is larger than this backend takes (wire code 4002)."""

    exit_code = 3
    default_hint = "Compress it on this machine (AsyncNemoClient.local(), --backend local) or trim it first."


class NoPicture(UsageError):
    """The source has sound, or nothing, but no video track."""

    exit_code = 3
    default_hint = "Give a file with a video track."


class TargetNotMet(UsageError):
    """No playable result fits under the limit.

    Attributes:
        least_bytes: the least limit, in bytes, that works for this source with these wishes; None if unknown.
    """

    exit_code = 4
    default_hint = "Allow more bytes, or ask for less: a smaller max_height, fewer fps, no audio."

    def __init__(self, message: str, *, least_bytes: int | None = None, **context: Unpack[ErrorContext]) -> None:
        if least_bytes is not None:
            context.setdefault("hint", f"Allow at least that: max_bytes={least_bytes}, --max-bytes {least_bytes}.")
        super().__init__(message, **context)
        self.least_bytes = least_bytes


class DiskFull(NemoError):
    """The disk that was written to has no room left; what was begun has been removed."""

    default_hint = "Free some space, or use another disk: for the output, or by TMPDIR for the work."


class AuthenticationError(NemoError):
    """The token is bad or has expired (wire code 1001)."""

    exit_code = 6
    default_hint = "Check NEMO_TOKEN, or leave it unset to get an anonymous token."


class PlanError(NemoError):
    """The account's plan does not export (HTTP 402): the subscription, not the credits."""

    exit_code = 6
    default_hint = "Register or upgrade your plan to unlock export; or work locally, which needs no plan."


class OutOfCredits(NemoError):
    """The account has no credits left (wire code 2001)."""

    exit_code = 6
    default_hint = "Register or top up; or work locally, which costs no credits."


class SessionNotFound(NemoError):
    """The backend does not know this session (wire code 1002)."""

    exit_code = 5
    default_hint = "Create a new session: client.session.create()."


class RateLimited(NemoError):
    """The backend refuses for now (HTTP 429).

    Attributes:
        retry_after: seconds to wait, where the server said; None otherwise.
    """

    exit_code = 5
    default_hint = "Wait, then call again."

    def __init__(self, message: str, *, retry_after: float | None = None, **context: Unpack[ErrorContext]) -> None:
        super().__init__(message, **context)
        self.retry_after = retry_after


class AgentError(NemoError):
    """The backend's agent answered with an error.

    Attributes:
        reply: the partial Reply, with what was said before.
    """

    exit_code = 5
    default_hint = "Say it in other words, or try again later."

    def __init__(self, message: str, *, reply: object = None, **context: Unpack[ErrorContext]) -> None:
        super().__init__(message, **context)
        self.reply = reply


class StreamInterrupted(NemoError):
    """The chat was cut off, and whether the message took effect is not known; it is never sent again by itself.

    `client.chat.recover(error)` goes on, in this process or, by a pickle, in another.

    Attributes:
        text: what had been said until then.
        baseline: what the session held before the message, for `recover` to compare with; None where that is unknown.
    """

    exit_code = 5
    default_hint = (
        "Do not send it again blindly: client.chat.recover(error) looks whether it took effect, "
        "client.state.timeline(session) shows what is there."
    )

    def __init__(
        self, message: str, *, text: str = "", baseline: object = None, **context: Unpack[ErrorContext]
    ) -> None:
        super().__init__(message, **context)
        self.text = text
        self.baseline = baseline


class RenderFailed(NemoError):
    """The render ended without a result.

    Attributes:
        permanent: whether the same render would fail again.
    """

    exit_code = 5
    default_hint = "Export once more; client.state.timeline(session) shows what there is to render."
    permanent_hint = (
        "It would fail again: change the draft or the file; client.state.timeline(session) shows what there is."
    )

    def __init__(self, message: str, *, permanent: bool = False, **context: Unpack[ErrorContext]) -> None:
        if permanent and context.get("hint") is None:
            context["hint"] = self.permanent_hint
        super().__init__(message, **context)
        self.permanent = permanent


class DeadlineExceeded(NemoError):
    """The caller's deadline passed; `session_id` and `render_id` say how to come back."""

    exit_code = 5
    default_hint = "The work goes on: client.render.resume(render_id) takes it up again."


class ProtocolError(NemoError):
    """The server's answer is not of the documented protocol.

    Attributes:
        text: what a chat had said before, where the answer was a chat's.
        told: the answer itself, decoded, where it was a refusal in the backend's own form; None for anything else.
    """

    exit_code = 5
    default_hint = "Check the base URL; if it is right, report this."
    text = ""
    told: object = None

    def __init__(self, message: str, **context: Unpack[ErrorContext]) -> None:
        super().__init__(message, **context)
        if self.request_id and self.hint and self.hint.endswith("report this."):
            self.hint = f"{self.hint[:-1]} with the request id {self.request_id:.100}."


class TransportError(NemoError):
    """No usable answer came; whether the server saw the request may be unknown.

    Attributes:
        retry_after: seconds to wait, where a server that is overloaded said so; None otherwise.
    """

    exit_code = 5
    default_hint = "Check the network and the base URL, then try again."

    def __init__(self, message: str, *, retry_after: float | None = None, **context: Unpack[ErrorContext]) -> None:
        super().__init__(message, **context)
        self.retry_after = retry_after


class ConnectionFailed(TransportError):
    """No connection was made: the request surely never arrived."""


class EngineError(NemoError):
    """The embedded engine could not start, or could not go on."""

    exit_code = 5
    default_hint = "Try again; if it stays, see what nemovideo doctor says."


class MissingExtra(NemoError):
    """A part of nemovideo that is installed apart is not here."""

    exit_code = 7
    default_hint = "Install it with python -m pip install and the extra that is named."


class FFmpegMissing(MissingExtra):
    """No FFmpeg was found that runs."""

    default_hint = 'Install it with: python -m pip install "nemovideo[engine]" (or point NEMO_FFMPEG at one).'
