"""Providers are asked each at its own interval while a case needs them, and nobody is at rest."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.unit.runtime.asking import BYTES, HITS, OTHER, Bench, story


@story
async def test_every_provider_is_asked_at_its_own_interval(bench: Bench) -> None:
    bench.signals.intervals = {"warehouse": 5.0}
    bench.plan(HITS, BYTES)
    await asyncio.sleep(10.5)
    assert bench.asked(HITS) == list(range(11))
    assert bench.asked(BYTES) == [0, 5, 10]


@story
async def test_what_is_found_is_evidence(bench: Bench) -> None:
    bench.plan(HITS)
    await asyncio.sleep(3.5)
    assert bench.seen(HITS) == 300


@story
async def test_all_of_a_case_is_asked_at_once_and_within_the_interval(bench: Bench) -> None:
    bench.signals.takes = 0.4
    bench.plan(HITS)
    await asyncio.sleep(2.5)
    assert bench.asked(HITS) == [0, 1, 2]
    assert bench.signals.most == 2


@story
async def test_one_that_takes_longer_than_its_interval_is_asked_no_more_than_once_at_a_time(
    bench: Bench,
) -> None:
    bench.signals.takes = 2.5
    bench.plan(HITS)
    await asyncio.sleep(7.6)
    assert bench.asked(HITS) == [0, 2.5, 5]
    assert bench.signals.most == 2


@story
async def test_one_that_is_slow_delays_nobody_else(bench: Bench) -> None:
    bench.signals.takes = 0.4
    bench.signals.hanging.add("warehouse")
    bench.plan(HITS, BYTES)
    await asyncio.sleep(2.5)
    assert bench.asked(HITS) == [0, 1, 2]


@story
async def test_nobody_is_asked_at_rest(bench: Bench) -> None:
    assert asyncio.all_tasks() == {asyncio.current_task()}
    bench.plan(HITS)
    await asyncio.sleep(1.5)
    bench.plan()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await asyncio.sleep(9)
    assert bench.asked(HITS) == [0, 1]


@story
async def test_a_plan_without_the_case_ends_also_what_is_being_asked(bench: Bench) -> None:
    bench.signals.takes = 0.5
    bench.plan(HITS, BYTES)
    await asyncio.sleep(0.1)
    assert bench.signals.asking == 4
    bench.plan(BYTES)
    await asyncio.sleep(0)
    assert bench.signals.asking == 2
    await asyncio.sleep(2)
    assert (bench.asked(HITS), bench.asked(BYTES)) == ([], [0, 1])


@story
async def test_the_same_plan_again_changes_nothing(bench: Bench) -> None:
    for _ in range(9):
        bench.plan(HITS)
        await asyncio.sleep(0.3)
    assert bench.asked(HITS) == [0, 1, 2]


@story
async def test_another_case_is_asked_for_at_once(bench: Bench) -> None:
    bench.plan(HITS)
    await asyncio.sleep(0.7)
    bench.plan(replace(HITS, step=2))
    await asyncio.sleep(1.1)
    assert bench.asked(HITS) == [0, 0.7, 1.7]


@story
async def test_keys_are_asked_for_each_on_its_own(bench: Bench) -> None:
    bench.plan(HITS)
    bench.plan(HITS, key=OTHER)
    await asyncio.sleep(0.5)
    bench.plan(key=OTHER)
    await asyncio.sleep(1)
    assert bench.asked(HITS) == [0, 0, 1]


def test_a_mistake_in_a_round_does_not_end_the_asking(caplog: pytest.LogCaptureFixture) -> None:
    @story
    async def told(bench: Bench) -> None:
        bench.plan(HITS)
        await asyncio.sleep(0.5)
        bench.signals.mistaken = True
        await asyncio.sleep(2)
        bench.signals.mistaken = False
        await asyncio.sleep(1)
        assert bench.seen(HITS) == 300, "what came meanwhile is not lost"

    told()
    assert "models/fraud: provider prometheus was not asked" in caplog.text


@story
async def test_after_the_end_nobody_is_asked(bench: Bench) -> None:
    bench.signals.takes = 0.5
    bench.plan(HITS, BYTES)
    await asyncio.sleep(0.1)
    await bench.asker.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert bench.signals.asking == 0
