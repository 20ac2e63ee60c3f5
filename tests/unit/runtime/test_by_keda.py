"""The number of pods goes from autoscaler to KEDA and back, and nobody drops any.

`World.check` states at every write that the operator takes no pod from an autoscaler.
"""

from __future__ import annotations

import pytest

from sluiceway.build.objects import Object
from sluiceway.core.memory import Memory
from sluiceway.core.ownership import controller_of
from sluiceway.core.steps import CALM_SECONDS
from tests.fakes.controllers import ready_pods
from tests.fakes.objects import IMAGE
from tests.fakes.world import World
from tests.unit.runtime.test_autoscaled import BY_CPU, NEXT, RUNTIME, asked, floor, numbers_of_pods, passes

BY_KEDA: Object = BY_CPU | {"class": "ScaledObject"}


def scaled(autoscaling: Object, demand: float = 6) -> World:
    """Return a world with a model whose autoscaler has brought the pods to the demand."""
    world = World()
    world.controllers.autoscalers.demand = demand
    world.apply(autoscaling=autoscaling, runtime=RUNTIME)
    world.settle()
    return world


def held_by(world: World) -> str:
    """Return what kind of object controls the autoscaler of who serves, "" without one."""
    found = world.cluster.of_kind("HorizontalPodAutoscaler").get(world.reached)
    return str(controller_of(found)["kind"]) if found else ""


def test_keda_makes_the_autoscaler_and_the_pods_follow_it() -> None:
    world = scaled(BY_KEDA)
    assert (held_by(world), asked(world), floor(world)) == ("ScaledObject", 6, 2)
    assert world.condition("AutoscalingReady") == ("True", "Autoscaling")
    before = len(world.cluster.requests)
    world.controllers.autoscalers.demand = 9
    world.settle()
    assert asked(world) == 9
    assert set(world.cluster.requests[before:]) == {"status"}


@pytest.mark.parametrize(
    ("first", "then"),
    [(BY_CPU, BY_KEDA), (BY_KEDA, BY_CPU), (None, BY_KEDA), (BY_KEDA, None)],
    ids=["to KEDA", "from KEDA", "none to KEDA", "KEDA to none"],
)
def test_no_pod_is_dropped_on_the_way(first: Object | None, then: Object | None) -> None:
    def by(autoscaling: Object | None) -> Object:
        return {"autoscaling": autoscaling} if autoscaling else {"replicas": 6}

    world = World()
    world.controllers.autoscalers.demand = 6
    world.apply(**by(first), runtime=RUNTIME)
    world.settle()
    assert asked(world) == 6
    seen = numbers_of_pods(world)
    world.apply(**by(then), runtime=RUNTIME)
    world.settle()
    assert set(seen) <= {6}
    assert asked(world) == 6
    kinds = {None: "", "HorizontalPodAutoscaler": "ModelDeployment", "ScaledObject": "ScaledObject"}
    wanted = then.get("class", "HorizontalPodAutoscaler") if then else None
    assert held_by(world) == kinds[wanted]
    assert bool(world.cluster.of_kind("ScaledObject")) == (wanted == "ScaledObject")
    assert world.condition("Ready") == ("True", "Serving")


def test_nobody_is_taken_for_a_stranger_on_the_way_back() -> None:
    world = scaled(BY_KEDA)
    world.apply(autoscaling=BY_CPU, runtime=RUNTIME)
    for _ in world.rounds():
        assert world.condition("Stalled")[0] == "False"
    assert held_by(world) == "ModelDeployment"


def test_what_keda_made_goes_though_keda_does_not_run_any_more() -> None:
    world = scaled(BY_KEDA)
    world.controllers.keda.runs = False
    world.apply(replicas=3, runtime=RUNTIME)
    world.reconcile()
    assert not world.cluster.of_kind("ScaledObject")
    assert not world.cluster.of_kind("HorizontalPodAutoscaler")


def test_the_autoscaler_works_on_until_keda_takes_it_over() -> None:
    world = scaled(BY_CPU)
    world.controllers.keda.runs = False
    world.apply(autoscaling=BY_KEDA, runtime=RUNTIME)
    world.settle()
    assert held_by(world) == "ModelDeployment"
    assert world.condition("AutoscalingReady") == ("Unknown", "AutoscalerPending")
    assert "does its operator run?" in world.message("AutoscalingReady")
    world.controllers.keda.runs = True
    world.settle()
    assert held_by(world) == "ScaledObject"
    assert world.condition("AutoscalingReady") == ("True", "Autoscaling")


def test_it_does_not_work_on_below_a_floor_that_nobody_raises() -> None:
    world = scaled(BY_CPU)
    world.controllers.keda.runs = False
    world.apply(autoscaling=BY_KEDA | {"minReplicas": 3}, runtime=RUNTIME)
    world.settle()
    assert held_by(world) == ""
    assert asked(world) == 6


