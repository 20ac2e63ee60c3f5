"""Providers that hold their queries for longer than a time-out of a socket notices."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from sluiceway.adapters.prometheus import PrometheusSignals
from sluiceway.adapters.prometheus_queries import AT_ONCE
from sluiceway.core.vectors import NoAnswer, Vector
from tests.support.gate import ONE, Gate, drips, threads
from tests.support.poll import becomes
from tests.support.provider import AT, QUERY, TIMEOUT_SECONDS, accepting, provider, serving

LATE = f"no answer within {TIMEOUT_SECONDS:g} s"
ROOT = Path(__file__).parents[3]


async def test_queries_that_are_held_do_not_pile_up_and_give_their_turns_back(gate: Gate) -> None:
    async with (
        accepting(gate.drip) as address,
        PrometheusSignals([provider(address, TIMEOUT_SECONDS)]) as signals,
    ):
        held = await asyncio.gather(*(signals.ask("prometheus", QUERY, AT) for _ in range(AT_ONCE)))
        assert [LATE in reason(found) for found in held] == [True] * AT_ONCE
        for _ in range(2):
            found = await signals.ask("prometheus", QUERY, AT)
            words = f"not asked within {TIMEOUT_SECONDS:g} s: it still waits for {AT_ONCE} earlier queries"
            assert found == NoAnswer(words)
        assert gate.inside == len(threads()) == AT_ONCE
        assert all(each.daemon for each in threads())
        gate.open.set()
        await gate.keeps(0)
        assert isinstance(await signals.ask("prometheus", QUERY, AT), Vector)


def reason(found: Vector | NoAnswer) -> str:
    assert isinstance(found, NoAnswer)
    return found.reason


async def test_an_answer_byte_by_byte_holds_nobody(gate: Gate) -> None:
    async with serving(drips) as server, PrometheusSignals([provider(server.address, 0.2)]) as signals:
        await signals.ask("prometheus", QUERY, AT)

        async def gone() -> bool:
            return not threads()

        await becomes("the thread has ended while the server goes on", gone)


async def test_one_provider_that_holds_its_queries_keeps_no_other_waiting(gate: Gate) -> None:
    async with (
        accepting(gate.drip) as stuck,
        serving(answers_at_once) as well,
        PrometheusSignals([provider(stuck, 30, name="a"), provider(well.address, name="b")]) as signals,
    ):
        held = [asyncio.create_task(signals.ask("a", QUERY, AT)) for _ in range(AT_ONCE)]
        await gate.keeps(AT_ONCE)
        assert isinstance(await signals.ask("b", QUERY, AT), Vector)
        gate.open.set()
        await asyncio.gather(*held)


async def answers_at_once(_: web.Request) -> web.StreamResponse:
    return web.Response(text=ONE)


PROGRAM = """
import asyncio, sys
from sluiceway.adapters.prometheus import PrometheusSignals
from tests.support.provider import AT, QUERY, provider

async def main():
    async with PrometheusSignals([provider(sys.argv[1], 0.5)]) as signals:
        print((await signals.ask("prometheus", QUERY, AT)).reason)

asyncio.run(main())
"""


async def test_a_query_that_is_held_does_not_keep_the_process_from_ending(gate: Gate) -> None:
    async with accepting(gate.drip) as address:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-c", PROGRAM, address), cwd=ROOT, stdout=-1, stderr=-1
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, "")
    assert LATE in out.decode()
    assert gate.inside
