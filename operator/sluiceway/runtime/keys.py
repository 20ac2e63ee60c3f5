"""Which resource does an event concern? Every event becomes one key, whatever it was about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Ref, label_of, ref_of

Key = tuple[str, str]
"""Namespace and name of a ModelDeployment."""


class Interests:
    """What each resource depends on though it does not own it: Gateways, a route that has its hostname."""

    def __init__(self) -> None:
        self._of: dict[Key, frozenset[Ref]] = {}

    def set(self, key: Key, refs: Iterable[Ref]) -> None:
        """Replace what *key* depends on; nothing when it depends on nothing more."""
        found = frozenset(refs)
        if found:
            self._of[key] = found
        else:
            self._of.pop(key, None)

    def keys(self, ref: Ref) -> list[Key]:
        """Return the resources that depend on *ref*."""
        return [key for key, refs in self._of.items() if ref in refs]


def keys_of(obj: Mapping[str, Any], interests: Interests) -> list[Key]:
    """Return the keys to reconcile because *obj* appeared, changed or went."""
    metadata = obj["metadata"]
    if obj["kind"] == names.KIND:
        return [(metadata["namespace"], metadata["name"])]
    owner = label_of(obj, names.LABEL_MODEL_DEPLOYMENT)
    if owner and label_of(obj, names.LABEL_MANAGED_BY) == names.MANAGED_BY:
        return [(metadata["namespace"], owner)]
    return interests.keys(ref_of(obj))
