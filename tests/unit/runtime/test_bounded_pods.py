"""Rollouts whose pods are bounded: they take each other's places, and the requests follow them."""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.build.objects import Object, revision_of
from tests.fakes.controllers import ready_pods
from tests.fakes.objects import IMAGE, restarted_pod
from tests.fakes.routes import reached
from tests.fakes.scheduler import GPU, make_node
from tests.fakes.trials import LONG
from tests.fakes.trials import slo as objectives
from tests.fakes.users import every, inhabited, live
from tests.fakes.world import World, find
from tests.unit.runtime.test_rollouts import NEXT, shares, started, until

STEPS: Object = {"steps": [{"weight": 25, "seconds": 30}, {"weight": 100, "seconds": 30}]}
IN_PLACE: Object = STEPS | {"maxSurge": 0, "maxUnavailable": 1}


def sizes(world: World, *names: str) -> tuple[int, ...]:
    """Return how many pods the Deployments of these revisions ask for, 0 for one without."""
    there = world.cluster.of_kind("Deployment")
    return tuple(there[name]["spec"]["replicas"] if name in there else 0 for name in names)


def settled_pods(world: World, *names: str) -> list[tuple[int, ...]]:
    """Let everybody take turns until all is at rest; return the sizes in their order."""
    seen = [sizes(world, *names)]
    for _ in world.rounds():
        if (now := sizes(world, *names)) != seen[-1]:
            seen.append(now)
    return seen


def test_requests_follow_pods_that_take_the_places_of_others() -> None:
    world, old, new = started(IN_PLACE)
    assert shares(world) == [
        {old: 100},
        {old: 75, new: 25},
        {old: 67, new: 33},
        {old: 33, new: 67},
        {new: 100},
    ]
    assert world.condition("Ready") == ("True", "Serving")


def test_one_pod_gives_its_place_at_a_time() -> None:
    world, old, new = started(IN_PLACE)
    assert settled_pods(world, old, new) == [
        (3, 0),
        (3, 1),
        (2, 1),
        (2, 2),
        (1, 2),
        (1, 3),
        (0, 3),
        (0, 4),
    ]


def test_a_place_more_spares_one_that_gives_its_own_too_early() -> None:
    world, old, new = started(STEPS | {"maxSurge": 1})
    assert settled_pods(world, old, new)[:4] == [(4, 1), (3, 1), (3, 2), (2, 2)]
    assert world.condition("Ready") == ("True", "Serving")


@pytest.mark.parametrize("replicas", [2, 3, 4, 7])
@pytest.mark.parametrize("bounds", [(0, 1), (0, 2), (1, 0), (2, 1), ("25%", "25%"), ("0%", "10%")])
@pytest.mark.parametrize("steps", [[5, 50], [33, 34, 67, 99, 100]], ids=str)
def test_it_comes_to_its_end_whatever_the_bounds(replicas: int, bounds: Any, steps: list[int]) -> None:
    given = [{"weight": weight, "seconds": 5} for weight in steps]
    rollout = {"steps": given, "maxSurge": bounds[0], "maxUnavailable": bounds[1]}
    world, old, new = started(rollout, replicas=replicas)
    world.settle()
    assert world.reached == new
    assert sizes(world, old, new) == (0, replicas)
    assert world.condition("Ready") == ("True", "Serving")


@pytest.mark.parametrize("share", [25, 33, 67, 100])
def test_what_is_taken_back_follows_the_pods_as_well(share: int) -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.weights.get(new) == share)
    world.command(abort=f"{new}/{world.memory.attempt}/{world.memory.step}")
    seen = [found.get(new, 0) for found in shares(world)]
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == 0
    assert sizes(world, old, new) == (4, 0)
    assert world.condition("RolledBack") == ("True", "Aborted")


def test_pods_that_are_about_to_end_carry_nothing_that_is_taken_back() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.weights.get(new) == 33 and sizes(world, old) == (2,))
    until(world, lambda: sizes(world, old) == (1,))
    assert ready_pods(world.cluster, old) == 2
    world.command(abort=f"{new}/{world.memory.attempt}/{world.memory.step}")
    until(world, lambda: not world.memory.candidate)
    assert world.weights[old] == 33


def test_who_took_over_gives_the_requests_back_pod_by_pod() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.memory.stable == new and sizes(world, old, new) == (0, 4))
    world.command(abort=f"{new}/1/0")
    assert [found.get(new, 0) for found in shares(world)] == [100, 67, 33, 0]
    assert sizes(world, old, new) == (4, 0)
    assert world.reached == old


def test_the_gateway_is_told_of_who_serves_again_before_it_gets_a_share() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.memory.stable == new and sizes(world, old, new) == (0, 4))
    world.command(abort=f"{new}/1/0")
    until(world, lambda: world.memory.stable == old)
    assert old not in reached(world.cluster.objects[find(world, "HTTPRoute")])
    until(world, lambda: old in reached(world.cluster.objects[find(world, "HTTPRoute")]))
    assert (world.weights[old], ready_pods(world.cluster, old)) == (0, 1)
    until(world, lambda: world.weights[old])
    assert world.weights == {old: 33, new: 67}


