"""Guards under judgement are read twice a second, and nobody at rest."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sluiceway.core.evidence import Scrape
from sluiceway.core.plan import Plan
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.standing import IN_A_ROW
from sluiceway.runtime.docket import Docket
from sluiceway.runtime.keys import Key
from sluiceway.runtime.scraper import INTERVAL_SECONDS, MOST_AT_ONCE, Scraper
from tests.fakes.guards import DAY, FakeGuards
from tests.fakes.loop import run, stories
from tests.unit.core.cases import case

KEY, OTHER = ("models", "fraud"), ("models", "spam")
SILENT = Unanswered("connection refused")


def pods(*names: str) -> tuple[Scrape, ...]:
    return tuple(Scrape(name, f"uid-of-{name}", f"{name}:8003") for name in names)


class Bench:
    """A scraper, its guards, and whom it woke."""

    def __init__(self, guards: FakeGuards | None = None) -> None:
        self.guards = guards or FakeGuards()
        self.woken: list[Key] = []
        self._passed = 0
        self.docket = Docket(self.woken.append, self._clock)
        self.scraper = Scraper(self.guards, self.docket, self.woken.append, self._clock)

    async def rounds(self, count: int) -> None:
        """Let so many rounds pass; the first is at the beginning."""
        self._passed += count
        until = (self._passed - 0.5) * INTERVAL_SECONDS
        await asyncio.sleep(until - asyncio.get_running_loop().time())

    async def stop(self) -> None:
        """Leave nothing behind."""
        await self.scraper.stop()

    def _clock(self) -> datetime:
        now = asyncio.get_running_loop().time()
        return datetime(2026, 7, 30, 3, tzinfo=UTC) + timedelta(seconds=now)


story = stories(Bench)


@story
async def test_every_guard_is_read_in_every_round(bench: Bench) -> None:
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a", "b"), "old": pods("c")}))
    bench.scraper.watch(OTHER, Plan(scrapes={"x": pods("d")}))
    await bench.rounds(3)
    assert sorted(bench.guards.asked) == sorted([f"{name}:8003" for name in "abcd"] * 3)


@story
async def test_what_is_read_is_evidence_by_revision(bench: Bench) -> None:
    reading = Reading(uptime=DAY)
    more = replace(reading, counts=replace(reading.counts, http=(0, 7, 0, 0, 1)), in_flight=(2, 0))
    bench.guards.told["a:8003"] = more
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a", "b"), "old": pods("c")}))
    await bench.rounds(1)
    found = bench.scraper.evidence(KEY)
    assert (found["new"].counts.http, found["new"].in_flight) == ((0, 7, 0, 0, 1), 2)
    assert (found["new"].answering, found["old"].answering, found["old"].in_flight) == (2, 1, 0)


@story
async def test_nobody_is_read_at_rest(bench: Bench) -> None:
    assert asyncio.all_tasks() == {asyncio.current_task()}
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a")}))
    await bench.rounds(2)
    bench.scraper.watch(KEY, Plan())
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert bench.scraper.evidence(KEY) == {}
    asked = len(bench.guards.asked)
    await bench.rounds(9)
    assert len(bench.guards.asked) == asked


@story
async def test_reading_begins_again_after_a_rest(bench: Bench) -> None:
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a")}))
    bench.scraper.watch(KEY, Plan())
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("b")}))
    await bench.rounds(1)
    assert bench.guards.asked == ["b:8003"]


@story
async def test_a_revision_without_pods_keeps_what_it_counted(bench: Bench) -> None:
    reading = Reading(uptime=DAY)
    bench.guards.told["a:8003"] = replace(reading, counts=replace(reading.counts, http=(0, 7, 0, 0, 0)))
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a")}))
    await bench.rounds(1)
    bench.scraper.watch(KEY, Plan(scrapes={"new": ()}))
    assert bench.scraper.evidence(KEY)["new"].counts.http[1] == 7


@story
async def test_a_key_is_woken_when_its_guards_begin_to_answer_and_not_for_every_look(bench: Bench) -> None:
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a"), "old": pods("b")}))
    await bench.rounds(20)
    assert bench.woken == [KEY]


@story
async def test_a_key_is_woken_when_a_guard_is_silent_for_several_looks(bench: Bench) -> None:
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a", "b")}))
    bench.scraper.watch(OTHER, Plan(scrapes={"x": pods("c")}))
    await bench.rounds(1)
    bench.woken.clear()
    bench.guards.told["a:8003"] = SILENT
    await bench.rounds(IN_A_ROW)
    assert bench.woken == [KEY]
    (silence,) = bench.scraper.evidence(KEY)["new"].silent
    assert (silence.pod, silence.reason) == ("a", "connection refused")
    assert silence.since == datetime(2026, 7, 30, 3, tzinfo=UTC) + timedelta(seconds=INTERVAL_SECONDS)
    bench.guards.told["a:8003"] = Unanswered("no answer within 0.4 s")
    await bench.rounds(9)
    assert bench.woken == [KEY]


@story
async def test_a_guard_that_flickers_wakes_nobody(bench: Bench) -> None:
    bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a")}))
    await bench.rounds(1)
    bench.woken.clear()
    for number in range(20):
        bench.guards.told["a:8003"] = SILENT if number % IN_A_ROW else Reading(uptime=DAY)
        await bench.rounds(1)
    assert bench.woken == []


class Slow(FakeGuards):
    """Guards that take their time; a mistake of the reader is among them."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.reading = self.most = 0
        self.mistaken = False

    async def read(self, target: str) -> Reading | Unanswered:
        self.reading += 1
        self.most = max(self.most, self.reading)
        await asyncio.sleep(self.seconds)
        self.reading -= 1
        if self.mistaken:
            raise ZeroDivisionError
        return await super().read(target)


