"""From `--backend` to a client, and the words for which one it is."""

from __future__ import annotations

import gc
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nemovideo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from nemovideo.client import AsyncNemoClient

__all__ = ["describe", "open_client"]


def describe(backend: str) -> str:
    """The first line of a command: who will do the work."""
    if backend == "local":
        return "Backend: local (FFmpeg on this machine)"
    if backend == "cloud":
        return f"Backend: cloud ({_host(_cloud_url())})"
    return f"Backend: {_host(backend)}"


def open_client(
    backend: str, *, skill: str | None = None, data_dir: Path | None = None, allow_private_urls: bool = False
) -> AsyncNemoClient:
    """The client for a backend, not yet entered. What is heavy is imported here, before any loop runs.

    Args:
        backend: local, cloud, or an engine's URL.
        skill: a skill's folder or SKILL.md, for attribution.
        data_dir: where the local engine keeps its data; None for a temporary folder.
        allow_private_urls: whether the local engine may fetch from private networks; another decides for itself.

    Raises:
        UsageError: the skill cannot be read, or another than the local engine is to be allowed something.
        MissingExtra: the local engine is not installed.
    """
    if backend == "local":
        _warm_up()
    elif allow_private_urls:
        raise UsageError(
            "--allow-private-urls is for the local backend; what another engine may reach is for who runs it.",
            hint="Leave it out, or let this machine do it with --backend local.",
        )
    with _importing():
        from nemovideo.client import AsyncNemoClient  # noqa: PLC0415 - costs some 0.3 s; refusals need not wait for it

        if backend == "local":
            return AsyncNemoClient.local(data_dir, skill=skill, allow_private_urls=allow_private_urls)
    return AsyncNemoClient(None if backend == "cloud" else backend, skill=skill)


def _warm_up() -> None:
    """Let the engine's first look at a file load its library beside our own imports: a tenth of a second of them."""
    with suppress(ModuleNotFoundError):  # a missing extra is told when the client is made
        from nemovideo.engine.media.scanner import warm_up  # noqa: PLC0415 - the local backend's own

        warm_up()


@contextmanager
def _importing() -> Generator[None]:
    """Collect no garbage meanwhile: modules stay, and looking through them again and again is 9 % of a cold start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _cloud_url() -> str:
    from nemovideo.settings import Settings  # noqa: PLC0415 - asked for by the cloud only

    return Settings.from_environment().api_url


def _host(url: str) -> str:
    """Scheme, host and port of a URL: what a person recognises, without a password that may stand in it."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"
