from __future__ import annotations

import asyncio
import copy
import inspect
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.cloud import CHAT
from tests.cloudthread import blocking_cloud

from nemovideo import (
    AsyncNemoClient,
    BlockingChatStream,
    ChatStream,
    CompressResult,
    EngineError,
    NemoClient,
    Progress,
    SourceNotFound,
    TransportError,
    UsageError,
)


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


RESOURCES = ("session", "upload", "chat", "credits", "state", "render")
INNER = {"chat.close", "chat.connect", "upload.measured", "upload.opened"}
"""What the resources and workflows of this package say to one another; no program is meant to."""
NAMED_OTHERWISE = {"aclose": "close"}


def public_of(kind: type) -> dict[str, object]:
    return {name: value for name, value in inspect.getmembers(kind) if not name.startswith("_")}


def pairs() -> list[tuple[str, type, type]]:
    """The asynchronous classes and their twins."""
    with closing(NemoClient()) as client:
        resources = [(name, getattr(client, name)) for name in RESOURCES]
        return [
            ("client", AsyncNemoClient, NemoClient),
            *((name, type(twin._subject), type(twin)) for name, twin in resources),
            ("stream", ChatStream, BlockingChatStream),
        ]


def test_every_public_name_has_its_twin() -> None:
    for room, asynchronous, blocking in pairs():
        theirs = {NAMED_OTHERWISE.get(name, name) for name in public_of(asynchronous) if f"{room}.{name}" not in INNER}
        assert theirs - set(public_of(blocking)) == set(), room
        assert set(public_of(blocking)) - theirs <= {"base_url", "session_id"}, room  # which are attributes there
    assert {f"{room}.{name}" for room, asynchronous, _ in pairs() for name in public_of(asynchronous)} >= INNER


def test_signatures_and_words_are_carried_over() -> None:
    for blocking, asynchronous in ((NemoClient, AsyncNemoClient), (NemoClient.local, AsyncNemoClient.local)):
        assert inspect.signature(blocking).parameters == inspect.signature(asynchronous).parameters
    seen = 0
    for room, asynchronous, blocking in pairs():
        for name, method in public_of(asynchronous).items():
            twin = getattr(blocking, NAMED_OTHERWISE.get(name, name), None)
            if inspect.iscoroutinefunction(method) and twin is not None:
                seen += 1
                assert not inspect.iscoroutinefunction(twin)
                assert inspect.signature(twin) == inspect.signature(method), f"{room}.{name}"
                assert twin.__doc__
                assert "await " not in twin.__doc__, f"{room}.{name}"
    assert seen > 15


def test_properties_are_there() -> None:
    with closing(NemoClient("https://cloud.example", "t")) as client:
        assert (client.base_url, client.is_local) == ("https://cloud.example", False)
        assert (client.backend, client.token_source) == (None, "argument")
        assert repr(client) == "NemoClient('https://cloud.example')"
    with NemoClient.local() as local:
        assert (local.is_local, local.token_source, repr(local)) == (True, "engine", "NemoClient(local)")
        local.session.create()
        assert local.backend is not None


def test_a_wrong_argument_starts_no_thread() -> None:
    before = threading.active_count()
    with pytest.raises(UsageError):
        NemoClient("no url")
    assert threading.active_count() == before


def test_a_with_that_cannot_begin_ends_its_thread(world: Path) -> None:
    before = threading.active_count()
    with NemoClient.local(world / "data"):
        second = NemoClient.local(world / "data")
        with pytest.raises(EngineError), second:
            pass
    assert threading.active_count() == before


def test_one_client_is_shared_by_many_threads() -> None:
    with blocking_cloud() as (cloud, client, _):
        replies: list[str] = []

        def work(number: int) -> None:
            replies.append(client.chat.send(f"s{number}", "hello").text)
            client.credits.balance()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert replies == ["Compressed as you wished."] * 16
        assert len(cloud.sent(CHAT)) == 16


def test_it_is_closed_in_another_thread_than_it_was_made_in() -> None:
    client = NemoClient.local()
    client.session.create()
    thread = threading.Thread(target=client.close)
    thread.start()
    thread.join()
    with pytest.raises(TransportError, match="closed"):
        client.credits.balance()


