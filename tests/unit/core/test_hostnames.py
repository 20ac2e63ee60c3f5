"""Whose hostname is it? The one that was there first keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object, ref_of
from sluiceway.build.route import http_route
from sluiceway.core.hostnames import hostname_taken
from sluiceway.core.observed import Observed
from sluiceway.core.traffic import contested
from tests.fakes.objects import HOSTNAME, MODEL_PATH, NAME, NOW, UID, make_resource

EARLIER, LATER = "2026-07-30T01:00:00Z", "2026-07-30T02:00:00Z"
SHARED = {"parentRefs": [{"name": "public"}]}


def route_of(name: str, traffic: Object, created: str) -> Object:
    """Return the route of the model *name*, in the same namespace."""
    owner = make_resource(name, traffic=traffic, uid=UID if name == NAME else f"uid-of-{name}")
    assert owner.spec.traffic
    route = http_route(owner, owner.spec.traffic, {f"{name}-1a2b3": 100})
    return route | {"metadata": route["metadata"] | {"creationTimestamp": created}}


def somebodys_route(**spec: Any) -> Object:
    """Return a route that somebody wrote by hand in another namespace."""
    parents = [{"name": "public", "namespace": "models"}]
    metadata = {"name": "by-hand", "namespace": "web", "creationTimestamp": EARLIER}
    return {"metadata": metadata, "spec": {"parentRefs": parents} | spec}


def look(traffic: Object, *others: Object, ours: Object | None = None) -> Observed:
    objects = {ref_of(ours): ours} if ours else {}
    return Observed(make_resource(traffic=traffic), NOW, objects, other_routes=others)


def taken(observed: Observed) -> bool:
    assert observed.resource.spec.traffic
    found = hostname_taken(observed, observed.resource.spec.traffic)
    assert found is None or (found.reason is Reason.HOSTNAME_TAKEN and found.needs_help)
    return found is not None


V2 = {"matches": [{"path": {"type": "PathPrefix", "value": "/v2"}}]}
TAKEN = {
    "by another model on the hostname": look(HOSTNAME, route_of("other", HOSTNAME, EARLIER)),
    "by a route that somebody wrote": look(
        HOSTNAME, somebodys_route(hostnames=["fraud.example.com", "x.example.com"], rules=[V2])
    ),
    "by one of several hostnames": look(
        SHARED | {"hostnames": ["new.example.com", "fraud.example.com"]}, route_of("other", HOSTNAME, EARLIER)
    ),
    "by the same path on all hostnames of the gateway": look(
        SHARED | {"match": "ModelPath"},
        somebodys_route(rules=[{"matches": [{"path": {"value": "/v2/models/fraud"}}]}]),
    ),
    "by a newer route that had the hostname before we asked for it": look(
        HOSTNAME,
        route_of("other", HOSTNAME, LATER),
        ours=route_of("fraud", SHARED | {"hostnames": ["old.example.com"]}, EARLIER),
    ),
}
FREE = {
    "nobody else has a route": look(HOSTNAME),
    "hostnames differ": look(HOSTNAME, route_of("other", SHARED | {"hostnames": ["x.example.com"]}, EARLIER)),
    "a wildcard is less exact than the hostname": look(
        HOSTNAME, route_of("other", SHARED | {"hostnames": ["*.example.com"]}, EARLIER)
    ),
    "a route for all hostnames is less exact": look(HOSTNAME, somebodys_route(rules=[V2])),
    "the whole site leads elsewhere and our path is more exact": look(
        HOSTNAME, somebodys_route(hostnames=["fraud.example.com"], rules=[{}])
    ),
    "the same hostname is on another gateway": look(
        HOSTNAME, route_of("other", HOSTNAME | {"parentRefs": [{"name": "private"}]}, EARLIER)
    ),
    "a gateway of the same name is in another namespace": look(
        HOSTNAME,
        route_of("other", HOSTNAME | {"parentRefs": [{"name": "public", "namespace": "web"}]}, EARLIER),
    ),
    "models share a hostname by their paths": look(MODEL_PATH, route_of("other", MODEL_PATH, EARLIER)),
    "our route is older and had the hostname first": look(
        HOSTNAME | {"hostnames": ["fraud.example.com", "new.example.com"]},
        route_of("other", HOSTNAME, LATER),
        ours=route_of("fraud", HOSTNAME, EARLIER),
    ),
}


@pytest.mark.parametrize("observed", TAKEN.values(), ids=TAKEN)
def test_the_hostname_is_taken(observed: Observed) -> None:
    assert taken(observed)


@pytest.mark.parametrize("observed", FREE.values(), ids=FREE)
def test_the_hostname_is_free_when(observed: Observed) -> None:
    assert not taken(observed)


def test_the_holder_and_the_way_out_are_told() -> None:
    observed = look(HOSTNAME, route_of("other", HOSTNAME, LATER), route_of("older", HOSTNAME, EARLIER))
    assert observed.resource.spec.traffic
    found = hostname_taken(observed, observed.resource.spec.traffic)
    assert found
    assert found.message == (
        "hostname fraud.example.com is already served by HTTPRoute models/older on the same gateway: choose"
        " another hostname, or share it with traffic.match: ModelPath in both"
    )


def test_of_two_routes_of_the_same_second_the_first_by_name_is_the_older() -> None:
    ours = route_of("fraud", HOSTNAME, EARLIER)
    assert taken(look(HOSTNAME, route_of("abuse", HOSTNAME, EARLIER), ours=ours))
    assert not taken(look(HOSTNAME, route_of("spam", HOSTNAME, EARLIER), ours=ours))


LOOKS: dict[str, tuple[Observed, bool]] = {
    "before the route is written": (look(HOSTNAME), True),
    "before it takes another hostname": (
        look(HOSTNAME, ours=route_of("fraud", SHARED | {"hostnames": ["old.example.com"]}, EARLIER)),
        True,
    ),
    "before it goes to another gateway": (
        look(HOSTNAME, ours=route_of("fraud", HOSTNAME | {"parentRefs": [{"name": "private"}]}, EARLIER)),
        True,
    ),
    "not once it has them": (look(HOSTNAME, ours=route_of("fraud", HOSTNAME, EARLIER)), False),
    "not without traffic": (Observed(make_resource(), NOW, {}), False),
    "not without a Gateway API": (replace(look(HOSTNAME), gateway_api=False), False),
}


@pytest.mark.parametrize(("observed", "expected"), LOOKS.values(), ids=LOOKS)
def test_other_routes_are_looked_at(observed: Observed, expected: bool) -> None:
    assert contested(observed) is expected
