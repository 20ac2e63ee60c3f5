"""Builders of what tests begin with: a resource as a team writes it, pods as Kubernetes shows them.

Statuses of pods are those that kubelet and kube-scheduler 1.35 write.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.guard.container import CONTAINER as GUARD
from sluiceway.build.objects import Object, revision_of, without_empty
from sluiceway.build.triton import CONTAINER
from sluiceway.core.pods import is_ready

NAME, NAMESPACE = "fraud", "models"
UID = "0b7c1e2a-uid-of-fraud"
IMAGE = "nvcr.io/nvidia/tritonserver:26.07-py3"
NOW = datetime(2026, 7, 30, 3, 0, tzinfo=UTC)
MODEL: Object = {"source": {"persistentVolumeClaim": {"claimName": "models", "path": "fraud/7"}}}
HOSTNAME: Object = {"parentRefs": [{"name": "public"}], "hostnames": ["fraud.example.com"]}
MODEL_PATH: Object = {
    "parentRefs": [{"name": "public"}],
    "match": "ModelPath",
    "hostnames": ["models.example.com"],
}

FIRST_SEEN, STARTED, ENDED = (f"2026-07-30T02:5{minute}:00Z" for minute in (7, 8, 9))
"""When kubelet took up a pod, and when the last run of its server began and ended."""
POD_SPEC: Object = {
    "containers": [
        {
            "name": CONTAINER,
            "volumeMounts": [
                {"name": "sluiceway-model", "mountPath": "/models/fraud", "subPath": "fraud/7"},
                {"name": "sluiceway-temporary", "mountPath": "/tmp"},  # noqa: S108 - in the pod
                {"name": "vocabulary", "mountPath": "/vocabulary", "subPath": "words.txt"},
            ],
        },
        {"name": "istio-proxy"},
    ],
    "volumes": [
        {"name": "sluiceway-model", "persistentVolumeClaim": {"claimName": "models", "readOnly": True}},
        {"name": "sluiceway-temporary", "emptyDir": {}},
        {"name": "vocabulary", "configMap": {"name": "words"}},
    ],
}
RUNNING: Object = {"running": {"startedAt": ENDED}}


def make_raw(
    name: str = NAME,
    *,
    model: Object | None = None,
    runtime: Object | None = None,
    replicas: int = 1,
    traffic: Object | None = None,
    slo: Object | None = None,
    rollout: Object | None = None,
    autoscaling: Object | None = None,
    guard: str | None = None,
    status: Object | None = None,
    **metadata: Any,
) -> Object:
    """Return a ModelDeployment as the API server gives it; *runtime* is added to an image."""
    identity = {"name": name, "namespace": NAMESPACE, "uid": UID, "generation": 1, "resourceVersion": "7"}
    spec: Object = {
        "model": MODEL if model is None else model,
        "runtime": {"image": IMAGE} | (runtime or {}),
        "replicas": replicas,
    }
    optional = {
        "traffic": traffic,
        "slo": slo,
        "rollout": rollout,
        "guard": guard,
        "autoscaling": autoscaling,
    }
    return {
        "apiVersion": names.API_VERSION,
        "kind": names.KIND,
        "metadata": identity | metadata,
        "spec": spec | without_empty(optional),
        **({"status": status} if status else {}),
    }


def make_resource(name: str = NAME, **given: Any) -> ModelDeployment:
    """Return a ModelDeployment as the operator reads it; the arguments are those of `make_raw`."""
    return ModelDeployment.parse(make_raw(name, **given))


def make_pod(
    revision: str,
    number: int = 0,
    *,
    owner: str = NAME,
    ready: bool = False,
    since: str = FIRST_SEEN,
    scheduled: Object | None = None,
    container: Object | None = None,
) -> Object:
    """Return a pod of *revision*, ready or not *since* then; *scheduled* replaces its conditions."""
    status = {True: "True", False: "False"}[ready]
    conditions: list[Object] = [
        {"type": "PodScheduled", "status": "True", "observedGeneration": 1},
        {"type": "Ready", "status": status, "observedGeneration": 1, "lastTransitionTime": since},
    ]
    if scheduled:
        conditions = [scheduled]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{revision}-{number:05}",
            "namespace": NAMESPACE,
            "uid": f"uid-of-{revision}-{number:05}",
            "resourceVersion": "1",
            "labels": {
                names.LABEL_MANAGED_BY: names.MANAGED_BY,
                names.LABEL_MODEL_DEPLOYMENT: owner,
                names.LABEL_REVISION: revision,
            },
        },
        "spec": POD_SPEC,
        "status": {
            "phase": "Running" if ready else "Pending",
            "podIP": f"10.0.0.{number % 250 + 1}",
            "conditions": conditions,
            **({"containerStatuses": [container]} if container else {}),
        },
    }


def slices_of(pods: Iterable[Object]) -> tuple[Object, ...]:
    """Return the EndpointSlices of the revisions' Services, as the controller writes them of these pods."""
    by_revision: dict[str, list[Object]] = {}
    for pod in pods:
        endpoint = {"conditions": {"ready": is_ready(pod) and "deletionTimestamp" not in pod["metadata"]}}
        by_revision.setdefault(revision_of(pod), []).append(endpoint)
    return tuple(_slice(revision, endpoints) for revision, endpoints in by_revision.items())


