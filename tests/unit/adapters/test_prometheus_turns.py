"""Many queries at once: a few are asked at the same time, the others wait for their turn."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sluiceway.adapters.prometheus import PrometheusSignals
from sluiceway.adapters.prometheus_queries import AT_ONCE
from sluiceway.core.vectors import NoAnswer, Vector
from tests.support.gate import Gate, threads
from tests.support.provider import AT, QUERY, provider, serving


async def test_who_asks_does_not_keep_the_others_waiting(gate: Gate) -> None:
    async with serving(gate.answer) as server, PrometheusSignals([provider(server.address)]) as signals:
        asking = asyncio.create_task(signals.ask("prometheus", QUERY, AT))
        # The server itself runs on the loop that would be blocked.
        await gate.keeps(1)
        assert not asking.done()
        gate.open.set()
        assert isinstance(await asking, Vector)


async def test_more_queries_than_turns_wait_and_are_all_answered(gate: Gate) -> None:
    async with serving(gate.answer) as server, PrometheusSignals([provider(server.address)]) as signals:
        asking = [asyncio.create_task(signals.ask("prometheus", QUERY, AT)) for _ in range(AT_ONCE + 3)]
        await gate.keeps(AT_ONCE)
        assert len(threads()) == AT_ONCE
        gate.open.set()
        assert all(isinstance(found, Vector) for found in await asyncio.gather(*asking))
    assert gate.most == AT_ONCE
    assert len(server.asked) == AT_ONCE + 3


async def test_queries_that_nobody_waits_for_any_more_give_their_turns_back(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(gate.answer) as server, PrometheusSignals([provider(server.address)]) as signals:
        asking = [asyncio.create_task(signals.ask("prometheus", QUERY, AT)) for _ in range(AT_ONCE)]
        await gate.keeps(AT_ONCE)
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        gate.open.set()
        assert isinstance(await signals.ask("prometheus", QUERY, AT), Vector)
    # The loop would log what goes wrong in its callbacks.
    assert caplog.messages == []


async def test_a_system_without_room_for_a_thread_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    async with PrometheusSignals([provider("http://localhost")]) as signals:
        for _ in range(AT_ONCE + 1):
            found = await signals.ask("prometheus", QUERY, AT)
            assert found == NoAnswer("the operator can not ask: can't start new thread")
