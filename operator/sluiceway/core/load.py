"""How many pods a load needs, as an autoscaler has measured it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sluiceway.build.objects import Object
from sluiceway.core.drift import quantity

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


def load(autoscaler: Object | None) -> Fraction | None:
    """Return how many pods carry what the pods of *autoscaler* carry now; None when that is not known.

    The replicas of its status times the worst of measured / wanted: both are of one moment, while the pods
    may be more by now.
    """
    status = (autoscaler or {}).get("status") or {}
    if autoscaler is None or condition(autoscaler, "ScalingActive").get("status") != "True":
        return None
    worst = max(_ratios(autoscaler["spec"].get("metrics") or [], status), default=None)
    if worst is None:
        return None
    if 1 < worst <= _TOLERATED:
        worst = Fraction(1)
    return int(status.get("currentReplicas") or 0) * worst


def condition(autoscaler: Object, kind: str) -> Any:
    """Return a condition of an autoscaler, {} before it says anything."""
    found = (autoscaler.get("status") or {}).get("conditions") or []
    return next((each for each in found if each["type"] == kind), {})


def _ratios(wanted: list[Any], status: Any) -> Iterator[Fraction]:
    """Yield measured / wanted of each metric. One that failed stands in its place without a type."""
    for metric, measured in zip(wanted, status.get("currentMetrics") or [], strict=False):
        if metric["type"] != measured.get("type"):
            continue
        source = _SOURCES[metric["type"]]
        target, current = metric[source]["target"], (measured.get(source) or {}).get("current") or {}
        value = _VALUES[target["type"]]
        aim, found = quantity(target.get(value)), quantity(current.get(value))
        if aim and found is not None:
            yield Fraction(found) / Fraction(aim)
