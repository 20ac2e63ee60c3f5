"""How Flux, kapp and Config Sync read a status: the rules of kubernetes-sigs/cli-utils, pkg/kstatus."""

from __future__ import annotations

from sluiceway.build.objects import Object


def kstatus(resource: Object) -> str:
    """Return Terminating, InProgress, Failed or Current."""
    metadata, status = resource["metadata"], resource.get("status") or {}
    conditions = {condition["type"]: condition["status"] for condition in status.get("conditions", [])}
    if metadata.get("deletionTimestamp"):
        return "Terminating"
    if status.get("observedGeneration", metadata["generation"]) != metadata["generation"]:
        return "InProgress"
    if conditions.get("Reconciling") == "True":
        return "InProgress"
    if conditions.get("Stalled") == "True":
        return "Failed"
    return "Current" if conditions.get("Ready", "True") == "True" else "InProgress"
