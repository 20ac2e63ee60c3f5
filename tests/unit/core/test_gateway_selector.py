"""A gateway counts for everybody: only the clusters of two revisions are asked for, and taken up."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sluiceway.api.queries import Backends
from sluiceway.core import envoy_gateway
from sluiceway.core.case import Case
from sluiceway.core.vectors import NoAnswer, Vector, vector
from tests.unit.core.cases import ANSWERS, FAST
from tests.unit.core.envoy_metrics import BOTH, Page, clusters, filtered, merged, routed

MERGED = "service/models/new/8000/http"
ROUTE = "httproute/models/fraud"

OTHERS: dict[str, tuple[Case, str, tuple[str, ...]]] = {
    "named after Services": (
        merged(ANSWERS),
        MERGED,
        (
            *("service/other/new/8000/http", "service/models/newer/8000/http", f"x/{MERGED}"),
            *("service/models/new/9000/http", "httproute/models/new/rule/0", f"{ROUTE}/rule/0/backend/1"),
        ),
    ),
    "named by their places": (
        filtered(ANSWERS),
        f"{ROUTE}/rule/0/backend/1",
        (
            *("httproute/other/fraud/rule/0/backend/1", "httproute/models/fraudulent/rule/0/backend/1"),
            *(f"{ROUTE}/rule/0/backend/10", f"{ROUTE}/rule/0/backend/2", f"{ROUTE}/rule/0", MERGED),
            # Previews, by HTTP and by gRPC.
            *(f"{ROUTE}/rule/2/backend/0", f"{ROUTE}/rule/3/backend/0", f"{ROUTE}/rule/2", f"{ROUTE}/rule/3"),
        ),
    ),
}


def crowded(named: str) -> tuple[Case, str, Page]:
    case, own, others = OTHERS[named]
    page = Page()
    page.add(own, {"2": 3})
    for cluster in others:
        page.add(cluster, {"5": 100}, codes={13: 100}, took=[9999])
    return case, own, page


def values(found: Vector | NoAnswer, label: str) -> set[str]:
    assert isinstance(found, Vector), found
    return {dict(series).get(label, "") for series in found.samples}


@pytest.mark.parametrize("named", OTHERS)
def test_nothing_is_asked_of_clusters_of_others(named: str) -> None:
    case, own, page = crowded(named)
    assert values(page.find(envoy_gateway.selector(case)), "envoy_cluster_name") == {own}


@pytest.mark.parametrize("named", OTHERS)
def test_nothing_is_counted_of_clusters_of_others(named: str) -> None:
    case, _, page = crowded(named)
    everything = vector(page.series)
    assert isinstance(everything, Vector)
    counted = envoy_gateway.meters(everything, case)
    assert isinstance(counted, Mapping)
    assert {name: sum(one.total.values()) for name, (one,) in counted.items()} == {"new": 3, "old": 0}


def test_only_the_series_that_are_needed_are_asked_for() -> None:
    page = Page()
    for cluster in BOTH:
        page.add(cluster, {"2": 1, "5": 1}, codes={0: 1, 13: 1}, took=[3])
        page.add(cluster, method="ModelStreamInfer", codes={0: 1})
        page.add(cluster, method="ServerLive", codes={0: 1})
    found = page.find(envoy_gateway.selector(merged(ANSWERS, FAST)))
    assert values(found, "envoy_cluster_name") == set(BOTH)
    assert values(found, "le") == {"", "250", "500", "+Inf"}
    assert values(found, "__name__") == {
        "envoy_cluster_grpc_ModelInfer_0",
        "envoy_cluster_grpc_ModelInfer_13",
        "envoy_cluster_grpc_ModelStreamInfer_0",
        "envoy_cluster_membership_healthy",
        "envoy_cluster_upstream_rq_time_bucket",
        "envoy_cluster_upstream_rq_xx",
    }


def test_places_are_those_of_the_route() -> None:
    places = clusters(Backends.FILTERED, routed({"new": 20, "former": 0, "old": 80}), "new", "old")
    assert places == (
        (f"{ROUTE}/rule/0/backend/0", "new"),
        (f"{ROUTE}/rule/0/backend/2", "old"),
        (f"{ROUTE}/rule/1/backend/0", "new"),
        (f"{ROUTE}/rule/1/backend/2", "old"),
    )


def test_without_a_route_nobody_has_a_place_and_nothing_is_found() -> None:
    assert clusters(Backends.FILTERED, None, "new", "old") == ()
