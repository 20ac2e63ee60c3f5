"""Killing the operator after any single write and starting another leads to the same end."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from sluiceway.core.memory import Memory
from tests.fakes.cluster import Crash
from tests.fakes.objects import IMAGE
from tests.fakes.world import MOST_ROUNDS, World, find
from tests.unit.runtime.test_verified_first import GOLDEN, wrong

NEXT = {"image": "nvcr.io/nvidia/tritonserver:26.08-py3"}


def first_apply(world: World) -> None:
    world.apply(replicas=2)


def new_revision(world: World) -> None:
    settled(world, first_apply)
    world.apply(replicas=2, runtime=NEXT)


def back_again(world: World) -> None:
    settled(world, new_revision)
    world.apply(replicas=2)


def back_without_steps(world: World) -> None:
    rollout = {"rollbackWindow": {"revisions": 1}}
    settled(world, new_revision)
    world.apply(replicas=2, rollout=rollout)


def superseded_in_the_middle(world: World) -> None:
    settled(world, first_apply)
    world.apply(replicas=2, runtime=NEXT)
    world.reconcile()
    world.apply(replicas=2, runtime={"image": f"{IMAGE}-2"})


def traffic_removed(world: World) -> None:
    settled(world, first_apply)
    world.apply(replicas=2, traffic=None)


def route_and_status_lost(world: World) -> None:
    settled(world, first_apply)
    world.cluster.remove(find(world, "HTTPRoute"))
    world.cluster.edit(world.resource, lambda obj: obj.pop("status"))


def more_records_than_are_kept(world: World) -> None:
    for number in range(12):
        world.apply(runtime={"image": f"{IMAGE}-{number}"})
        world.settle()
    world.apply(runtime={"image": f"{IMAGE}-12"})


def at_the_second_step(world: World) -> str:
    settled(world, first_apply)
    world.apply(replicas=2, runtime=NEXT)
    until(world, lambda memory: memory.step == 2)
    return world.memory.candidate


def aborted_in_the_middle(world: World) -> None:
    candidate = at_the_second_step(world)
    world.command(abort=f"{candidate}/1/2")


def stable_again_in_the_middle(world: World) -> None:
    at_the_second_step(world)
    world.apply(replicas=2)


def returned_after_the_promotion(world: World) -> None:
    settled(world, first_apply)
    world.apply(replicas=2, runtime=NEXT)
    aborted_after_the_promotion(world)


def retried(world: World) -> None:
    candidate = at_the_second_step(world)
    world.command(abort=f"{candidate}/1/2")
    world.settle()
    world.command(retry=f"{candidate}/1/0")


def switched_without_a_gateway(world: World) -> None:
    world.apply(replicas=2, traffic=None)
    world.settle()
    world.apply(replicas=2, traffic=None, runtime=NEXT)


def traffic_removed_in_the_middle(world: World) -> None:
    at_the_second_step(world)
    world.apply(replicas=2, traffic=None, runtime=NEXT)


def traffic_added(world: World) -> None:
    world.apply(replicas=2, traffic=None)
    world.settle()
    world.apply(replicas=2, runtime=NEXT)


IN_PLACE = {"steps": [{"weight": 40, "seconds": 5}], "maxSurge": 0, "maxUnavailable": 1}


def pods_take_the_places_of_others(world: World) -> None:
    world.apply(replicas=3, rollout=IN_PLACE)
    world.settle()
    world.apply(replicas=3, rollout=IN_PLACE, runtime=NEXT)


def given_back_pod_by_pod(world: World) -> None:
    pods_take_the_places_of_others(world)
    aborted_after_the_promotion(world)


def golden_inputs_fail(world: World) -> None:
    settled(world, first_apply)
    world.prober.answers = wrong
    world.apply(replicas=2, model=GOLDEN)


def aborted_after_the_promotion(world: World) -> None:
    until(world, lambda memory: bool(memory.previous))
    world.command(abort=f"{world.memory.stable}/1/0")


def until(world: World, reached: Callable[[Memory], bool]) -> None:
    assert any(reached(world.memory) for _ in world.rounds())


def settled(world: World, story: Callable[[World], None]) -> None:
    story(world)
    world.settle()


STORIES = (
    first_apply,
    new_revision,
    back_again,
    back_without_steps,
    superseded_in_the_middle,
    traffic_removed,
    route_and_status_lost,
    more_records_than_are_kept,
    aborted_in_the_middle,
    stable_again_in_the_middle,
    returned_after_the_promotion,
    retried,
    switched_without_a_gateway,
    traffic_removed_in_the_middle,
    traffic_added,
    pods_take_the_places_of_others,
    given_back_pod_by_pod,
    golden_inputs_fail,
)


@pytest.fixture(scope="module", params=STORIES, ids=lambda story: story.__name__)
def story(request: pytest.FixtureRequest) -> World:
    """Return a world in which something has just happened that the operator does not know of yet."""
    world = World()
    request.param(world)
    return world


@pytest.fixture
def told(story: World) -> World:
    """Return the world of the story, for one test."""
    return deepcopy(story)


@pytest.fixture(scope="module")
def end(story: World) -> dict[str, Any]:
    """Return the end that the story has when nobody is killed."""
    undisturbed = deepcopy(story)
    undisturbed.settle()
    return undisturbed.shape()


def test_a_crash_after_any_write_leads_to_the_same_end(told: World, end: dict[str, Any]) -> None:
    going_on, written = True, len(told.cluster.requests)
    while going_on:
        # Each life begins with the pass in which it ends: what came before is the same for all.
        before = deepcopy(told)
        going_on = told.others(told.reconcile())
        passed = len(before.cluster.requests)
        for number, write in enumerate(told.cluster.requests[passed:], start=1):
            world = deepcopy(before)
            world.cluster.crash_after = number
            with pytest.raises(Crash):
                world.reconcile()
            world.restart_operator()
            world.settle()
            assert world.shape() == end, f"killed after write {passed - written + number}: {write}"
    assert len(told.cluster.requests) > written
    assert told.shape() == end


def test_a_crash_after_every_single_write_still_gets_there(told: World, end: dict[str, Any]) -> None:
    for _ in range(MOST_ROUNDS):
        told.cluster.crash_after = 1
        try:
            told.settle()
        except Crash:
            told.restart_operator()
        else:
            break
    assert told.shape() == end
