"""A client of the imitated cloud."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import Cloud
from tests.conftest import Run

from nemovideo import AsyncNemoClient
from nemovideo.limits import Limits

Flow = Callable[[Cloud, AsyncNemoClient], Awaitable[None]]
OnCloud = Callable[..., None]


@pytest.fixture
def on_cloud(run: Run[Any], clock: TurnableClock) -> OnCloud:
    """Run a flow with a cloud and a client of it; `anonymous` leaves the client without a token."""

    def runner(flow: Flow, *, anonymous: bool = False, limits: Limits | None = None, **options: Any) -> None:
        async def within() -> None:
            async with (
                Cloud(anonymous=anonymous, **options) as cloud,
                AsyncNemoClient(cloud.url, None if anonymous else cloud.token, limits=limits, clock=clock) as client,
            ):
                await flow(cloud, client)

        run(within())

    return runner
