"""What a provider is asked for a case, and what its answers tell: nothing when one of them does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sluiceway.core.asking import meters, queries
from sluiceway.core.case import Case
from sluiceway.core.meters import Meter, Meters
from sluiceway.core.vectors import NoAnswer, Vector
from tests.unit.core.cases import ANSWERS, FAST, case
from tests.unit.core.envoy_metrics import Page, merged

TOTAL = 'sum(lookups_total{pod=~"{{revision}}-.*",namespace="{{namespace}}",app="{{name}}"})'
BAD = 'sum(misses_total{pod=~"{{revision}}-.*",namespace="{{namespace}}",app="{{name}}"})'
AWAY = NoAnswer("connection refused")


def custom(*, by: str | None = None, compared: bool = True, **query: Any) -> Case:
    """Return the case of an objective with its own queries."""
    asked = {"provider": "prometheus", "total": TOTAL, "bad": BAD, "by": by} | query
    objective = {"name": "hits", "type": "Custom", "targetPercent": "99", "query": asked}
    judged = case(objective, compared=compared, callerErrors="Disabled")
    return replace(judged, source="objective hits", provider="prometheus")


def one(value: float, **labels: str) -> Vector:
    return Vector({tuple(sorted(labels.items())): value})


def by_pod(**values: float) -> Vector:
    return Vector({(("code", "x"), ("pod", pod)): value for pod, value in values.items()})


def counted(case: Case, *answers: Vector | NoAnswer) -> Meters | NoAnswer:
    return meters(case, "models", "fraud", answers)


def test_the_three_places_are_replaced_wherever_they_stand() -> None:
    twice = '{a="{{revision}}",b="{{name}}"} or {a="{{revision}}",b="{{namespace}}"}'
    alone = custom(compared=False, bad=twice)
    assert queries(alone, "models", "fraud") == (
        'sum(lookups_total{pod=~"new-.*",namespace="models",app="fraud"})',
        '{a="new",b="fraud"} or {a="new",b="models"}',
    )


def test_all_and_the_bad_ones_are_asked_for_by_revision() -> None:
    asked = queries(custom(), "models", "fraud")
    names = [(query.split("{")[0], query.split('"')[1]) for query in asked]
    assert names == [
        *[("sum(lookups_total", "new-.*"), ("sum(misses_total", "new-.*")],
        *[("sum(lookups_total", "old-.*"), ("sum(misses_total", "old-.*")],
    ]


def test_a_case_without_a_provider_asks_nothing() -> None:
    assert queries(case(), "models", "fraud") == ()


def test_answers_are_taken_in_the_order_of_the_queries() -> None:
    assert counted(custom(), one(40), one(3), one(900), one(7)) == {
        "new": (Meter({"": 40}, {"": 3}, summed=True),),
        "old": (Meter({"": 900}, {"": 7}, summed=True),),
    }


def test_without_comparison_the_other_one_is_not_told_of() -> None:
    assert counted(custom(compared=False), one(40), one(3)) == {
        "new": (Meter({"": 40}, {"": 3}, summed=True),)
    }


def test_series_are_told_apart_by_the_label_that_says_so() -> None:
    alone = custom(by="pod", compared=False)
    assert counted(alone, by_pod(a=40, b=50), by_pod(b=3)) == {
        "new": (Meter({"a": 40, "b": 50}, {"b": 3}, summed=False),)
    }


NOTHING = NoAnswer("it found no series", empty=True)


def test_a_revision_without_events_so_far_may_have_no_counters() -> None:
    found = counted(custom(), NOTHING, NOTHING, one(900), one(7))
    assert isinstance(found, Mapping)
    assert found["new"] == (Meter(absent='query total of "hits" for new: it found no series'),)
    assert found["old"] == (Meter({"": 900}, {"": 7}, summed=True),)


@pytest.mark.parametrize(
    ("judged", "answers"),
    [
        (replace(custom(), attempt=2), (NOTHING, NOTHING, one(900), one(7))),
        (custom(), (one(40), NOTHING, one(900), one(7))),
        (custom(), (one(40), one(3), NOTHING, NOTHING)),
        (custom(), (NOTHING, AWAY, one(900), one(7))),
    ],
    ids=["it was tried before", "it has events", "the other one has none", "the provider is away"],
)
def test_otherwise_they_have_to_be_there(judged: Case, answers: tuple[Vector | NoAnswer, ...]) -> None:
    assert isinstance(counted(judged, *answers), NoAnswer)


_BUT_ONE = "add them up with sum(), or name the label that tells them apart in by"
_TOLD_APART = "its series are not told apart by label pod: write sum by (pod) (...)"
WRONG: dict[str, tuple[str | None, Vector | NoAnswer, str]] = {
    "that is none": (None, AWAY, "connection refused"),
    "of two series where one is meant": (
        None,
        by_pod(a=1, b=2),
        f"it found 2 series where one is meant: {_BUT_ONE}",
    ),
    "of a series without the label": ("pod", one(3, code="x"), _TOLD_APART),
    "of a series whose label is empty": ("pod", one(3, pod=""), _TOLD_APART),
    "of two series with the same label": (
        "pod",
        Vector({(("code", "x"), ("pod", "a")): 1, (("code", "y"), ("pod", "a")): 2}),
        _TOLD_APART,
    ),
}
PLACES = {0: ("total", "new"), 1: ("bad", "new"), 2: ("total", "old"), 3: ("bad", "old")}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("wrong", WRONG)
def test_with_one_answer_nothing_is_known(wrong: str, place: int) -> None:
    by, answer, words = WRONG[wrong]
    which, revision = PLACES[place]
    answers: list[Vector | NoAnswer] = [by_pod(a=4)] * 4
    answers[place] = answer
    assert counted(custom(by=by), *answers) == NoAnswer(f'query {which} of "hits" for {revision}: {words}')


def test_of_several_answers_that_do_not_fit_the_first_is_told() -> None:
    assert counted(custom(), one(4), AWAY, one(3), by_pod(a=1, b=2)) == NoAnswer(
        'query bad of "hits" for new: connection refused'
    )


def test_a_gateway_is_asked_once_for_both_revisions() -> None:
    page, at_the_gateway = Page(), merged(ANSWERS)
    page.add("service/models/new/8000/http", {"2": 9, "5": 1})
    page.add("service/models/old/8000/http", {"2": 90})
    (query,) = queries(at_the_gateway, "models", "fraud")
    found = counted(at_the_gateway, page.find(query))
    assert isinstance(found, Mapping)
    assert {name: sum(each.total.values()) for name, (each,) in found.items()} == {"new": 10, "old": 90}
    assert not any(each.summed for (each,) in found.values())


def test_a_gateway_that_is_not_measured_is_no_answer() -> None:
    at_the_gateway = merged(ANSWERS)
    assert counted(at_the_gateway, AWAY) == NoAnswer(
        "the metrics of the gateway are not known: connection refused"
    )


def test_a_gateway_whose_buckets_do_not_fit_is_no_answer() -> None:
    page = Page()
    page.add("service/models/new/8000/http", took=[3], ladder=[1, float("inf")])
    at_the_gateway = merged(FAST)
    (query,) = queries(at_the_gateway, "models", "fraud")
    found = counted(at_the_gateway, page.find(query))
    assert isinstance(found, NoAnswer)
    assert found.reason.startswith(
        "the metrics of the gateway are not known: its histograms have no bucket at 2"
    )
