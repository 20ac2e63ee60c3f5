"""Where the volumes of a pod come from, and what to do when a path is not on one."""

from __future__ import annotations

import re

from sluiceway.api import names
from sluiceway.build.objects import Object

_NO_SUBPATH = re.compile(
    r'failed to (?P<what>create|prepare) subPath (?:directory )?for volumeMount "(?P<volume>[^"]+)"'
)
"""kubelet's words (makeMounts in pkg/kubelet/kubelet_pods.go, Kubernetes 1.35).

It creates a path that is missing, so the first is said of volumes that can not be written. The second
is said of what is there and can not be mounted. The cause is in kubelet's own log only.
"""
_REMEDIES = {
    "create": "does not exist on {volume}: put it there",
    "prepare": "can not be mounted from {volume}: the node must be able to read it, and no link may lead"
    " out of the volume; mend that",
}
_OURS = "spec.model.source.persistentVolumeClaim.path"
_GIVEN = "the subPath of its entry in spec.runtime.volumeMounts"


def claims(pod: Object) -> list[str]:
    """Return the names of the pod's PersistentVolumeClaims, each once, in the pod's order."""
    sources = [volume.get("persistentVolumeClaim") for volume in _spec(pod).get("volumes") or []]
    return list(dict.fromkeys(source["claimName"] for source in sources if source))


def subpath_trouble(pod: Object, message: str) -> str:
    """Return which path of which volume is meant by kubelet's *message* and what to do, "" for others."""
    found = _NO_SUBPATH.search(message)
    if not found:
        return ""
    name = found["volume"]
    remedy = _REMEDIES[found["what"]].format(volume=_described(pod, name))
    field = _OURS if name.startswith(names.RESERVED_VOLUME_PREFIX) else _GIVEN
    return f"{_subpath(pod, name)} {remedy}, or correct {field}"


def _subpath(pod: Object, volume: str) -> str:
    containers = _spec(pod).get("containers") or []
    mounts = [mount for container in containers for mount in container.get("volumeMounts") or []]
    paths = (mount.get("subPath") for mount in mounts if mount["name"] == volume)
    return " or ".join(filter(None, paths))


def _described(pod: Object, name: str) -> str:
    volumes = {volume["name"]: volume for volume in _spec(pod).get("volumes") or []}
    claim = (volumes.get(name, {}).get("persistentVolumeClaim") or {}).get("claimName")
    return f"the volume of PersistentVolumeClaim {claim}" if claim else f"volume {name}"


def _spec(pod: Object) -> Object:
    spec: Object = pod.get("spec") or {}
    return spec
