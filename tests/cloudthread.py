"""The imitated cloud on a loop and thread of its own, for clients that block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from anyio.from_thread import start_blocking_portal
from tests.clock import TurnableClock
from tests.cloud import Cloud

from nemovideo import NemoClient


@contextmanager
def blocking_cloud(**options: Any) -> Iterator[tuple[Cloud, NemoClient, Callable[..., Any]]]:
    """The cloud, a client of it, and a way to have something called in the cloud's thread."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Cloud(**options)) as cloud,
        NemoClient(cloud.url, cloud.token, clock=TurnableClock()) as client,
    ):
        yield cloud, client, portal.call