def test_a_call_from_its_own_thread_is_refused_and_the_work_goes_on(
    one_frame: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    threads: set[str] = set()

    with NemoClient.local() as client:

        def told(_: Progress) -> None:
            threads.add(threading.current_thread().name)
            client.credits.balance()

        result = client.compress(one_frame, tmp_path / "small.mp4", max_bytes=half(one_frame), on_progress=told)
    assert result.size <= half(one_frame)
    assert threads == {"nemovideo-client"}
    assert "cannot be called from its own thread" in caplog.text


def test_it_cannot_be_pickled_or_copied() -> None:
    with closing(NemoClient("https://cloud.example", "nmv_usr_secret")) as client:
        for thing in (client, client.chat):
            with pytest.raises(TypeError, match="cannot be pickled") as caught:
                pickle.dumps(thing)
            assert "secret" not in str(caught.value)
            with pytest.raises(TypeError):
                copy.copy(thing)


def test_one_that_is_dropped_ends_with_the_next() -> None:
    dropped = NemoClient.local()
    dropped.session.create()
    engine = next(thread for thread in threading.enumerate() if thread.name == "nemovideo-engine")
    with pytest.warns(ResourceWarning, match="not closed"):
        del dropped
    NemoClient("https://cloud.example", "t").close()
    engine.join()


def script(program: str, *arguments: object, stop_at: str = "") -> tuple[int, str, str]:
    """Run a program; where it says `stop_at`, press Ctrl-C."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(program)]
    with subprocess.Popen(
        [*command, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        while stop_at and stop_at not in said:
            line = process.stdout.readline()
            assert line, f"it ended before it said {stop_at!r}: {process.communicate()}"
            said += line
        if stop_at:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    return process.returncode, said + out, err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("end", ["sys.exit(0)", "os._exit(0)"])
def test_a_forked_process_is_told_and_the_parent_goes_on(end: str) -> None:
    program = f"""
        import gc, os, sys
        from nemovideo import NemoClient, UsageError
        client = NemoClient.local()
        session = client.session.create()
        events = client.chat.stream(session, "hello")
        next(events)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            for call in (client.credits.balance, lambda: client.__enter__(), lambda: next(events)):
                try:
                    call()
                except UsageError as error:
                    print(error)
            events.close()
            client.close()
            del client, events, call
            gc.collect()
            with NemoClient.local() as own:
                print("own", own.credits.balance().available, flush=True)
            {end}
        assert os.waitpid(child, 0)[1] == 0
        list(events)
        print("parent", client.credits.balance().available)
        client.close()
    """
    code, said, complained = script(program)
    assert (code, complained) == (0, "")
    assert said.count("Make a new one in each process, after the fork.") == 3
    assert "own 100.0" in said
    assert "parent 100.0" in said


def test_a_program_that_never_closes_ends_and_leaves_nothing(temporary: Path) -> None:
    program = """
        from nemovideo import NemoClient
        client = NemoClient.local()
        session = client.session.create()
        events = client.chat.stream(session, "hello")
        print(next(events))
        other = NemoClient("http://127.0.0.1:9", "t")
    """
    code, said, complained = script(program)
    assert (code, complained) == (0, "")
    assert said
    assert not list(temporary.iterdir())


def test_threads_that_go_on_after_the_main_one_come_to_their_end(one_frame: Path, tmp_path: Path) -> None:
    program = """
        import sys, threading
        from nemovideo import NemoClient
        client, begun = NemoClient.local(), threading.Event()
        told = lambda progress: begun.set()
        work = lambda: print(client.compress(sys.argv[1], sys.argv[2], max_bytes=5000, on_progress=told).size)
        threading.Thread(target=work).start()
        begun.wait()
    """
    code, said, complained = script(program, one_frame, tmp_path / "small.mp4")
    assert (code, complained) == (0, "")
    assert int(said) <= 5000


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_program_that_ends_in_the_middle_leaves_no_ffmpeg(talk: Path, tmp_path: Path, temporary: Path) -> None:
    program = """
        import sys, threading
        from nemovideo import NemoClient, TransportError
        client, rendering = NemoClient.local(), threading.Event()
        told = lambda progress: rendering.set() if progress.phase == "render" else None
        def work():
            try:
                client.compress(sys.argv[1], sys.argv[2], max_bytes=100_000, effort="best", on_progress=told)
            except TransportError:
                pass
        threading.Thread(target=work, daemon=True).start()
        rendering.wait()
    """
    code, _, complained = script(program, talk, tmp_path / "small.mp4")
    assert (code, complained) == (0, "")
    assert not [*running_below(temporary), *running_below(tmp_path)]
    assert not list(tmp_path.iterdir())
    assert not list(temporary.iterdir())


def running_below(folder: Path) -> list[str]:
    """The command lines of programs that were given a path below `folder`, or that work in one."""
    lines: list[str] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if entry.name != str(os.getpid()) and (
                str(folder) in line or str(folder) in str((entry / "cwd").readlink())
            ):
                lines.append(line)
    return lines


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to a process is POSIX's")
def test_ctrl_c_stops_the_work_and_the_program_goes_on(talk: Path, tmp_path: Path) -> None:
    program = """
        import sys
        from nemovideo import NemoClient
        with NemoClient.local() as client:
            told = lambda progress: print(progress.phase, flush=True)
            try:
                client.compress(sys.argv[1], sys.argv[2], max_bytes=100_000, effort="best", on_progress=told)
            except KeyboardInterrupt:
                print("interrupted")
            print("credits", client.credits.balance().available)
    """
    code, said, complained = script(program, talk, tmp_path / "small.mp4", stop_at="render")
    assert (code, complained) == (0, "")
    assert "interrupted" in said
    assert "credits" in said
    assert not list(tmp_path.iterdir())
