"""Which token goes where, and what happens when it is refused: one fetch for all, none for a token that was given."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.conftest import Run

from nemovideo.credentials import Credentials
from nemovideo.errors import AuthenticationError, ProtocolError, TransportError, UsageError
from nemovideo.settings import Settings, config_dir
from nemovideo.tokenfile import StoredToken, TokenFile

HOST = "https://api.example"
ANSWER = {"token": "fresh", "user_id": "anon_1", "credits": 100, "expires_at": "2999-01-01T00:00:00Z"}


def credentials(
    token: str | None = None, *, base: str = HOST, clock: TurnableClock | None = None, **env: str
) -> Credentials:
    settings = Settings.from_environment({"NEMO_API_URL": HOST} | env)
    return Credentials(base, token=token, settings=settings, clock=clock or TurnableClock())


class Backend:
    """Gives tokens, and counts."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers) or [ANSWER], list[str]()

    async def __call__(self, client_id: str) -> Any:
        self.asked.append(client_id)
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_the_order(run: Run[Any]) -> None:
    kept = TokenFile(config_dir())
    backend = Backend()
    kept.write(HOST, StoredToken("kept", "anon_0", None))
    cases = [
        (credentials("given", NEMO_TOKEN="env"), "given", "argument"),
        (credentials(None, NEMO_TOKEN="env"), "env", "environment"),
        (credentials(" "), "kept", "file"),
        (credentials(None), "kept", "file"),
        (credentials(None, base="https://other.example", NEMO_TOKEN="env"), "fresh", "anonymous"),
    ]
    for one, token, source in cases:
        assert one.source in {source, "none"}
        assert run(one.token(backend)) == token
        assert one.source == source
    assert len(backend.asked) == 1


@pytest.mark.parametrize("base", [HOST + ":443/v2", "HTTPS://API.EXAMPLE"])
def test_the_environments_token_belongs_to_an_origin(base: str, run: Run[Any]) -> None:
    assert run(credentials(None, base=base, NEMO_TOKEN="env").token(Backend())) == "env"


@pytest.mark.parametrize("base", ["http://api.example", "https://api.example:8443", "https://api.example.evil.org"])
def test_and_goes_nowhere_else(base: str, run: Run[Any]) -> None:
    assert run(credentials(None, base=base, NEMO_TOKEN="env").token(Backend())) == "fresh"


def test_an_anonymous_token_is_kept_for_the_next_run(run: Run[Any]) -> None:
    backend = Backend()
    assert [run(credentials().token(backend)) for _ in range(3)] == ["fresh"] * 3
    assert len(backend.asked) == 1


def test_an_expired_one_is_not_used(run: Run[Any]) -> None:
    clock = TurnableClock()
    TokenFile(config_dir()).write(HOST, StoredToken("old", None, clock.now() + 60))
    assert run(credentials(clock=clock).token(Backend())) == "fresh"


def test_the_client_id_stays(run: Run[Any]) -> None:
    backend = Backend()
    for _ in range(2):
        run(credentials().token(backend))
        TokenFile(config_dir()).write(HOST, None)
    assert len(backend.asked) == 2
    assert len(set(backend.asked)) == 1


def test_the_environments_client_id_is_used(run: Run[Any]) -> None:
    backend = Backend()
    run(credentials(NEMO_CLIENT_ID="mine" * 40).token(backend))
    assert backend.asked == [("mine" * 40)[:64]]


@pytest.mark.parametrize("client_id", ["two\r\nX-Evil: 1", "中文", "a\0b"])
def test_a_client_id_that_no_header_can_carry(client_id: str) -> None:
    with pytest.raises(UsageError, match="NEMO_CLIENT_ID"):
        credentials(NEMO_CLIENT_ID=client_id)


@pytest.mark.parametrize("token", ["two\nlines", "ünïcode", "nul\0"])
def test_a_token_that_no_header_can_carry(token: str) -> None:
    with pytest.raises(AuthenticationError) as caught:
        credentials(token)
    assert token not in str(caught.value)


