"""The ScaledObject of one revision, by which KEDA makes its autoscaler and feeds it.

KEDA asks a Prometheus itself, so that Triton's metrics need no adapter. They are added up over the pods of
the revision, and the autoscaler divides by their number: what one pod has decides, as with an adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sluiceway.api.autoscaling import Autoscaling
from sluiceway.api.queries import filled_in
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.scaled_by import Metric, MetricType
from sluiceway.api.triggers import AuthenticationRef, Trigger
from sluiceway.build.autoscaler import GPU_UTILIZATION, PENDING_REQUESTS
from sluiceway.build.objects import Object, metadata, without_empty
from sluiceway.build.quantities import quantity
from sluiceway.build.triton import CONTAINER

API_VERSION, KIND = "keda.sh/v1alpha1", "ScaledObject"

_TAKES_OVER = "scaledobject.keda.sh/transfer-hpa-ownership"
"""Lets KEDA's admission webhook accept a ScaledObject beside an autoscaler of ours, which KEDA then makes its
own (KEDA 2.21, apis/keda/v1alpha1/scaledobject_webhook.go)."""
_COOLDOWN_SECONDS = 300
"""KEDA's own choice."""


def scaled_object(
    owner: ModelDeployment, revision: str, given: Autoscaling, *, floor: int, most: int
) -> Object:
    """Return the ScaledObject of *revision*, which keeps at least *floor* pods and at most *most*."""
    # Named as one of ours would be: KEDA takes that over, and the name that it would choose may be too long.
    autoscaler = without_empty(
        {"name": revision, "behavior": given.behavior.to_dict() if given.behavior else None}
    )
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": metadata(owner, revision, revision) | {"annotations": {_TAKES_OVER: "true"}},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": revision},
            "minReplicaCount": floor,
            "maxReplicaCount": most,
            **_sleep(given),
            "advanced": {"horizontalPodAutoscalerConfig": autoscaler},
            "triggers": [_trigger(owner, revision, given, metric) for metric in given.metrics],
        },
    }


def _sleep(given: Autoscaling) -> Object:
    """Return when KEDA ends the last pod and starts the first one.

    What has just been started was never asked: it is given the same time.
    """
    if given.min_replicas:
        return {}
    cooldown = given.cooldown_seconds or _COOLDOWN_SECONDS
    polling = {"pollingInterval": given.polling_seconds} if given.polling_seconds else {}
    return polling | {"cooldownPeriod": cooldown, "initialCooldownPeriod": cooldown}


def _trigger(owner: ModelDeployment, revision: str, given: Autoscaling, metric: Metric) -> Object:
    namespace = owner.metadata.namespace
    if metric.trigger:
        return _passed_on(metric.trigger, owner, revision)
    if metric.type in _RESOURCES:
        return {
            "type": _RESOURCES[metric.type],
            "metricType": "Utilization",
            "metadata": {"value": str(metric.target_percent), "containerName": CONTAINER},
        }
    # Names as Deployments give them to their pods, and no other revision's.
    pods = f'namespace="{namespace}",pod=~"{revision}-[^-]+-[^-]+"'
    asked = {
        "serverAddress": given.prometheus.server_address.rstrip("/") if given.prometheus else "",
        "query": _QUERIES[metric.type](pods),
        "threshold": _threshold(metric),
        # No answer is told, and changes nothing, where it can not mean that there are no pods. By default it
        # is a load of zero.
        "ignoreNullValues": "false" if given.min_replicas else "true",
    }
    by = given.prometheus.authentication_ref if given.prometheus else None
    return {"type": "prometheus", "metricType": "AverageValue", "metadata": asked} | _authenticated(by)


def _passed_on(trigger: Trigger, owner: ModelDeployment, revision: str) -> Object:
    names = {"revision": revision, "namespace": owner.metadata.namespace, "name": owner.metadata.name}
    found = {
        "type": trigger.type,
        "metricType": trigger.metric_type,
        "metadata": {key: filled_in(text, **names) for key, text in trigger.metadata.items()},
    }
    return without_empty(found) | {"metadata": found["metadata"]} | _authenticated(trigger.authentication_ref)


def _authenticated(by: AuthenticationRef | None) -> Object:
    return {"authenticationRef": by.to_dict()} if by else {}


def _threshold(metric: Metric) -> str:
    """Return the target as a plain number, which is all that KEDA reads."""
    if metric.target_per_pod is None:
        return f"{(metric.target_percent or 0) / 100:g}"
    return f"{quantity(metric.target_per_pod) or 0:f}"


def _queue_time(pods: str) -> str:
    waited = f"sum by (pod) (rate(nv_inference_queue_duration_us{{{pods}}}[1m]))"
    worked = f"sum by (pod) (rate(nv_inference_compute_infer_duration_us{{{pods}}}[1m]))"
    return f"sum({waited} / clamp_min({worked}, 1))"


_RESOURCES = {MetricType.CPU: "cpu", MetricType.MEMORY: "memory"}
_QUERIES: Mapping[MetricType, Callable[[str], str]] = {
    MetricType.PENDING_REQUESTS: lambda pods: f"sum({PENDING_REQUESTS}{{{pods}}})",
    MetricType.QUEUE_TIME: _queue_time,
    # A pod may have several GPUs.
    MetricType.GPU_UTILIZATION: lambda pods: f"sum(avg by (pod) ({GPU_UTILIZATION}{{{pods}}}))",
}
