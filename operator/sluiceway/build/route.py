"""The HTTPRoute of a model: HTTP and gRPC in one object, so that moving traffic is one write.

Triton's gRPC service is reached by its path (`/inference.GRPCInferenceService/<method>`, a gRPC call
is an HTTP/2 POST to it) on the port whose Service says `kubernetes.io/h2c`. A GRPCRoute with the same
hostname on the same listener would exclude the HTTPRoute (Gateway API, GRPCRoute), and two routes
would be two writes.
"""

from __future__ import annotations

from collections.abc import Mapping

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.traffic import Match, ParentRef, Traffic
from sluiceway.build.guard.ports import GRPC_PORT, HTTP_PORT
from sluiceway.build.objects import Object, metadata, without_empty

API_VERSION, KIND = "gateway.networking.k8s.io/v1", "HTTPRoute"

GRPC_SERVICES = ("/inference.GRPCInferenceService", "/grpc.health.v1.Health")
"""Path prefixes of the gRPC services that Triton offers to callers."""


SPLIT_RULES = 2
"""So many rules, the first ones, lead users: by HTTP and by gRPC. Those after them lead to previews."""

_TOLD_APART = "sluiceway-backend"
"""A header that Triton ignores. Setting it is a filter, by which a gateway tells one backend from another."""


def http_route(
    owner: ModelDeployment,
    traffic: Traffic,
    weights: Mapping[str, int],
    *,
    previewed: Mapping[str, str] | None = None,
    memory: str = "",
    filtered: bool = False,
) -> Object:
    """Return the route; *weights* maps revisions to percent, in the order of their backendRefs.

    Callers reach each of the *previewed* revisions by a header with its value, whatever its weight. That
    rule also keeps the data plane's backend alive at weight 0. *memory* is what must be remembered of
    the rollout: it is one write with the weights. With *filtered* each backend has a filter.

    :raises ValueError: when the weights do not sum to 100.
    """
    if sum(weights.values()) != 100:  # noqa: PLR2004 - percent
        raise ValueError(f"weights must sum to 100: {dict(weights)}")
    parts = ((http_matches(owner, traffic), HTTP_PORT), (grpc_matches(owner, traffic), GRPC_PORT))
    split = [
        {"matches": matches, "backendRefs": _backends(weights, port, filtered=filtered)}
        for matches, port in parts
    ]
    chosen = [
        {
            "matches": [_with_header(match, names.HEADER_REVISION, value) for match in matches],
            "backendRefs": _backends({revision: 100}, port),
        }
        for revision, value in (previewed or {}).items()
        for matches, port in parts
    ]
    annotations = {"annotations": {names.ANNOTATION_ROLLOUT: memory}} if memory else {}
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": metadata(owner, owner.metadata.name) | annotations,
        "spec": without_empty(
            {
                "parentRefs": [parent_ref(owner, given) for given in traffic.parent_refs],
                "hostnames": list(traffic.hostnames),
                "rules": [*split, *chosen],
            }
        ),
    }


def parent_ref(owner: ModelDeployment, given: ParentRef) -> Object:
    """Return a parentRef as the API server will show it: written out, so that it compares equal."""
    return {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "namespace": owner.metadata.namespace,
    } | given.to_dict()


def http_matches(owner: ModelDeployment, traffic: Traffic) -> list[Object]:
    """Return what of the HTTP traffic is this model's: the whole API, or the model's own paths."""
    if traffic.match is Match.MODEL_PATH:
        return [_prefix(f"/v2/models/{owner.model_name}")]
    return [_prefix("/v2")]


def grpc_matches(owner: ModelDeployment, traffic: Traffic) -> list[Object]:
    """Return what of the gRPC traffic is this model's.

    A gRPC call names its model in the message, where a gateway does not look. On a shared hostname
    the caller says it in the header as well.
    """
    if traffic.match is Match.MODEL_PATH:
        return [_with_header(_prefix(GRPC_SERVICES[0]), names.HEADER_MODEL, owner.model_name)]
    return [_prefix(path) for path in GRPC_SERVICES]


def _prefix(path: str) -> Object:
    return {"path": {"type": "PathPrefix", "value": path}}


def _with_header(match: Object, name: str, value: str) -> Object:
    header = {"type": "Exact", "name": name, "value": value}
    return match | {"headers": [*match.get("headers", []), header]}


def _backends(weights: Mapping[str, int], port: int, *, filtered: bool = False) -> list[Object]:
    return [
        {"group": "", "kind": "Service", "name": revision, "port": port, "weight": weight}
        | ({"filters": [_names(revision)]} if filtered else {})
        for revision, weight in weights.items()
    ]


def _names(revision: str) -> Object:
    header = {"name": _TOLD_APART, "value": revision}
    return {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [header]}}
