"""Killing the operator after any single write and starting another leads to the same end."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.fakes.cluster import Crash
from tests.fakes.objects import IMAGE
from tests.fakes.world import MOST_ROUNDS, World, find

NEXT = {"image": "nvcr.io/nvidia/tritonserver:26.08-py3"}


def first_apply(world: World) -> None:
    world.apply(replicas=2)


def new_revision(world: World) -> None:
    settled(world, first_apply)
    world.apply(replicas=2, runtime=NEXT)


def back_again(world: World) -> None:
    settled(world, new_revision)
    world.apply(replicas=2)


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


def settled(world: World, story: Callable[[World], None]) -> None:
    story(world)
    world.settle()


STORIES = (
    first_apply,
    new_revision,
    back_again,
    superseded_in_the_middle,
    traffic_removed,
    route_and_status_lost,
    more_records_than_are_kept,
)


@pytest.fixture(params=STORIES, ids=lambda story: story.__name__)
def told(request: pytest.FixtureRequest) -> World:
    """Return a world in which something has just happened that the operator does not know of yet."""
    world = World()
    request.param(world)
    return world


@pytest.fixture
def end(told: World) -> dict[str, Any]:
    """Return the end that the story has when nobody is killed."""
    undisturbed = deepcopy(told)
    undisturbed.settle()
    return undisturbed.shape()


def test_a_crash_after_any_write_leads_to_the_same_end(told: World, end: dict[str, Any]) -> None:
    for writes in itertools.count(1):
        world = deepcopy(told)
        world.cluster.crash_after = writes
        try:
            world.settle()
        except Crash:
            world.restart_operator()
            world.settle()
        else:
            assert writes > 1
            return
        assert world.shape() == end, f"killed after write {writes}"


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
