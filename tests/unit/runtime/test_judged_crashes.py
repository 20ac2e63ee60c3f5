"""The operator is killed while a revision is judged: no breach is forgotten, and nothing is decided twice."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.fakes.cluster import Crash
from tests.fakes.trials import LONG, at_its_first_share, is_back
from tests.fakes.users import Users, every, live
from tests.fakes.world import World

Case = tuple[World, Users, str, str]


def fails_at_its_first_share() -> Case:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    return world, users, stable, candidate


def fails_after_it_has_taken_over() -> Case:
    world, users, stable, candidate = at_its_first_share()
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    users.ends[candidate] = every(1)
    return world, users, stable, candidate


CASES = (fails_at_its_first_share, fails_after_it_has_taken_over)


def survived(world: World, passes: int) -> None:
    """Live on; whenever the operator is killed, start another."""
    for _ in range(passes):
        try:
            live(world, 1)
        except Crash:
            world.restart_operator()


def end(world: World) -> dict[str, Any]:
    memory = world.memory
    reasons = {kind: world.condition(kind) for kind in ("Ready", "RolledBack", "Stalled", "Available")}
    return {"stable": memory.stable, "candidate": memory.candidate, "weights": world.weights, **reasons}


@pytest.mark.parametrize("begun", CASES, ids=lambda case: case.__name__)
def test_killed_after_any_write_it_ends_as_if_nobody_had_been(begun: Callable[[], Case]) -> None:
    world, _, stable, _ = begun()
    undisturbed = deepcopy(world)
    survived(undisturbed, 30)
    assert is_back(undisturbed, stable)
    for writes in itertools.count(1):
        told = deepcopy(world)
        told.cluster.crash_after = writes
        survived(told, 32)
        assert end(told) == end(undisturbed), f"killed after write {writes}"
        if told.cluster.crash_after:
            assert writes > 4
            return


@pytest.mark.parametrize("begun", CASES, ids=lambda case: case.__name__)
def test_killed_after_every_look_it_still_finds_the_breach(begun: Callable[[], Case]) -> None:
    world, _, stable, _ = begun()
    for _ in range(40):
        survived(world, 2)
        world.restart_operator()
        if is_back(world, stable):
            return
    raise AssertionError("every operator began anew")
