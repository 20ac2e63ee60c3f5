"""Does the gateway carry what it was asked to carry?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object, ref_of
from sluiceway.build.route import http_route
from sluiceway.core.observed import Observed
from sluiceway.core.traffic import judge, obstacle
from tests.fakes.objects import HOSTNAME, NOW, make_gateway, make_resource

TWO_GATEWAYS = HOSTNAME | {"parentRefs": [{"name": "public"}, {"name": "private", "namespace": "infra"}]}
PUBLIC: Object = {
    "group": "gateway.networking.k8s.io",
    "kind": "Gateway",
    "namespace": "models",
    "name": "public",
}
PRIVATE = PUBLIC | {"namespace": "infra", "name": "private"}


def observed(traffic: Object | None = HOSTNAME, **given: Any) -> Observed:
    gateways = {("models", "public"): make_gateway(), ("infra", "private"): make_gateway("private", "infra")}
    return (
        Observed(make_resource(traffic=traffic), NOW, {}, gateways=gateways)
        if not given
        else replace(observed(traffic), **given)
    )


def route(*parents: Object, traffic: Object = HOSTNAME, generation: int = 2) -> Object:
    """Return our route at *generation*, with what gateways said of it."""
    owner = make_resource(traffic=traffic)
    assert owner.spec.traffic
    written = http_route(owner, owner.spec.traffic, {"fraud-1a2b3": 100})
    metadata = written["metadata"] | {"generation": generation}
    return written | {"metadata": metadata, "status": {"parents": list(parents)}}


def said(
    parent: Object = PUBLIC,
    *,
    accepted: str = "True",
    resolved: str = "True",
    reason: str = "Accepted",
    at: int = 2,
) -> Object:
    """Return what a gateway said of a route at generation *at*."""
    conditions = [
        {"type": "Accepted", "status": accepted, "reason": reason, "message": "m", "observedGeneration": at},
        {
            "type": "ResolvedRefs",
            "status": resolved,
            "reason": reason,
            "message": "m",
            "observedGeneration": at,
        },
    ]
    return {"parentRef": parent, "controllerName": "gateway.example.com/c", "conditions": conditions}


def without(condition: str) -> Object:
    found = said()
    return found | {"conditions": [given for given in found["conditions"] if given["type"] != condition]}


ON_ONE: dict[str, tuple[Object | None, Reason]] = {
    "no route yet": (None, Reason.ROUTE_PENDING),
    "a route of which nobody spoke": (route(), Reason.ROUTE_PENDING),
    "a route whose status is not there": (route() | {"status": None}, Reason.ROUTE_PENDING),
    "a route that is accepted": (route(said()), Reason.ROUTE_ACCEPTED),
    "a route whose parent is named without its namespace": (
        route(said({key: PUBLIC[key] for key in ("group", "kind", "name")})),
        Reason.ROUTE_ACCEPTED,
    ),
    "a route whose parent is named by name alone": (route(said({"name": "public"})), Reason.ROUTE_ACCEPTED),
    "a word about an earlier generation": (route(said(at=1)), Reason.ROUTE_PENDING),
    "a refusal of an earlier generation": (route(said(accepted="False", at=1)), Reason.ROUTE_PENDING),
    "a word without ResolvedRefs": (route(without("ResolvedRefs")), Reason.ROUTE_PENDING),
    "a word without Accepted": (route(without("Accepted")), Reason.ROUTE_PENDING),
    "a route that no listener admits": (
        route(said(accepted="False", reason="NotAllowedByListeners")),
        Reason.ROUTE_NOT_ACCEPTED,
    ),
    "a hostname that no listener has": (
        route(said(accepted="False", reason="NoMatchingListenerHostname")),
        Reason.ROUTE_NOT_ACCEPTED,
    ),
    "a backend that the gateway does not find": (
        route(said(resolved="False", reason="BackendNotFound")),
        Reason.ROUTE_NOT_ACCEPTED,
    ),
    "another gateway's word alone": (route(said(PRIVATE)), Reason.ROUTE_PENDING),
    "a word about one listener, not about the gateway": (
        route(said(PUBLIC | {"sectionName": "http"})),
        Reason.ROUTE_PENDING,
    ),
}


@pytest.mark.parametrize(("found", "reason"), ON_ONE.values(), ids=ON_ONE)
def test_one_gateway_and(found: Object | None, reason: Reason) -> None:
    judged = judge(observed(), found, moves=False)
    assert judged.reason is reason
    assert judged.needs_help is (reason is Reason.ROUTE_NOT_ACCEPTED)


ON_TWO = {
    "both accept": ((said(), said(PRIVATE)), Reason.ROUTE_ACCEPTED),
    "one has not spoken": ((said(),), Reason.ROUTE_PENDING),
    "one refuses": ((said(), said(PRIVATE, accepted="False")), Reason.ROUTE_NOT_ACCEPTED),
    "one speaks of an earlier generation": ((said(), said(PRIVATE, at=1)), Reason.ROUTE_PENDING),
}


@pytest.mark.parametrize(("parents", "reason"), ON_TWO.values(), ids=ON_TWO)
def test_of_two_gateways(parents: tuple[Object, ...], reason: Reason) -> None:
    assert judge(observed(TWO_GATEWAYS), route(*parents, traffic=TWO_GATEWAYS), moves=False).reason is reason


def test_what_the_gateway_said_is_not_about_a_route_that_is_about_to_change() -> None:
    assert judge(observed(), route(said()), moves=True).reason is Reason.ROUTE_PENDING


def test_the_gateways_own_words_are_passed_on() -> None:
    judged = judge(observed(), route(said(accepted="False", reason="NotAllowedByListeners")), moves=False)
    assert judged.message == "Gateway models/public does not accept the route: NotAllowedByListeners: m"


def test_an_accepted_route_says_where_the_model_is_reached() -> None:
    judged = judge(observed(), route(said()), moves=False)
    assert judged.message == "requests for fraud.example.com arrive through models/public"


def test_without_traffic_the_address_inside_the_cluster_is_told() -> None:
    judged = judge(observed(None), None, moves=False)
    assert judged.reason is Reason.NO_GATEWAY
    assert "fraud.models.svc" in judged.message


def test_a_gateway_that_does_not_exist_is_named() -> None:
    missing = observed(
        TWO_GATEWAYS, gateways={("models", "public"): make_gateway(), ("infra", "private"): None}
    )
    judged = judge(missing, route(said(), traffic=TWO_GATEWAYS), moves=False)
    assert (judged.reason, judged.needs_help) == (Reason.GATEWAY_NOT_FOUND, True)
    assert "Gateway infra/private does not exist" in judged.message


def test_a_gateway_that_may_not_be_looked_at_is_not_called_missing() -> None:
    assert judge(observed(gateways={}), route(said()), moves=False).reason is Reason.ROUTE_ACCEPTED


def test_nothing_stands_in_the_way_of_a_new_route() -> None:
    assert obstacle(observed()) is None


def test_without_traffic_nothing_stands_in_the_way() -> None:
    assert obstacle(observed(None, gateway_api=False)) is None


def test_a_cluster_without_the_gateway_api_is_told() -> None:
    found = obstacle(observed(gateway_api=False))
    assert found
    assert (found.reason, found.needs_help) == (Reason.GATEWAY_API_MISSING, True)


def test_a_route_of_the_same_name_that_is_somebody_elses_is_told() -> None:
    theirs = route()
    theirs["metadata"].pop("ownerReferences")
    theirs["metadata"].pop("labels")
    found = obstacle(observed(objects={ref_of(theirs): theirs}))
    assert found
    assert (found.reason, found.needs_help) == (Reason.NAME_CONFLICT, True)
    assert "HTTPRoute fraud belongs to somebody else" in found.message


def test_a_hostname_that_is_taken_is_told() -> None:
    theirs = route(traffic=HOSTNAME)
    theirs["metadata"] |= {"name": "other", "creationTimestamp": "2026-07-30T01:00:00Z"}
    found = obstacle(observed(other_routes=(theirs,)))
    assert found
    assert found.reason is Reason.HOSTNAME_TAKEN
