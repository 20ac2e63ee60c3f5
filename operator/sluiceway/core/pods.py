"""Why are the pods of a revision not ready? The most telling trouble first, in words for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.build.pod import CONTAINER
from sluiceway.core.finding import Finding
from sluiceway.core.last_words import last_words

_IMAGE = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ErrImageInspect"}
_SETUP = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
_VOLUME_WORDS = re.compile(
    "PersistentVolume's node affinity|volume node affinity conflict|no available volume zone"
    "|ReadWriteOncePod|unbound immediate|available persistent volumes to bind"
)
"""What kube-scheduler's volume plugins say (volumebinding, volumezone, volumerestrictions).

The first wording is that of Kubernetes 1.35, the second that of earlier versions.
"""
_ENDED = {
    "OOMKilled": "it was killed for using more memory than runtime.resources allows",
}


def is_ready(pod: Object) -> bool:
    """Tell whether the pod's Ready condition is true: the model's own endpoint answered."""
    return any(
        condition["type"] == "Ready" and condition["status"] == "True" for condition in _conditions(pod)
    )


def has_started(pod: Object) -> bool:
    """Tell whether Triton runs in the pod: the image is there, the model is being loaded or served."""
    return bool(_state(pod, "running"))


def trouble(deployment: Object | None, pods: Sequence[Object]) -> Finding | None:
    """Return what keeps the pods of a revision from being ready; None while they are on their way."""
    if deployment and (refused := _pods_refused(deployment)):
        return refused
    waiting = [pod for pod in sorted(pods, key=_name) if not is_ready(pod)]
    for look in _LOOKS:
        for pod in waiting:
            if found := look(pod):
                return found
    return None


def _pods_refused(deployment: Object) -> Finding | None:
    """Quota, Pod Security, a webhook: the Deployment was accepted and its pods were not."""
    for condition in (deployment.get("status") or {}).get("conditions") or []:
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            return Finding(Reason.PODS_REFUSED, f"no pod may start: {condition['message']}", needs_help=True)
    return None


def _image_missing(pod: Object) -> Finding | None:
    waiting = _state(pod, "waiting")
    if waiting.get("reason") not in _IMAGE:
        return None
    image = _status(pod).get("image", "the image")
    return Finding(
        Reason.IMAGE_PULL_FAILED,
        f"image {image} can not be pulled: {_one_line(waiting.get('message') or waiting['reason'])}",
        needs_help=True,
    )


def _load_failed(pod: Object) -> Finding | None:
    status = _status(pod)
    ended = _state(pod, "terminated") or (status.get("lastState") or {}).get("terminated") or {}
    if not ended:
        return None
    cause = _ENDED.get(ended.get("reason", "")) or last_words(ended.get("message") or "")
    if not cause:
        cause = (
            f"it ended with exit code {ended.get('exitCode')} and without a word"
            " (not ready within runtime.startupSeconds, or killed)"
        )
    return Finding(Reason.LOAD_FAILED, f"Triton does not come up with the model: {cause}", needs_help=True)


def _setup_failed(pod: Object) -> Finding | None:
    waiting = _state(pod, "waiting")
    if waiting.get("reason") not in _SETUP:
        return None
    return Finding(
        Reason.START_FAILED,
        f"the container can not be started: {_one_line(waiting.get('message') or waiting['reason'])}",
        needs_help=True,
    )


def _not_scheduled(pod: Object) -> Finding | None:
    for condition in _conditions(pod):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return _unschedulable(_one_line(condition.get("message") or "no node takes the pod"))
    return None


def _unschedulable(message: str) -> Finding:
    if found := re.search(r'persistentvolumeclaim "([^"]+)" not found', message):
        return Finding(
            Reason.CLAIM_NOT_FOUND,
            f"PersistentVolumeClaim {found[1]} does not exist in this namespace: create it, or correct"
            " spec.model.source.persistentVolumeClaim.claimName",
            needs_help=True,
        )
    if _VOLUME_WORDS.search(message):
        return Finding(
            Reason.CLAIM_NOT_REACHABLE,
            "the model's claim can not follow the pod to a node that has room for it; use a claim with"
            f" ReadOnlyMany or ReadWriteMany. The scheduler says: {message}",
            needs_help=True,
        )
    # Not for help yet: a cluster autoscaler may be adding a node.
    return Finding(Reason.UNSCHEDULABLE, f"no node takes the pod: {message}")


_LOOKS: tuple[Callable[[Object], Finding | None], ...] = (
    _image_missing,
    _setup_failed,
    _load_failed,
    _not_scheduled,
)


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])


def _conditions(pod: Object) -> list[Any]:
    return (pod.get("status") or {}).get("conditions") or []


def _status(pod: Object) -> Any:
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return next((status for status in statuses if status["name"] == CONTAINER), {})


def _state(pod: Object, name: str) -> Any:
    return (_status(pod).get("state") or {}).get(name) or {}


def _one_line(text: str) -> str:
    return " ".join(text.split())
