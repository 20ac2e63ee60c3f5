"""How many pods every revision has: for what it carries now, and for what it is to carry next."""

from __future__ import annotations

from sluiceway.core.memory import Memory
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, passed, pods_for


def next_weight(state: State, after: Memory) -> int:
    """Return the share that the candidate gets with its next step; all requests when it then takes over."""
    at = passed(state.steps, after.weight)
    return state.steps[at].weight if at < len(state.steps) else ALL


def replicas_of(state: State, after: Memory, name: str) -> int:
    """Return the number of pods of a revision.

    Who serves, and who served before, has pods for all requests: they may all come back at once. A
    candidate has pods for its share, and already for the next one, so that no step waits for a model to
    load. Pods that it has are not taken from it while it is tried, nor while it leaves.
    """
    replicas = state.owner.spec.replicas
    live = int(((state.deployment(name) or {}).get("spec") or {}).get("replicas", 0))
    if name in after.leaving:
        return live
    if name != after.candidate:
        return replicas
    share = max(after.weight, next_weight(state, after))
    return min(replicas, max(live, pods_for(share, replicas)))
