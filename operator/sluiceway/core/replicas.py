"""How many pods each revision is to ask for after this pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sluiceway.build.objects import Object, revision_of
from sluiceway.core.budget import Budget
from sluiceway.core.capacity import bounds, live_replicas, need, needed_for, next_weight
from sluiceway.core.exchange import Party, exchanged
from sluiceway.core.life import step_is_due
from sluiceway.core.memory import Memory
from sluiceway.core.pods import asked_for, is_over
from sluiceway.core.routing import weights
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, pods_for

_GONE = timedelta(seconds=60)
"""A pod that should have ended this long ago is on a node that is gone. Its place is not waited for."""


def floor_of(state: State, after: Memory, name: str) -> int:
    """Return how many pods of a revision there are at least.

    Who serves, and who served before, has pods for all requests: they may all come back at once. A
    candidate has pods for its share, and already for the next one, so that no step waits for a model to
    load. Pods that it has are not taken from it while it is tried, nor while it leaves; but an autoscaler
    may take what is beyond its share.
    """
    if (bound := bounds(state, after)) and after.stable:
        return _inside(state, after, bound)[name]
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
    return max(floor, live_replicas(state, name)) if may_rise(state, after) else floor


def may_rise(state: State, after: Memory) -> bool:
    """Tell whether autoscalers may ask for more than the floors.

    Not while revisions share a budget: what they measure raises what carries everything, and that the floors.
    """
    shared = bounds(state, after) and len(after.live) > 1
    return state.owner.spec.autoscaling is not None and not shared


def _inside(state: State, after: Memory, bound: Budget) -> Mapping[str, int]:
    places = _places(state)
    return exchanged(bound, tuple(_parties(state, after, bound)), places, settled=state.accepted)


def _parties(state: State, after: Memory, bound: Budget) -> Iterator[Party]:
    """Yield who serves first, then the candidate: a growing load comes before a rollout."""
    shares = weights(state, after) if state.weighted else {after.stable: ALL}
    goal = _goal(state, after) if after.candidate else 0

    def party(name: str, wished: int, *, steady: bool = False) -> Party:
        share = max(shares.get(name, 0), state.routed.get(name, 0))
        return Party(name, share, live_replicas(state, name), wished, steady)

    yield party(after.stable, min(bound.whole, bound.most - goal))
    if after.candidate:
        yield party(after.candidate, goal)
    if after.previous:
        yield party(after.previous, 0 if after.candidate else bound.most - bound.whole)
    for name in after.leaving:
        yield party(name, 0, steady=not after.rest)


def _goal(state: State, after: Memory) -> int:
    """Return how many pods the candidate is to have: those for its next share once its step is over.

    Before that, who serves keeps its own, so that what is taken back finds them. Pods that the candidate has
    are not taken from it while it is tried.
    """
    same = (after.candidate, after.step) == (state.memory.candidate, state.memory.step)
    due = not after.weight or (same and step_is_due(state))
    goal = needed_for(state, after, next_weight(state, after) if due else after.weight)
    return max(goal, live_replicas(state, after.candidate))


def _places(state: State) -> Mapping[str, int]:
    """Return how many pods each revision takes up: asked for, or still there if those are more."""
    there = Counter(revision_of(pod) for pod in state.observed.pods if _takes_a_place(pod, state.now))
    asked = {
        revision_of(deployment): asked_for(deployment) for deployment in state.observed.of_kind("Deployment")
    }
    return {name: max(there[name], asked.get(name, 0)) for name in {*there, *asked}}


def _takes_a_place(pod: Object, now: datetime) -> bool:
    ends = pod["metadata"].get("deletionTimestamp")
    return not is_over(pod) and not (ends and now - datetime.fromisoformat(ends) > _GONE)


def frees_places(state: State, after: Memory) -> bool:
    """Tell whether a place in the budget waits for a pod to end, which may be on a node that is gone."""
    ending = any(pod["metadata"].get("deletionTimestamp") for pod in state.observed.pods)
    return ending and len(after.live) > 1 and bounds(state, after) is not None