def test_no_more_than_so_many_are_read_at_once_and_all_are_read() -> None:
    async def told() -> None:
        guards = Slow(0.1)
        bench = Bench(guards)
        names = [f"pod-{number}" for number in range(2 * MOST_AT_ONCE + 1)]
        bench.scraper.watch(KEY, Plan(scrapes={"new": pods(*names)}))
        await asyncio.sleep(0.45)
        assert (guards.most, len(guards.asked)) == (MOST_AT_ONCE, len(names))
        await bench.scraper.stop()

    run(told())


@pytest.mark.parametrize(("seconds", "expected"), [(0.1, 4), (0.4, 4), (1.0, 2)])
def test_rounds_come_twice_a_second_and_never_two_at_a_time(seconds: float, expected: int) -> None:
    async def told() -> None:
        guards = Slow(seconds)
        bench = Bench(guards)
        bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a")}))
        await asyncio.sleep(2.05)
        assert (guards.most, len(guards.asked)) == (1, expected)
        await bench.scraper.stop()

    run(told())


@pytest.mark.parametrize(("samples", "bad", "expected"), [(1, 1, 8), (1, 0, 2), (4, 1, 2)])
def test_a_suspicion_is_looked_into_at_once_where_one_sample_may_decide(
    samples: int, bad: int, expected: int
) -> None:
    async def told() -> None:
        bench = Bench()
        on_trial = case(compared=False, hiccupSamples=samples)
        plan = Plan(scrapes={"new": pods("a")}, cases=(on_trial,))
        bench.docket.judge(KEY, plan)
        bench.scraper.watch(KEY, plan)
        await bench.rounds(1)
        reading = Reading(uptime=DAY)
        bench.guards.told["a:8003"] = replace(reading, counts=replace(reading.counts, http=(0, 2, 0, 0, bad)))
        await bench.rounds(1)
        bench.guards.asked.clear()
        await bench.rounds(2)
        assert len(bench.guards.asked) == expected
        await bench.scraper.stop()

    run(told())


def test_what_is_read_after_the_plan_has_changed_is_not_taken_up() -> None:
    async def told() -> None:
        bench = Bench(Slow(0.2))
        bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a")}))
        await asyncio.sleep(0.1)
        bench.scraper.watch(KEY, Plan(scrapes={"newer": pods("b")}))
        await asyncio.sleep(0.2)
        assert {name: each.answering for name, each in bench.scraper.evidence(KEY).items()} == {"newer": 0}
        assert bench.woken == []
        await bench.scraper.stop()

    run(told())


def test_a_mistake_in_one_round_does_not_end_the_reading(caplog: pytest.LogCaptureFixture) -> None:
    async def told() -> None:
        guards = Slow(0.0)
        guards.mistaken = True
        bench = Bench(guards)
        bench.scraper.watch(KEY, Plan(scrapes={"new": pods("a")}))
        await bench.rounds(2)
        guards.mistaken = False
        await bench.rounds(2)
        assert bench.scraper.evidence(KEY)["new"].answering == 1
        await bench.scraper.stop()

    run(told())
    assert "guards were not read" in caplog.text
