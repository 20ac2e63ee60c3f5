"""The work queue: no key twice in it, none twice at work, none lost, failures later and later."""

from __future__ import annotations

import asyncio
import random

import pytest

from sluiceway.runtime.queue import (
    FIRST_DELAY_SECONDS,
    LONGEST_DELAY_SECONDS,
    LONGEST_OUTAGE_DELAY_SECONDS,
    SOON_SECONDS,
    WorkQueue,
)
from tests.fakes.loop import run


async def drained(queue: WorkQueue[str], workers: int = 1) -> list[str]:
    """Take keys until none is ready and no timer runs any more; the end of the story."""
    taken: list[str] = []

    async def work() -> None:
        while True:
            key = await queue.get()
            taken.append(key)
            queue.done(key)

    tasks = [asyncio.create_task(work()) for _ in range(workers)]
    await asyncio.sleep(10 * LONGEST_DELAY_SECONDS)
    for task in tasks:
        task.cancel()
    return taken


def test_a_key_that_is_added_twice_is_worked_on_once() -> None:
    async def story() -> list[str]:
        queue: WorkQueue[str] = WorkQueue()
        for key in ("a", "b", "a"):
            queue.add(key)
        assert len(queue) == 2
        return await drained(queue)

    assert run(story()) == ["a", "b"]


def test_a_key_that_is_added_while_at_work_waits_until_that_is_done() -> None:
    async def story() -> None:
        queue: WorkQueue[str] = WorkQueue()
        queue.add("a")
        assert await queue.get() == "a"
        queue.add("a")
        queue.add("a")
        assert len(queue) == 0
        queue.done("a")
        assert len(queue) == 1
        assert await queue.get() == "a"
        queue.done("a")
        assert len(queue) == 0

    run(story())


def test_no_key_is_at_work_twice_however_many_workers_there_are() -> None:
    async def story() -> None:
        queue: WorkQueue[int] = WorkQueue()
        at_work: set[int] = set()
        seen: list[int] = []
        dice = random.Random(7)  # noqa: S311 - a story that is the same every time

        async def work() -> None:
            while True:
                key = await queue.get()
                assert key not in at_work
                at_work.add(key)
                await asyncio.sleep(dice.random())
                at_work.discard(key)
                seen.append(key)
                queue.done(key)

        workers = [asyncio.create_task(work()) for _ in range(4)]
        for _ in range(500):
            queue.add(dice.randrange(6))
            await asyncio.sleep(dice.random() / 5)
        await asyncio.sleep(60)
        assert not at_work
        assert len(queue) == 0
        assert set(seen) == set(range(6))
        for worker in workers:
            assert not worker.done()
            worker.cancel()

    run(story())


def test_every_waiting_worker_gets_a_key() -> None:
    async def story() -> list[str]:
        queue: WorkQueue[str] = WorkQueue()
        waiting = [asyncio.create_task(queue.get()) for _ in range(3)]
        await asyncio.sleep(1)
        for key in ("a", "b", "c"):
            queue.add(key)
        return sorted(await asyncio.gather(*waiting))

    assert run(story()) == ["a", "b", "c"]


def test_a_burst_is_worked_on_once_a_moment_after_it_began() -> None:
    async def story() -> list[float]:
        queue: WorkQueue[str] = WorkQueue()
        loop, taken = asyncio.get_running_loop(), []
        for _ in range(5):
            queue.add_soon("a")
            await asyncio.sleep(SOON_SECONDS / 10)
        await queue.get()
        taken.append(loop.time())
        queue.done("a")
        assert await drained(queue) == []
        return taken

    assert run(story()) == [pytest.approx(SOON_SECONDS)]


def test_what_is_wanted_now_waits_for_no_burst_and_covers_what_was_heard_before() -> None:
    async def story() -> float:
        queue: WorkQueue[str] = WorkQueue()
        queue.add_soon("a")
        queue.add("a")
        await queue.get()
        at = asyncio.get_running_loop().time()
        queue.done("a")
        assert await drained(queue) == []
        return at

    assert run(story()) == 0.0


def test_what_is_heard_while_a_key_is_at_work_brings_it_back() -> None:
    async def story() -> list[str]:
        queue: WorkQueue[str] = WorkQueue()
        queue.add("a")
        await queue.get()
        queue.add_soon("a")
        await asyncio.sleep(2 * SOON_SECONDS)
        queue.done("a")
        return await drained(queue)

    assert run(story()) == ["a"]


def test_a_key_for_later_comes_at_its_time_and_the_last_call_counts() -> None:
    async def story() -> float:
        queue: WorkQueue[str] = WorkQueue()
        queue.add_after("a", 500.0)
        queue.add_after("a", 15.0)
        assert len(queue) == 0
        await queue.get()
        queue.done("a")
        at = asyncio.get_running_loop().time()
        assert await drained(queue) == []
        return at

    assert run(story()) == pytest.approx(15.0)


def test_failures_come_back_later_and_later_up_to_a_limit() -> None:
    async def story() -> list[float]:
        queue: WorkQueue[str] = WorkQueue()
        delays = []
        for _ in range(20):
            before = asyncio.get_running_loop().time()
            delays.append(queue.retry("a"))
            assert await queue.get() == "a"
            queue.done("a")
            assert asyncio.get_running_loop().time() - before == pytest.approx(delays[-1])
        return delays

    ceilings = [min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2**failure) for failure in range(20)]
    for delay, ceiling in zip(run(story()), ceilings, strict=True):
        assert ceiling / 2 <= delay <= ceiling


def test_an_outage_keeps_nobody_waiting_long() -> None:
    async def story() -> float:
        queue: WorkQueue[str] = WorkQueue()
        for _ in range(20):
            delay = queue.retry("a", LONGEST_OUTAGE_DELAY_SECONDS)
        return delay

    assert LONGEST_OUTAGE_DELAY_SECONDS / 2 <= run(story()) <= LONGEST_OUTAGE_DELAY_SECONDS


def test_failures_of_one_key_do_not_slow_another() -> None:
    async def story() -> float:
        queue: WorkQueue[str] = WorkQueue()
        for _ in range(10):
            queue.retry("a")
        return queue.retry("b")

    assert run(story()) <= FIRST_DELAY_SECONDS


def test_after_a_success_the_next_failure_is_the_first_again() -> None:
    async def story() -> float:
        queue: WorkQueue[str] = WorkQueue()
        for _ in range(10):
            queue.retry("a")
        queue.forget("a")
        assert await drained(queue) == []
        return queue.retry("a")

    assert run(story()) <= FIRST_DELAY_SECONDS


def test_the_age_of_the_queue_is_that_of_its_first_key() -> None:
    async def story() -> list[tuple[int, float]]:
        seen = []
        queue: WorkQueue[str] = WorkQueue(asyncio.get_running_loop().time)

        def look() -> None:
            seen.append((len(queue), queue.oldest_seconds))

        look()
        queue.add("a")
        await asyncio.sleep(3)
        queue.add("b")
        queue.add("a")
        await asyncio.sleep(2)
        look()
        taken = await queue.get()
        look()
        queue.add(taken)
        await asyncio.sleep(1)
        queue.done(taken)
        await queue.get()
        look()
        await queue.get()
        look()
        return seen

    assert run(story()) == [(0, 0), (2, 5), (1, 2), (1, 0), (0, 0)]
