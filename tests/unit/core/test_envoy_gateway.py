"""What Envoy Gateway counts of each revision, under the names that it has for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sluiceway.core.case import Case
from sluiceway.core.meters import Meters
from sluiceway.core.objectives import Share
from sluiceway.core.vectors import NoAnswer
from tests.unit.core.cases import ANSWERS
from tests.unit.core.envoy_metrics import Page, filtered, found, merged
from tests.unit.core.metering import Metering

CALLERS = {"name": "callers", "type": "CallerError"}
HTTP, GRPC = "service/models/new/8000/http", "service/models/new/8001/http2"
OLD = "service/models/old/8000/http"
ROUTE = "httproute/models/fraud"
NOTHING = Share()


def shares(found: Meters | NoAnswer, revision: str = "new") -> list[Share]:
    """Return all that was ever counted of a revision, by objective."""
    assert isinstance(found, Mapping), found
    return [Share(round(sum(each.total.values())), round(sum(each.bad.values()))) for each in found[revision]]


def counted(page: Page, case: Case | None = None, revision: str = "new") -> list[Share]:
    return shares(found(page, case or merged(ANSWERS, CALLERS)), revision)


def test_http_answers_count_by_their_class() -> None:
    page = Page()
    page.add(HTTP, {"2": 80, "3": 5, "4": 7, "5": 8})
    page.add(OLD, {"2": 1000, "5": 1})
    assert counted(page) == [Share(100, 8), Share(100, 7)]
    assert counted(page, revision="old") == [Share(1001, 1), Share(1001, 0)]


def test_on_a_retry_what_a_gateway_out_of_sight_had_counted_before_is_no_news() -> None:
    metering, page, both = Metering(replace(merged(ANSWERS), attempt=2)), Page(), Page()
    page.add(HTTP)
    looks = []
    both.add(HTTP, {"2": 6, "5": 2})
    both.add(HTTP, {"2": 900, "5": 300}, instance="10.0.0.8:19001")
    for look in (page, both):
        meters = found(look, metering.case)
        assert isinstance(meters, Mapping)
        looks.append(metering.read(meters))
    assert looks == [NOTHING, Share(8, 2)]


def test_answers_that_are_not_final_are_none() -> None:
    page = Page()
    page.add(HTTP, {"1": 9, "2": 80})
    assert counted(page) == [Share(80), Share(80)]


@pytest.mark.parametrize("method", ["ModelInfer", "ModelStreamInfer"])
def test_grpc_calls_count_by_their_status_where_the_gateway_counts_these(method: str) -> None:
    page = Page()
    # A call that the gateway could not pass on is among both, as 503 and as UNAVAILABLE.
    page.add(GRPC, {"2": 97, "5": 3}, codes={0: 70, 3: 11, 13: 16, 14: 3}, method=method)
    assert counted(page) == [Share(100, 19), Share(100, 11)]


def test_grpc_codes_that_are_chosen_take_the_place_of_the_usual_ones() -> None:
    page = Page()
    page.add(GRPC, {"2": 100}, codes={0: 70, 10: 11, 13: 19})
    assert counted(page, merged(ANSWERS | {"grpcCodes": ["ABORTED"]})) == [Share(100, 11)]


def test_without_its_statuses_a_grpc_call_counts_by_the_status_of_http() -> None:
    page = Page()
    page.add(GRPC, {"2": 97, "5": 3})
    assert counted(page) == [Share(100, 3), Share(100, 0)]


def test_statuses_of_grpc_say_nothing_of_http() -> None:
    page = Page()
    page.add(HTTP, {"2": 50, "5": 4})
    page.add(GRPC, {"2": 60}, codes={0: 50, 13: 10})
    assert counted(page)[0] == Share(54 + 60, 4 + 10)


def test_every_gateway_counts() -> None:
    page = Page()
    for instance in ("10.0.0.9:19001", "10.0.0.10:19001"):
        page.add(HTTP, {"2": 50, "5": 4}, instance=instance)
        page.add(GRPC, {"2": 60}, codes={0: 50, 13: 10}, instance=instance)
    assert counted(page)[0] == Share(2 * 114, 2 * 14)


def test_backends_with_filters_count_by_their_places() -> None:
    page, case = Page(), filtered(ANSWERS)
    page.add(f"{ROUTE}/rule/0/backend/0", {"2": 800, "5": 1})
    page.add(f"{ROUTE}/rule/1/backend/0", {"2": 400, "5": 2})
    page.add(f"{ROUTE}/rule/0/backend/1", {"2": 200, "5": 3})
    page.add(f"{ROUTE}/rule/1/backend/1", {"2": 100, "5": 4})
    assert counted(page, case, "old") == [Share(1203, 3)]
    assert counted(page, case, "new") == [Share(307, 7)]


def test_no_requests_are_told_from_nobody_who_measures() -> None:
    page, case = Page(), merged(ANSWERS)
    assert isinstance(found(page, case), NoAnswer)
    # The counters of a cluster begin with its first request, the number of its endpoints is told before.
    page.add(HTTP)
    page.add(OLD)
    assert counted(page, case) == [NOTHING]


def test_what_comes_after_there_were_no_requests_counts_from_the_first_on() -> None:
    metering, page = Metering(merged(ANSWERS)), Page()
    page.add(HTTP)
    page.add(OLD, {"2": 1000})
    looks = [page, replace(page, series=[*page.series]), Page()]
    looks[1].add(GRPC, {"2": 3, "5": 2})
    looks[2].add(HTTP, {"2": 40})
    looks[2].add(GRPC, {"2": 3, "5": 47})
    looks[2].add(OLD, {"2": 1050})
    seen = []
    for look in looks:
        meters = found(look, metering.case)
        assert isinstance(meters, Mapping)
        seen.append(metering.read(meters))
    assert seen == [NOTHING, Share(5, 2), Share(85, 45)]
    assert metering.judgement.trials[0].others == Share(50)
