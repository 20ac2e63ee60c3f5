"""How many pods every revision has: for what it carries now, and for what it is to carry next.

Without an autoscaler there are as many as the spec says. With one, every revision has at least its floor,
and the autoscaler moves it above that: see docs/adr/0017-who-owns-the-number-of-pods.md. Where the spec
bounds the pods of all revisions together, they exchange them: see `core.exchange`.
"""

from __future__ import annotations

from sluiceway.core.budget import Budget, budget
from sluiceway.core.memory import Memory
from sluiceway.core.pods import asked_for
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
    # Who has never served is tried with a pod, though there may be none later.
    least = given.min_replicas if after.stable else max(1, given.min_replicas)
    return min(given.max_replicas, max(least, after.carried))


def bounds(state: State, after: Memory) -> Budget | None:
    """Return the bounds on the pods of all revisions together, None where there are none."""
    return budget(state.owner.spec.rollout, need(state, after))


def needed_for(state: State, after: Memory, weight: int) -> int:
    """Return how many pods of a revision carry *weight* percent of the requests."""
    bound = bounds(state, after)
    return bound.pods_for(weight) if bound else pods_for(weight, need(state, after))


def carries(state: State, name: str, weight: int) -> bool:
    """Tell whether enough pods of a revision answer for *weight* percent of the requests."""
    bounded = bounds(state, state.memory) is not None
    pods = _lasting(state, name) if bounded else state.answering(name)
    return pods >= needed_for(state, state.memory, weight)


def share_of(state: State, bound: Budget, name: str) -> int:
    """Return the share of the requests, in percent, that the pods of a revision that answer can carry.

    Where the pods are not bounded, nobody has to ask: who may have to take everything has the pods for it.
    """
    return bound.share_of(_lasting(state, name))


def _lasting(state: State, name: str) -> int:
    """Return how many pods of a revision answer and stay: one that gives a place up has it no more."""
    return min(state.answering(name), live_replicas(state, name))


def live_replicas(state: State, name: str) -> int:
    """Return the number of pods that the Deployment of a revision asks for now; 0 without one."""
    return asked_for(state.deployment(name))
