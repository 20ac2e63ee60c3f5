"""How many pods a revision has to have: for its share, or to take everything back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sluiceway.core.steps import ALL, keep_previous_seconds, pods_for
from tests.simulation.bounds import bounds
from tests.simulation.carried import need
from tests.simulation.demands import demand
from tests.simulation.history import History
from tests.simulation.passes import Pass


def demand_enough(history: History, seen: Pass, name: str, *, pods: int, share: int, now: datetime) -> None:
    """Demand that so many pods of a revision are enough for its *share*, or for everything.

    Who serves may have to take everything back from a candidate, who served before from who serves. Where
    pods are bounded each has those for its share, and what is taken back follows the pods.
    """
    if bound := bounds(history, seen):
        needed = bound.needed(share)
        demand(
            pods >= needed,
            f"{name} is left with {pods} pods and needs {needed} of {bound.base} for {share} %",
        )
        return
    if name in history.trusted or warm(history, seen, name, now):
        share = ALL
    needed = pods_for(share, need(history.capacity, seen.owner, seen.looked))
    demand(pods >= needed, f"{name} is left with {pods} pods and needs {needed} for {share} %")


def warm(history: History, seen: Pass, name: str, now: datetime) -> bool:
    """Tell whether a revision that served must still be able to take everything back."""
    if name != history.previous or name in history.refused or history.moved is None:
        return False
    asked_again = history.wanted_since.get(name)
    if name in (history.wanted(seen), history.aborted(seen)) or (asked_again and asked_again > history.moved):
        return False
    return now < history.moved + timedelta(seconds=keep_previous_seconds(seen.owner.spec.rollout))
