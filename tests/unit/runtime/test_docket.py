"""A key is woken when there is something to say of who is judged by its metrics, and not for every look."""

from __future__ import annotations

from sluiceway.core.proceedings import TOLD_EVERY_SECONDS
from sluiceway.core.standing import IN_A_ROW
from sluiceway.core.vectors import NoAnswer
from sluiceway.core.verdict import Verdict, ruling
from tests.fakes.objects import NOW
from tests.unit.runtime.hearing import CASE, SECOND, Bench, measuring


def test_a_key_is_woken_by_the_first_answer_and_by_the_first_measurement() -> None:
    bench = Bench()
    assert [bench.hears(10) for _ in range(9)] == [1, 1, *[0] * 7]


def test_while_nothing_changes_people_are_told_now_and_then() -> None:
    bench, every = measuring(), int(TOLD_EVERY_SECONDS)
    woken = [bench.hears(10) for _ in range(3 * every)]
    assert sum(woken) == 3
    assert [second for second, each in enumerate(woken) if each] == [
        every - 2 + number * every for number in range(3)
    ]


def test_a_key_is_woken_at_once_by_another_verdict() -> None:
    bench = measuring()
    assert bench.verdict() is Verdict.PASS
    looks = 0
    while bench.verdict() is Verdict.PASS:
        woken, looks = bench.hears(0, 10), looks + 1
        assert woken == (bench.verdict() is not Verdict.PASS)
        assert looks < TOLD_EVERY_SECONDS - 2
    assert bench.verdict() is Verdict.BREACH
    assert ruling(bench.judged.told, [CASE]).verdict is Verdict.BREACH


def test_a_key_is_woken_when_a_provider_is_away_for_several_looks_and_when_it_is_back() -> None:
    bench = measuring()
    assert [bench.misses() for _ in range(9)] == [*[0] * (IN_A_ROW - 1), 1, *[0] * (9 - IN_A_ROW)]
    standing = bench.judged.standings[CASE.source]
    assert (standing.answers, standing.reason) == (False, "connection refused")
    assert standing.since == NOW + 3 * SECOND
    assert [bench.hears() for _ in range(IN_A_ROW + 1)] == [*[0] * (IN_A_ROW - 1), 1, 0]


def test_a_provider_that_was_never_there_is_told_in_the_same_way() -> None:
    bench = Bench()
    assert [bench.misses() for _ in range(IN_A_ROW + 1)] == [*[0] * (IN_A_ROW - 1), 1, 0]
    assert bench.judged.told_at is None


def test_another_reason_for_its_silence_wakes_nobody() -> None:
    bench = measuring()
    bench.misses()
    assert bench.misses(answer=NoAnswer("no answer within 2 s"), looks=3 * IN_A_ROW) == 1
    assert bench.judged.standings[CASE.source].reason == "connection refused", "the first is told"


def test_a_provider_that_flickers_wakes_nobody() -> None:
    bench = measuring()
    for _ in range(4):
        assert (bench.misses(looks=IN_A_ROW - 1), bench.hears()) == (0, 0)
