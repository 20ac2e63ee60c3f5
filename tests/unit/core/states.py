"""Every state of the life of a ModelDeployment, and how tools that know only kstatus read it."""

from __future__ import annotations

from dataclasses import replace

from sluiceway.build.objects import Ref, ref_of
from sluiceway.build.route import http_route
from sluiceway.build.workload import serving_service
from sluiceway.core.observed import Observed
from tests.fakes.objects import (
    HOSTNAME,
    NAME,
    NAMESPACE,
    crashed_pod,
    loading_pod,
    make_resource,
    ready_pod,
    unscheduled_pod,
    waiting_pod,
)
from tests.fakes.snapshots import (
    asking_for,
    carried_out,
    first_look,
    serving,
    wanted_name,
    with_pods,
    with_route_status,
)

LAST_WORDS = "E0730 02:59:00.123456 1 model_lifecycle.cc:642] failed to load 'fraud' version 7: no such file"
NO_ROOM = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."

_CREATED = carried_out(first_look())
_FIRST = wanted_name(_CREATED)
_SERVING = serving()
_CHANGED = carried_out(asking_for(_SERVING, runtime={"image": "triton:next"}))
_NEXT = wanted_name(_CHANGED)
_OLD = _SERVING.pods


def _named_by_somebody() -> Observed:
    theirs = serving_service(make_resource(), _FIRST)
    theirs["metadata"] = {"name": NAME, "namespace": NAMESPACE, "resourceVersion": "1", "uid": "x"}
    return replace(first_look(), objects={ref_of(theirs): theirs})


def _hostname_of_somebody() -> Observed:
    other = make_resource("other", traffic=HOSTNAME)
    assert other.spec.traffic
    theirs = http_route(other, other.spec.traffic, {"other-1a2b3": 100})
    theirs["metadata"]["creationTimestamp"] = "2026-07-30T01:00:00Z"
    loaded = carried_out(with_pods(_CREATED, ready_pod(_FIRST, 0), ready_pod(_FIRST, 1)))
    unrouted = {ref: obj for ref, obj in loaded.objects.items() if ref.kind != "HTTPRoute"}
    return replace(loaded, objects=unrouted, other_routes=(theirs,))


def _refused_pod() -> Observed:
    changed = asking_for(_SERVING, runtime={"priorityClassName": "urgent"})
    ref = Ref("apps/v1", "Deployment", NAMESPACE, wanted_name(changed))
    return replace(changed, rejections={ref: "no PriorityClass with name urgent was found"})


def _without_a_gateway(observed: Observed) -> Observed:
    return replace(observed, gateways={(NAMESPACE, "public"): None})


def _without_gateway_api() -> Observed:
    return replace(_CREATED, gateway_api=False)


STATES: dict[str, tuple[Observed, str]] = {
    "the first visit": (first_look(), "InProgress"),
    "pods being started": (with_pods(_CREATED, waiting_pod(_FIRST, "ContainerCreating")), "InProgress"),
    "the model being loaded": (with_pods(_CREATED, loading_pod(_FIRST)), "InProgress"),
    "no node has room yet": (with_pods(_CREATED, unscheduled_pod(_FIRST, NO_ROOM)), "InProgress"),
    "the image can not be pulled": (
        with_pods(_CREATED, waiting_pod(_FIRST, "ErrImagePull", "not found")),
        "Failed",
    ),
    "the first revision does not load": (with_pods(_CREATED, crashed_pod(_FIRST, LAST_WORDS)), "Failed"),
    "the first of two pods answers": (
        with_pods(_CREATED, ready_pod(_FIRST), loading_pod(_FIRST, 1)),
        "InProgress",
    ),
    "the gateway has not answered": (
        carried_out(with_pods(_CREATED, ready_pod(_FIRST), ready_pod(_FIRST, 1))),
        "InProgress",
    ),
    "serving": (_SERVING, "Current"),
    "serving inside the cluster only": (serving(traffic=None), "Current"),
    "the gateway refuses the route": (
        with_route_status(_SERVING, "False", "NotAllowedByListeners"),
        "Failed",
    ),
    "the gateway is missing": (_without_a_gateway(_SERVING), "Failed"),
    "the Gateway API is missing": (_without_gateway_api(), "Failed"),
    "the hostname is taken": (_hostname_of_somebody(), "Failed"),
    "a new revision loads while the old one serves": (
        with_pods(_CHANGED, *_OLD, loading_pod(_NEXT, 2), ready_pod(_NEXT, 3)),
        "InProgress",
    ),
    "a new revision does not load while the old one serves": (
        with_pods(_CHANGED, *_OLD, crashed_pod(_NEXT, LAST_WORDS, 2)),
        "Failed",
    ),
    "a new revision takes over": (
        with_pods(_CHANGED, *_OLD, ready_pod(_NEXT, 2), ready_pod(_NEXT, 3)),
        "InProgress",
    ),
    "one pod was lost": (with_pods(_SERVING, ready_pod(_FIRST)), "InProgress"),
    "all pods were lost": (with_pods(_SERVING), "InProgress"),
    "scaled to zero": (with_pods(asking_for(_SERVING, replicas=0)), "Current"),
    "a name that is needed belongs to somebody else": (_named_by_somebody(), "Failed"),
    "the API server refuses the pods": (_refused_pod(), "Failed"),
}
