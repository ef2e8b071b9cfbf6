from __future__ import annotations

import asyncio
import inspect
import signal
import threading
from pathlib import Path

import pytest

from nemovideo import AsyncNemoClient, CompressResult, NemoClient, SourceNotFound, TransportError
from nemovideo.resources.render import RenderResource


def half(clip: Path) -> int:
    return clip.stat().st_size // 2


def test_it_compresses(one_frame: Path, tmp_path: Path) -> None:
    with NemoClient.local() as client:
        result = client.compress(one_frame, tmp_path / "small.mp4", max_bytes=half(one_frame))
    assert result.path.stat().st_size == result.size <= half(one_frame)


def test_resources_have_their_blocking_twins(one_frame: Path) -> None:
    with NemoClient.local() as client:
        session = client.session.create()
        assert client.upload.file(session, one_frame).kind == "video"
        assert client.credits.balance().available > 0
        assert "compress" in client.chat.send(session, f"compress it to {half(one_frame)} bytes").text
        assert client.state.timeline(session).exportable
        assert client.render.submit(session, client.state.get(session).draft).status in {"pending", "processing"}


def test_errors_come_through_as_they_are(tmp_path: Path) -> None:
    with NemoClient.local() as client, pytest.raises(SourceNotFound):
        client.compress(tmp_path / "none.mp4", max_mb=1)


def test_it_works_where_a_loop_is_running(one_frame: Path) -> None:
    """As in a notebook."""

    async def cell() -> CompressResult:
        with NemoClient.local() as client:
            return client.compress(one_frame, max_mb=50)

    assert asyncio.run(cell()).skipped


def test_two_clients_in_two_threads(one_frame: Path, tmp_path: Path) -> None:
    sizes: dict[int, int] = {}

    def work(number: int) -> None:
        with NemoClient.local() as client:
            sizes[number] = client.compress(one_frame, tmp_path / f"{number}.mp4", max_bytes=half(one_frame)).size

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sizes) == 2
    assert max(sizes.values()) <= half(one_frame)


def test_close_ends_its_thread_and_is_idempotent() -> None:
    before = set(threading.enumerate())
    client = NemoClient.local()
    client.session.create()
    client.close()
    client.close()
    assert not {thread for thread in set(threading.enumerate()) - before if thread.is_alive()}


def test_a_closed_client_says_so(one_frame: Path) -> None:
    client = NemoClient.local()
    client.close()
    with pytest.raises(TransportError, match="closed"):
        client.compress(one_frame, max_mb=1)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="a signal to one thread is POSIX's")
def test_an_interruption_cancels_the_work_and_goes_on(one_frame: Path, tmp_path: Path) -> None:
    def interrupt(_: object) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with NemoClient.local() as client:
        with pytest.raises(KeyboardInterrupt):
            client.compress(one_frame, tmp_path / "small.mp4", max_bytes=half(one_frame), on_progress=interrupt)
        assert not list(tmp_path.iterdir())
        assert client.compress(one_frame, tmp_path / "small.mp4", max_bytes=half(one_frame)).size <= half(one_frame)


def test_every_public_coroutine_of_a_resource_has_a_twin() -> None:
    client = NemoClient.local()
    try:
        for name in ("session", "upload", "chat", "credits", "state", "render"):
            asynchronous = getattr(AsyncNemoClient, name, None) or type(getattr(client, name)._subject)
            public = {
                method
                for method, value in vars(asynchronous).items()
                if inspect.iscoroutinefunction(value) and not method.startswith("_")
            } - {"opened", "followed", "download", "connect", "close"}
            twins = {method for method in dir(getattr(client, name)) if not method.startswith("_")}
            assert public == twins, name
    finally:
        client.close()
    assert RenderResource.wait.__doc__ == type(client.render).wait.__doc__
