"""The life of a ModelDeployment as a story: what a team does, what the operator makes of it."""

from __future__ import annotations

import pytest

from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Object
from sluiceway.build.pod import pod_template
from tests.fakes.objects import NAME
from tests.fakes.world import World, find

NEXT = {"image": "nvcr.io/nvidia/tritonserver:26.08-py3"}


@pytest.fixture
def world() -> World:
    """Return a world with a model of two pods that has come to rest."""
    world = World()
    world.apply(replicas=2)
    world.settle()
    return world


def test_the_first_apply_ends_with_a_model_that_answers(world: World) -> None:
    assert world.condition("Ready") == ("True", "Serving")
    assert world.condition("TrafficReady") == ("True", "RouteAccepted")
    assert {world.reached} == world.routed == {world.status.serving}


def test_the_first_revision_serves_with_its_first_ready_pod() -> None:
    world = World()
    world.apply(replicas=2)
    while not world.reached:
        version = world.cluster.version
        # Others act only while the operator waits for them.
        if world.reconcile() is None and world.cluster.version == version:
            world.controllers.scale() or world.controllers.run()
    assert world.status.ready_replicas == 1


def test_nothing_is_written_at_rest(world: World) -> None:
    before = list(world.cluster.requests)
    for _ in range(3):
        world.reconcile()
    world.restart_operator()
    world.reconcile()
    assert world.cluster.requests == before


def test_a_new_revision_takes_over_only_when_all_its_pods_answer(world: World) -> None:
    old = world.reached
    world.apply(replicas=2, runtime=NEXT)
    seen = [(world.reached != old, len(world.cluster.of_kind("Pod"))) for _ in world.rounds()]
    assert seen[0] == (False, 2)
    assert (False, 4) in seen  # both revisions are complete before anybody is led to the new one
    assert world.reached != old
    assert world.routed == {world.reached}


def test_the_old_revision_goes_after_the_traffic_has_moved(world: World) -> None:
    old = world.reached
    before = len(world.cluster.requests)
    world.apply(replicas=2, runtime=NEXT)
    world.settle()
    written = world.cluster.requests[before:]
    moved = written.index(f"update HTTPRoute models/{NAME}")
    assert moved < written.index(f"delete Deployment models/{old}")
    assert old not in world.cluster.of_kind("Deployment")
    assert old in world.cluster.of_kind("ControllerRevision")


def test_the_old_revision_stays_for_one_more_look_after_the_move(world: World) -> None:
    old = world.reached
    world.apply(replicas=2, runtime=NEXT)
    for _ in world.rounds():
        if world.reached != old:
            break
    assert old in world.cluster.of_kind("Deployment")


def test_ready_is_not_claimed_before_the_gateway_took_up_the_move(world: World) -> None:
    world.apply(replicas=2, runtime=NEXT)
    taken_up: dict[str, int] = {}
    claims = 0
    for _ in world.rounds():
        route = world.cluster.of_kind("HTTPRoute")[NAME]
        seen = route["status"]["parents"][0]["conditions"][0]["observedGeneration"]
        if seen == route["metadata"]["generation"]:
            taken_up = world.weights
        if world.condition("Ready")[0] == "True":
            assert taken_up[str(world.status.serving)] == 100
            claims += 1
    assert claims


def test_the_end_of_a_place_does_not_make_it_unready(world: World) -> None:
    world.apply(replicas=2, runtime=NEXT)
    told = [world.condition("Ready")[0] for _ in world.rounds()]
    assert not world.memory.previous
    assert set(told[told.index("True") :]) == {"True"}


def test_a_revision_that_does_not_load_leaves_the_old_one_serving(world: World) -> None:
    old = world.reached
    world.controllers.broken.add(NEXT["image"])
    world.apply(replicas=2, runtime=NEXT)
    world.settle()
    assert world.reached == old
    assert world.condition("Stalled") == ("True", "LoadFailed")
    assert world.condition("Available") == ("True", "Serving")
    assert "no such file" in world.message("Ready")
    assert world.message("Ready").endswith(f"; {old} goes on serving")


