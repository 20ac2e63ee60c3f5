"""Does a change of an object concern anybody? An autoscaler writes what it measured every 15 s.

That is looked at while a rollout goes by it, see `core.clock.measures_in`. At rest only what it is told to
do and whether it can do it matters; else a thousand autoscaled models would be reconciled 67 times a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Ref, digest, ref_of
from sluiceway.build.scaled_object import KIND as SCALED_OBJECT

_TOLD = ("type", "status", "reason", "message")


class Tidings:
    """What was last heard of every autoscaler, and of what KEDA makes one by."""

    def __init__(self) -> None:
        self._known: dict[Ref, str] = {}

    def concern(self, event: str, obj: Mapping[str, Any]) -> bool:
        """Tell whether there is anything to do because *obj* appeared, changed or went."""
        if obj["kind"] not in (KIND, SCALED_OBJECT):
            return True
        ref = ref_of(obj)
        if event == "DELETED":
            self._known.pop(ref, None)
            return True
        before, self._known[ref] = self._known.get(ref), _said(obj)
        return before != self._known[ref]


def _said(obj: Mapping[str, Any]) -> str:
    metadata = {key: value for key, value in obj["metadata"].items() if key in _OURS}
    conditions = (obj.get("status") or {}).get("conditions") or []
    told = [{key: each.get(key) for key in _TOLD} for each in conditions]
    return digest([metadata, obj.get("spec"), told])


_OURS = ("uid", "labels", "annotations", "ownerReferences", "deletionTimestamp")
