"""What a cluster does by itself: it runs pods, loads models, takes up routes, collects garbage.

Every step makes one small change, so that tests can put them in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref, ref_of, revision_of
from sluiceway.core.pods import condition, has_started, is_ready
from tests.fakes.autoscalers import Autoscalers
from tests.fakes.cluster import FakeCluster
from tests.fakes.keda import Keda
from tests.fakes.objects import FIRST_SEEN, crashed_pod, loading_pod, make_pod, ready_pod, slices_of
from tests.fakes.scheduler import needs_node, schedule

LAST_WORDS = "E0730 02:59:00.000000 1 model_lifecycle.cc:648] failed to load 'fraud' version 7: no such file"


class Controllers:
    """The other controllers of a cluster; `broken` holds images whose server never comes up."""

    def __init__(self, cluster: FakeCluster) -> None:
        self._cluster = cluster
        self._born = 0
        self.autoscalers = Autoscalers(cluster)
        self.keda = Keda(cluster)
        self.clock: Callable[[], str] = lambda: FIRST_SEEN
        """Tells the time at which a pod becomes ready."""
        self.ends: Callable[[], str] = lambda: "2026-07-30T03:00:00Z"
        """Tells the time until which a pod may end."""
        self.broken: set[str] = set()

    @property
    def steps(self) -> Mapping[str, Callable[[], bool]]:
        """The steps by name; each tells whether there was something to do."""
        scheduler = {"scheduler": lambda: schedule(self._cluster)} if self._cluster.of_kind("Node") else {}
        found: dict[str, Callable[[], bool]] = {
            "deployment": self.scale,
            **scheduler,
            "kubelet": self.run,
            "gateway": self.accept,
            "garbage": self._cluster.collect_garbage,
        }
        scalers: dict[str, Autoscalers | Keda] = {"autoscaler": self.autoscalers, "keda": self.keda}
        return found | {name: each.step for name, each in scalers.items() if each.any}

    def scale(self) -> bool:
        """Create or end one pod of a Deployment that has too few or too many."""
        for deployment in self._cluster.of_kind("Deployment").values():
            pods = [pod for pod in self._pods_of(deployment) if not _leaves(pod)]
            if len(pods) < deployment["spec"]["replicas"]:
                self._cluster.put(self._new_pod(deployment))
                return True
            if len(pods) > deployment["spec"]["replicas"]:
                # As a ReplicaSet does: those that are not ready go first.
                self._cluster.edit(ref_of(max(pods, key=_worth_least)), self._end)
                return True
        return False

    def run(self) -> bool:
        """Bring one pod one step on: gone, its server started, its model loaded, or its server ended."""
        for pod in self._cluster.of_kind("Pod").values():
            if _leaves(pod):
                self._cluster.remove(ref_of(pod))
                return True
            if needs_node(pod):
                continue
            status = self._next(pod)["status"] | {"podIP": pod["status"]["podIP"]}
            if status != pod["status"]:
                self._set_status(ref_of(pod), status)
                return True
        return False

    def accept(self) -> bool:
        """Take up one route that changed, for every Gateway of it that exists."""
        for ref, route in list(self._cluster.objects.items()):
            if ref.kind == "HTTPRoute" and not taken_up(self._cluster, route):
                self._set_status(ref, {"parents": _parents(self._cluster, route)})
                return True
        return False

    def publish(self) -> bool:
        """Bring the EndpointSlices up to date with the pods of every Service; see `FakeCluster.slices`."""
        services = self._cluster.of_kind("Service")
        pods = [pod for pod in self._cluster.of_kind("Pod").values() if revision_of(pod) in services]
        published = slices_of(pods)
        if published == self._cluster.slices:
            return False
        self._cluster.slices = published
        return True

    def _next(self, pod: Object) -> Object:
        revision = revision_of(pod)
        if not has_started(pod) and not _ended(pod):
            return loading_pod(revision)
        if _image(pod) in self.broken:
            return crashed_pod(revision, LAST_WORDS)
        since = condition(pod, "Ready")["lastTransitionTime"] if is_ready(pod) else self.clock()
        return ready_pod(revision, since=since)

    def _new_pod(self, deployment: Object) -> Object:
        self._born += 1
        template = deployment["spec"]["template"]
        pod = make_pod(revision_of(template), self._born)
        metadata = {key: deployment["metadata"][key] for key in ("name", "uid")}
        pod["metadata"] |= {
            "labels": template["metadata"]["labels"],
            "uid": f"uid-of-pod-{self._born}",
            "ownerReferences": [
                metadata | {"apiVersion": "apps/v1", "kind": "Deployment", "controller": True}
            ],
        }
        return pod | {"spec": template["spec"]}

    def _pods_of(self, deployment: Object) -> list[Object]:
        uid = deployment["metadata"]["uid"]
        pods = self._cluster.of_kind("Pod").values()
        return [pod for pod in pods if pod["metadata"]["ownerReferences"][0]["uid"] == uid]

    def _end(self, pod: Object) -> None:
        pod["metadata"]["deletionTimestamp"] = self.ends()

    def _set_status(self, ref: Ref, status: Any) -> None:
        self._cluster.edit(ref, lambda obj: obj.update(status=status))


def ready_pods(cluster: FakeCluster, revision: str) -> int:
    """Return how many pods of *revision* answer."""
    pods = cluster.of_kind("Pod").values()
    return sum(revision_of(pod) == revision and is_ready(pod) and not _leaves(pod) for pod in pods)


def taken_up(cluster: FakeCluster, route: Object) -> bool:
    """Tell whether every Gateway that exists knows the route as it is."""
    said: list[Object] = (route.get("status") or {}).get("parents", [])
    return said == _parents(cluster, route)


def _parents(cluster: FakeCluster, route: Object) -> list[Object]:
    gateways = cluster.of_kind("Gateway")
    return [_accepted(route, parent) for parent in route["spec"]["parentRefs"] if parent["name"] in gateways]


def _leaves(pod: Object) -> bool:
    return "deletionTimestamp" in pod["metadata"]


def _worth_least(pod: Mapping[str, Any]) -> tuple[bool, str]:
    return not is_ready(dict(pod)), pod["metadata"]["name"]


def _ended(pod: Object) -> bool:
    return any(status["restartCount"] for status in pod["status"].get("containerStatuses", []))


def _image(pod: Object) -> str:
    return str(pod["spec"]["containers"][0]["image"])


def _accepted(route: Object, parent: Object) -> Object:
    said = {"status": "True", "observedGeneration": route["metadata"]["generation"], "message": ""}
    return {
        "parentRef": parent,
        "controllerName": f"gateway.{names.GROUP}/fake",
        "conditions": [said | {"type": kind, "reason": kind} for kind in ("Accepted", "ResolvedRefs")],
    }
