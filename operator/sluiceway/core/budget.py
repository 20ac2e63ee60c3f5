"""How many pods there may be while revisions exchange theirs, and how many of them carry which share.

As with a Deployment's `rollingUpdate` (pkg/util/deployment in Kubernetes): a surge in percent is rounded up,
what may be missing is rounded down, and one may be missing when both come to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sluiceway.api.rollout import Rollout
from sluiceway.core.steps import ALL, pods_for


@dataclass(frozen=True)
class Budget:
    """Bounds on the pods of all revisions together. One pod can always be exchanged: `most` > `base`."""

    whole: int
    """How many pods carry all requests usually."""
    most: int
    """How many there may be, those that are still ending included."""
    base: int
    """How many carry all requests while some are exchanged."""

    def pods_for(self, weight: int) -> int:
        """Return how many pods carry *weight* percent of the requests.

        Shares are whole percents. What is less than half a percent beyond the part of a pod is its own:
        else 33 and 67 percent would take one pod more than the 3 that carry 100.
        """
        return -(-self.base * (2 * weight - 1) // (2 * ALL)) if weight else 0

    def share_of(self, pods: int) -> int:
        """Return the largest share of the requests, in percent, that so many pods carry."""
        return min(ALL, (2 * ALL * pods + self.base) // (2 * self.base))

    def words(self, serving: str) -> str:
        """Return, to add to a sentence, what a rollout inside the bounds means for who serves."""
        if self.most - self.whole >= self.base:
            return ""
        return (
            f"; rollout.maxSurge allows {self.most} pods in all, so that pods of {serving} give their places"
            " to new ones one by one, and a return has to wait for pods as well"
        )


def budget(rollout: Rollout, whole: int) -> Budget | None:
    """Return the bounds for a revision of *whole* pods; None where nothing bounds them."""
    if rollout.max_surge is None or whole < 1:
        return None
    surge = _of(rollout.max_surge, whole, up=True)
    missing = _of(rollout.max_unavailable or "0", whole, up=False)
    if surge >= whole:
        return None
    # The last pod that answers never goes before another one does, whatever is asked for.
    base = max(1, whole - max(missing, int(not surge)))
    return Budget(whole, max(whole + surge, base + 1), base)


def _of(amount: str, whole: int, *, up: bool) -> int:
    if not amount.endswith("%"):
        return int(amount)
    percent = int(amount.removesuffix("%"))
    return pods_for(percent, whole) if up else whole * percent // ALL
