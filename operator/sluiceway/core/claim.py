"""Can the model's volume be where the pods are?

The scheduler says so when it knows it beforehand. A ReadWriteOnce volume that hangs on another node
it lets through: the pod then waits for it without a word in its status.
"""

from __future__ import annotations

from collections.abc import Sequence

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.finding import Finding
from sluiceway.core.pods import has_started, is_over, is_ready


def held_elsewhere(claim: Object | None, waiting: Sequence[Object], pods: Sequence[Object]) -> Finding | None:
    """Return why the *waiting* pods get no volume: their claim serves one node, that of other *pods*."""
    if claim is None or set((claim.get("spec") or {}).get("accessModes") or []) != {"ReadWriteOnce"}:
        return None
    holding = {_node(pod) for pod in pods if has_started(pod)} - {""}
    stranded = {
        _node(pod)
        for pod in waiting
        if not (is_ready(pod) or has_started(pod) or is_over(pod)) and _node(pod) not in {"", *holding}
    }
    if not holding or not stranded:
        return None
    return Finding(
        Reason.CLAIM_NOT_REACHABLE,
        f"PersistentVolumeClaim {claim['metadata']['name']} is ReadWriteOnce and in use on node"
        f" {min(holding)}, so pods on node {min(stranded)} wait for it: use a claim with ReadOnlyMany or"
        " ReadWriteMany, or keep the pods on one node with runtime.nodeSelector",
        needs_help=True,
    )


def _node(pod: Object) -> str:
    return str((pod.get("spec") or {}).get("nodeName") or "")
