"""What one revision consists of in the cluster: its record, its pods, their Service, their budget."""

from __future__ import annotations

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.guard.ports import GRPC_PORT, HTTP_PORT
from sluiceway.build.objects import Object, metadata, pod_selector, without_empty


def controller_revision(
    owner: ModelDeployment,
    revision: str,
    *,
    number: int,
    data: Object,
    outcome: str = "",
    signature: str = "",
    judgement: str = "",
) -> Object:
    """Return the record of *revision*; the API server refuses any later change of its `data`.

    *outcome* tells how its last attempt to take over ended, *signature* that it was verified, and
    *judgement* what is known of it while it is on trial.
    """
    noted = {
        names.ANNOTATION_OUTCOME: outcome,
        names.ANNOTATION_SIGNATURE: signature,
        names.ANNOTATION_JUDGEMENT: judgement,
    }
    annotations = without_empty({"annotations": without_empty(noted)})
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": metadata(owner, revision, revision) | annotations,
        "revision": number,
        "data": data,
    }


def deployment(owner: ModelDeployment, revision: str, *, template: Object, replicas: int) -> Object:
    """Return the Deployment that runs *revision* with the stored pod *template*."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(owner, revision, revision),
        "spec": {
            "replicas": replicas,
            # The template never changes, so there are no older ReplicaSets to keep.
            "revisionHistoryLimit": 0,
            "selector": {"matchLabels": pod_selector(owner, revision)},
            "template": template,
        },
    }


def revision_service(owner: ModelDeployment, revision: str) -> Object:
    """Return the Service of one revision's pods, which the route refers to."""
    return _service(owner, revision, selected=revision, part_of=revision)


def serving_service(owner: ModelDeployment, serving: str, memory: str = "") -> Object:
    """Return Service `<name>`: the serving revision, for callers inside the cluster.

    Without a route it also carries the *memory* of the rollout, and where it may lead to a candidate.
    """
    service = _service(owner, owner.metadata.name, selected=serving, part_of="")
    if memory:
        service["metadata"]["annotations"] = {names.ANNOTATION_ROLLOUT: memory}
    return service


def _service(owner: ModelDeployment, name: str, *, selected: str, part_of: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(owner, name, part_of),
        "spec": {
            "type": "ClusterIP",
            "selector": pod_selector(owner, selected),
            "ports": [
                {"name": "http", "port": HTTP_PORT, "targetPort": HTTP_PORT, "protocol": "TCP"},
                {
                    "name": "grpc",
                    "port": GRPC_PORT,
                    "targetPort": GRPC_PORT,
                    "protocol": "TCP",
                    # Gateways speak HTTP/2 without TLS to it (Gateway API, GEP-1911).
                    "appProtocol": "kubernetes.io/h2c",
                },
            ],
        },
    }


def disruption_budget(owner: ModelDeployment, revision: str, *, replicas: int) -> Object | None:
    """Return the PodDisruptionBudget of *revision*: one of its pods may be evicted at a time.

    *replicas* is what its Deployment asks for now. One pod has no budget: it would allow to evict it.
    """
    if replicas < 2:  # noqa: PLR2004 - two is what "more than one" means
        return None
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(owner, revision, revision),
        "spec": {
            # Right for any number of pods, whoever changes it; minAvailable would be late by a pass.
            "maxUnavailable": 1,
            # A pod whose model does not load serves nobody, and would hold up the drain of its node for ever.
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": pod_selector(owner, revision)},
        },
    }
