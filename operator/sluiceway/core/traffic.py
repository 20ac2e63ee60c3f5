"""Does the gateway carry what it was asked to carry? And may the hostname be used at all?

Nothing here stops serving inside the cluster: a gateway's trouble is a condition, not a stop.
"""

from __future__ import annotations

from collections.abc import Sequence

from sluiceway.api.reasons import Reason
from sluiceway.api.traffic import Traffic
from sluiceway.build.objects import Object, Ref
from sluiceway.build.route import http_route, parent_ref
from sluiceway.core.finding import Finding
from sluiceway.core.hostnames import hostname_taken
from sluiceway.core.observed import Observed
from sluiceway.core.ownership import Holder, describe_holder, holder

_PARENT_FIELDS = ("group", "kind", "namespace", "name", "sectionName", "port")


def obstacle(observed: Observed) -> Finding | None:
    """Return what forbids that the route is written; None when it may be, or when none is asked for."""
    owner = observed.resource
    traffic = owner.spec.traffic
    if traffic is None:
        return None
    if not observed.gateway_api:
        return Finding(
            Reason.GATEWAY_API_MISSING,
            "this cluster has no Gateway API (HTTPRoute, gateway.networking.k8s.io/v1): install a gateway, or"
            " remove spec.traffic to serve inside the cluster only",
            needs_help=True,
        )
    return _name_held(observed) or hostname_taken(observed, traffic)


def contested(observed: Observed) -> bool:
    """Tell whether other routes must be looked at: before the route takes a hostname, not afterwards.

    Once it has it, only older routes win against it, and there are none.
    """
    owner = observed.resource
    traffic = owner.spec.traffic
    if traffic is None or not observed.gateway_api:
        return False
    intended = http_route(owner, traffic, {owner.metadata.name: 100})["spec"]
    live = next((route["spec"] for route in observed.of_kind("HTTPRoute")), None)
    claims = ("parentRefs", "hostnames")
    return live is None or any(intended.get(claim) != live.get(claim) for claim in claims)


def judge(observed: Observed, route: Object | None, *, moves: bool) -> Finding:
    """Return how things stand with the gateway: RouteAccepted when it serves the route as it is now.

    *moves* tells that the route is about to be written, so that nothing the gateway said is about it.
    What forbids a route is not asked here: see `obstacle`.
    """
    owner = observed.resource
    if owner.spec.traffic is None:
        address = f"{owner.metadata.name}.{owner.metadata.namespace}.svc"
        return Finding(Reason.NO_GATEWAY, f"no gateway is asked for; callers in the cluster use {address}")
    parents = [parent_ref(owner, given) for given in owner.spec.traffic.parent_refs]
    if missing := [
        f"{parent['namespace']}/{parent['name']}"
        for parent in parents
        if observed.gateways.get((parent["namespace"], parent["name"]), parent) is None
    ]:
        return Finding(
            Reason.GATEWAY_NOT_FOUND,
            f"Gateway {', '.join(missing)} does not exist: create it, or correct spec.traffic.parentRefs",
            needs_help=True,
        )
    if route is None:
        return Finding(Reason.ROUTE_PENDING, "the route is written when the first revision is ready")
    if moves:
        return Finding(Reason.ROUTE_PENDING, "the gateway is being told of a change of the route")
    return next(filter(None, (_parent_trouble(route, parent) for parent in parents)), None) or Finding(
        Reason.ROUTE_ACCEPTED,
        f"requests for {', '.join(_addresses(owner.spec.traffic))} arrive through"
        f" {', '.join(parent['namespace'] + '/' + parent['name'] for parent in parents)}",
    )


def _name_held(observed: Observed) -> Finding | None:
    owner = observed.resource
    ref = Ref("gateway.networking.k8s.io/v1", "HTTPRoute", owner.metadata.namespace, owner.metadata.name)
    route = observed.objects.get(ref)
    if route is None or holder(owner, route) is not Holder.SOMEBODY_ELSE:
        return None
    return Finding(
        Reason.NAME_CONFLICT,
        f"HTTPRoute {ref.name} belongs to {describe_holder(owner, route)}: remove or rename it, or"
        " rename this ModelDeployment",
        needs_help=True,
    )


def _addresses(traffic: Traffic) -> Sequence[str]:
    return traffic.hostnames or ("all hostnames of the gateway",)


def _parent_trouble(route: Object, parent: Object) -> Finding | None:
    """Return why *parent* does not serve the route as it is now; None when it does."""
    name = f"{parent['namespace']}/{parent['name']}"
    pending = Finding(Reason.ROUTE_PENDING, f"Gateway {name} has not taken up the route yet")
    generation = route["metadata"].get("generation", 0)
    for status in (route.get("status") or {}).get("parents") or []:
        # What a gateway leaves out of a parentRef is its default.
        defaults = {"group": parent["group"], "kind": parent["kind"]}
        ref = defaults | {"namespace": route["metadata"]["namespace"]} | status["parentRef"]
        if all(ref.get(field) == parent.get(field) for field in _PARENT_FIELDS):
            conditions = {condition["type"]: condition for condition in status.get("conditions") or []}
            for kind in ("Accepted", "ResolvedRefs"):
                condition = conditions.get(kind)
                if condition is None or condition.get("observedGeneration", 0) < generation:
                    return pending
                if condition["status"] != "True":
                    return Finding(
                        Reason.ROUTE_NOT_ACCEPTED,
                        f"Gateway {name} does not accept the route: {condition['reason']}:"
                        f" {condition.get('message', '')}",
                        needs_help=True,
                    )
            return None
    return pending
