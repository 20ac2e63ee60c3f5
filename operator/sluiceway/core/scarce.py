"""Pods that wait for GPUs, or for other whole resources: it is not failing, and says how many are missing."""

from __future__ import annotations

import re

from sluiceway.api.reasons import Reason
from sluiceway.core.finding import Finding
from sluiceway.core.room import Room

_INSUFFICIENT = re.compile(r"Insufficient (?P<resource>[^\s,]+/[^\s,]+?)[.,]?(?=\s|$)")
"""kube-scheduler's words (plugin NodeResourcesFit, Kubernetes 1.35)."""
_EXCEEDED = re.compile(r"exceeded quota: (?P<quota>[^,\s]+),.*requests\.(?P<resource>[^=,\s]+/[^=,\s]+)=")
"""The API server's words (plugin ResourceQuota), when the first resource that is too much is a whole one."""
_WAITS = "The pods wait until some are free, or until there are more of them"


def insufficient(message: str) -> Finding | None:
    """Return that a whole resource is missing, from kube-scheduler's *message*; None when it is not that."""
    found = _INSUFFICIENT.search(message)
    if not found:
        return None
    return Finding(Reason.INSUFFICIENT_GPU, f"no node has {found['resource']} to spare: {message}. {_WAITS}")


def quota_exceeded(message: str) -> Finding | None:
    """Return that a quota leaves too few of a whole resource; None when it is something else."""
    found = _EXCEEDED.search(message)
    if not found:
        return None
    words = f"ResourceQuota {found['quota']} leaves too few {found['resource']}: {message}"
    return Finding(Reason.INSUFFICIENT_GPU, f"{words}. {_WAITS}")


def numbered(found: Finding, room: Room, missing: int) -> Finding:
    """Return the same with numbers, where these say it too: *missing* pods have no node yet.

    Somebody else may have given some free a moment ago, and the scheduler not have looked again.
    """
    if room.fits >= missing:
        return found
    return Finding(Reason.INSUFFICIENT_GPU, f"{room.words(missing)}. {_WAITS}")