def _slice(revision: str, endpoints: list[Object]) -> Object:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{revision}-slice",
            "namespace": NAMESPACE,
            "labels": {"kubernetes.io/service-name": revision},
        },
        "endpoints": endpoints,
    }


def pod_with_guard(revision: str, state: Object, *, last: Object | None = None, restarts: int = 0) -> Object:
    """Return a pod whose guard is in *state*, so that Triton waits."""
    pod = waiting_pod(revision, "PodInitializing")
    guard = container(state, last=last, restarts=restarts) | {"name": GUARD, "image": "envoy:v1.40.0"}
    pod["status"]["initContainerStatuses"] = [guard]
    return pod


def container(state: Object, *, last: Object | None = None, restarts: int = 0, ready: bool = False) -> Object:
    """Return the status of Triton's container, in *state* and before it *last*."""
    return {
        "name": CONTAINER,
        "image": IMAGE,
        "imageID": "",
        "ready": ready,
        "started": ready,
        "restartCount": restarts,
        "state": state,
        "lastState": {"terminated": last} if last else {},
    }


def ready_pod(revision: str, number: int = 0, **given: Any) -> Object:
    """Return a pod whose model answers."""
    running = container(RUNNING, ready=True)
    return make_pod(revision, number, ready=True, container=running, **given)


def loading_pod(revision: str, number: int = 0, **given: Any) -> Object:
    """Return a pod whose server runs and loads the model."""
    return make_pod(revision, number, container=container(RUNNING), **given)


def waiting_pod(revision: str, reason: str, message: str | None = None, number: int = 0) -> Object:
    """Return a pod whose container kubelet has not started, for *reason*."""
    waiting = {"reason": reason} | ({"message": message} if message else {})
    return make_pod(revision, number, container=container({"waiting": waiting}))


def unscheduled_pod(revision: str, message: str, number: int = 0) -> Object:
    """Return a pod for which kube-scheduler finds no node."""
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return make_pod(revision, number, scheduled=condition | {"observedGeneration": 1})


def crashed_pod(
    revision: str, message: str = "", number: int = 0, *, reason: str = "Error", exit_code: int = 1
) -> Object:
    """Return a pod whose server never came up and is about to be started again; *message* ends its log."""
    last = ended(message, reason=reason, exit_code=exit_code)
    return make_pod(revision, number, container=container(back_off(revision, number), last=last, restarts=2))


def restarted_pod(revision: str, state: Object = RUNNING, number: int = 0, **last: Any) -> Object:
    """Return a pod whose model answered until its server ended, in *state* since; *last* is `ended`'s."""
    return make_pod(revision, number, since=ENDED, container=container(state, last=ended(**last), restarts=1))


def evicted_pod(revision: str, number: int = 0) -> Object:
    """Return a pod that kubelet ended for want of memory on its node."""
    pod = make_pod(revision, number, since=ENDED, container=container({"terminated": ended()}))
    return pod | {"status": pod["status"] | {"phase": "Failed", "reason": "Evicted"}}


def ended(message: str = "", *, reason: str = "Error", exit_code: int = 1) -> Object:
    """Return how a run of the server ended; *message* is the end of its log."""
    found: Object = {"exitCode": exit_code, "reason": reason, "containerID": "containerd://5bd1"}
    return found | {"startedAt": STARTED, "finishedAt": ENDED} | ({"message": message} if message else {})


def back_off(revision: str, number: int = 0) -> Object:
    """Return the state of a container that kubelet starts again in a while."""
    pod = f"{revision}-{number:05}_{NAMESPACE}(uid)"
    message = f"back-off 10s restarting failed container={CONTAINER} pod={pod}"
    return {"waiting": {"reason": "CrashLoopBackOff", "message": message}}


def make_gateway(name: str = "public", namespace: str = NAMESPACE) -> Object:
    """Return a Gateway."""
    metadata = {"name": name, "namespace": namespace, "uid": f"uid-of-gateway-{name}", "resourceVersion": "1"}
    return {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": metadata}
