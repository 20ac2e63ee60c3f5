"""Pods of one revision for those of another, inside a budget: who gives some up, and who gets more.

What the shares of now need comes first. Beyond that, who serves keeps what the next share of the candidate
does not need. Nobody gets a pod before there is a place for it, and pods that are still ending have theirs:
else a new one would wait for a GPU that is in use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sluiceway.core.budget import Budget


@dataclass(frozen=True)
class Party:
    """A revision that has pods, or is to have some."""

    name: str
    share: int
    """Percent of the requests that it may get now: what was decided or what the gateway does, the more."""
    asked: int
    """How many pods its Deployment asks for now."""
    wished: int
    """How many pods it is to have, if there are places."""
    steady: bool = False
    """Whether it keeps what it has for now: callers may still be on their way to it."""


def exchanged(
    budget: Budget, parties: Sequence[Party], places: Mapping[str, int], *, settled: bool
) -> dict[str, int]:
    """Return how many pods each of *parties* is to ask for; whoever comes first is served first.

    Args:
        budget: how many there may be.
        parties: who serves, then the candidate, then those that go; each with what it wishes for.
        places: how many pods each revision takes up, *parties* or not: asked for, or still there.
        settled: whether the gateway gives the shares as they were decided; until then nobody loses a pod.
    """
    free = budget.most - sum(places.values())
    counts = {}
    for party in parties:
        others = sum(budget.pods_for(each.share) for each in parties if each is not party)
        aim = max(budget.pods_for(party.share), min(party.wished, budget.most - others))
        if aim > party.asked:
            granted = min(aim - party.asked, max(0, free))
            free -= granted
            counts[party.name] = party.asked + granted
        else:
            counts[party.name] = aim if settled and not party.steady else party.asked
    return counts
