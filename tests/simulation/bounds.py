"""How many pods of all revisions there may be, and what they carry, as an onlooker knows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from sluiceway.build.objects import revision_of
from sluiceway.core.plan import Apply
from sluiceway.core.steps import ALL
from tests.fakes import bounded
from tests.simulation.carried import need
from tests.simulation.history import History
from tests.simulation.passes import Pass

_ROUNDING = Fraction(1, 2)
"""Shares are whole percents: half of one is nobody's overload."""
_NOT_WAITED_FOR = timedelta(seconds=60)
"""A pod that should have ended so long ago is on a node that is gone."""


@dataclass(frozen=True)
class Bounds:
    """At most `most` pods of all revisions; `whole` carry everything usually, `base` meanwhile."""

    whole: int
    most: int
    base: int

    def needed(self, share: int) -> int:
        """Return how many pods carry a share."""
        return max(0, ceil(self.base * (share - _ROUNDING) / ALL))

    def carried(self, pods: int) -> int:
        """Return the largest share that so many pods carry."""
        return min(ALL, floor(Fraction(ALL * pods, self.base) + _ROUNDING))


def bounds(history: History, seen: Pass) -> Bounds | None:
    """Return the bounds that the spec of a pass asks for, None without any."""
    rollout = (seen.resource or {}).get("spec", {}).get("rollout") or {}
    whole = need(history.capacity, seen.owner, seen.looked)
    found = bounded.bounds(rollout, whole)
    return Bounds(whole, *found) if found else None


def asked(seen: Pass) -> Mapping[str, int]:
    """Return how many pods the Deployments asked for, with those that the pass has written itself."""
    own = (write.obj for write in seen.written if isinstance(write, Apply) and write.ref.kind == "Deployment")
    return {**seen.asked, **{revision_of(obj): obj["spec"]["replicas"] for obj in own}}


def taken(seen: Pass, asked_for: Mapping[str, int], now: datetime) -> Mapping[str, int]:
    """Return how many places each revision takes up: asked for, or still there if those are more."""
    there = Counter(revision_of(pod) for pod in seen.pods if not _is_lost(pod["metadata"], now))
    return {name: max(there[name], asked_for.get(name, 0)) for name in {*there, *asked_for}}


def lasting(seen: Pass, name: str) -> int:
    """Return how many pods of a revision answer and are not about to end."""
    return min(seen.answering(name), seen.asked.get(name, 0))


def _is_lost(metadata: Mapping[str, str], now: datetime) -> bool:
    ends = metadata.get("deletionTimestamp")
    return ends is not None and now - datetime.fromisoformat(ends) > _NOT_WAITED_FOR