def test_a_model_that_loads_at_last_recovers_by_itself(world: World) -> None:
    world.controllers.broken.add(NEXT["image"])
    world.apply(replicas=2, runtime=NEXT)
    world.settle()
    world.controllers.broken.clear()
    world.settle()
    assert world.condition("Ready") == ("True", "Serving")
    reasons = [event.reason for event in world.cluster.events]
    told = reasons[reasons.index("LoadFailed") :]
    assert told == ["LoadFailed", "Recovered", *["Progressing"] * 4, "Serving"]


def test_going_back_uses_the_record_of_the_older_revision_again(world: World) -> None:
    old = world.reached
    world.apply(replicas=2, runtime=NEXT)
    world.settle()
    world.apply(replicas=2)
    world.settle()
    assert world.reached == old
    numbers = {
        name: record["revision"] for name, record in world.cluster.of_kind("ControllerRevision").items()
    }
    assert numbers[old] == 3
    assert len(numbers) == 2


def test_the_stable_spec_applied_again_ends_the_attempt(world: World) -> None:
    old = world.reached
    world.apply(replicas=2, runtime=NEXT)
    world.reconcile()
    assert len(world.cluster.of_kind("Deployment")) == 2
    world.apply(replicas=2)
    world.settle()
    assert list(world.cluster.of_kind("Deployment")) == [old]


def test_replicas_change_without_a_restart(world: World) -> None:
    pods = set(world.cluster.of_kind("Pod"))
    world.apply(replicas=3)
    world.settle()
    assert pods < set(world.cluster.of_kind("Pod"))
    assert world.condition("Ready") == ("True", "Serving")


def test_one_pod_needs_no_disruption_budget(world: World) -> None:
    world.apply(replicas=1)
    world.settle()
    assert not world.cluster.of_kind("PodDisruptionBudget")


def test_scaled_to_zero_is_what_was_asked_for(world: World) -> None:
    world.apply(replicas=0)
    world.settle()
    assert not world.cluster.of_kind("Pod")
    assert world.condition("Ready") == ("True", "ScaledToZero")
    assert world.condition("Available") == ("False", "ScaledToZero")


def test_a_newer_operator_that_renders_differently_restarts_no_model(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(owner: ModelDeployment, revision: str) -> Object:
        return pod_template(owner, revision) | {"metadata": {"labels": {"new": "yes"}}}

    monkeypatch.setattr("sluiceway.core.revision.pod_template", newer)
    before = list(world.cluster.requests)
    world.restart_operator()
    world.settle()
    assert world.cluster.requests == before


def test_traffic_taken_out_of_the_spec_takes_the_route_with_it(world: World) -> None:
    world.apply(replicas=2, traffic=None)
    world.settle()
    assert not world.cluster.of_kind("HTTPRoute")
    assert world.condition("TrafficReady") == ("True", "NoGateway")


@pytest.mark.parametrize("kind", ["HTTPRoute", "Service", "Deployment", "PodDisruptionBudget"])
def test_what_is_deleted_by_hand_comes_back(world: World, kind: str) -> None:
    before = world.shape()
    name = NAME if kind in ("HTTPRoute", "Service") else world.reached
    world.cluster.remove(find(world, kind, name))
    world.settle()
    assert world.shape() == before


def test_with_route_and_status_deleted_the_same_revision_serves_on(world: World) -> None:
    world.controllers.broken.add(NEXT["image"])
    world.apply(replicas=2, runtime=NEXT)
    world.settle()
    before = world.shape()
    world.cluster.remove(find(world, "HTTPRoute"))
    world.cluster.edit(world.resource, lambda obj: obj.pop("status"))
    world.restart_operator()
    world.settle()
    assert world.shape() == before


def test_deletion_in_the_middle_of_a_rollout_is_left_to_the_garbage_collector(world: World) -> None:
    world.apply(replicas=2, runtime=NEXT)
    world.reconcile()
    before = list(world.cluster.requests)
    world.cluster.edit(
        world.resource, lambda obj: obj["metadata"].update(deletionTimestamp="2026-07-30T03:00:00Z")
    )
    world.settle()
    assert world.cluster.requests == before
    world.cluster.remove(world.resource)
    world.settle()
    assert [ref.kind for ref in world.cluster.objects] == ["Gateway"]
