"""How many requests took longer than a threshold, by the histograms that Envoy Gateway has."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sluiceway.api.latencies import BUCKETS_MILLISECONDS
from sluiceway.core.case import Case
from sluiceway.core.objectives import Share
from sluiceway.core.vectors import NoAnswer
from tests.unit.core.cases import ANSWERS, FAST
from tests.unit.core.envoy_metrics import LADDER, Page, filtered, found, merged

HTTP, GRPC = "service/models/new/8000/http", "service/models/new/8001/http2"


def within(threshold: int) -> Case:
    return merged(FAST | {"thresholdMilliseconds": threshold})


def slow(page: Page, case: Case) -> Share:
    answer = found(page, case)
    assert isinstance(answer, Mapping), answer
    (meter,) = answer["new"]
    return Share(round(sum(meter.total.values())), round(sum(meter.bad.values())))


TOOK = [3, 240, 260, 290, 480, 510, 9000]
SLOW = {250: 5, 200: 5, 300: 2, 500: 2, 400: 2, 60000: 0}
"""By threshold. Between two buckets only those beyond the next one are surely slow."""


@pytest.mark.parametrize("threshold", SLOW)
@pytest.mark.parametrize("le", ["{:.10g}", "{:.1f}"], ids=["as Envoy writes", "as Prometheus 3 writes"])
def test_slow_are_those_beyond_the_first_bucket_that_is_no_lower(threshold: int, le: str) -> None:
    page = Page(le=le)
    page.add(HTTP, took=TOOK)
    page.add(GRPC, took=[1, 70000])
    assert slow(page, within(threshold)) == Share(9, SLOW[threshold] + 1)


def test_a_gateway_that_has_a_bucket_at_the_threshold_is_taken_at_its_word() -> None:
    page = Page()
    page.add(HTTP, took=TOOK, ladder=[*LADDER, 300])
    assert slow(page, within(300)) == Share(7, 3)


@pytest.mark.parametrize("threshold", BUCKETS_MILLISECONDS)
def test_every_threshold_can_be_asked_for(threshold: int) -> None:
    page = Page()
    page.add(HTTP, took=[0.1, 500_000])
    assert slow(page, within(threshold)) == Share(2, 1)


def test_a_gateway_without_such_a_bucket_is_no_answer_and_not_slow() -> None:
    page = Page()
    page.add(HTTP, took=TOOK, ladder=[100, 1000, float("inf")])
    assert found(page, within(250)) == NoAnswer(
        'its histograms have no bucket at 250 or 500 ms for "fast": leave Envoy\'s buckets as they are by'
        " default, or choose a threshold that is one of them"
    )


def test_what_has_no_bounds_is_found_beside_what_has() -> None:
    page = Page()
    page.add(HTTP, {"2": 6, "5": 1}, took=TOOK)
    page.add(GRPC, {"2": 2}, codes={0: 1, 13: 1}, took=[1, 2])
    answer = found(page, merged(ANSWERS, FAST))
    assert isinstance(answer, Mapping)
    answers, fast = answer["new"]
    assert (sum(answers.total.values()), sum(answers.bad.values())) == (9, 2)
    assert (sum(fast.total.values()), sum(fast.bad.values())) == (9, 5)


def test_by_place_latencies_are_those_of_the_revision_at_it() -> None:
    page = Page()
    page.add("httproute/models/fraud/rule/0/backend/0", took=[9000])
    page.add("httproute/models/fraud/rule/0/backend/1", took=TOOK)
    assert slow(page, filtered(FAST)) == Share(7, 5)
