"""Autoscalers as the cluster shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Object
from sluiceway.core.observed import Observed

BY_CPU: Object = {"minReplicas": 2, "maxReplicas": 10, "metrics": [{"type": "CPU", "targetPercent": 80}]}
"""What a team writes."""
ABLE: Object = {
    "type": "AbleToScale",
    "status": "True",
    "reason": "ReadyForNewScale",
    "message": "recommended size matches current size",
}
ACTIVE: Object = {
    "type": "ScalingActive",
    "status": "True",
    "reason": "ValidMetricFound",
    "message": "the HPA was able to successfully calculate a replica count",
}
BLIND: Object = {
    "type": "ScalingActive",
    "status": "False",
    "reason": "FailedGetContainerResourceMetric",
    "message": "the HPA was unable to compute the replica count:\n no metrics returned",
}
LIMITED: Object = {
    "type": "ScalingLimited",
    "status": "True",
    "reason": "TooManyReplicas",
    "message": "the desired replica count is more than the maximum replica count",
}


def measured(utilization: int) -> Object:
    """Return what an autoscaler measured of Triton's container."""
    found = {"name": "cpu", "container": "triton", "current": {"averageUtilization": utilization}}
    return {"type": "ContainerResource", "containerResource": found}


def with_autoscalers(observed: Observed, *conditions: Object, **status: Any) -> Observed:
    """Return *observed* after every autoscaler said the same."""
    said = {"status": {"conditions": list(conditions), **status}}
    objects = {ref: obj | said if ref.kind == KIND else obj for ref, obj in observed.objects.items()}
    return replace(observed, objects=objects)
