"""What a HorizontalPodAutoscaler asks for, as Kubernetes documents it, for a metric in percent of a request.

Written from "Horizontal Pod Autoscaling", section "Algorithm details", and checked against
pkg/controller/podautoscaler of Kubernetes 1.35. `behavior` and several metrics are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

REQUEST = 1000
"""What every pod requests, in thousandths of a processor."""
_TOLERANCE = 0.1
_WINDOW = timedelta(minutes=5)
_LEAST_LIMIT = 4


@dataclass(frozen=True)
class Proposal:
    """How many replicas a metric asks for, and what the status tells of it."""

    replicas: int
    utilization: int
    """The mean over the pods that were measured, in percent."""


def propose(
    current: int, target: int, used: Sequence[int], *, unready: int = 0, missing: int = 0
) -> Proposal | None:
    """Return what is asked for with *current* replicas, at a *target* in percent; None when nobody knows.

    *used* is what every ready pod that was measured uses, in thousandths of a processor. Pods that are
    *unready*, and ready ones whose metric is *missing*, slow down any change and never cause one.
    """
    if not used:
        return None
    utilization = _percent(used)
    ratio = utilization / target
    held_up = unready if ratio > 1 else 0
    if not held_up and not missing:
        return Proposal(current if _is_near(ratio) else ceil(ratio * len(used)), utilization)
    busy = REQUEST * max(100, target) // 100
    careful = [*used, *[busy if ratio < 1 else 0] * missing, *[0] * held_up]
    again = _percent(careful) / target
    wanted = ceil(again * len(careful))
    turned = (again - 1) * (ratio - 1) < 0 or (again - 1) * (wanted - current) < 0
    return Proposal(current if _is_near(again) or turned else wanted, utilization)


@dataclass
class Recommendations:
    """What an autoscaler has recommended of late: it scales down to the highest of five minutes only."""

    given: list[tuple[datetime, int]] = field(default_factory=list)

    def highest(self, now: datetime, replicas: int) -> int:
        """Take up a recommendation, and return the highest one that still counts."""
        self.given = [(at, each) for at, each in self.given if at >= now - _WINDOW]
        self.given.append((now, replicas))
        return max(each for _, each in self.given)


def limited(current: int, wanted: int, least: int, most: int) -> int:
    """Return *wanted* within what is allowed; nobody more than doubles at once, but up to four."""
    return max(least, min(wanted, most, max(2 * current, _LEAST_LIMIT)))


def _percent(used: Sequence[int]) -> int:
    return sum(used) * 100 // (REQUEST * len(used))


def _is_near(ratio: float) -> bool:
    return 1.0 - _TOLERANCE <= ratio <= 1.0 + _TOLERANCE
