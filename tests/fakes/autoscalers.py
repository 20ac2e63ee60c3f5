"""What autoscalers do to the Deployments that they own: they measure a load, and move the number of pods.

They are as quick as can be, in both directions: what holds with them holds with those that take their time.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.core.state import weights_of
from tests.fakes.cluster import FakeCluster

_TOLERANCE = 0.1
FAILED = "failed to get cpu utilization: no metrics returned from resource metrics API"


class Autoscalers:
    """The autoscalers of a cluster. They know targets of the form Utilization, and one metric each."""

    def __init__(self, cluster: FakeCluster) -> None:
        self._cluster = cluster
        self.demand: float | None = 1.0
        """How many pods all requests keep as busy as the target asks for; None: nothing is measured."""

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return any(ref.kind == KIND for ref in self._cluster.objects)

    def step(self) -> bool:
        """Let one autoscaler measure, or change the number of pods by what it measured."""
        return any(self._measure(each) or self._act(each) for each in self._cluster.of_kind(KIND).values())

    def _measure(self, autoscaler: Object) -> bool:
        status = self._status(autoscaler)
        if status == autoscaler.get("status"):
            return False
        self._cluster.edit(ref_of(autoscaler), lambda obj: obj.update(status=status))
        return True

    def _act(self, autoscaler: Object) -> bool:
        target, spec = self._target(autoscaler), autoscaler["spec"]
        deployment = self._cluster.objects.get(target)
        if deployment is None or not deployment["spec"]["replicas"]:
            return False
        now = wanted = deployment["spec"]["replicas"]
        if self.demand is not None:
            ratio = self._load(target.name) / now
            wanted = now if abs(ratio - 1) <= _TOLERANCE else ceil(now * ratio - 1e-9)
        wanted = min(spec["maxReplicas"], max(spec["minReplicas"], wanted))
        if wanted == now:
            return False
        self._cluster.edit(target, lambda obj: obj["spec"].update(replicas=wanted))
        return True

    def _status(self, autoscaler: Object) -> Object:
        target = self._target(autoscaler)
        deployment = self._cluster.objects.get(target)
        now = deployment["spec"]["replicas"] if deployment else 0
        able = {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale", "message": "ready"}
        if self.demand is None or not now:
            active = {"status": "False", "reason": "FailedGetContainerResourceMetric", "message": FAILED}
            return {"currentReplicas": now, "conditions": [able, {"type": "ScalingActive"} | active]}
        active = {"status": "True", "reason": "ValidMetricFound", "message": "a replica count was found"}
        return {
            "currentReplicas": now,
            "conditions": [able, {"type": "ScalingActive"} | active],
            "currentMetrics": [_measured(autoscaler["spec"]["metrics"][0], self._load(target.name) / now)],
        }

    def _load(self, revision: str) -> float:
        routes = self._cluster.of_kind("HTTPRoute").values()
        share = sum(weights_of(route).get(revision, 0) for route in routes)
        return (self.demand or 0) * share / 100

    def _target(self, autoscaler: Object) -> Ref:
        found = autoscaler["spec"]["scaleTargetRef"]
        return Ref(found["apiVersion"], found["kind"], autoscaler["metadata"]["namespace"], found["name"])


def _measured(metric: Object, ratio: float) -> Object:
    source: dict[str, Any] = metric["containerResource"]
    used = int(source["target"]["averageUtilization"] * ratio + 1e-9)
    found = {"name": source["name"], "container": source["container"]}
    return {"type": metric["type"], "containerResource": found | {"current": {"averageUtilization": used}}}
