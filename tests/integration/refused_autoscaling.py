"""What users get wrong about autoscaling, and what the API server answers."""

from __future__ import annotations

from typing import Any

from tests.support.cluster_view import model_deployment

OWNED = (
    "Change autoscaling.minReplicas and maxReplicas: an autoscaler owns the number of pods. Leave replicas"
    " out, or set it to 1 where another number is stored"
)
TAKEN_AWAY = (
    "Give replicas, the number of pods from now on, when you take autoscaling away: without it there would"
    " be 1. To come down to 1, set autoscaling.maxReplicas to 1 first"
)
MAXIMUM = "Let maxReplicas be at least minReplicas"
TWICE = "Give every type of metric but Raw once"
PERCENT = "Give targetPercent for CPU, Memory, QueueTime and GPUUtilization, and only there"
ALL_THE_TIME = "Let targetPercent be at most 100: a GPU can not be busier than all the time"
PER_POD = "Give targetPerPod, how many requests may wait in one pod, for PendingRequests and only there"
RAW = "Give metric, as autoscaling/v2 has it, or trigger, as KEDA has it, for Raw and only there"
CLASS = "Give metric with the class HorizontalPodAutoscaler, and trigger with the class ScaledObject"
SERVER = (
    "Give prometheus.serverAddress: KEDA asks a Prometheus for PendingRequests, QueueTime and GPUUtilization"
)
NO_SERVER = (
    "Leave out prometheus, or set class to ScaledObject: with a HorizontalPodAutoscaler it is an adapter that"
    " asks a Prometheus"
)
AT_LEAST_ONE = (
    "Let minReplicas be at least 1, or set class to ScaledObject and give a Raw trigger other than cpu and"
    " memory: where there are no pods, nothing that they tell asks for the first one"
)
OF_KEDA = "Leave out pollingSeconds and cooldownSeconds, or set class to ScaledObject: they are KEDA's"
ADDRESS = "Give the address as KEDA's pods reach it, such as http://prometheus.monitoring.svc:9090"
PLACES = "Only {{revision}}, {{namespace}} and {{name}} are replaced; mend what else stands between {{ and }}"
SOURCE = "Give the one of resource, containerResource, pods, object and external that type names"
USED = "Give the one of averageUtilization and averageValue that type names"
VALUE = "Give the one of value and averageValue that type names"
AMOUNT = "Give an amount above zero as Kubernetes writes it, such as 2 or 500m"
CPU = "Give runtime.resources.requests.cpu, or leave out the metric CPU: it is measured in percent of that"
MEMORY = (
    "Give runtime.resources.requests.memory, or leave out the metric Memory: it is measured in percent of"
    " that"
)
GPU = (
    "Give nvidia.com/gpu under runtime.resources.limits, or leave out the metric GPUUtilization: the pods"
    " have no GPU"
)

WAITING: dict[str, Any] = {"type": "PendingRequests", "targetPerPod": 4}
A_TARGET: dict[str, Any] = {"type": "AverageValue", "averageValue": "4"}
A_METRIC: dict[str, Any] = {"type": "Pods", "pods": {"metric": {"name": "waiting"}, "target": A_TARGET}}


TRIGGER: dict[str, Any] = {"type": "cron", "metadata": {"timezone": "UTC"}}
BY_TRIGGER: dict[str, Any] = {"type": "Raw", "trigger": TRIGGER}


