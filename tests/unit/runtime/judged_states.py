"""States of a rollout that is judged, each reached by living through it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sluiceway.core.readings import Unanswered
from sluiceway.core.vectors import NoAnswer
from tests.fakes.metrics import Metrics
from tests.fakes.trials import LONG, at_its_first_share, is_back
from tests.fakes.users import Users, every, live, none
from tests.fakes.world import World


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


def the_bake_is_over() -> World:
    world, _, _, candidate = at_its_first_share()
    live(world, LONG, until=lambda: world.memory.stable == candidate)
    live(world, LONG, until=lambda: not world.memory.previous)
    live(world, 10)
    return world


def silent(choice: str) -> tuple[World, Users, str]:
    world, users, stable, _ = at_its_first_share(noDataSeconds=30, onNoData=choice)
    for pod in world.cluster.of_kind("Pod").values():
        users.told[f"{pod['status']['podIP']}:8003"] = Unanswered("connection refused")
    return world, users, stable


def nothing_was_measured_and_it_is_taken_back() -> World:
    world, _, stable = silent("Rollback")
    live(world, LONG, until=lambda: is_back(world, stable))
    live(world, 20)
    return world


def nothing_is_measured_and_it_goes_on_by_time() -> World:
    world, _, _ = silent("Continue")
    live(world, LONG, until=lambda: world.memory.weight > 10)
    live(world, 3)
    return world


def too_few_requests_and_it_is_taken_back() -> World:
    world, _, stable, _ = at_its_first_share(minRequests=10_000, maxStepSeconds=20, onInsufficient="Rollback")
    live(world, LONG, until=lambda: is_back(world, stable))
    live(world, 20)
    return world


def too_few_requests_and_it_is_promoted_all_the_same() -> World:
    world, _, _, _ = at_its_first_share(minRequests=10_000, maxStepSeconds=20, onInsufficient="Promote")
    live(world, LONG, until=lambda: world.memory.weight > 10)
    live(world, 3)
    return world


def nobody_sends_a_request() -> World:
    world, users, _, _ = at_its_first_share()
    users.rate = 0
    live(world, 30)
    return world


def both_break_an_objective_and_it_goes_on() -> World:
    world, users, stable, candidate = at_its_first_share(onStableBroken="Advance")
    users.ends = {stable: every(2), candidate: every(2)}
    live(world, LONG, until=lambda: world.memory.weight > 10)
    live(world, 3)
    return world


def a_refused_one_is_tried_again() -> World:
    world, users, _, candidate = at_its_first_share()
    users.ends[candidate] = every(5)
    live(world, 20)
    users.ends[candidate] = none
    world.command(retry=f"{candidate}/1/0")
    live(world, LONG, until=lambda: world.memory.weight == 10)
    live(world, 3)
    return world


def at_the_gateway(**given: Any) -> tuple[World, Metrics, str, str]:
    metrics = Metrics()
    world, _, stable, candidate = at_its_first_share(metrics, gateway={"provider": "main"}, **given)
    return world, metrics, stable, candidate


def the_gateway_sees_that_it_breaks_an_objective() -> World:
    world, metrics, _, candidate = at_the_gateway()
    metrics.ends[candidate] = every(2)
    live(world, 30)
    return world


def the_metrics_of_the_gateway_are_missing() -> World:
    world, metrics, _, _ = at_the_gateway(noDataSeconds=30)
    metrics.twisted = lambda _query, _said: NoAnswer("connection refused")
    live(world, 60)
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
    the_bake_is_over: "Current",
    nothing_was_measured_and_it_is_taken_back: "Failed",
    nothing_is_measured_and_it_goes_on_by_time: "InProgress",
    too_few_requests_and_it_is_taken_back: "Failed",
    too_few_requests_and_it_is_promoted_all_the_same: "InProgress",
    nobody_sends_a_request: "InProgress",
    both_break_an_objective_and_it_goes_on: "InProgress",
    a_refused_one_is_tried_again: "InProgress",
    the_gateway_sees_that_it_breaks_an_objective: "Failed",
    the_metrics_of_the_gateway_are_missing: "InProgress",
}


@cache
def lived(state: Callable[[], World]) -> World:
    """Return the world of a state for those who only look at it: nobody may change it."""
    return state()
