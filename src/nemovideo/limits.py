"""How long the client waits for what, and how much it takes: every limit of the wire, each settable."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.errors import UsageError

__all__ = ["Limits"]

_WHOLE = frozenset({"event_bytes", "recovery_attempts"})
_MAY_BE_ZERO = {
    "recovery_attempts": "0 never asks the state",
    "recovery_first": "0 asks at once",
    "recovery_again": "0 asks again at once",
    "retry_after": "0 waits for no server",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one client. Times are seconds; `float("inf")` lifts one.

    A chat whose answer is cut off or overdue is followed up by asking the session's state, so that `chat` is not the
    longest that a call may take: that is `chat + recovery_first + (recovery_attempts - 1) * recovery_again`, 1170
    seconds unless changed. `recovery_attempts=0` switches the asking off: `StreamInterrupted` is raised at once.

    Attributes:
        connect: until a connection is made.
        chat: one answer of the agent, whole; see above for what may follow.
        only_heartbeats: an answer in which nothing but heartbeats comes.
        silence: an answer, or any other call, in which no byte comes: a generation may take 300 s and, on a plain chat
            server, sends nothing meanwhile. Of any other call than a chat or a transfer, the whole body of the answer
            has to come in this time after its headers, however it trickles; a read met by silence is repeated once.
        still_working: how often a wait tells `StillWorking`.
        event_bytes: the largest single event of an answer, in bytes.
        recovery_first, recovery_again, recovery_attempts: after a cut, how long until the state is asked, how long
            until it is asked again, and how many unchanged answers in a row mean that nothing happened; 0 attempts
            never ask.
        poll: between two looks at a render, where the server does not hold its answer back.
        stall: a transfer in which no byte moves; transfers have no limit as a whole.
        retry_after: the longest wait that a server's `Retry-After` is granted; a longer one is raised at once.

    Raises:
        UsageError: one is no number, or not above zero. Zero is allowed for `retry_after` and the recovery's.

    Example:
        >>> Limits(chat=120.0).chat
        120.0

    Source: spec, section 10; recovery: section 5.
    """

    connect: float = 30.0
    chat: float = 900.0
    only_heartbeats: float = 600.0
    silence: float = 330.0
    still_working: float = 120.0
    event_bytes: int = 16 * 1024 * 1024
    recovery_first: float = 30.0
    recovery_again: float = 60.0
    recovery_attempts: int = 5
    poll: float = 30.0
    stall: float = 60.0
    retry_after: float = 120.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            _check(name, getattr(self, name))


def _check(name: str, value: object) -> None:
    whole, zero = name in _WHOLE, _MAY_BE_ZERO.get(name)
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1
    if (isinstance(number, int) or not whole) and (number > 0 or (number == 0 and zero)):  # which no NaN is
        return
    kind = "a whole number" if whole else "a number of seconds"
    least = f"{kind}, 0 or more ({zero})" if zero else f"{kind} above zero"
    raise UsageError(f"Limits: {name} must be {least}: {value!r:.100}.", hint="Change it, or leave it out.")