def by(*metrics: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an autoscaling that goes by *metrics*."""
    return {"maxReplicas": 5, "metrics": list(metrics)} | more


def _used(**target: Any) -> dict[str, Any]:
    return by({"type": "Raw", "metric": {"type": "Resource", "resource": {"name": "cpu", "target": target}}})


def _outside(**target: Any) -> dict[str, Any]:
    source = {"metric": {"name": "waiting"}, "target": target}
    return by({"type": "Raw", "metric": {"type": "External", "external": source}})


def _by_keda(*metrics: dict[str, Any], **more: Any) -> dict[str, Any]:
    return by(*metrics, **{"class": "ScaledObject", **more})


def _triggered(kind: str) -> dict[str, Any]:
    return {"type": "Raw", "trigger": TRIGGER | {"type": kind}}


def _spec(autoscaling: dict[str, Any], **more: Any) -> dict[str, Any]:
    spec: dict[str, Any] = model_deployment("fraud", autoscaling=autoscaling, **more)["spec"]
    return spec


_LIMITED = {"image": "triton:1", "resources": {"limits": {"memory": "1Gi"}}}
_OTHER_DEVICE = {"image": "triton:1", "resources": {"limits": {"amd.com/gpu": 1, "cpu": 1}}}

SAMPLES: dict[tuple[str, str, str], list[Any]] = {
    ("spec", ".replicas", OWNED): [_spec(by(WAITING), replicas=replicas) for replicas in (0, 2)],
    ("spec", ".autoscaling.metrics", CPU): [
        _spec(by({"type": "CPU", "targetPercent": 80})),
        _spec(by({"type": "CPU", "targetPercent": 80}), runtime=_LIMITED),
    ],
    ("spec", ".autoscaling.metrics", MEMORY): [
        _spec(by({"type": "Memory", "targetPercent": 80})),
        _spec(by({"type": "Memory", "targetPercent": 80}), runtime=_OTHER_DEVICE),
    ],
    ("spec", ".autoscaling.metrics", GPU): [
        _spec(by({"type": "GPUUtilization", "targetPercent": 80})),
        _spec(by({"type": "GPUUtilization", "targetPercent": 80}), runtime=_OTHER_DEVICE),
    ],
    ("spec.autoscaling", ".maxReplicas", MAXIMUM): [by(WAITING, minReplicas=6)],
    ("spec.autoscaling", ".metrics", TWICE): [by(WAITING, {**WAITING, "targetPerPod": "500m"})],
    ("spec.autoscaling", ".metrics[0].targetPercent", PERCENT): [
        by({"type": "QueueTime"}),
        by({**WAITING, "targetPercent": 50}),
    ],
    ("spec", ".autoscaling.metrics[0].targetPercent", ALL_THE_TIME): [
        _spec(
            by({"type": "GPUUtilization", "targetPercent": 101}),
            runtime={"image": "triton:1", "resources": {"limits": {"nvidia.com/gpu": 1}}},
        )
    ],
    ("spec.autoscaling", ".metrics[0].targetPerPod", PER_POD): [
        by({"type": "PendingRequests"}),
        by({"type": "QueueTime", "targetPercent": 50, "targetPerPod": 4}),
    ],
    ("spec.autoscaling", ".metrics[0].metric", RAW): [
        by({"type": "Raw"}),
        by({**WAITING, "metric": A_METRIC}),
        _by_keda(
            {"type": "QueueTime", "targetPercent": 80, "trigger": TRIGGER},
            prometheus={"serverAddress": "http://prometheus"},
        ),
    ],
    ("spec.autoscaling", ".metrics", CLASS): [by(BY_TRIGGER), _by_keda({"type": "Raw", "metric": A_METRIC})],
    ("spec.autoscaling", ".prometheus", SERVER): [_by_keda(WAITING)],
    ("spec.autoscaling", ".prometheus", NO_SERVER): [
        by(WAITING, prometheus={"serverAddress": "http://prometheus"})
    ],
    ("spec.autoscaling", ".minReplicas", AT_LEAST_ONE): [
        by(WAITING, minReplicas=0),
        _by_keda(WAITING, minReplicas=0, prometheus={"serverAddress": "http://prometheus"}),
        *(_by_keda(_triggered(kind), minReplicas=0) for kind in ("cpu", "memory")),
    ],
    ("spec.autoscaling", ".class", OF_KEDA): [by(WAITING, pollingSeconds=5), by(WAITING, cooldownSeconds=5)],
    ("spec.autoscaling", ".prometheus.serverAddress", ADDRESS): [
        _by_keda(WAITING, prometheus={"serverAddress": text}) for text in ("prometheus:9090", "http://", "ftp://a")
    ],
    ("spec.autoscaling", ".metrics[0].trigger.metadata[query]", PLACES): [
        _by_keda({"type": "Raw", "trigger": {"type": "prometheus", "metadata": {"query": "up{a={{b}}}"}}})
    ],
    ("spec.autoscaling", ".metrics[0].metric", SOURCE): [
        by({"type": "Raw", "metric": {**A_METRIC, "type": "External"}}),
        by({"type": "Raw", "metric": {"type": "Resource"}}),
        by({"type": "Raw", "metric": {**A_METRIC, "resource": {"name": "cpu", "target": A_TARGET}}}),
    ],
    ("spec.autoscaling", ".metrics[0].metric.resource.target", USED): [
        _used(type="Utilization"),
        _used(type="AverageValue", averageValue=1, averageUtilization=1),
    ],
    ("spec.autoscaling", ".metrics[0].metric.external.target", VALUE): [
        _outside(type="AverageValue", value=1),
        _outside(type="Value", value=1, averageValue=1),
    ],
    ("spec.autoscaling", ".metrics[0].targetPerPod", AMOUNT): [
        by({**WAITING, "targetPerPod": text}) for text in ("0", "-1", "many")
    ],
}  # fmt: skip