def test_a_canary_by_keda_never_takes_pods_from_the_one_that_may_get_everything_back() -> None:
    world = scaled(BY_KEDA)
    old = world.reached
    world.apply(autoscaling=BY_KEDA, runtime=NEXT)
    for _ in passes(world):
        memory: Memory = world.memory
        if memory.candidate or memory.previous:
            assert asked(world, old) >= 6
        if not memory.carried and world.reached != old:
            break
    world.settle()
    assert old not in world.cluster.of_kind("ScaledObject")
    assert (asked(world), floor(world)) == (6, 2)


def test_without_keda_the_pods_stay_and_that_is_told() -> None:
    world = scaled(BY_CPU)
    world.cluster.keda = False
    world.apply(autoscaling=BY_KEDA, runtime=RUNTIME)
    world.settle()
    assert (asked(world), held_by(world)) == (6, "")
    assert world.condition("AutoscalingReady") == ("False", "KEDAMissing")
    assert "install KEDA" in world.message("AutoscalingReady")
    assert world.condition("Ready") == ("True", "Serving")
    world.cluster.keda = True
    world.settle()
    assert held_by(world) == "ScaledObject"


ON_DEMAND: Object = {
    "class": "ScaledObject",
    "minReplicas": 0,
    "maxReplicas": 12,
    "metrics": [
        {"type": "CPU", "targetPercent": 100},
        {"type": "Raw", "trigger": {"type": "kafka", "metadata": {"topic": "{{name}}"}}},
    ],
}


def asleep() -> World:
    """Return a world with a model that nobody asks for."""
    world = World()
    world.controllers.keda.asked = False
    world.apply(autoscaling=ON_DEMAND, runtime=RUNTIME)
    world.settle()
    return world


def test_what_nobody_asks_for_serves_first_and_then_sleeps() -> None:
    world = World()
    world.controllers.keda.asked = False
    world.apply(autoscaling=ON_DEMAND, runtime=RUNTIME)
    for _ in world.rounds():
        if not world.reached and world.cluster.of_kind("ScaledObject"):
            (scaled_object,) = world.cluster.of_kind("ScaledObject").values()
            assert scaled_object["spec"]["minReplicaCount"] == 1
    assert asked(world) == 0
    assert not world.cluster.of_kind("Pod")
    assert world.condition("Ready") == ("True", "ScaledToZero")
    assert world.condition("Available") == ("False", "ScaledToZero")
    assert world.condition("AutoscalingReady") == ("True", "Autoscaling")
    assert world.condition("RolledBack")[0] == world.condition("Stalled")[0] == "False"
    assert "KEDA starts one when a trigger is active" in world.message("Ready")


def test_it_wakes_up_and_says_so_until_it_answers() -> None:
    world = asleep()
    world.controllers.keda.asked = True
    said = set()
    for _ in world.rounds():
        said.add((*world.condition("Ready"), world.message("Ready").partition(" ")[2]))
    assert ("False", "NotEnoughReplicas", "wakes up: 0 of 1 pods ready") in said
    assert asked(world) == 1
    assert world.condition("Ready") == ("True", "Serving")
    assert world.condition("AutoscalingReady") == ("True", "Autoscaling")
    assert " has 0 to 12 pods" in world.message("AutoscalingReady")


def test_what_can_not_wake_up_says_why() -> None:
    world = asleep()
    world.controllers.keda.asked = True
    world.controllers.broken.add(IMAGE)
    world.settle()
    assert world.condition("Ready") == ("False", "LoadFailed")


def test_a_rollout_is_tried_with_pods_of_both_and_then_both_sleep() -> None:
    world = asleep()
    old = world.reached
    world.apply(autoscaling=ON_DEMAND, runtime=NEXT)
    seen = set()
    for _ in passes(world, 7200):
        memory = world.memory
        if memory.candidate and memory.weight:
            seen.add(memory.weight)
            assert ready_pods(world.cluster, memory.candidate) >= 1
            assert asked(world, old) >= 1
        if memory.previous:
            assert asked(world, old) >= 1
        if not memory.carried and world.reached != old:
            break
    world.settle()
    assert seen == {5, 25, 50, 100}
    assert asked(world) == 0
    assert world.condition("Ready") == ("True", "ScaledToZero")


def test_a_refused_one_leaves_the_one_that_serves_asleep() -> None:
    world = asleep()
    old = world.reached
    world.apply(autoscaling=ON_DEMAND, runtime=NEXT)
    for _ in passes(world):
        if world.memory.weight:
            break
    world.command(abort=f"{world.memory.candidate}/{world.memory.attempt}/{world.memory.step}")
    world.settle()
    world.let_pass(CALM_SECONDS)
    world.settle()
    assert (world.reached, asked(world)) == (old, 0)
    assert world.condition("RolledBack") == ("True", "Aborted")
    assert world.condition("Available") == ("False", "ScaledToZero")
