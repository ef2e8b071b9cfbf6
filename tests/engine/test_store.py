"""The database's thread and its transactions."""

from __future__ import annotations

import asyncio
import threading

import pytest

from nemovideo.engine import ledger
from nemovideo.engine.store import Store
from nemovideo.errors import EngineError


def test_one_thread_that_is_not_the_loops(go, tmp_path):
    async def flow():
        store = Store(tmp_path / "db")
        await store.open()
        seen = await asyncio.gather(*(store.run(lambda _: threading.get_ident()) for _ in range(20)))
        assert len(set(seen)) == 1
        assert threading.get_ident() not in seen
        await store.close()
        await store.close()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("nemovideo-store")]

    go(flow)


def test_what_fails_has_not_happened(go, tmp_path):
    async def flow():
        store = Store(tmp_path / "db")
        await store.open()

        def half(db):
            ledger.enrol_operator(db)
            raise ValueError("half-way")

        with pytest.raises(ValueError, match="half-way"):
            await store.run(half)
        assert (await store.run(lambda db: db.execute("SELECT count(*) FROM accounts").fetchone()[0])) == 0
        await store.close()
        with pytest.raises((EngineError, RuntimeError)):
            await store.run(half)

    go(flow)


def test_what_is_cancelled_is_whole(go, tmp_path):
    async def flow():
        store = Store(tmp_path / "db")
        await store.open()
        entered, leave = threading.Event(), threading.Event()

        def slow(db):
            ledger.enrol_operator(db)
            entered.set()
            leave.wait()

        running = asyncio.create_task(store.run(slow))
        await asyncio.to_thread(entered.wait)
        running.cancel()
        leave.set()
        await asyncio.wait({running})
        assert (await store.run(lambda db: ledger.balance(db, ledger.OPERATOR).total)) == 100
        await store.close()

    go(flow)


def test_credits_never_go_below_nothing(go, tmp_path):
    async def flow():
        store = Store(tmp_path / "db")
        await store.open()

        def deal(db):
            ledger.enrol_operator(db)
            found = [ledger.freeze(db, ledger.OPERATOR, 50) for _ in range(3)]
            ledger.spend(db, ledger.OPERATOR, 50)
            ledger.release(db, ledger.OPERATOR, 50)
            ledger.release(db, ledger.OPERATOR, 50)
            return found, ledger.balance(db, ledger.OPERATOR)

        assert await store.run(deal) == ([True, True, False], ledger.Balance(50, 0, 50))
        await store.close()

    go(flow)
