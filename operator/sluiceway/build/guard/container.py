"""The guard's container, and how pods that have one are told from others."""

from __future__ import annotations

from sluiceway.build.objects import Object

CONTAINER = "guard"


def is_guarded(template: Object) -> bool:
    """Tell whether the pods of a template have a guard; what an earlier operator rendered may have none."""
    return any(each["name"] == CONTAINER for each in template["spec"].get("initContainers") or [])
