"""Does somebody else have the hostname already?

Of two equal matches the older route's wins (Gateway API, HTTPRouteRule), whatever came first to the
hostname. So the newer route would get nothing and say nothing, and an older one that changes its
hostname would take another team's requests away.
"""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.api.traffic import Traffic
from sluiceway.build.objects import Object
from sluiceway.build.route import http_route
from sluiceway.core.finding import Finding
from sluiceway.core.observed import Observed

_EVERY_PATH = [{"path": {"value": "/"}}]

Claim = tuple[tuple[str, str], str, str]
"""A gateway, a hostname on it ("*" for all of them), a path under it."""


def hostname_taken(observed: Observed, traffic: Traffic) -> Finding | None:
    """Return whose route has the hostname and path on the same gateway; None when they are free or ours."""
    owner = observed.resource
    wanted = _claims(http_route(owner, traffic, {owner.metadata.name: 100}))
    ours = next(iter(observed.of_kind("HTTPRoute")), None)
    for route in sorted(observed.other_routes, key=_age):
        disputed = wanted & _claims(route)
        if ours and _age(ours) < _age(route):
            disputed -= _claims(ours)
        if disputed:
            where = f"{route['metadata']['namespace']}/{route['metadata']['name']}"
            return Finding(
                Reason.HOSTNAME_TAKEN,
                f"hostname {min(hostname for _, hostname, _ in disputed)} is already served by HTTPRoute"
                f" {where} on the same gateway: choose another hostname, or share it with"
                " traffic.match: ModelPath in both",
                needs_help=True,
            )
    return None


def _age(route: Object) -> tuple[str, str, str]:
    """Return what routes are ordered by, oldest first, as the Gateway API breaks ties."""
    metadata = route["metadata"]
    return str(metadata.get("creationTimestamp")), metadata["namespace"], metadata["name"]


def _claims(route: Object) -> set[Claim]:
    spec, namespace = route.get("spec") or {}, route["metadata"]["namespace"]
    gateways = [
        (parent.get("namespace", namespace), parent["name"]) for parent in spec.get("parentRefs") or []
    ]
    paths = [
        (match.get("path") or {}).get("value", "/")
        for rule in spec.get("rules") or []
        for match in rule.get("matches") or _EVERY_PATH
        if not match.get("headers")
    ]
    return {
        (gateway, hostname, path)
        for gateway in gateways
        for hostname in spec.get("hostnames") or ["*"]
        for path in paths
    }
