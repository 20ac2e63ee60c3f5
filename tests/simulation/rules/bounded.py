"""Where the pods of all revisions are bounded: each has its place, and requests follow the pods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sluiceway.core.memory import recall
from sluiceway.core.state import weights_of
from sluiceway.core.steps import ALL, passed
from tests.fakes.cluster import FakeCluster
from tests.fakes.routes import reached
from tests.simulation.bounds import Bounds, asked, bounds, lasting, taken
from tests.simulation.demands import demand
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass
from tests.simulation.rules.raising import demand_reasons_to_raise, demand_step_over

_PASSES = 2
"""So many transitions may be due before something is given back."""


def places_are_there(history: History, seen: Pass, change: Change, _now: datetime) -> None:
    """Nobody asks for a pod before there is a place for it: pods that are still ending have theirs."""
    bound = bounds(history, seen)
    if bound is None or not change.after or not history.home:
        return
    name, pods, before = change.revision, change.after["spec"]["replicas"], asked(seen)
    if pods > before.get(name, 0):
        places = taken(seen, {**before, name: pods}, seen.looked)
        demand(sum(places.values()) <= bound.most, f"{pods} pods for {name}: {places} of {bound.most} places")


def places_are_given_up_last(history: History, seen: Pass, change: Change, _now: datetime) -> None:
    """Who serves keeps its pods until the step is over; who served before, those beyond the usual number."""
    bound = bounds(history, seen)
    if bound is None or not change.before or not change.after or change.revision not in _kept(history):
        return
    name, pods, before = change.revision, change.after["spec"]["replicas"], asked(seen)
    if pods >= change.before["spec"]["replicas"]:
        return
    memory = seen.remembered
    if name == history.home:
        if pods < _beside(bound, seen, before, name, memory.candidate):
            what = f"{name} is left with {pods} pods for {memory.candidate}"
            demand(memory.candidate, f"{what}, and nobody is tried")
            at, before_ = (passed(seen.steps, each.weight) for each in (memory, seen.before))
            demand(at == before_, f"{what}, which got its share a moment ago")
            if memory.weight:
                demand_step_over(history, seen, memory.candidate, memory.weight, what)
    elif not memory.candidate:
        least = bound.most - bound.whole
        demand(pods >= least, f"{name} is left with {pods} pods and may have {least}")


def who_serves_changes(_cluster: FakeCluster, history: History, seen: Pass, change: Change) -> None:
    """Whoever the route remembers as the one that serves has had all steps, or serves again."""
    if change.ref.kind != "HTTPRoute" or not change.after:
        return
    name = recall([change.after], "").stable
    if bounds(history, seen) is None and seen.leads != name:
        return  # Service `<name>` leads there with the next write.
    if name == history.home or not history.home or is_taken_back(history, seen, name):
        return
    shares = weights_of(change.after)
    demand(shares.get(name) == ALL, f"{name} serves from now on, the route: {shares}")
    demand_reasons_to_raise(history, seen, name, ALL, ALL)


def nobody_begins_meanwhile(_cluster: FakeCluster, _history: History, seen: Pass, change: Change) -> None:
    """As long as one has something left to give back, no other is tried: it would take its places."""
    memory, shares = recall([change.after], ""), weights_of(change.after)
    others = [
        name for name, share in shares.items() if share and name not in (memory.stable, memory.candidate)
    ]
    demand(not (memory.candidate and others), f"{memory.candidate} is tried, and {others} still give back")


def demand_led_to_most(seen: Pass, serving: str, name: str) -> None:
    """Demand that Service `<name>` leads to who has most of the requests, if need be to who serves."""
    shares = seen.weights
    most = max(shares.values(), default=ALL)
    leads = shares.get(name, 0) == most and (name == serving or shares.get(serving, 0) < most)
    demand(leads, f"Service leads to {name}, the route to {shares}, and {serving} serves")


def demand_as_far_as_pods_carry(
    bound: Bounds, seen: Pass, loser: str, winner: str, *, before: int, after: int
) -> None:
    """Demand that of the share of *loser* as much goes back as pods of *winner* carry, and no more."""
    left = min(before, ALL - _carried(bound, seen, winner)) if seen.answering(loser) else 0
    pods = f"{lasting(seen, winner)} of {bound.base} pods answer"
    demand(after == left, f"{loser} is left with {after} of {before} %, though {pods} of {winner}: {left} %")


def rest_is_given_back(_cluster: FakeCluster, history: History, seen: Pass) -> None:
    """What could not go back for want of pods goes back as soon as there are some."""
    bound, name = bounds(history, seen), history.giving
    share, could = seen.weights.get(name, 0), _carried(bound, seen, history.home) if bound else ALL
    if not share or seen.carried != seen.weights or (share <= ALL - could and seen.answering(name)):
        history.kept_back = 0
        return
    history.kept_back += 1
    demand(history.kept_back <= _PASSES, f"{name} still has {share} %, and {history.home} carries {could} %")


def _carried(bound: Bounds, seen: Pass, name: str) -> int:
    """Return the share that a revision carries: none before the data plane has been told of its backend."""
    known = name in {*reached(seen.route), seen.led}
    return bound.carried(lasting(seen, name)) if known else 0


def is_taken_back(history: History, seen: Pass, name: str) -> bool:
    """Tell whether the revision that served before serves again for a reason."""
    undone = {history.aborted(seen)} | (history.failed if seen.owner.spec.slo else set())
    return name == history.previous and bool(undone & history.trusted)


def _kept(history: History) -> set[str]:
    return {history.home, history.previous} - {""}


def _beside(bound: Bounds, seen: Pass, before: Mapping[str, int], name: str, candidate: str) -> int:
    """Return how many pods who serves keeps beside those that others need for their shares."""
    shares = {other: max(seen.weights.get(other, 0), seen.carried.get(other, 0)) for other in before}
    others = {other: bound.needed(share) for other, share in shares.items() if other != name}
    others |= {candidate: max(before[candidate], others[candidate])} if candidate in others else {}
    return min(bound.whole, bound.most - sum(others.values()))
