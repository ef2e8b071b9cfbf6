"""The faults that an engine can be told to have: rules, what they met, and how they come over an answer.

What was accepted is real: a fault of the answer leaves the work done, a refusal leaves it undone.
"""

from __future__ import annotations

import logging
import random
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nemovideo.engine.faults.rules import FaultRule, make_rule

__all__ = ["Asked", "Faults"]

_log = logging.getLogger("nemovideo.engine.faults")

_REMEMBERED = 10_000  # requests; a served engine runs for long


@dataclass(slots=True)
class Asked:
    """One request, without its token.

    Attributes:
        call: its name among the wire's calls; empty for a path that is none.
        method, path, headers: as they came; header names in lower case, without `authorization`.
        session_id, render_id: what it is about, where it says so.
        json: the body, where it was one JSON object.
        fault: the rule that it met.
        status: what the engine itself answered; None where a fault kept it from being asked.
    """

    call: str
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    session_id: str | None = None
    render_id: str | None = None
    json: Mapping[str, object] | None = None
    fault: FaultRule | None = None
    status: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether the engine did what was asked, whatever the client was told."""
        return self.status is not None and self.status < 400


@dataclass(slots=True)
class _Entry:
    rule: FaultRule
    chances: random.Random
    met: int = 0
    applied: int = 0

    def concerns(self, asked: Asked) -> bool:
        rule = self.rule
        return (
            (asked.call in rule.call or "any" in rule.call)
            and rule.session_id in {None, asked.session_id}
            and rule.render_id in {None, asked.render_id}
        )

    def is_due(self) -> bool:
        rule = self.rule
        self.met += 1
        behind = self.met - rule.after
        if behind <= 0 or (rule.first is not None and self.applied >= rule.first):
            return False
        if rule.every is not None and behind % rule.every:
            return False
        if rule.chance is not None and self.chances.random() >= rule.chance:
            return False
        self.applied += 1
        return True


class Faults:
    """Rules that may be changed while the engine runs, from any thread.

    Attributes:
        requests: what was asked, oldest first; the last ten thousand.

    Example:
        >>> faults = Faults()
        >>> rule = faults.add(call="chat", first=1, error=429, retry_after=2)
        >>> faults.rules == (rule,)
        True
    """

    def __init__(self, rules: Iterable[FaultRule] = ()) -> None:
        self.requests: deque[Asked] = deque(maxlen=_REMEMBERED)
        self._entries: tuple[_Entry, ...] = ()  # replaced, never changed: another thread may be looking at it
        self._expired: frozenset[str] = frozenset()
        self._applied: Counter[str] = Counter()
        for rule in rules:
            self._append(rule)

    @property
    def rules(self) -> tuple[FaultRule, ...]:
        """The rules in force, in the order in which they are tried."""
        return tuple(entry.rule for entry in self._entries)

    @property
    def applied(self) -> Mapping[str, int]:
        """How often each rule has happened, by its words; rules that were cleared still count."""
        return dict(self._applied)

    def add(self, rule: FaultRule | None = None, /, **keys: object) -> FaultRule:
        """Put a rule behind the others; its keys are those of a file.

        Raises:
            UsageError: one line that names the key.
        """
        made = rule if rule is not None else make_rule(keys)
        self._append(made)
        return made

    def clear(self) -> None:
        """Take every rule away; what was asked and what has happened stays told."""
        self._entries, self._expired = (), frozenset()

    def _append(self, rule: FaultRule) -> None:
        self._entries = (*self._entries, _Entry(rule, random.Random(rule.seed)))  # noqa: S311 -- chance, not secrecy

    def meet(self, asked: Asked) -> FaultRule | None:
        """Take a request down, and give the rule that happens to it."""
        self.requests.append(asked)
        for entry in self._entries:
            if entry.concerns(asked) and entry.is_due():
                asked.fault = entry.rule
                self._applied[str(entry.rule)] += 1
                _log.warning("fault on %s %s: %s", asked.method, asked.path, entry.rule)
                return entry.rule
        return None

    def expire(self, bearer: str) -> None:
        """Let a bearer be unknown from now on, until the rules are cleared."""
        self._expired |= {bearer}

    def has_expired(self, bearer: str) -> bool:
        """Whether `expire` was said of it."""
        return bearer in self._expired
