"""Which token goes where, and what happens when it is refused: one fetch for all, none for a token that was given."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.conftest import Run

from nemovideo.credentials import Credentials
from nemovideo.errors import AuthenticationError, ProtocolError, RateLimited, TransportError, UsageError
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


def test_those_who_waited_for_a_fetch_that_failed_do_not_ask_again(run: Run[Any]) -> None:
    """Else twenty calls would make twenty token calls, each of which is refused, each after half a minute."""

    async def flow() -> None:
        one, backend = credentials(), Backend(RateLimited("one a week", retry_after=604800.0), ANSWER)
        ended = await asyncio.gather(*(one.token(backend) for _ in range(20)), return_exceptions=True)
        assert {type(error) for error in ended} == {RateLimited}
        assert len({id(error) for error in ended}) == 20  # one traceback each
        assert len(backend.asked) == 1
        assert await one.token(backend) == "fresh"  # who comes later may try

    run(flow())


def test_a_kept_token_that_the_server_has_forgotten_is_replaced(run: Run[Any]) -> None:
    TokenFile(config_dir()).write(HOST, StoredToken("forgotten", "anon_0", None))

    async def flow() -> None:
        one, backend = credentials(), Backend()
        assert await one.token(backend) == "forgotten"
        assert await one.renew("forgotten", backend)
        assert await one.token(backend) == "fresh"

    run(flow())
    kept = TokenFile(config_dir()).read(HOST)
    assert kept is not None
    assert (kept.token, kept.user_id) == ("fresh", "anon_1")


def test_a_forgotten_token_without_another_is_told_and_not_used_again(run: Run[Any]) -> None:
    TokenFile(config_dir()).write(HOST, StoredToken("forgotten", None, None))

    async def flow() -> None:
        one, backend = credentials(), Backend(RateLimited("one a week"))
        await one.token(backend)
        for _ in range(3):
            with pytest.raises(RateLimited):
                await one.renew("forgotten", backend)

    run(flow())


@pytest.mark.parametrize("jump", [-20 * 365 * 86400.0, -3600.0, 3600.0, 20 * 365 * 86400.0])
def test_a_clock_that_jumps_neither_loops_nor_asks_again(jump: float, run: Run[Any]) -> None:
    async def flow() -> None:
        clock = TurnableClock()
        one, backend = credentials(clock=clock), Backend(ANSWER | {"expires_at": "2027-02-01T00:00:00Z"})
        await one.token(backend)
        clock.time += jump
        assert await one.token(backend) == "fresh"
        assert len(backend.asked) == 1

    run(flow())


def test_a_token_that_only_our_clock_takes_for_expired_is_used_where_there_is_no_other(run: Run[Any]) -> None:
    """A machine whose clock is years ahead would else meet the 429 on every run."""
    clock = TurnableClock()
    TokenFile(config_dir()).write(HOST, StoredToken("kept", "anon_0", clock.now() - 86400))
    one, backend = credentials(clock=clock), Backend(RateLimited("one a week"))
    assert run(one.token(backend)) == "kept"
    assert one.user_id == "anon_0"


def test_whose_it_is_may_be_learnt_from_any_answer() -> None:
    one = credentials("given")
    assert one.user_id is None
    for said, known in ((None, None), ("", None), ("me", None), ("anon_3", "anon_3"), ("user_4", "user_4")):
        one.learn(said)
        assert one.user_id == known


@pytest.mark.parametrize(
    ("one", "words"),
    [
        ({"token": "given"}, "the token that was given"),
        ({"NEMO_TOKEN": "env"}, "NEMO_TOKEN, or leave it unset"),
        ({}, "refuses a new anonymous token too"),
    ],
)
def test_what_to_do_about_a_refusal_depends_on_whose_token_it_was(one: dict[str, str], words: str) -> None:
    assert words in credentials(**one).refused_hint  # type: ignore[arg-type]


def test_a_client_id_that_the_backend_does_not_take_is_replaced_and_kept(run: Run[Any]) -> None:
    async def flow() -> None:
        first = await credentials().client_id()
        another = await credentials().new_client_id()
        assert another != first
        assert await credentials().client_id() == another
        mine = credentials(NEMO_CLIENT_ID="mine")
        with pytest.raises(UsageError, match="NEMO_CLIENT_ID"):
            await mine.new_client_id()

    run(flow())


def test_nothing_shows_it(run: Run[Any]) -> None:
    one = credentials("geheim")
    assert "geheim" not in repr(one)
    assert one.secrets == ("geheim",)
    assert credentials("kurz").secrets == ()  # its letters stand in every answer
    with pytest.raises(TypeError, match="make a client in each process"):
        pickle.dumps(one)
