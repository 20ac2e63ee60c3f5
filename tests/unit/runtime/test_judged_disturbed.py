"""A rollback while something else happens in the same second."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sluiceway.build.objects import Object, Ref, ref_of, revision_of
from sluiceway.core.counts import Counts
from sluiceway.core.memory import outcome_of
from sluiceway.core.plan import Apply, Write
from sluiceway.core.readings import Reading
from tests.fakes.guards import DAY
from tests.fakes.trials import LONG, NEXT, ROLLOUT, at_its_first_share, is_back, slo
from tests.fakes.users import Users, every, live, none
from tests.fakes.world import World, find

Disturbance = Callable[[World, str], None]


def a_stable_pod_is_not_ready(world: World, stable: str) -> None:
    pod = next(pod for pod in world.cluster.of_kind("Pod").values() if revision_of(pod) == stable)

    def unready(obj: Object) -> None:
        obj["status"]["conditions"] = [{"type": "Ready", "status": "False"}]

    world.cluster.edit(ref_of(pod), unready)
    world.controllers.publish()


def more_pods_are_asked_for(world: World, _stable: str) -> None:
    world.cluster.edit(world.resource, lambda obj: obj["spec"].update(replicas=obj["spec"]["replicas"] + 1))


def fewer_pods_are_asked_for(world: World, _stable: str) -> None:
    world.cluster.edit(world.resource, lambda obj: obj["spec"].update(replicas=1))


def weights_are_edited_by_hand(world: World, stable: str) -> None:
    route = find(world, "HTTPRoute")
    if world.memory.candidate and world.weights.get(stable) != 100:
        world.cluster.edit(route, lambda obj: _weigh(obj, {stable: 50}))


def steps_are_edited(world: World, _stable: str) -> None:
    steps = [{"weight": 20, "seconds": 6}, {"weight": 100, "seconds": 6}]
    world.cluster.edit(world.resource, lambda obj: obj["spec"].update(rollout={"steps": steps}))


DISTURBANCES: tuple[Disturbance, ...] = (
    a_stable_pod_is_not_ready,
    more_pods_are_asked_for,
    fewer_pods_are_asked_for,
    weights_are_edited_by_hand,
    steps_are_edited,
)


@pytest.mark.parametrize("disturb", DISTURBANCES, ids=lambda disturb: disturb.__name__)
def test_the_share_is_taken_back_all_the_same(disturb: Disturbance) -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    for _ in range(20):
        disturb(world, stable)
        if live(world, 1, until=lambda: is_back(world, stable)):
            break
    assert is_back(world, stable)
    live(world, 30)
    assert world.weights == {stable: 100}
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")


def test_how_requests_end_in_a_pod_that_was_told_to_end_is_no_evidence_and_the_next_one_goes_on() -> None:
    world, users, _, candidate = at_its_first_share(hiccupSamples=1)
    [pod] = [each for each in world.cluster.of_kind("Pod").values() if revision_of(each) == candidate]
    world.cluster.edit(
        ref_of(pod), lambda obj: obj["metadata"].update(deletionTimestamp="2026-07-30T03:00:00Z")
    )
    broken_off = Counts(http=(0, 0, 0, 0, 1000))
    users.told[f"{pod['status']['podIP']}:8003"] = Reading(broken_off, uptime=DAY)
    for _ in range(20):
        world.reconcile()
    assert world.memory.candidate == candidate
    assert world.weights[candidate] == 0
    assert live(world, LONG, until=lambda: world.reached == candidate)
    assert world.condition("RolledBack") == ("False", "NotRolledBack")
    outcome = outcome_of(world.cluster.of_kind("ControllerRevision")[candidate])
    assert outcome
    assert (outcome.reason, outcome.attempt) == ("Serving", 1)


def test_weights_that_are_edited_by_hand_after_it_are_set_right() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: is_back(world, stable))
    world.cluster.edit(find(world, "HTTPRoute"), lambda obj: _weigh(obj, {stable: 40, candidate: 60}))
    assert live(world, 3, until=lambda: world.weights.get(candidate, 0) == 0)
    live(world, 20)
    assert world.weights == {stable: 100}


def test_a_config_map_that_is_edited_after_it_changes_nothing() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: is_back(world, stable))
    edited = {ref: obj["data"] for ref, obj in world.cluster.objects.items() if ref.kind == "ConfigMap"}
    assert edited
    for ref in edited:
        world.cluster.edit(ref, lambda obj: obj.update(data=dict.fromkeys(obj["data"], "edited")))
    live(world, 20)
    assert world.cluster.objects[find(world, "ConfigMap", stable)]["data"] in edited.values()
    assert world.weights == {stable: 100}
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")


def test_who_else_writes_the_route_at_that_moment_is_looked_at_and_the_decision_stands() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    conflicts = disputed(world)
    assert live(world, 12, until=lambda: is_back(world, stable))
    assert len(conflicts) == 3
    outcomes = [one for one in world.memory.outcomes if one.revision == candidate]
    assert [one.attempt for one in outcomes] == [1]


def disputed(world: World, times: int = 3) -> list[Ref]:
    """Let somebody else write the route just before the operator does, so many times."""
    met: list[Ref] = []

    def before(write: Write) -> None:
        if isinstance(write, Apply) and write.ref.kind == "HTTPRoute" and len(met) < times:
            met.append(write.ref)
            labels = {"touched": str(len(met))}
            world.cluster.edit(write.ref, lambda obj: obj["metadata"].setdefault("labels", {}).update(labels))
        world.check(write)

    world.cluster.before_write = before
    return met


def test_a_shared_cause_that_begins_in_the_bake_and_ends_leaves_nobody_refused_for_ever() -> None:
    """A feature store that fails while the one that took over is baked: the one before fails as well."""
    world, users, stable, candidate = at_its_first_share()
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    users.ends = {stable: every(1), candidate: every(1)}
    assert live(world, 12, until=lambda: world.memory.stable == stable)
    assert live(world, 20, until=lambda: world.condition("RolledBack") == ("False", "CauseShared"))
    users.ends = {stable: none, candidate: none}
    live(world, 5)
    assert world.condition("Available") == ("True", "Serving")
    world.command(retry=f"{candidate}/1/0")
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)


def test_total_failure_after_a_long_good_time_is_found_as_soon_as_without() -> None:
    world, users, stable, candidate = at_its_first_share(minRequests=1_000_000)
    users.rate = 600_000
    live(world, 12)
    assert users.sent[candidate] > 600_000
    users.rate = 100
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: is_back(world, stable))


def test_objectives_that_are_edited_in_the_middle_begin_anew_and_judge_by_the_new_ones() -> None:
    world, users, stable, candidate = at_its_first_share()
    live(world, 2)
    looser = {"objectives": [{"name": "answers", "type": "ErrorRate", "targetPercent": "50"}]}
    users.ends[candidate] = every(4)
    world.apply(replicas=2, runtime=NEXT, rollout=ROLLOUT, slo=slo(**looser))
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    assert isinstance(users, Users)
    assert stable != candidate


def test_a_paused_candidate_that_breaks_an_objective_is_taken_back() -> None:
    world, users, stable, candidate = at_its_first_share()
    world.command(pause=f"{candidate}/1/1")
    live(world, 2)
    assert world.condition("Ready") == ("False", "Paused")
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: is_back(world, stable))
    assert live(world, 2, until=lambda: world.condition("RolledBack") == ("True", "ObjectiveBroken"))


def _weigh(route: Object, weights: dict[str, int]) -> None:
    for rule in route["spec"]["rules"][:2]:
        for backend in rule["backendRefs"]:
            backend["weight"] = weights.get(backend["name"], 100 - sum(weights.values()))
