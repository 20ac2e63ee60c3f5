"""kube-scheduler, as far as GPUs go: a pod that needs some gets a node that has them, or waits."""

from __future__ import annotations

from functools import partial

from sluiceway.build.objects import Object, Ref
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import unscheduled_pod

GPU = "nvidia.com/gpu"


def make_node(name: str, gpus: int) -> Object:
    """Return a node with so many GPUs."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "namespace": ""},
        "spec": {},
        "status": {"allocatable": {"cpu": "16", GPU: str(gpus)}},
    }


def other_pod(name: str, node: str, gpus: int) -> Object:
    """Return a pod of somebody else's that has GPUs of a node."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "others", "labels": {}},
        "spec": {"nodeName": node, "containers": [{"resources": {"limits": {GPU: str(gpus)}}}]},
        "status": {"phase": "Running"},
    }


def needs_node(pod: Object) -> bool:
    """Tell whether a pod needs GPUs and has no node."""
    return bool(_gpus(pod)) and "nodeName" not in pod["spec"]


def schedule(cluster: FakeCluster) -> bool:
    """Give one pod a node, or say why none takes it; tell whether there was something to do."""
    pods = {ref: obj for ref, obj in cluster.objects.items() if ref.kind == "Pod"}
    for ref, pod in pods.items():
        if not needs_node(pod):
            continue
        node = next((each for each in _nodes(cluster) if _free(each, pods) >= _gpus(pod)), None)
        if node:
            cluster.edit(ref, partial(_bind, node["metadata"]["name"]))
            return True
        if _says_so(cluster, ref, pod):
            return True
    return False


def _says_so(cluster: FakeCluster, ref: Ref, pod: Object) -> bool:
    count = len(_nodes(cluster))
    message = f"0/{count} nodes are available: {count} Insufficient {GPU}. no new claims to deallocate."
    status = unscheduled_pod("any", message)["status"] | {"podIP": pod["status"]["podIP"]}
    if pod["status"] == status:
        return False
    cluster.edit(ref, lambda obj: obj.update(status=status))
    return True


def _nodes(cluster: FakeCluster) -> list[Object]:
    return [obj for ref, obj in sorted(cluster.objects.items()) if ref.kind == "Node"]


def _free(node: Object, pods: dict[Ref, Object]) -> int:
    name = node["metadata"]["name"]
    taken = sum(_gpus(pod) for pod in pods.values() if pod["spec"].get("nodeName") == name)
    return int(node["status"]["allocatable"][GPU]) - taken


def _gpus(pod: Object) -> int:
    containers = pod["spec"].get("containers") or []
    return sum(int((each.get("resources") or {}).get("limits", {}).get(GPU, 0)) for each in containers)


def _bind(node: str, pod: Object) -> None:
    pod["spec"] = pod["spec"] | {"nodeName": node}
    pod["status"] = {key: value for key, value in pod["status"].items() if key != "conditions"}
