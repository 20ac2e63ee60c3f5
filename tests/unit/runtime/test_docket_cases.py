"""What providers say is taken up for the case that is judged, and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sluiceway.core.meters import Meter, Pace
from sluiceway.core.plan import Plan
from sluiceway.core.standing import IN_A_ROW
from tests.unit.runtime.hearing import CASE, KEY, Bench, measuring

OTHER = ("models", "spam")


def test_what_came_while_a_provider_was_away_counts_and_its_time_does_not() -> None:
    bench = measuring()
    bench.misses(looks=9)
    bench.hears(500, 7)
    known = bench.judged.live[CASE.source]
    assert (known.trials[0].seen.requests, known.trials[0].seen.bad) == (517, 7)
    assert known.measured == 1.0


OTHERS = {
    "another step": replace(CASE, step=2),
    "another attempt": replace(CASE, attempt=2),
    "another source": replace(CASE, source="objective hits"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_an_answer_for_another_case_changes_nothing(what: str) -> None:
    bench = measuring()
    before = bench.judged
    assert bench.hears(0, 99, case=OTHERS[what], looks=5) == 0
    assert bench.misses(case=OTHERS[what], looks=5) == 0
    assert bench.judged == before


def test_a_late_answer_for_a_case_that_is_over_changes_nothing() -> None:
    bench = measuring()
    bench.docket.judge(KEY, Plan())
    assert bench.hears(0, 99, looks=5) + bench.misses(looks=5) == 0
    assert bench.docket.judged(KEY) is None


def test_another_step_goes_on_with_what_is_known() -> None:
    bench = measuring()
    later = replace(CASE, step=2)
    bench.docket.judge(KEY, Plan(cases=(later,)))
    bench.hears(10, case=later)
    assert bench.judged.live[CASE.source].trials[0].seen.requests == 20
    assert bench.judged.live[CASE.source].requests == 10


def test_another_attempt_begins_anew() -> None:
    bench = measuring()
    again = replace(CASE, attempt=2)
    bench.docket.judge(KEY, Plan(cases=(again,)))
    assert bench.judged.told_at is None
    bench.hears(10, case=again)
    assert bench.judged.live[CASE.source].trials[0].seen.requests == 0, "the first look only marks"


def test_what_is_known_of_a_source_is_forgotten_with_it() -> None:
    hits = replace(CASE, source="objective hits")
    bench = Bench(CASE, hits)
    bench.hears(10, looks=2)
    bench.misses(case=hits, looks=IN_A_ROW)
    bench.docket.judge(KEY, Plan(cases=(CASE,)))
    known = bench.judged
    assert set(known.live) == set(known.told) == set(known.standings) == {CASE.source}


def test_keys_are_judged_each_on_its_own() -> None:
    bench = measuring()
    bench.docket.judge(OTHER, Plan(cases=(CASE,)))
    bench.docket.heard(OTHER, CASE, {"new": (Meter(),)}, Pace())
    assert bench.woken == [OTHER]
    assert bench.judged.live[CASE.source].trials[0].seen.requests == 10
