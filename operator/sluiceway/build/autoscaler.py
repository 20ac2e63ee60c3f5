"""The HorizontalPodAutoscaler of one revision, and what Triton's metrics are called in it.

Metrics of pods are offered to autoscalers by an adapter, under names of its own. Ours are those that the
rules in docs/how-to/autoscaling.md give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sluiceway.api.autoscaling import Autoscaling
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.scaled_by import Metric, MetricType
from sluiceway.build.objects import Object, metadata, without_empty
from sluiceway.build.triton import CONTAINER

API_VERSION, KIND = "autoscaling/v2", "HorizontalPodAutoscaler"

PENDING_REQUESTS = "nv_inference_pending_request_count"
"""Requests that wait in Triton to be worked on (Triton, docs/user_guide/metrics.md)."""
QUEUE_TIME = "sluiceway_queue_time_ratio"
"""Seconds that requests waited for each second that they were worked on; Triton only has the two sums."""
GPU_UTILIZATION = "nv_gpu_utilization"
"""How busy a GPU is, from 0 to 1 (Triton, docs/user_guide/metrics.md)."""


def autoscaler(owner: ModelDeployment, revision: str, given: Autoscaling, *, floor: int, most: int) -> Object:
    """Return the autoscaler of *revision*, which keeps at least *floor* pods and at most *most*."""
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": revision},
        "minReplicas": floor,
        "maxReplicas": most,
        "metrics": [metric_spec(metric) for metric in given.metrics],
        "behavior": given.behavior.to_dict() if given.behavior else None,
    }
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": metadata(owner, revision, revision),
        "spec": without_empty(spec),
    }


def metric_spec(metric: Metric) -> Object:
    """Return a metric as `autoscaling/v2` has it."""
    return _FORMS[metric.type](metric)


def _resource(name: str) -> Callable[[Metric], Object]:
    """Of Triton's container alone: the guard, which is small, would hide how busy the model is."""

    def form(metric: Metric) -> Object:
        target = {"type": "Utilization", "averageUtilization": metric.target_percent}
        return {
            "type": "ContainerResource",
            "containerResource": {"name": name, "container": CONTAINER, "target": target},
        }

    return form


def _pods(name: str, amount: str) -> Object:
    target = {"type": "AverageValue", "averageValue": amount}
    return {"type": "Pods", "pods": {"metric": {"name": name}, "target": target}}


def _share(name: str) -> Callable[[Metric], Object]:
    """Of a metric that is 1 where users say 100 percent."""
    return lambda metric: _pods(name, f"{(metric.target_percent or 0) * 10}m")


_FORMS: Mapping[MetricType, Callable[[Metric], Object]] = {
    MetricType.CPU: _resource("cpu"),
    MetricType.MEMORY: _resource("memory"),
    MetricType.PENDING_REQUESTS: lambda metric: _pods(PENDING_REQUESTS, metric.target_per_pod or ""),
    MetricType.QUEUE_TIME: _share(QUEUE_TIME),
    MetricType.GPU_UTILIZATION: _share(GPU_UTILIZATION),
    MetricType.RAW: lambda metric: metric.metric.to_dict() if metric.metric else {},
}
