"""From one look at a provider's counters to the next: what came since is counted once, none is invented."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sluiceway.core.meters import Meter, Pace
from sluiceway.core.objectives import Share
from tests.fakes.objects import NOW
from tests.unit.core.cases import ANSWERS, FAST
from tests.unit.core.metering import LONGEST_GAP, Metering, at_the_gateway, counted

NOTHING = Share()


def test_the_first_look_only_marks() -> None:
    metering = Metering()
    assert metering.look(new=counted(1000, 20)) == NOTHING
    assert metering.look(new=counted(1010, 22)) == Share(10, 2)
    assert metering.look(new=counted(1010, 22)) == NOTHING


SERIES: dict[str, tuple[list[Meter], list[Share]]] = {
    "are added up": (
        [counted({"a": 10, "b": 20}, {"a": 1}), counted({"a": 13, "b": 27}, {"a": 3})],
        [Share(10, 2)],
    ),
    "count from 0 when they begin later": (
        [counted({"a": 10}), counted({"a": 12, "b": 5}, {"b": 1})],
        [Share(7, 1)],
    ),
    "count from 0 when there were none at all": ([Meter(), counted(3, 2)], [Share(3, 2)]),
    "count as since their reset when they fall": (
        [counted({"a": 100, "b": 10}, {"a": 3}), counted({"a": 4, "b": 11}, {"a": 1})],
        [Share(5, 1)],
    ),
    "begin anew with their bad ones when they fall": ([counted(100, 2), counted(30, 3)], [Share(30, 3)]),
    "take nothing away when they vanish": (
        [counted({"a": 10, "b": 50}, {"b": 9}), counted({"a": 11})],
        [Share(1, 0)],
    ),
    "are not counted twice when they vanish and return": (
        [counted({"a": 10, "b": 50}, {"b": 9}), counted({"a": 11}), counted({"a": 12, "b": 53}, {"b": 10})],
        [Share(1, 0), Share(4, 1)],
    ),
    "are not counted twice when all of them vanish and return": (
        [counted(50, 9), Meter(), Meter(), counted(53, 10)],
        [NOTHING, NOTHING, Share(3, 1)],
    ),
    "count as since their reset when they return lower": (
        [counted(50, 9), Meter(), counted(4, 1)],
        [NOTHING, Share(4, 1)],
    ),
    "have no more bad ones than there were": (
        [counted(50), counted(51, 3), counted(51, 5), counted(53, 6)],
        [Share(1, 1), NOTHING, Share(2, 1)],
    ),
    "are whole requests": ([counted(0), counted(2.7, 1.2)], [Share(3, 1)]),
}


@pytest.mark.parametrize("what", SERIES)
def test_series(what: str) -> None:
    looks, expected = SERIES[what]
    metering = Metering()
    assert [metering.look(new=look) for look in looks] == [NOTHING, *expected]


FALLS = {"all": counted(80, 5), "the bad ones": counted(120, 3), "both": counted(4, 1)}


@pytest.mark.parametrize("what", FALLS)
def test_one_number_for_many_series_counts_nothing_in_a_look_in_which_it_falls(what: str) -> None:
    metering, fallen = Metering(), FALLS[what]
    metering.look(new=_summed(counted(90, 4)))
    assert metering.look(new=_summed(counted(100, 5))) == Share(10, 1)
    assert metering.look(new=_summed(fallen)) == NOTHING
    more = counted(fallen.total["a"] + 7, fallen.bad["a"] + 2)
    assert metering.look(new=_summed(more)) == Share(7, 2)


def _summed(meter: Meter) -> Meter:
    return replace(meter, summed=True)


@pytest.mark.parametrize("again", [{"attempt": 2}, {"after_return_of": "worse"}])
def test_who_was_tried_before_is_not_judged_by_a_series_that_was_out_of_sight_at_first(
    again: dict[str, Any],
) -> None:
    metering = Metering(replace(at_the_gateway(), **again))
    metering.look(new=counted({"a": 10}))
    assert metering.look(new=counted({"a": 12, "b": 500}, {"b": 40})) == Share(2, 0)
    metering.again()
    assert metering.look(new=counted({"a": 13, "b": 505}, {"b": 41})) == Share(6, 1)


def test_who_was_tried_before_may_have_its_first_bad_ones() -> None:
    metering = Metering(replace(at_the_gateway(), attempt=2))
    metering.look(new=Meter({"a": 10}))
    assert metering.look(new=Meter({"a": 14}, {"a": 2})) == Share(4, 2)


def test_a_source_that_was_read_may_have_its_first_counters() -> None:
    metering = Metering(replace(at_the_gateway(), attempt=2))
    metering.look(new=Meter(read=frozenset({"pod"})))
    first = Meter({"2xx": 9, "5xx": 3}, {"5xx": 3}, sources={"2xx": "pod", "5xx": "pod"})
    assert metering.look(new=first) == Share(12, 3)


def test_what_may_be_of_the_attempt_before_is_only_marked() -> None:
    again = replace(at_the_gateway(), attempt=2, tried_until=NOW)
    metering = Metering(again, pace=Pace(1.0, lag=15.0))
    metering.look(new=counted(1000, 20))
    assert metering.look(new=counted(1100, 90), seconds=18.9) == NOTHING
    assert (metering.judgement.measured, metering.judgement.sampled_at) == (0.0, None)
    metering.again()
    assert metering.look(new=counted(1110, 92), seconds=0.1) == Share(10, 2)


def test_who_is_tried_again_is_compared_from_its_first_request_on() -> None:
    again = replace(at_the_gateway(), attempt=2, tried_until=NOW)
    metering = Metering(again, pace=Pace(1.0, lag=15.0))
    metering.look(new=counted(1000, 20), old=counted(5000))
    metering.look(new=counted(1100, 90), old=counted(6000))
    metering.look(new=counted(1110, 100), old=counted(7000), seconds=20)
    [trial] = metering.judgement.trials
    assert trial.relative.evidence > 0
    assert trial.others == Share(2000)


def test_each_objective_has_its_counters() -> None:
    metering = Metering(at_the_gateway(ANSWERS, FAST))
    metering.look(new=(counted(10, 1), counted(500, 300)))
    metering.look(new=(counted(14, 2), counted(530, 310)))
    assert [trial.seen for trial in metering.judgement.trials] == [Share(4, 1), Share(30, 10)]
    assert metering.judgement.requests == 30


def test_both_revisions_are_counted_by_their_own() -> None:
    metering = Metering()
    assert metering.both(new=counted(10), old=counted(1000, 7)) == (NOTHING, NOTHING)
    assert metering.both(new=counted(12, 1), old=counted(1030, 9)) == (Share(2, 1), Share(30, 2))
    assert metering.both(new=counted(15, 1), old=Meter()) == (Share(3), NOTHING)


def test_who_is_compared_with_no_more_is_marked_anew_when_that_begins_again() -> None:
    metering = Metering()
    metering.both(new=counted(10), old=counted(1000))
    metering.case = replace(metering.case, compared=False)
    assert metering.both(new=counted(13), old=counted(1040)) == (Share(3), NOTHING)
    assert set(metering.judgement.counters) == {"new"}
    metering.case = replace(metering.case, compared=True)
    assert metering.both(new=counted(15), old=counted(2000)) == (Share(2), NOTHING)
    assert metering.both(new=counted(16), old=counted(2005)) == (Share(1), Share(5))


@pytest.mark.parametrize(("gap", "measured"), [(LONGEST_GAP, 2 + LONGEST_GAP), (LONGEST_GAP + 0.1, 2.0)])
def test_time_between_two_looks_that_are_too_far_apart_was_not_measured(gap: float, measured: float) -> None:
    metering = Metering()
    for number in range(3):
        metering.look(new=counted(10 * number))
    assert metering.look(new=counted(90, 8), seconds=gap) == Share(70, 8), "what came in it counts"
    assert metering.judgement.measured == pytest.approx(measured)
