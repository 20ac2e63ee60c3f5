"""Why are the pods of a revision not ready? The most telling trouble first, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sluiceway.api.reasons import Reason
from sluiceway.build.guard.container import CONTAINER as GUARD
from sluiceway.build.objects import Object
from sluiceway.build.triton import CONTAINER as TRITON
from sluiceway.core.ended import ended
from sluiceway.core.finding import Finding
from sluiceway.core.mounts import claims, subpath_trouble
from sluiceway.core.room import Room
from sluiceway.core.scarce import numbered, quota_exceeded
from sluiceway.core.unscheduled import unscheduled

_IMAGE = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ErrImageInspect"}
_SETUP = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}


def is_ready(pod: Object) -> bool:
    """Tell whether the pod's Ready condition is true: the model's own endpoint answered."""
    return bool(condition(pod, "Ready").get("status") == "True")


def ready_since(pod: Object) -> datetime | None:
    """Return since when the pod has been ready, in UTC; None while it is not, or when nobody says it."""
    since = condition(pod, "Ready").get("lastTransitionTime")
    return datetime.fromisoformat(since) if since and is_ready(pod) else None


def has_started(pod: Object) -> bool:
    """Tell whether Triton runs in the pod: the image is there, the model is being loaded or served."""
    return bool(_state(container_status(pod, TRITON), "running"))


def condition(obj: Object, kind: str) -> Any:
    """Return a condition of a pod, or of another object that has some; {} before anybody says it."""
    found = (obj.get("status") or {}).get("conditions") or []
    return next((each for each in found if each["type"] == kind), {})


def asked_for(deployment: Object | None) -> int:
    """Return how many pods a Deployment asks for; 0 without one."""
    return int(((deployment or {}).get("spec") or {}).get("replicas", 0))


def unplaced(deployment: Object | None, pods: Sequence[Object]) -> int:
    """Return how many of the pods that are asked for have no node yet."""
    placed = sum(bool((pod.get("spec") or {}).get("nodeName")) and not is_over(pod) for pod in pods)
    return asked_for(deployment) - placed


def is_over(pod: Object) -> bool:
    """Tell whether the pod has ended for good, as an evicted one: its ReplicaSet makes another."""
    return (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded")


def address(pod: Object) -> str:
    """Return a pod's address as it stands in a URL, an IPv6 address in brackets; "" before it has one."""
    found = str((pod.get("status") or {}).get("podIP") or "")
    return f"[{found}]" if ":" in found else found


def container_status(pod: Object, container: str) -> Any:
    """Return what kubelet says of a container, the guard included; {} before it says anything."""
    status = pod.get("status") or {}
    statuses = [*(status.get("containerStatuses") or []), *(status.get("initContainerStatuses") or [])]
    return next((found for found in statuses if found["name"] == container), {})


def trouble(deployment: Object | None, pods: Sequence[Object], room: Room | None = None) -> Finding | None:
    """Return what keeps the pods of a revision from being ready; None while they are on their way.

    What does not mend itself comes before what may. *room* is what there is for more of these pods, where
    that is known: it has the numbers.
    """
    found = _trouble(deployment, pods)
    if found is None or room is None or found.reason is not Reason.INSUFFICIENT_GPU:
        return found
    return numbered(found, room, unplaced(deployment, pods))


def _trouble(deployment: Object | None, pods: Sequence[Object]) -> Finding | None:
    if deployment and (refused := _pods_refused(deployment)):
        return refused
    waiting = [pod for pod in sorted(pods, key=_name) if not is_ready(pod) and not is_over(pod)]
    found = [finding for look in _LOOKS for pod in waiting if (finding := look(pod))]
    return min(found, key=lambda finding: not finding.needs_help, default=None)


def _pods_refused(deployment: Object) -> Finding | None:
    """Quota, Pod Security, a webhook: the Deployment was accepted and its pods were not."""
    for condition in (deployment.get("status") or {}).get("conditions") or []:
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            if scarce := quota_exceeded(condition["message"]):
                return scarce
            return Finding(Reason.PODS_REFUSED, f"no pod may start: {condition['message']}", needs_help=True)
    return None


def _image_missing(pod: Object) -> Finding | None:
    for status in _statuses(pod):
        waiting = _state(status, "waiting")
        if waiting.get("reason") in _IMAGE:
            said = _one_line(waiting.get("message") or waiting["reason"])
            image = status.get("image", "the image")
            return Finding(
                Reason.IMAGE_PULL_FAILED,
                f"image {image}{_of_guard(status)} can not be pulled: {said}",
                needs_help=True,
            )
    return None


def _setup_failed(pod: Object) -> Finding | None:
    for status in _statuses(pod):
        waiting = _state(status, "waiting")
        if waiting.get("reason") in _SETUP:
            said = _one_line(waiting.get("message") or waiting["reason"])
            remedy = subpath_trouble(pod, said)
            words = f"{remedy}. kubelet says: {said}" if remedy else said
            what = f"the container{_of_guard(status)} can not be started: {words}"
            return Finding(Reason.START_FAILED, what, needs_help=True)
    return None


def _guard_failed(pod: Object) -> Finding | None:
    """Envoy ends before it has come up: a wrong configuration, another program, too little memory."""
    status = container_status(pod, GUARD)
    if status.get("started"):
        return None
    last = _state(status, "terminated") or (status.get("lastState") or {}).get("terminated")
    if not last:
        return None
    said = _one_line((last.get("message") or "").strip().rpartition("\n")[2])
    cause = said or f"exit code {last.get('exitCode')}, {last.get('reason', '')}"
    return Finding(
        Reason.START_FAILED,
        f"the guard ({status.get('image', 'Envoy')}) does not come up, so Triton is not started: {cause}."
        " See the operator's guard.image and guard.resources, or set spec.guard to Disabled",
        needs_help=True,
    )


def _ended(pod: Object) -> Finding | None:
    return ended(container_status(pod, TRITON), condition(pod, "Ready").get("lastTransitionTime") or "")


def _not_scheduled(pod: Object) -> Finding | None:
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") != "False":
        return None
    return unscheduled(_one_line(scheduled.get("message") or "no reason is given"), claims(pod))


_LOOKS: tuple[Callable[[Object], Finding | None], ...] = (
    _image_missing,
    _setup_failed,
    _guard_failed,
    _ended,
    _not_scheduled,
)


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])


def _statuses(pod: Object) -> tuple[Any, Any]:
    return container_status(pod, TRITON), container_status(pod, GUARD)


def _state(status: Any, name: str) -> Any:
    return (status.get("state") or {}).get(name) or {}


def _of_guard(status: Any) -> str:
    return " of the guard" if status["name"] == GUARD else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