def test_meanwhile_the_status_tells_who_still_has_what() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.memory.stable == new and sizes(world, old, new) == (0, 4))
    world.command(abort=f"{new}/1/0")
    until(world, lambda: world.weights.get(new) == 67)
    told = f"67 % of the requests still go to {new}, until {old} has pods for them"
    assert told in world.message("Ready")
    assert world.condition("Available") == ("True", "Serving")


def test_the_status_tells_it_whatever_keeps_pods_from_being_ready() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.weights.get(new) == 67)
    world.apply(replicas=4, rollout=IN_PLACE)
    until(world, lambda: bool(world.memory.rest))
    pod = next(pod for pod in world.cluster.of_kind("Pod").values() if revision_of(pod) == old)
    world.cluster.put(pod | {"status": restarted_pod(old)["status"]})
    world.reconcile()
    assert world.condition("Ready")[1] == "Loading"
    assert f"% of the requests still go to {new}" in world.message("Ready")


def test_callers_inside_the_cluster_are_not_led_to_nobody() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.memory.stable == new and sizes(world, old, new) == (0, 4))
    world.command(abort=f"{new}/1/0")
    until(world, lambda: world.memory.stable == old)
    assert world.reached == new
    until(world, lambda: world.weights.get(old) == 67)
    world.reconcile()
    assert world.reached == old


def test_a_route_that_somebody_deletes_comes_back_with_the_same_shares() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.reached == new)
    assert world.memory.stable == old
    before = world.weights
    world.cluster.remove(find(world, "HTTPRoute"))
    until(world, lambda: bool(world.weights))
    assert world.weights == before
    assert world.memory.stable == old


def test_the_next_revision_waits_until_all_is_given_back() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.weights.get(new) == 67)
    world.apply(replicas=4, rollout=IN_PLACE, runtime={"image": f"{IMAGE}-third"})
    until(world, lambda: bool(world.memory.rest))
    assert not world.memory.candidate
    assert "waits for its turn" in world.message("Progressing")
    world.settle()
    assert world.reached not in (old, new)
    assert world.condition("Ready") == ("True", "Serving")


def test_who_gives_back_and_answers_no_longer_keeps_nothing() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.weights.get(new) == 67)
    world.controllers.broken.add(NEXT["image"])
    world.command(abort=f"{new}/{world.memory.attempt}/{world.memory.step}")
    until(world, lambda: bool(world.memory.rest))
    for pod in world.cluster.of_kind("Pod").values():
        if revision_of(pod) == new:
            world.cluster.put(pod | {"status": restarted_pod(new)["status"]})
    until(world, lambda: not world.memory.rest)
    assert world.weights[old] == 100


def test_who_answers_no_longer_keeps_nothing_before_the_gateway_knows_either() -> None:
    world, old, new = started(IN_PLACE)
    until(world, lambda: world.weights.get(new) == 67)
    world.command(abort=f"{new}/{world.memory.attempt}/{world.memory.step}")
    until(world, lambda: bool(world.memory.rest))
    for pod in world.cluster.of_kind("Pod").values():
        if revision_of(pod) == new:
            world.cluster.put(pod | {"status": restarted_pod(new)["status"]})
    world.reconcile()
    assert world.weights[old] == 100


def test_a_broken_objective_takes_back_what_pods_can_carry_at_once() -> None:
    rollout = {"steps": [{"weight": 67, "seconds": 30}, {"weight": 100}], "maxSurge": 0, "maxUnavailable": 1}
    world, users = inhabited()
    world.apply(replicas=4, rollout=rollout, slo=objectives())
    world.settle()
    old = world.reached
    world.apply(replicas=4, rollout=rollout, slo=objectives(), runtime=NEXT)
    assert live(world, LONG, until=lambda: world.memory.weight == 67)
    new = world.memory.candidate
    users.ends[new] = every(1)
    assert live(world, LONG, until=lambda: bool(world.memory.rest))
    assert world.weights == {old: 67, new: 33}
    assert live(world, LONG, until=lambda: world.weights.get(old) == 100)
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")


def test_gpus_that_are_all_in_use_suffice_and_it_is_told_before() -> None:
    world = World()
    world.cluster.put(make_node("a", 4))
    runtime: dict[str, Any] = {"image": IMAGE, "resources": {"limits": {GPU: 1}}}
    world.apply(replicas=4, runtime=runtime, rollout=IN_PLACE)
    world.settle()
    world.apply(replicas=4, runtime=runtime | {"image": f"{IMAGE}-next"}, rollout=IN_PLACE)
    world.reconcile()
    assert "no more GPUs than those in use are needed" in world.message("Progressing")
    assert "rollout.maxSurge allows 4 pods in all" in world.message("Progressing")
    reasons = set()
    for _ in world.rounds():
        reasons.add(world.condition("Progressing")[1])
    assert "InsufficientGPU" not in reasons
    assert world.condition("Ready") == ("True", "Serving")
