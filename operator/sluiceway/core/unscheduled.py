"""Why does no node take a pod? kube-scheduler's words, and what to do about them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sluiceway.api.reasons import Reason
from sluiceway.core.finding import Finding
from sluiceway.core.scarce import insufficient

_NO_CLAIM = re.compile(r'persistentvolumeclaim "([^"]+)" not found')
_UNBOUND = re.compile("unbound immediate PersistentVolumeClaims|available persistent volumes to bind")
"""A claim without a volume: with binding mode Immediate, and with WaitForFirstConsumer."""
_OUT_OF_REACH = re.compile(
    "PersistentVolume's node affinity|volume node affinity conflict|no available volume zone|ReadWriteOncePod"
)
"""What the volume plugins say of a bound claim (volumebinding, volumezone, volumerestrictions).

The first wording is that of Kubernetes 1.35, the second that of earlier versions.
"""


def unscheduled(message: str, claims: Iterable[str]) -> Finding:
    """Return what *message*, kube-scheduler's, means for a pod with these PersistentVolumeClaims."""
    if found := _NO_CLAIM.search(message):
        return Finding(
            Reason.CLAIM_NOT_FOUND,
            f"PersistentVolumeClaim {found[1]} does not exist in this namespace: create it, or correct"
            " spec.model.source.persistentVolumeClaim.claimName",
            needs_help=True,
        )
    if _UNBOUND.search(message):
        # Not for help yet: somebody may be providing the volume.
        return Finding(
            Reason.CLAIM_NOT_REACHABLE,
            f"PersistentVolumeClaim {' or '.join(claims)} has no volume yet. If it stays so, check its"
            f" StorageClass, and what kubectl describe pvc says. The scheduler says: {message}",
        )
    if _OUT_OF_REACH.search(message):
        return Finding(
            Reason.CLAIM_NOT_REACHABLE,
            "the model's claim can not follow the pod to a node that has room for it; use a claim with"
            f" ReadOnlyMany or ReadWriteMany. The scheduler says: {message}",
            needs_help=True,
        )
    if scarce := insufficient(message):
        return scarce
    # Not for help yet: a cluster autoscaler may be adding a node.
    return Finding(Reason.UNSCHEDULABLE, f"no node takes the pod: {message}")
