"""Autoscalers as the cluster shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Object
from sluiceway.core.observed import Observed

BY_CPU: Object = {"minReplicas": 2, "maxReplicas": 10, "metrics": [{"type": "CPU", "targetPercent": 80}]}
"""What a team writes."""


def _condition(kind: str, status: str, reason: str, message: str) -> Object:
    return {"type": kind, "status": status, "reason": reason, "message": message}


ABLE = _condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
ACTIVE = _condition(
    "ScalingActive", "True", "ValidMetricFound", "the HPA was able to successfully calculate a replica count"
)
BLIND = _condition(
    "ScalingActive",
    "False",
    "FailedGetContainerResourceMetric",
    "the HPA was unable to compute the replica count:\n no metrics returned",
)
LIMITED = _condition(
    "ScalingLimited",
    "True",
    "TooManyReplicas",
    "the desired replica count is more than the maximum replica count",
)


def measured(utilization: int) -> Object:
    """Return what an autoscaler measured of Triton's container."""
    found = {"name": "cpu", "container": "triton", "current": {"averageUtilization": utilization}}
    return {"type": "ContainerResource", "containerResource": found}


def with_autoscalers(observed: Observed, *conditions: Object, **status: Any) -> Observed:
    """Return *observed* after every autoscaler said the same."""
    said = {"status": {"conditions": list(conditions), **status}}
    objects = {ref: obj | said if ref.kind == KIND else obj for ref, obj in observed.objects.items()}
    return replace(observed, objects=objects)