def test_many_tasks_fetch_once(run: Run[Any]) -> None:
    async def flow() -> None:
        one, backend = credentials(), Backend()
        assert await asyncio.gather(*(one.token(backend) for _ in range(20))) == ["fresh"] * 20
        assert len(backend.asked) == 1

    run(flow())


def test_many_clients_fetch_once(run: Run[Any]) -> None:
    async def flow() -> None:
        backend = Backend()
        clients = [credentials() for _ in range(10)]
        assert await asyncio.gather(*(one.token(backend) for one in clients)) == ["fresh"] * 10
        assert len(backend.asked) == 1

    run(flow())


def test_a_process_that_died_while_fetching_does_not_hold_up_for_ever(run: Run[Any]) -> None:
    handle = TokenFile(config_dir()).try_lock()
    assert handle is not None
    clock = TurnableClock()
    assert run(credentials(clock=clock).token(Backend())) == "fresh"
    assert sum(clock.slept) == pytest.approx(60, abs=1)
    TokenFile(config_dir()).unlock(handle)


def test_a_refused_anonymous_token_is_renewed_once_for_all(run: Run[Any]) -> None:
    async def flow() -> None:
        one, backend = credentials(), Backend({"token": "first"}, {"token": "second"}, {"token": "third"})
        used = await one.token(backend)
        assert all(await asyncio.gather(*(one.renew(used, backend) for _ in range(10))))
        assert await one.token(backend) == "second"
        assert len(backend.asked) == 2

    run(flow())


def test_a_token_that_another_process_renewed_is_taken(run: Run[Any]) -> None:
    async def flow() -> None:
        one, backend = credentials(), Backend({"token": "first"})
        used = await one.token(backend)
        TokenFile(config_dir()).write(HOST, StoredToken("by another", None, None))
        assert await one.renew(used, backend)
        assert await one.token(backend) == "by another"
        assert len(backend.asked) == 1

    asyncio.run(flow())


@pytest.mark.parametrize("source", [{"token": "given"}, {"NEMO_TOKEN": "env"}])
def test_a_token_that_was_given_is_never_replaced(source: dict[str, str], run: Run[Any]) -> None:
    async def flow() -> None:
        one, backend = credentials(**source), Backend()  # type: ignore[arg-type]
        used = await one.token(backend)
        assert not await one.renew(used, backend)
        assert await one.token(backend) == used
        assert backend.asked == []

    run(flow())


def test_a_fetch_that_fails_can_be_tried_again(run: Run[Any]) -> None:
    async def flow() -> None:
        one, backend = credentials(), Backend(TransportError("cut"), {"nothing": 1}, ANSWER)
        with pytest.raises(TransportError):
            await one.token(backend)
        with pytest.raises(ProtocolError):
            await one.token(backend)
        assert await one.token(backend) == "fresh"

    run(flow())


def test_a_renewal_that_fails_leaves_the_next_one_to_try(run: Run[Any]) -> None:
    async def flow() -> None:
        one, backend = credentials(), Backend({"token": "first"}, TransportError("cut"), {"token": "second"})
        used = await one.token(backend)
        with pytest.raises(TransportError):
            await one.renew(used, backend)
        assert await one.token(backend) == "second"

    run(flow())


def test_a_cancelled_fetch_frees_the_lock(run: Run[Any]) -> None:
    async def flow() -> None:
        begun = asyncio.Event()

        async def never(client_id: str) -> Any:
            begun.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(credentials().token(never))
        await begun.wait()
        task.cancel()
        await asyncio.wait([task])
        assert await credentials().token(Backend()) == "fresh"

    run(flow())


def test_nothing_shows_it(run: Run[Any]) -> None:
    one = credentials("geheim")
    assert "geheim" not in repr(one)
    assert one.secrets == ("geheim",)
    with pytest.raises(TypeError, match="make a client in each process"):
        pickle.dumps(one)
