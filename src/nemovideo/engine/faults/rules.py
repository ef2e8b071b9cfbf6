"""Faults as data: what a rule may say, and how a file of rules is read.

A rule names the calls that it meets, when, and what then happens. Its keys are the same in a file and in Python.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError, model_validator

from nemovideo.errors import UsageError

__all__ = ["CALLS", "FaultRule", "make_rule", "read_rules"]

CallName = Literal[
    "token", "claim", "session", "chat", "upload", "credits", "state", "render", "status", "cancel", "download"
]
CALLS: tuple[str, ...] = get_args(CallName)
"""The names of the wire's calls (spec, section 2)."""

Place = Literal["request", "before", "headers", "body"]
Count = Annotated[int, Field(strict=True, ge=1)]
Seconds = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Bytes = Annotated[int, Field(strict=True, ge=0)]
Difference = Annotated[int, Field(strict=True)]

_LONGEST_FILE = 1 << 20  # bytes; a file of rules is written by hand

_ONLY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("range", "etag", "corrupt", "resize"), ("download",)),
    **dict.fromkeys(("silent", "heartbeats", "wait", "interval", "dialect", "partial", "thought"), ("chat",)),
    **dict.fromkeys(("crash", "agent_error", "noise", "twice", "says"), ("chat",)),
    **dict.fromkeys(("fail", "stuck", "plain"), ("status",)),
    "form": ("render", "status"),
}
"""Keys that mean something on these calls only."""

_NEEDS: dict[str, tuple[str, ...]] = {
    "message": ("error",),
    "body": ("status",),
    "at": ("drop", "stall"),
    "interval": ("heartbeats",),
}
"""Keys that say how another one is meant: one of these must be there."""

_WHEN = frozenset({"call", "first", "after", "every", "chance", "seed", "session_id", "render_id"})
_HOW = frozenset({"message", "body", "at", "end", "interval", "accepted", "retry_after"})


def _several(value: object) -> object:
    """One name, or a list of them."""
    if isinstance(value, list):
        return tuple(cast("list[object]", value))
    return (value,) if isinstance(value, str) else value


class FaultRule(BaseModel):
    """One rule; docs/testing.md has its keys as a table.

    The first rule that is due is the one that happens, and the rules behind it do not count that call: rules that are
    listed one after the other with `first: 1` are a script.

    Attributes:
        call: the calls that it meets; `any` meets all.
        first, after, every, chance, seed: at most so many times; only behind so many calls; each so-manieth of them;
            with this probability, the same in every run with the same seed.
        session_id, render_id: only calls about these.
        accepted: whether the engine does what was asked before the fault happens. Unless it is said, a call that is
            refused (error, status, redirect, drop or stall within the request) does nothing, and any other is done.

    Example:
        >>> FaultRule(call="chat", first=1, drop="body", end="rst").accepts
        True
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    call: Annotated[tuple[CallName | Literal["any"], ...], BeforeValidator(_several), Field(min_length=1)] = ("any",)
    first: Count | None = None
    after: Bytes = 0
    every: Count | None = None
    chance: Annotated[float, Field(strict=True, ge=0, le=1)] | None = None
    seed: Difference = 0
    session_id: str | None = None
    render_id: str | None = None

    error: Literal[1001, 1002, 2001, 4001, 4002, 400, 402, 429] | None = None
    message: str | None = None
    status: Annotated[int, Field(strict=True, ge=200, le=599)] | None = None
    body: str | dict[str, Any] | list[Any] | None = None
    redirect: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    retry_after: str | int | float | None = None
    accepted: StrictBool | None = None
    expire: StrictBool = False

    delay: Seconds | None = None
    speed: Count | None = None
    stall: Place | None = None
    drop: Place | None = None
    at: Bytes | None = None
    end: Literal["fin", "rst"] = "fin"
    framing: Literal["chunked", "sized", "close"] | None = None
    garbage: Literal["status-line", "chunk-size", "header", "json", "gzip"] | None = None
    length: Difference | None = None

    range: Literal["ignore", "wrong", "refuse"] | None = None
    etag: Literal["changed", "none"] | None = None
    corrupt: StrictBool = False
    resize: Difference | None = None

    silent: StrictBool = False
    heartbeats: Literal["empty", "flat", "word", "event", "comment", "all"] | None = None
    wait: Seconds = 0.0
    interval: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = None
    dialect: Literal["flat", "snake"] | None = None
    partial: StrictBool = False
    thought: StrictBool = False
    crash: Literal["escaped", "unescaped"] | None = None
    agent_error: str | None = None
    noise: StrictBool = False
    twice: StrictBool = False
    says: str | None = None

    fail: Literal["passing", "permanent", "silent"] | None = None
    stuck: StrictBool = False
    plain: StrictBool = False
    form: Literal["S", "V"] | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        said = self.model_fields_set
        if not said - _WHEN - _HOW - {"headers"} and not self.headers:
            raise ValueError("the rule says no fault: add error, status, drop, stall, delay or another")
        if "error" in said and (others := sorted(said & {"status", "redirect"})):
            raise ValueError(f"error and {others[0]} are two answers; say one of them")
        for key in sorted(said & _ONLY.keys()):
            if not set(self.call) <= set(_ONLY[key]):
                raise ValueError(f"{key} is for call: {' or '.join(_ONLY[key])} only")
        for key in sorted(said & _NEEDS.keys()):
            if not said & set(_NEEDS[key]):
                raise ValueError(f"{key} needs {' or '.join(_NEEDS[key])} beside it")
        if self.drop is not None and self.stall is not None:
            raise ValueError("drop and stall are two ends of one answer; say one of them")
        return self

    @property
    def refuses(self) -> bool:
        """Whether the answer is not the engine's own."""
        return self.error is not None or self.status is not None or self.redirect is not None

    @property
    def accepts(self) -> bool:
        """Whether the engine does what was asked."""
        if self.accepted is not None:
            return self.accepted
        return not self.refuses and "request" not in {self.drop, self.stall}

    @property
    def by_hand(self) -> bool:
        """Whether the answer is no proper HTTP, or comes in a way that only bytes on the socket can."""
        return bool(
            self.speed or self.stall or self.drop or self.framing or self.length or self.garbage not in {None, "json"}
        )

    def __str__(self) -> str:
        said = {key: value for key, value in self.model_dump().items() if key in self.model_fields_set - {"call"}}
        calls = ", ".join(self.call)
        return f"{calls}: {', '.join(f'{key}={value}' for key, value in said.items())}"


