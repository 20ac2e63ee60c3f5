"""A cluster as a test looks at it: kubectl, and a stand-in for the kubelet where there is none."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from os import PathLike
from typing import Any, Protocol

import yaml

from tests.support.looks import Looks
from tests.support.poll import eventually

Object = dict[str, Any]

# It never says that it is ready, so its silence means nothing to the node controller.
_NODE: Object = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "played"}}
_RUNNING: Object = {"state": {"running": {}}, "started": True}


class Administered(Protocol):
    """A cluster, and kubectl as its administrator."""

    @property
    def kubeconfig(self) -> str | PathLike[str]: ...

    def kubectl(self, *args: str, stdin: str | None = None) -> str: ...


class View:
    """One namespace of a cluster."""

    def __init__(self, cluster: Administered, namespace: str) -> None:
        self.cluster = cluster
        self.namespace = namespace

    @cached_property
    def _looks(self) -> Looks:
        return Looks(self.cluster.kubeconfig)

    def kubectl(self, *args: str, stdin: str | None = None) -> str:
        return self.cluster.kubectl("--namespace", self.namespace, *args, stdin=stdin)

    def apply(self, *objects: Object) -> str:
        return self.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(objects))

    def get(self, kind: str, name: str) -> Object | None:
        return self._looks.get(self.namespace, kind, name)

    def list(self, kind: str, selector: str = "") -> list[Object]:
        return self._looks.list(self.namespace, kind, selector)

    def condition(self, name: str, kind: str) -> Object:
        """Return a condition of a ModelDeployment, {} while it has none or an older generation's."""
        resource = self.get("mdep", name) or {"metadata": {}}
        generation = resource["metadata"].get("generation")
        for condition in (resource.get("status") or {}).get("conditions") or []:
            if condition["type"] == kind and condition.get("observedGeneration") == generation:
                found: Object = condition
                return found
        return {}

    def says(self, name: str, kind: str, status: str, reason: str) -> Object | None:
        """Return the condition when it has this status and reason, None otherwise."""
        condition = self.condition(name, kind)
        return condition if (condition.get("status"), condition.get("reason")) == (status, reason) else None

    def stalls(self, name: str, reason: str, *, seconds: float = 60) -> str:
        """Wait until a ModelDeployment says that it is stalled for this reason; return its message."""
        condition = eventually(
            f"Stalled/{reason}", lambda: self.says(name, "Stalled", "True", reason), seconds=seconds
        )
        assert self.says(name, "Ready", "False", reason)
        return str(condition["message"])

    def scaler_of(self, revision: str) -> str:
        """Return what kind of object controls the autoscaler of a revision, "" without one."""
        found = self.get("horizontalpodautoscaler", revision)
        return str(found["metadata"]["ownerReferences"][0]["kind"]) if found else ""

    def wait_ready(self, name: str, *, seconds: int = 120) -> None:
        """Wait for a ModelDeployment as its users do; fail with what it says of itself meanwhile."""
        try:
            self.kubectl("wait", "--for=condition=Ready", f"mdep/{name}", f"--timeout={seconds}s")
        except Exception as error:
            raise AssertionError(f"{error}; it says: {self.condition(name, 'Ready')}") from error

    def pods_become(self, revision: str, container: Object, *, ready: bool) -> int:
        """Play kubelet: give every pod of a revision this container status; return how many there are."""
        pods = self.list("pods", f"sluiceway.dev/revision={revision}")
        for number, pod in enumerate(pods):
            self._becomes(pod, f"198.51.100.{number + 1}", container, ready=ready)
        return len(pods)

    def _becomes(self, pod: Object, address: str, container: Object, *, ready: bool) -> None:
        # Only pods with a node and an address become endpoints of their Service.
        self._bind(pod)
        name = pod["spec"]["containers"][0]["name"]
        status = {
            "podIP": address,
            "podIPs": [{"ip": address}],
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "containerStatuses": [
                {"name": name, "ready": ready, "image": "x", "imageID": "x", "restartCount": 0} | container
            ],
        }
        self.kubectl(
            "patch", "pod", pod["metadata"]["name"], "--subresource=status", "--type=merge",
            "-p", json.dumps({"status": status}),
        )  # fmt: skip

    def _bind(self, pod: Object) -> None:
        if pod["spec"].get("nodeName"):
            return
        self.cluster.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(_NODE))
        name = pod["metadata"]["name"]
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": name, "namespace": self.namespace},
            "target": {"apiVersion": "v1", "kind": "Node", "name": _NODE["metadata"]["name"]},
        }
        path = f"/api/v1/namespaces/{self.namespace}/pods/{name}/binding"
        self.kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(binding))

    def pods_serve(self, revision: str) -> int:
        """Play kubelet: the pods of a revision are ready."""
        return self.pods_become(revision, _RUNNING, ready=True)

    def pod_serves(self, pod: Object) -> None:
        """Play kubelet: one pod is ready."""
        self._becomes(pod, "198.51.100.1", _RUNNING, ready=True)


@contextmanager
def own_namespace(cluster: Administered) -> Iterator[View]:
    """Give a new namespace for one block."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    cluster.kubectl("create", "namespace", name)
    yield View(cluster, name)
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def model_deployment(name: str, **spec: Any) -> Object:
    """Return a small valid ModelDeployment; *spec* replaces whole groups of it."""
    given = {
        "model": {"source": {"persistentVolumeClaim": {"claimName": "models", "path": f"{name}/1"}}},
        "runtime": {"image": "triton:1"},
    }
    return {
        "apiVersion": "sluiceway.dev/v1alpha1",
        "kind": "ModelDeployment",
        "metadata": {"name": name},
        "spec": given | spec,
    }
