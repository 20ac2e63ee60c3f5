"""What users read in every state of a rollout that is judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from sluiceway.core.readings import Unanswered
from tests.conftest import Golden
from tests.fakes.kstatus import kstatus
from tests.fakes.trials import LONG, at_its_first_share
from tests.fakes.users import every, live
from tests.fakes.world import World

GOLDEN = Path(__file__).parent / "golden"


def a_step_has_had_too_few_requests() -> World:
    world, _, _, _ = at_its_first_share(minRequests=10_000)
    live(world, 30)
    return world


def enough_requests_and_all_is_well() -> World:
    world, _, _, _ = at_its_first_share(minRequests=10)
    live(world, 3)
    return world


def both_break_an_objective() -> World:
    world, users, stable, candidate = at_its_first_share()
    users.ends = {stable: every(2), candidate: every(2)}
    live(world, 30)
    return world


def nothing_has_been_measured_for_long() -> World:
    world, users, _, _ = at_its_first_share(noDataSeconds=30)
    for pod in world.cluster.of_kind("Pod").values():
        users.told[f"{pod['status']['podIP']}:8003"] = Unanswered("connection refused")
    live(world, 60)
    return world


def the_candidate_broke_an_objective() -> World:
    world, users, _, candidate = at_its_first_share()
    users.ends[candidate] = every(5)
    live(world, 20)
    return world


def the_candidate_refuses_its_callers() -> World:
    world, users, _, candidate = at_its_first_share()
    users.caller_ends[candidate] = every(1)
    live(world, 20)
    return world


def the_one_that_took_over_is_baked() -> World:
    world, _, _, candidate = at_its_first_share()
    live(world, LONG, until=lambda: world.memory.stable == candidate)
    live(world, 20)
    return world


def the_one_that_took_over_broke_an_objective() -> World:
    world, users, _, candidate = at_its_first_share()
    live(world, LONG, until=lambda: world.memory.stable == candidate)
    users.ends[candidate] = every(5)
    live(world, 20)
    return world


def the_one_before_breaks_it_as_well() -> World:
    world, users, stable, candidate = at_its_first_share()
    live(world, LONG, until=lambda: world.memory.stable == candidate)
    users.ends = {stable: every(5), candidate: every(5)}
    live(world, 40)
    return world


STATES: dict[Callable[[], World], str] = {
    a_step_has_had_too_few_requests: "InProgress",
    enough_requests_and_all_is_well: "InProgress",
    both_break_an_objective: "InProgress",
    nothing_has_been_measured_for_long: "InProgress",
    the_candidate_broke_an_objective: "Failed",
    the_candidate_refuses_its_callers: "Failed",
    the_one_that_took_over_is_baked: "Current",
    the_one_that_took_over_broke_an_objective: "Failed",
    the_one_before_breaks_it_as_well: "Failed",
}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_is_said_when(state: Callable[[], World], golden: Golden) -> None:
    world = state()
    status = world.status.to_dict()
    lines = [f"{key}: {value}" for key, value in status.items() if key != "conditions"]
    for condition in status["conditions"]:
        lines.append(f"{condition['type']:18} {condition['status']:7} {condition['reason']}")
        lines.append(indent(condition["message"], "    "))
    golden(GOLDEN / f"{state.__name__.replace('_', '-')}.txt", "\n".join(lines) + "\n")
    generation = status["observedGeneration"]
    assert kstatus({"metadata": {"generation": generation}, "status": status}) == STATES[state]