def make_rule(keys: object, *, where: str = "The rule") -> FaultRule:
    """A rule from what a file or a caller says.

    Raises:
        UsageError: one line that names the rule and the key.
    """
    if not isinstance(keys, dict):
        raise UsageError(f"{where}: is no table of keys.", hint="The documentation's page Testing lists the keys.")
    try:
        return FaultRule.model_validate(keys)
    except ValidationError as problem:
        raise _named(problem, where) from None


def read_rules(path: str | Path) -> tuple[FaultRule, ...]:
    """The rules of a YAML or JSON file: a list, or a table with the list under `faults`. Blocks.

    Raises:
        UsageError: the file cannot be read, or one line that names the rule and the key.
    """
    import yaml  # noqa: PLC0415 -- for those alone who wish for faults

    path = Path(path)
    try:
        with path.open("rb") as file:
            found: object = yaml.safe_load(file.read(_LONGEST_FILE))
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {problem.strerror}.", hint="Name a YAML file of faults.") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", None)
        where = "" if line is None else f" (line {line + 1})"
        raise UsageError(
            f"{path}: is no YAML{where}.", hint="Write a list of rules; see the documentation's page Testing."
        ) from None
    if isinstance(found, dict):
        found = cast("dict[object, object]", found).get("faults")
    if not isinstance(found, list):
        raise UsageError(
            f"{path}: holds no list of rules.", hint="Write a list of rules; see the documentation's page Testing."
        )
    rules = cast("Iterable[object]", found)
    return tuple(make_rule(keys, where=f"{path}, rule {number}") for number, keys in enumerate(rules, 1))


def _named(problem: ValidationError, where: str) -> UsageError:
    error = problem.errors()[0]
    key = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, FaultRule.model_fields, n=1)
        hint = f"Did you mean {near[0]}?" if near else "The documentation's page Testing lists the keys."
        return UsageError(f"{where}, {key}: there is no such key.", hint=hint)
    said = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ").rstrip(".")
    given = f", not {error['input']!r:.60}" if key and error["msg"].startswith("Input should be") else ""
    prefix = "should be " if given else ""
    named = f"{where}, {key}" if key else where
    return UsageError(f"{named}: {prefix}{said}{given}.", hint="The documentation's page Testing lists the keys.")
