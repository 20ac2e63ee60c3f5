"""Users, operator and autoscaler hand the number of pods to each other, and nobody drops any.

`World.check` states at every write that the operator takes no pod from an autoscaler.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sluiceway.build.objects import Object, Ref
from sluiceway.core.plan import Apply, Write
from sluiceway.core.steps import CALM_SECONDS
from tests.fakes.controllers import ready_pods
from tests.fakes.objects import NAME
from tests.fakes.world import World

BY_CPU: Object = {"minReplicas": 2, "maxReplicas": 12, "metrics": [{"type": "CPU", "targetPercent": 100}]}
RUNTIME: Object = {"resources": {"requests": {"cpu": "1"}}}
NEXT: Object = RUNTIME | {"image": "triton:next"}


def scaled(demand: float) -> World:
    """Return a world with a model whose autoscaler has brought the pods to the demand."""
    world = World()
    world.controllers.autoscalers.demand = demand
    world.apply(autoscaling=BY_CPU, runtime=RUNTIME)
    world.settle()
    return world


def asked(world: World, revision: str = "") -> int:
    """Return how many pods the Deployment of a revision asks for; of the one that serves by default."""
    return int(world.cluster.of_kind("Deployment")[revision or world.reached]["spec"]["replicas"])


def floor(world: World, revision: str = "") -> int:
    """Return how many pods its autoscaler keeps at least."""
    found = world.cluster.of_kind("HorizontalPodAutoscaler")[revision or world.reached]
    return int(found["spec"]["minReplicas"])


def numbers_of_pods(world: World) -> list[int]:
    """Return a list that grows with every number that a Deployment asks for from now on."""
    seen: list[int] = []

    def note(ref: Ref, _before: Object | None, after: Object | None) -> None:
        if ref.kind == "Deployment":
            seen.append(after["spec"].get("replicas", 1) if after else 0)

    world.cluster.changed = note
    return seen


def passes(world: World, seconds: int = 3600) -> Iterator[None]:
    """Let everybody take turns for so long, and stop after each pass of the operator."""
    begun = world.now
    while (world.now - begun).total_seconds() < seconds:
        yield from world.rounds()
        world.let_pass(5)


def test_a_revision_begins_with_the_minimum_and_follows_the_load() -> None:
    world = scaled(demand=1)
    assert (asked(world), floor(world)) == (2, 2)
    before = len(world.cluster.requests)
    world.controllers.autoscalers.demand = 5
    world.settle()
    assert asked(world) == 5
    assert not [what for what in world.cluster.requests[before:] if "Deployment" in what]
    assert world.condition("Ready") == ("True", "Serving")
    assert world.condition("AutoscalingReady") == ("True", "Autoscaling")


def test_the_budget_goes_by_how_many_pods_the_autoscaler_asks_for() -> None:
    world = World()
    autoscalers = world.controllers.autoscalers
    found = []
    for demand in (1.0, 2.0, 1.0):
        autoscalers.demand = demand
        world.apply(autoscaling=BY_CPU | {"minReplicas": 1}, runtime=RUNTIME)
        world.settle()
        found.append((asked(world), list(world.cluster.of_kind("PodDisruptionBudget"))))
    assert found == [(1, []), (2, [world.reached]), (1, [])]


def test_an_autoscaler_takes_over_the_number_that_there_is() -> None:
    world = World()
    world.apply(replicas=5, runtime=RUNTIME)
    world.settle()
    seen = numbers_of_pods(world)
    world.controllers.autoscalers.demand = 5
    world.apply(autoscaling=BY_CPU, runtime=RUNTIME)
    world.settle()
    assert set(seen) == {5}
    assert asked(world) == 5


def test_the_number_goes_from_an_autoscaler_to_what_the_spec_says() -> None:
    world = scaled(demand=6)
    seen = numbers_of_pods(world)
    world.apply(replicas=7, runtime=RUNTIME)
    world.settle()
    assert min(seen) >= 6
    assert asked(world) == 7
    assert not world.cluster.of_kind("HorizontalPodAutoscaler")


def test_no_autoscaler_is_left_to_fight_while_a_gateway_is_silent() -> None:
    world = scaled(demand=6)
    route = world.cluster.of_kind("HTTPRoute")[NAME]
    ref = Ref(route["apiVersion"], "HTTPRoute", route["metadata"]["namespace"], NAME)
    world.cluster.edit(ref, lambda obj: obj.pop("status"))
    world.apply(replicas=3, runtime=RUNTIME)
    world.reconcile()
    assert not world.cluster.of_kind("HorizontalPodAutoscaler")


def test_a_stale_look_does_not_undo_what_the_autoscaler_did_meanwhile() -> None:
    world = scaled(demand=2)
    name, check = world.reached, world.cluster.before_write

    def meanwhile(write: Write) -> None:
        check(write)
        if write.ref.kind == "Deployment" and isinstance(write, Apply) and asked(world) == 2:
            world.cluster.edit(write.ref, lambda obj: obj["spec"].update(replicas=9))

    world.cluster.before_write = meanwhile
    world.apply(autoscaling=BY_CPU | {"minReplicas": 4}, runtime=RUNTIME)
    world.reconcile()
    assert (asked(world, name), floor(world, name)) == (9, 4)


def test_a_canary_never_takes_pods_from_the_one_that_may_get_everything_back() -> None:
    world = scaled(demand=6)
    old = world.reached
    world.apply(autoscaling=BY_CPU, runtime=NEXT)
    shares = set()
    for _ in passes(world):
        memory = world.memory
        if memory.candidate or memory.previous:
            assert asked(world, old) >= 6
            assert ready_pods(world.cluster, old) >= 6
        if memory.candidate and memory.weight:
            shares.add(memory.weight)
            assert ready_pods(world.cluster, memory.candidate) >= -(-6 * memory.weight // 100)
        if not memory.carried and world.reached != old:
            break
    assert shares == {5, 25, 50, 100}
    assert old not in world.cluster.of_kind("Deployment")
    assert (asked(world), floor(world)) == (6, 2)


def test_the_one_before_grows_with_the_load_while_it_is_warm() -> None:
    world = scaled(demand=4)
    old = world.reached
    world.apply(autoscaling=BY_CPU, runtime=NEXT)
    for _ in passes(world):
        if world.memory.previous == old:
            break
    world.controllers.autoscalers.demand = 8
    for _ in passes(world, seconds=120):
        pass
    assert world.memory.previous == old
    assert asked(world, old) >= 8
    assert asked(world) >= 8


def halfway(world: World) -> str:
    """Return the candidate once it has half of the requests, and its autoscaler has measured that."""
    for _ in passes(world):
        if world.memory.weight == 50:
            break
    for _ in range(20):
        for step in world.controllers.steps.values():
            step()
    return world.memory.candidate


def test_a_load_that_grows_in_the_middle_is_added_up() -> None:
    world = scaled(demand=4)
    old = world.reached
    world.apply(autoscaling=BY_CPU, runtime=NEXT)
    candidate = halfway(world)
    world.controllers.autoscalers.demand = 8
    for _ in passes(world, seconds=55):
        pass
    assert asked(world, old) >= 8, "half of 8 is what it has: all of 8 is what may come back"
    assert floor(world, candidate) >= 4


def test_a_rollback_finds_the_pods_that_were_there_and_they_stay_for_a_while() -> None:
    world = scaled(demand=6)
    old = world.reached
    world.apply(autoscaling=BY_CPU, runtime=NEXT)
    candidate = halfway(world)
    memory = world.memory
    world.command(abort=f"{candidate}/{memory.attempt}/{memory.step}")
    held = []
    for _ in passes(world, seconds=3 * CALM_SECONDS):
        assert world.reached == old
        assert asked(world, old) >= 6
        if world.memory.calm:
            held.append((world.now - world.memory.calm).total_seconds())
            assert floor(world, old) >= 6
    assert max(held) >= CALM_SECONDS - 20
    assert floor(world, old) == 2
    assert candidate not in world.cluster.of_kind("HorizontalPodAutoscaler")


def test_metrics_that_are_missing_are_told_and_nothing_moves() -> None:
    world = scaled(demand=5)
    seen = numbers_of_pods(world)
    world.controllers.autoscalers.demand = None
    world.settle()
    assert world.condition("AutoscalingReady") == ("False", "MetricUnknown")
    assert world.condition("Ready") == ("True", "Serving")
    assert not seen
    assert world.cluster.events[-1].reason == "MetricUnknown"


def test_a_rollout_goes_on_without_metrics_by_what_was_there() -> None:
    world = scaled(demand=5)
    world.controllers.autoscalers.demand = None
    world.settle()
    old = world.reached
    world.apply(autoscaling=BY_CPU, runtime=NEXT)
    for _ in passes(world):
        if world.reached != old and not world.memory.previous:
            break
        assert asked(world, old) >= 5
    assert asked(world) >= 5


def test_nothing_is_written_at_rest() -> None:
    world = scaled(demand=5)
    before = list(world.cluster.requests)
    world.reconcile()
    world.restart_operator()
    world.reconcile()
    assert world.cluster.requests == before


@pytest.mark.parametrize("autoscaling", [None, BY_CPU])
def test_who_scales_by_the_resource_sees_the_pods_of_one_revision(autoscaling: Any) -> None:
    world = World()
    world.controllers.autoscalers.demand = 2
    given = {"autoscaling": autoscaling} if autoscaling else {"replicas": 2}
    world.apply(runtime=RUNTIME, **given)
    world.settle()
    world.apply(runtime=NEXT, **given)
    most = 0
    for _ in passes(world, seconds=30):
        assert world.status.replicas == 2
        most = max(most, len(world.cluster.of_kind("Pod")))
    assert most > 2
