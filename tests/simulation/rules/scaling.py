"""Autoscalers: they move the number of pods, and never below what may have to be carried.

Ready pods are enough when a share is given (`rules.raising`), and nobody takes one of them after that: so
they are at every moment. Excused is what these rules do not ask for: pods that crash or that people delete,
until they are back; what is beyond maxReplicas; a load that has grown, until autoscalers had the time to
measure it; what an old leader, or people, have laid hands on, until the next look; and a spec that no pass
has brought to its end yet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Object
from sluiceway.core.memory import Memory, recall
from sluiceway.core.pods import is_ready
from tests.fakes.cluster import FakeCluster
from tests.fakes.controllers import ready_pods
from tests.simulation.bounds import bounds
from tests.simulation.carried import least
from tests.simulation.demands import demand
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass
from tests.simulation.rules.enough import demand_enough, warm

_LATE = timedelta(seconds=60)
"""So old may be what an autoscaler tells."""


def pods_are_handed_over(history: History, seen: Pass, change: Change, _now: datetime) -> None:
    """Whoever owns the number of pods from now on, none is dropped that the spec does not forbid."""
    if change.before and change.after and bounds(history, seen) is None:
        given = seen.owner.spec.autoscaling
        before, after = (obj["spec"]["replicas"] for obj in (change.before, change.after))
        kept = min(before, given.max_replicas if given else seen.replicas)
        demand(after >= kept, f"{change.revision} is handed over with {after} of {before} pods")


def floors_are_right(history: History, seen: Pass, change: Change, now: datetime) -> None:
    """An autoscaler keeps what may have to be carried, and not much more than was ever asked for."""
    given, name = seen.owner.spec.autoscaling, change.revision
    if change.after is None:
        led = name == history.home or seen.weights.get(name)
        demand(not (given and led), f"{name} serves and loses its autoscaler")
        return
    demand(given, f"{name} gets an autoscaler that nobody asks for")
    floor = change.after["spec"]["minReplicas"]
    demand_enough(history, seen, name, pods=floor, share=seen.weights.get(name, 0), now=now)
    capacity = history.capacity
    if given and capacity.began and name in {*history.trusted, history.previous}:
        most = max(given.min_replicas, capacity.first, least(history.most_load(capacity.began - _LATE)))
        demand(floor <= most, f"{name} keeps {floor} pods, and never more than {most} were asked for")


def floors_follow_the_load(cluster: FakeCluster, history: History, seen: Pass) -> None:
    """A load that is measured raises what is kept for it, of all that may have to carry it."""
    if seen.owner.spec.autoscaling is None:
        return
    load = history.steady_load(seen.began or seen.looked)
    if load is not None and _is_measured(seen):
        history.capacity.measured(load)
    for name, scaler in cluster.of_kind(KIND).items():
        if name in history.trusted or warm(history, seen, name, seen.looked):
            floor = scaler["spec"]["minReplicas"]
            demand_enough(history, seen, name, pods=floor, share=0, now=seen.looked)


def _is_measured(seen: Pass) -> bool:
    """Tell whether a pass saw what all that have a share carry, and changed nothing about who has which."""
    loaded = {name for name, weight in seen.weights.items() if weight} or {seen.led}
    after = recall((seen.route, seen.service), "")
    stayed = _shared(seen.before) == _shared(after)
    return loaded <= seen.measured and stayed and not after.leaving


def _shared(memory: Memory) -> tuple[object, ...]:
    return memory.stable, memory.candidate, memory.weight, memory.previous, memory.leaving


def check_moment(
    cluster: FakeCluster, history: History, change: Change, resource: Object | None, now: datetime
) -> None:
    """Check one change that nobody of people and operators made: by an autoscaler, or by who ends pods.

    Where pods are bounded these follow their Deployments, which are judged as they are written: one that
    asked for fewer gets more again only when there is a place, which its own pods have until they are gone.

    :raises Violation: when who is left is not enough.
    """
    seen = history.last
    if seen is None or seen.resource is None or not _rests(history, seen, resource):
        return
    taken = _TAKEN.get(change.ref.kind)
    left = taken(cluster, change) if taken else None
    if left is not None and (change.ref.kind != "Pod" or bounds(history, seen) is None):
        share = max(each.get(change.revision, 0) for each in (history.written, history.carried))
        demand_enough(history, seen, change.revision, pods=left, share=share, now=now)


def _rests(history: History, seen: Pass, resource: Object | None) -> bool:
    """Tell whether a pass has brought to its end all that is asked for now."""
    metadata = ((seen.resource or {}).get("metadata") or {}), ((resource or {}).get("metadata") or {})
    asked = [(each.get("uid"), each.get("generation"), each.get("deletionTimestamp")) for each in metadata]
    held = history.capacity.held or not history.capacity.pods
    return asked[0] == asked[1] and not asked[0][2] and held and not history.muddled


def _scaled_down(_cluster: FakeCluster, change: Change) -> int | None:
    """Return how many pods an autoscaler leaves of a revision; None when it takes none."""
    if not change.before or not change.after:
        return None
    before, after = (int(obj["spec"]["replicas"]) for obj in (change.before, change.after))
    return after if after < before else None


def _ends(cluster: FakeCluster, change: Change) -> int | None:
    """Return how many ready pods of a revision are left after one of them ends; None when none does."""
    if not change.before or not change.after or "deletionTimestamp" in change.before["metadata"]:
        return None
    ends = "deletionTimestamp" in change.after["metadata"] and is_ready(change.before)
    return ready_pods(cluster, change.revision) if ends else None


_TAKEN: dict[str, Callable[[FakeCluster, Change], int | None]] = {"Deployment": _scaled_down, "Pod": _ends}
