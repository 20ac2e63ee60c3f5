"""What is somebody else's is left alone, what was ours is adopted, what is refused is said and retried."""

from __future__ import annotations

import pytest

from sluiceway.api import names
from sluiceway.build.objects import Object
from sluiceway.core.plan import Apply, Write
from tests.fakes.objects import NAME, NAMESPACE
from tests.fakes.world import World, find

NEXT = {"image": "nvcr.io/nvidia/tritonserver:26.08-py3"}


@pytest.fixture
def world() -> World:
    """Return a world with a model that has come to rest."""
    world = World()
    world.apply()
    world.settle()
    return world


def somebodys(kind: str, api_version: str) -> Object:
    metadata = {"name": NAME, "namespace": NAMESPACE, "labels": {"app": "another"}}
    service: Object = {"selector": {"app": "another"}, "ports": [{"name": "http", "port": 80}]}
    spec: Object = service if kind == "Service" else {"rules": [], "parentRefs": []}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def test_a_service_name_that_is_taken_stops_everything_and_says_so() -> None:
    world = World()
    taken = world.cluster.put(somebodys("Service", "v1"))
    before = world.cluster.objects[taken]
    world.apply()
    world.settle()
    assert world.condition("Stalled") == ("True", "NameConflict")
    assert "Service fraud belongs to somebody else" in world.message("Stalled")
    assert world.cluster.objects[taken] == before
    assert not world.cluster.of_kind("Deployment")


def test_a_taken_name_is_looked_at_again_since_no_watch_tells_when_it_is_free() -> None:
    world = World()
    taken = world.cluster.put(somebodys("Service", "v1"))
    world.apply()
    world.settle()
    assert world.reconcile() == 15.0
    world.cluster.remove(taken)
    world.settle()
    assert world.condition("Ready") == ("True", "Serving")
    assert world.reconcile() is None


def test_a_route_name_that_is_taken_does_not_stop_serving_inside_the_cluster() -> None:
    world = World()
    taken = world.cluster.put(somebodys("HTTPRoute", "gateway.networking.k8s.io/v1"))
    before = world.cluster.objects[taken]["spec"]
    world.apply()
    world.settle()
    assert world.reached
    assert world.condition("TrafficReady") == ("False", "NameConflict")
    assert world.condition("Available") == ("True", "Serving")
    assert world.cluster.objects[taken]["spec"] == before


def test_a_name_taken_between_look_and_write_is_not_overwritten() -> None:
    world = World()
    world.apply()

    def overtake(write: Write) -> None:
        if write.ref.kind == "Service" and write.ref.name == NAME and not world.reached:
            world.cluster.before_write = world.check
            world.cluster.put(somebodys("Service", "v1"))

    world.cluster.before_write = overtake
    world.settle()
    assert world.condition("Stalled") == ("True", "NameConflict")
    assert world.cluster.objects[find(world, "Service")]["spec"]["selector"] == {"app": "another"}


def test_traffic_that_moved_since_the_look_is_decided_anew(world: World) -> None:
    old, attempts = world.reached, 0
    world.apply(runtime=NEXT)

    def interfere(write: Write) -> None:
        nonlocal attempts
        if isinstance(write, Apply) and write.ref == find(world, "Service"):
            attempts += 1
            if attempts == 1:
                world.cluster.edit(write.ref, lambda obj: obj["spec"].update(sessionAffinity="ClientIP"))

    world.cluster.before_write = interfere
    world.settle()
    assert attempts == 2
    assert world.cluster.requests.count(f"update Service models/{NAME}") == 1
    assert world.reached != old


def test_objects_orphaned_on_purpose_are_adopted_without_a_restart(world: World) -> None:
    pods = set(world.cluster.of_kind("Pod"))
    world.cluster.remove(world.resource, orphan=True)
    world.apply()
    world.settle()
    owner = world.cluster.objects[world.resource]["metadata"]["uid"]
    for kind in ("ControllerRevision", "Deployment", "Service", "HTTPRoute"):
        for obj in world.cluster.of_kind(kind).values():
            assert [reference["uid"] for reference in obj["metadata"]["ownerReferences"]] == [owner]
    assert set(world.cluster.of_kind("Pod")) == pods


def test_objects_of_an_earlier_resource_of_the_same_name_are_waited_for(world: World) -> None:
    world.cluster.remove(world.resource)
    world.apply()
    world.reconcile()
    assert world.condition("Stalled") == ("True", "NameConflict")
    assert "an earlier ModelDeployment fraud that is being deleted" in world.message("Stalled")
    world.settle()
    assert world.condition("Ready") == ("True", "Serving")


def test_pods_that_the_api_server_refuses_are_told_in_its_own_words(world: World) -> None:
    old = world.reached
    world.cluster.refused["Deployment"] = "spec.template.spec.priorityClassName: no PriorityClass urgent"
    world.apply(runtime={"priorityClassName": "urgent"})
    world.settle()
    assert world.condition("Stalled") == ("True", "InvalidPod")
    assert "no PriorityClass urgent" in world.message("Ready")
    assert world.reached == old


@pytest.mark.parametrize("kind", ["Deployment", "HTTPRoute", "Service", "ControllerRevision"])
def test_a_refused_write_is_tried_again_after_a_minute(kind: str) -> None:
    world = World()
    world.cluster.refused[kind] = "admission webhook policy.example.com denied the request"
    world.apply()
    world.settle()
    assert world.condition("Stalled")[0] == "True"
    assert world.reconcile() == 60.0
    world.cluster.refused.clear()
    world.settle()
    assert world.condition("Ready") == ("True", "Serving")


def test_a_write_that_stays_refused_writes_no_status_again_and_again(world: World) -> None:
    world.cluster.refused["Deployment"] = "denied"
    world.apply(runtime=NEXT)
    world.settle()
    before = len(world.cluster.requests)
    world.reconcile()
    assert len(world.cluster.requests) == before


def test_without_a_gateway_api_the_model_serves_inside_the_cluster() -> None:
    world = World(gateway_api=False)
    world.apply()
    world.settle()
    assert world.reached
    assert world.condition("Stalled") == ("True", "GatewayAPIMissing")
    assert world.reconcile() == 15.0
    world.cluster.gateway_api = True
    world.settle()
    assert world.condition("Ready") == ("True", "Serving")


def test_a_spec_that_can_not_be_read_touches_nothing_that_serves(world: World) -> None:
    before = world.shape()
    world.cluster.edit(world.resource, lambda obj: obj["spec"]["runtime"].pop("image"))
    world.settle()
    assert world.condition("Stalled") == ("True", "InvalidSpec")
    assert "spec.runtime.image" in world.message("Ready")
    after = world.shape()
    assert {key: after[key] for key in after if key not in {"status", f"{names.KIND} models/fraud"}} == {
        key: before[key] for key in before if key not in {"status", f"{names.KIND} models/fraud"}
    }


def test_a_resource_that_is_gone_asks_for_nothing() -> None:
    world = World()
    assert world.reconcile() is None
    assert not world.cluster.requests
