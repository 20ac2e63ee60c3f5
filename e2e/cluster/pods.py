"""Reads pods: why one does not start, in kubelet's and the scheduler's own words."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

HOPELESS = {"ErrImageNeverPull", "ImagePullBackOff", "InvalidImageName"}
"""What no waiting mends. A first ErrImagePull may be the registry's bad moment."""


def trouble(pods: list[Object]) -> str:
    """Return what keeps the first of *pods* that waits from starting; an empty string for none."""
    return next(filter(None, map(_of_one, pods)), "")


def hopeless(pods: list[Object]) -> bool:
    """Tell whether one of *pods* will not start by waiting."""
    return any(waiting.get("reason") in HOPELESS for pod in pods for _, waiting in _waiting(pod))


def _of_one(pod: Object) -> str:
    name = pod["metadata"]["name"]
    for condition in pod.get("status", {}).get("conditions") or []:
        if (condition["type"], condition["status"]) == ("PodScheduled", "False"):
            return f"pod {name} has no node: {condition.get('message', 'not looked at yet')}"
    for status, waiting in _waiting(pod):
        reason, message = waiting.get("reason", ""), waiting.get("message", "")
        # These two are the usual course of a start.
        if reason not in ("ContainerCreating", "PodInitializing"):
            return f"pod {name}: {reason}, image {status['image']}: {message}"
    return ""


def _waiting(pod: Object) -> list[tuple[Object, Object]]:
    statuses = pod.get("status", {}).get("containerStatuses") or []
    states = [(status, status.get("state", {}).get("waiting")) for status in statuses]
    return [(status, waiting) for status, waiting in states if waiting]
