"""How many pods every revision has: for what it carries now, and for what it is to carry next.

Without an autoscaler there are as many as the spec says. With one, every revision has at least its floor,
and the autoscaler moves it above that: see docs/adr/0017-who-owns-the-number-of-pods.md.
"""

from __future__ import annotations

from sluiceway.core.memory import Memory
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, passed, pods_for


def next_weight(state: State, after: Memory) -> int:
    """Return the share that the candidate gets with its next step; all requests when it then takes over."""
    at = passed(state.steps, after.weight)
    return state.steps[at].weight if at < len(state.steps) else ALL


def need(state: State, after: Memory) -> int:
    """Return how many pods one revision needs for all requests.

    With an autoscaler that is its minimum at rest, and what carries everything while another revision may
    have to take over.
    """
    given = state.owner.spec.autoscaling
    if given is None:
        return state.owner.spec.replicas
    return min(given.max_replicas, max(given.min_replicas, after.carried))


def carries(state: State, name: str, weight: int) -> bool:
    """Tell whether enough pods of a revision answer for *weight* percent of the requests."""
    return state.answering(name) >= pods_for(weight, need(state, state.memory))


def floor_of(state: State, after: Memory, name: str) -> int:
    """Return how many pods of a revision there are at least.

    Who serves, and who served before, has pods for all requests: they may all come back at once. A
    candidate has pods for its share, and already for the next one, so that no step waits for a model to
    load. Pods that it has are not taken from it while it is tried, nor while it leaves; but an autoscaler
    may take what is beyond its share.
    """
    whole, live = need(state, after), live_replicas(state, name)
    if name in after.leaving:
        return live
    if name != after.candidate:
        return whole
    share = pods_for(max(after.weight, next_weight(state, after)), whole)
    return share if state.owner.spec.autoscaling else min(whole, max(live, share))


def replicas_of(state: State, after: Memory, name: str) -> int:
    """Return the number of pods of a revision: its floor, or more where an autoscaler made them more."""
    floor = floor_of(state, after, name)
    return max(floor, live_replicas(state, name)) if state.owner.spec.autoscaling else floor


def live_replicas(state: State, name: str) -> int:
    """Return the number of pods that the Deployment of a revision asks for now; 0 without one."""
    return int(((state.deployment(name) or {}).get("spec") or {}).get("replicas", 0))
