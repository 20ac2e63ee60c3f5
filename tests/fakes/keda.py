"""What KEDA does for the ScaledObjects of a cluster: an autoscaler for each, and moves from and to zero.

As KEDA 2.21 does: controllers/keda/hpa.go and pkg/scaling/executor/scale_scaledobjects.go.
"""

from __future__ import annotations

from sluiceway.build.autoscaler import API_VERSION
from sluiceway.build.autoscaler import KIND as AUTOSCALER
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.build.scaled_object import KIND
from tests.fakes.cluster import FakeCluster

_READY = {
    "type": "Ready",
    "status": "True",
    "reason": "ScaledObjectReady",
    "message": "it is ready for scaling",
}


class Keda:
    """KEDA's operator. It knows triggers of the type cpu; the others tell whether anybody asks."""

    def __init__(self, cluster: FakeCluster) -> None:
        self._cluster = cluster
        self.runs = True
        self.asked = True
        """Whether a trigger is active that is there without pods."""

    @property
    def any(self) -> bool:
        """Whether it has anything to do with."""
        return bool(self._cluster.of_kind(KIND))

    def step(self) -> bool:
        """Do one thing for one ScaledObject."""
        found = self._cluster.of_kind(KIND).values()
        return self.runs and any(self._told(each) or self._made(each) or self._woken(each) for each in found)

    def _told(self, scaled_object: Object) -> bool:
        status = {"conditions": [_READY]}
        if scaled_object.get("status") == status:
            return False
        self._cluster.edit(ref_of(scaled_object), lambda obj: obj.update(status=status))
        return True

    def _made(self, scaled_object: Object) -> bool:
        intended = autoscaler(scaled_object)
        live = self._cluster.objects.get(ref_of(intended))
        if live is None:
            self._cluster.put(intended)
            return True
        known = {key: live["metadata"].get(key) for key in intended["metadata"]}
        if live["spec"] == intended["spec"] and known == intended["metadata"]:
            return False
        # An update of all of it, whoever it belonged to.
        identity = {key: live["metadata"][key] for key in ("uid", "creationTimestamp")}
        taken = {"spec": intended["spec"], "metadata": identity | intended["metadata"]}
        self._cluster.edit(ref_of(intended), lambda obj: obj.update(taken))
        return True

    def _woken(self, scaled_object: Object) -> bool:
        target = scaled_object["spec"]["scaleTargetRef"]
        ref = Ref(
            target["apiVersion"], target["kind"], scaled_object["metadata"]["namespace"], target["name"]
        )
        deployment = self._cluster.objects.get(ref)
        if deployment is None:
            return False
        now, least = deployment["spec"]["replicas"], scaled_object["spec"]["minReplicaCount"]
        only_by_pods = all(trigger["type"] == "cpu" for trigger in scaled_object["spec"]["triggers"])
        wanted = now
        if self.asked or only_by_pods:
            wanted = now or max(least, 1)
        elif not least:
            wanted = 0
        if wanted == now:
            return False
        self._cluster.edit(ref, lambda obj: obj["spec"].update(replicas=wanted))
        return True


def autoscaler(scaled_object: Object) -> Object:
    """Return the autoscaler that KEDA wants for a ScaledObject; of its triggers, those of the type cpu."""
    spec, metadata = scaled_object["spec"], scaled_object["metadata"]
    owner = {
        "apiVersion": scaled_object["apiVersion"],
        "kind": KIND,
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {
        "apiVersion": API_VERSION,
        "kind": AUTOSCALER,
        "metadata": {
            "name": spec["advanced"]["horizontalPodAutoscalerConfig"]["name"],
            "namespace": metadata["namespace"],
            "labels": metadata["labels"] | {"scaledobject.keda.sh/name": metadata["name"]},
            "annotations": metadata["annotations"],
            "ownerReferences": [owner],
        },
        "spec": {
            "scaleTargetRef": spec["scaleTargetRef"],
            "minReplicas": max(1, spec["minReplicaCount"]),
            "maxReplicas": spec["maxReplicaCount"],
            "metrics": [_measured(trigger) for trigger in spec["triggers"] if trigger["type"] == "cpu"],
        },
    }


def _measured(trigger: Object) -> Object:
    told = trigger["metadata"]
    target = {"type": "Utilization", "averageUtilization": int(told["value"])}
    of_container = {"name": "cpu", "container": told["containerName"], "target": target}
    return {"type": "ContainerResource", "containerResource": of_container}
