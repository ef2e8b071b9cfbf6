"""A caller of the imitated cloud, without the client around it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable

import pytest
from tests.clock import TurnableClock
from tests.cloud import Cloud

from nemovideo.credentials import Credentials
from nemovideo.limits import Limits
from nemovideo.network import Network
from nemovideo.settings import Settings
from nemovideo.transport.caller import Caller

MakeCaller = Callable[..., contextlib.AbstractAsyncContextManager[Caller]]


@pytest.fixture
def calling(clock: TurnableClock) -> MakeCaller:
    """Make a caller of a cloud, with the token of that cloud or, where it is an anonymous one, without."""

    @contextlib.asynccontextmanager
    async def make(
        cloud: Cloud, *, token: str | None = None, limits: Limits | None = None, network: Network | None = None
    ) -> AsyncGenerator[Caller]:
        credentials = Credentials(
            cloud.url, token=token or cloud.token, settings=Settings.from_environment({}), clock=clock
        )
        caller = Caller(
            cloud.url, credentials, {}, web_url="https://web.example", clock=clock, limits=limits, network=network
        )
        try:
            yield caller
        finally:
            await caller.transport.close()

    return make
