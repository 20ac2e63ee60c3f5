"""Where the pods of one revision go: apart from each other, over nodes and zones, as far as there is room.

By preferred anti-affinity and not by topologySpreadConstraints, see docs/adr/0020-pods-apart.md.
"""

from __future__ import annotations

from typing import Any

from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Object, pod_selector

_APART_IN = ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
_MOST = 100
"""The greatest weight of a preference: else an image that one node has outweighs it."""


def affinity(owner: ModelDeployment, revision: str, given: dict[str, Any]) -> Object:
    """Return the pods' affinity: what is *given* in `spec.runtime`, and our preference where nothing is said.

    Whoever gives `topologySpreadConstraints` or `affinity.podAntiAffinity`, an empty one included, decides
    alone how the pods are spread.
    """
    asked: Object = given.get("affinity") or {}
    if given.get("topologySpreadConstraints") or "podAntiAffinity" in asked:
        return asked
    selector = {"matchLabels": pod_selector(owner, revision)}
    preferred = [
        {"weight": _MOST, "podAffinityTerm": {"labelSelector": selector, "topologyKey": key}}
        for key in _APART_IN
    ]
    return asked | {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
