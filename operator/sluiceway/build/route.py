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
from sluiceway.build.objects import Object, metadata, without_empty
from sluiceway.build.pod import GRPC_PORT, HTTP_PORT

GRPC_SERVICES = ("/inference.GRPCInferenceService", "/grpc.health.v1.Health")
"""Path prefixes of the gRPC services that Triton offers to callers."""


def http_route(owner: ModelDeployment, traffic: Traffic, weights: Mapping[str, int]) -> Object:
    """Return the route; *weights* maps revisions to percent, in the order of their backendRefs.

    :raises ValueError: when the weights do not sum to 100.
    """
    if sum(weights.values()) != 100:  # noqa: PLR2004 - percent
        raise ValueError(f"weights must sum to 100: {dict(weights)}")
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": metadata(owner, owner.metadata.name),
        "spec": without_empty(
            {
                "parentRefs": [parent_ref(owner, given) for given in traffic.parent_refs],
                "hostnames": list(traffic.hostnames),
                "rules": [
                    {"matches": matches, "backendRefs": _backends(weights, port)}
                    for matches, port in (
                        (http_matches(owner, traffic), HTTP_PORT),
                        (grpc_matches(owner, traffic), GRPC_PORT),
                    )
                ],
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
        header = {"type": "Exact", "name": names.HEADER_MODEL, "value": owner.model_name}
        return [_prefix(GRPC_SERVICES[0]) | {"headers": [header]}]
    return [_prefix(path) for path in GRPC_SERVICES]


def _prefix(path: str) -> Object:
    return {"path": {"type": "PathPrefix", "value": path}}


def _backends(weights: Mapping[str, int], port: int) -> list[Object]:
    return [
        {"group": "", "kind": "Service", "name": revision, "port": port, "weight": weight}
        for revision, weight in weights.items()
    ]
