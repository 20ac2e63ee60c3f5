"""How many pods a load needs, as an autoscaler has measured it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sluiceway.build.objects import Object
from sluiceway.build.quantities import quantity
from sluiceway.core.pods import condition

_TOLERATED = Fraction(11, 10)
"""A tenth more than the target is let be, by default (`--horizontal-pod-autoscaler-tolerance`)."""
_SOURCES = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
_VALUES = {
    "Utilization": "averageUtilization",
    "AverageValue": "averageValue",
    "Value": "value",
}
"""Where a target of each type has its number, and what was measured as well (`autoscaling/v2`)."""


def load(autoscaler: Object | None, pods: int) -> Fraction | None:
    """Return how many pods carry what the pods of *autoscaler* carry now; None when that is not known.

    The worst of measured / wanted, times what it is a mean of. That is *pods*, those that were ready when it
    was measured, and not the replicas of its status: an autoscaler leaves out pods that are on their way, and
    what it measured is a while older than what it counted.
    """
    status = (autoscaler or {}).get("status") or {}
    if autoscaler is None or condition(autoscaler, "ScalingActive").get("status") != "True":
        return None
    shared = int(status.get("currentReplicas") or 0)
    return max(_loads(autoscaler["spec"].get("metrics") or [], status, pods, shared), default=None)


def _loads(wanted: list[Any], status: Any, pods: int, shared: int) -> Iterator[Fraction]:
    """Yield how many pods each metric asks for. One that failed stands in its place without a type.

    A value of something else that is given per pod was divided by *shared*, whether all are ready or not.
    """
    for metric, measured in zip(wanted, status.get("currentMetrics") or [], strict=False):
        source = _SOURCES[metric["type"]]
        target, current = metric[source]["target"], (measured.get(source) or {}).get("current") or {}
        value = _VALUES[target["type"]]
        aim, found = quantity(target.get(value)), quantity(current.get(value))
        if aim and found is not None:
            ratio = Fraction(found) / Fraction(aim)
            divided = metric["type"] in ("Object", "External") and target["type"] == "AverageValue"
            yield (shared if divided else pods) * (Fraction(1) if 1 < ratio <= _TOLERATED else ratio)
